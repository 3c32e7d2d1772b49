import { useQueryClient } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { RuleVersions } from '../../api/types.ts';
import { messageOf } from '../../ui/states.tsx';
import { toast } from '../../ui/toaster.tsx';
import { t } from '../strings.ts';
import type { KeptText } from './kept-text.ts';

/** Puts another version's text in place of the present one; the editor can undo it. */
export function BeginFrom({
  versions,
  onText,
}: {
  versions: RuleVersions;
  onText: (kept: KeptText) => void;
}) {
  const client = useQueryClient();
  const choose = async (value: string) => {
    if (value === '') return;
    if (value === 'upstream') {
      if (versions.upstream !== null) onText(versions.upstream);
      return;
    }
    try {
      onText(await client.fetchQuery(queries.ruleVersion(versions.id, Number(value))));
    } catch (error) {
      toast(messageOf(error), 'bad');
    }
  };
  if (versions.versions.length === 0) return null;
  return (
    <select
      className="select"
      aria-label={t.editor.start}
      value=""
      onChange={(event) => void choose(event.target.value)}
    >
      <option value="">{t.editor.start}…</option>
      {versions.versions.map((each) => (
        <option key={each.number} value={each.number}>
          {t.explain.numbered(each.number, t.versions.word[each.state])}
        </option>
      ))}
      {versions.upstream !== null && <option value="upstream">{t.versions.upstream}</option>}
    </select>
  );
}
