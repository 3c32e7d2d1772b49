import { useState } from 'react';
import { useMay } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import css from './access.module.css';
import { AddKey, Keys } from './keys.tsx';
import { Sessions } from './sessions.tsx';
import { t } from './strings.ts';

/** One's own sessions and keys. */
export default function Own() {
  useTitle(t.ownTitle);
  const mayMake = useMay('keys.own');
  const [adding, setAdding] = useState(false);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.ownTitle}</h1>
      </div>
      <div className={css.sections}>
        <section aria-labelledby="own-sessions">
          <div className={css.head}>
            <h2 id="own-sessions">{t.ownSessions}</h2>
          </div>
          <p className="small muted">{t.ownSessionsText}</p>
          <Sessions path="/api/sessions" mayEnd />
        </section>
        <section aria-labelledby="own-keys">
          <div className={css.head}>
            <h2 id="own-keys">{t.ownKeys}</h2>
            {mayMake && (
              <button type="button" className="btn" onClick={() => setAdding(true)}>
                <Icon name="plus" size={13} /> {t.addKey}
              </button>
            )}
          </div>
          <p className="small muted">{t.ownKeysText}</p>
          <Keys own />
        </section>
      </div>
      {adding && <AddKey services={undefined} onClose={() => setAdding(false)} />}
    </div>
  );
}
