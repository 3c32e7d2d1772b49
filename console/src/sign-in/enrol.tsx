import { useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import type { SessionView } from '../api/types.ts';
import { FactorSetup } from '../security/factor-setup.tsx';
import css from './sign-in.module.css';
import { t } from './strings.ts';

/** A second factor that is required is set up before anything else. */
export function Enrol({ session, password }: { session: SessionView; password: string }) {
  const client = useQueryClient();
  return (
    <section className={css.form} aria-labelledby="enrol-title">
      <h1 id="enrol-title">{t.enrolTitle}</h1>
      <p className={css.text}>{t.enrolText(session.user.name)}</p>
      <FactorSetup
        password={password}
        onDone={() => void client.invalidateQueries({ queryKey: ['session'] })}
      />
      <button
        type="button"
        className="btn quiet"
        onClick={() =>
          void call('DELETE', '/api/session').finally(() => client.setQueryData(['session'], null))
        }
      >
        {t.signOut}
      </button>
    </section>
  );
}
