import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { roleNames } from '../access/role-names.ts';
import { call } from '../api/client.ts';
import type { Language, SessionView, StatusView } from '../api/types.ts';
import { t as words } from '../strings.ts';
import { Flyout } from '../ui/flyout.tsx';
import { Icon } from '../ui/icons.tsx';
import { choose } from '../ui/language.ts';
import { LanguageChoice } from '../ui/language-choice.tsx';
import { messageOf } from '../ui/states.tsx';
import { type Scheme, setScheme, useScheme } from '../ui/theme.ts';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './shell.module.css';
import { t } from './strings.ts';

const SCHEMES: readonly Scheme[] = ['auto', 'light', 'dark'];

/** What needs a look, from the platform's own status. */
export function WarningsMenu({ warnings }: { warnings: StatusView['warnings'] }) {
  return (
    <Flyout
      label={t.warnings(warnings.length)}
      button={
        <>
          <Icon name="bell" size={17} />
          {warnings.length > 0 && <span className={css.badge}>{warnings.length}</span>}
        </>
      }
    >
      {(close) => (
        <div className={css.warnings} data-testid="warnings">
          {warnings.length === 0 && <p className="small">{t.allWell}</p>}
          <ul>
            {warnings.map((warning) => (
              <li key={`${warning.code} ${warning.since}`}>
                <p>{warning.message}</p>
                <p className="hint">
                  <code>{warning.code}</code> · {t.since} <Age at={warning.since} />
                </p>
              </li>
            ))}
          </ul>
          <Link href="/status" onClick={close} className="small">
            {t.goPage(words.pages.status)}
          </Link>
        </div>
      )}
    </Flyout>
  );
}

/** Light, dark or as the system. */
export function ThemeMenu() {
  return (
    <Flyout label={t.theme} button={<Icon name="theme" size={16} />}>
      {(close) => <SchemeChoice onChoose={close} />}
    </Flyout>
  );
}

function SchemeChoice({ onChoose }: { onChoose: () => void }) {
  const scheme = useScheme();
  return (
    <ul className={css.menu}>
      {SCHEMES.map((each) => (
        <li key={each}>
          <button
            type="button"
            aria-pressed={scheme === each}
            onClick={() => {
              setScheme(each);
              onChoose();
            }}
          >
            {t.schemes[each]}
            {scheme === each && <Icon name="check" size={13} />}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Who is signed in, help, appearance (on a phone) and the way out. */
export function AccountMenu({ session, onHelp }: { session: SessionView; onHelp: () => void }) {
  const client = useQueryClient();
  const { user } = session;
  const initials = user.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  return (
    <Flyout
      label={`${t.account} ${initials}`}
      button={
        <span className={css.avatar} aria-hidden="true">
          {initials}
        </span>
      }
    >
      {(close) => (
        <>
          <div className={css.who}>
            <strong>{user.name}</strong>
            <span className="hint">{user.email}</span>
            <span className="hint">
              {roleNames[user.role]} · {t.version(session.version)}
            </span>
          </div>
          <div className={css.narrow}>
            <SchemeChoice onChoose={close} />
            <hr className={css.rule} />
          </div>
          <div className={css.language}>
            <LanguageChoice onChoose={(next) => void chooseOwn(next)} />
          </div>
          <ul className={css.menu}>
            <li>
              <Link href="/security" onClick={close}>
                {t.security}
              </Link>
            </li>
            <li>
              <Link href="/sessions" onClick={close}>
                {t.sessions}
              </Link>
            </li>
            <li>
              <button
                type="button"
                onClick={() => {
                  close();
                  onHelp();
                }}
              >
                {t.keyboardHelp} <kbd>?</kbd>
              </button>
            </li>
            <li>
              <button
                type="button"
                onClick={() =>
                  void call('DELETE', '/api/session').finally(() => {
                    // The session's own query stays: the page watches it to know that nobody is signed in.
                    client.setQueryData(['session'], null);
                    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
                  })
                }
              >
                {t.signOut}
              </button>
            </li>
          </ul>
        </>
      )}
    </Flyout>
  );
}

/** Keeps the language with the account, so that every browser and every mail has it; and starts again in it. */
async function chooseOwn(next: Language): Promise<void> {
  try {
    await call<void>('PUT', '/api/session/language', { language: next });
    choose(next);
  } catch (error) {
    toast(messageOf(error), 'bad');
  }
}
