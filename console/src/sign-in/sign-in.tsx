import { useEffect, useState } from 'react';
import type { SessionView } from '../api/types.ts';
import { Mark } from '../ui/icons.tsx';
import { LanguageChoice } from '../ui/language-choice.tsx';
import { Enrol } from './enrol.tsx';
import { FactorForm } from './factor-form.tsx';
import { PasswordForm } from './password-form.tsx';
import css from './sign-in.module.css';
import { type Factor, SignInForm } from './sign-in-form.tsx';
import { t } from './strings.ts';

/** Sign-in with all its steps, the change of a borrowed password, and a second factor that is required. */
export default function SignIn({ session }: { session: SessionView | null }) {
  // Kept between two forms only, so that nobody types the same password twice.
  const [borrowed, setBorrowed] = useState('');
  const [factors, setFactors] = useState<readonly Factor[] | null>(null);
  useEffect(() => {
    document.title = `${titleOf(session, factors !== null)} · Vigie`;
  }, [session, factors]);
  return (
    <main className={css.screen}>
      <div className={css.panel}>
        <p className={css.brand}>
          <Mark size={40} />
          <span>Vigie</span>
        </p>
        {session === null && factors === null && (
          <SignInForm onPassword={setBorrowed} onFactors={setFactors} />
        )}
        {session === null && factors !== null && (
          <FactorForm methods={factors} onBack={() => setFactors(null)} />
        )}
        {session?.mustChangePassword === true && (
          <PasswordForm session={session} borrowed={borrowed} onChanged={setBorrowed} />
        )}
        {session !== null && !session.mustChangePassword && <Enrol session={session} password={borrowed} />}
        <div className={css.language}>
          <LanguageChoice />
        </div>
      </div>
    </main>
  );
}

function titleOf(session: SessionView | null, factor: boolean): string {
  if (session === null) return factor ? t.factorTitle : t.title;
  return session.mustChangePassword ? t.changeTitle : t.enrolTitle;
}
