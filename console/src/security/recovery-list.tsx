import { useState } from 'react';
import { CopyButton } from '../ui/copy.tsx';
import css from './security.module.css';
import { t } from './strings.ts';

/** Recovery codes, shown once. */
export function RecoveryList({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const [kept, setKept] = useState(false);
  return (
    <div className="stack">
      <h3>{t.recoveryTitle}</h3>
      <p className="small">{t.recoveryShown}</p>
      <ol className={css.codes} data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="row">
        <CopyButton text={codes.join('\n')} label={t.copyCodes} />
      </div>
      <label className={css.check}>
        <input type="checkbox" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
        {t.codesKept}
      </label>
      <button type="button" className="btn primary" disabled={!kept} onClick={onDone}>
        {t.done}
      </button>
    </div>
  );
}
