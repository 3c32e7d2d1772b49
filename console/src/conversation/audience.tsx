import type { Audience } from '@vigie/contracts/api';
import { useMay } from '../session.ts';
import css from './conversation.module.css';
import { t } from './strings/strings.ts';

/** Who may read something, in words; the client's people see only what is visible to them, so nothing is said. */
export function AudienceBadge({ audience, tenant }: { audience: Audience; tenant: string }) {
  if (!useMay('comments.internal')) return null;
  return (
    <span className={css.badge} data-audience={audience} data-testid="audience">
      {audience === 'internal' ? t.internal : t.visible(tenant)}
    </span>
  );
}
