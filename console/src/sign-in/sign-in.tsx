import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiFailure, call } from '../api/client.ts';
import type { Credentials, PasswordChange, SessionView } from '../api/types.ts';
import { Mark } from '../ui/icons.tsx';
import { messageOf } from '../ui/states.tsx';
import css from './sign-in.module.css';
import { t } from './strings.ts';

/** Sign-in and, for a borrowed password, its change. */
export default function SignIn({ session }: { session: SessionView | null }) {
  // Kept between the two forms only, so that nobody types the one-time password twice.
  const [borrowed, setBorrowed] = useState('');
  useEffect(() => {
    document.title = `${session === null ? t.title : t.changeTitle} · Vigie`;
  }, [session]);
  return (
    <main className={css.screen}>
      <div className={css.panel}>
        <p className={css.brand}>
          <Mark size={40} />
          <span>Vigie</span>
        </p>
        {session === null ? (
          <SignInForm onPassword={setBorrowed} />
        ) : (
          <PasswordForm session={session} borrowed={borrowed} />
        )}
      </div>
    </main>
  );
}

function SignInForm({ onPassword }: { onPassword: (password: string) => void }) {
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => call<SessionView>('POST', '/api/session', credentials),
    onSuccess: (session) => {
      if (session.mustChangePassword) onPassword(password);
      client.setQueryData(['session'], session);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email: email.trim(), password });
  };
  return (
    <form className={css.form} onSubmit={submit} aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">{t.title}</h1>
      <p className={css.text}>{t.motto}</p>
      <div className="field">
        <label htmlFor="email">{t.email}</label>
        <input
          id="email"
          className="input"
          type="email"
          autoComplete="username"
          required
          // biome-ignore lint/a11y/noAutofocus: the page has one purpose
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="password">{t.password}</label>
        <input
          id="password"
          className="input"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </div>
      {signIn.isError && (
        <p className="notice bad" role="alert">
          {signInMessage(signIn.error)}
        </p>
      )}
      <button type="submit" className="btn primary" disabled={signIn.isPending}>
        {signIn.isPending ? t.submitting : t.submit}
      </button>
      <p className="hint">{t.firstHint}</p>
    </form>
  );
}

function signInMessage(error: unknown): string {
  if (error instanceof ApiFailure && error.status === 401) return t.badCredentials;
  if (error instanceof ApiFailure && error.status === 429) return t.tooOften;
  return messageOf(error);
}

function PasswordForm({ session, borrowed }: { session: SessionView; borrowed: string }) {
  const client = useQueryClient();
  const [current, setCurrent] = useState(borrowed);
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const change = useMutation({
    mutationFn: (body: PasswordChange) => call<void>('POST', '/api/session/password', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
  });
  const short = 12 - next.length;
  const differ = repeat !== '' && repeat !== next;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (short <= 0 && next === repeat) change.mutate({ current, next });
  };
  return (
    <form className={css.form} onSubmit={submit} aria-labelledby="change-title">
      <h1 id="change-title">{t.changeTitle}</h1>
      <p className={css.text}>{t.changeText(session.user.name)}</p>
      <input type="hidden" autoComplete="username" value={session.user.email} readOnly />
      {borrowed === '' && (
        <div className="field">
          <label htmlFor="current">{t.current}</label>
          <input
            id="current"
            className="input"
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </div>
      )}
      <div className="field">
        <label htmlFor="next">{t.next}</label>
        <input
          id="next"
          className="input"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          aria-describedby="next-hint"
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <p id="next-hint" className="hint" aria-live="polite">
          {next !== '' && short > 0 ? t.tooShort(short) : t.nextHint}
        </p>
      </div>
      <div className="field">
        <label htmlFor="repeat">{t.repeat}</label>
        <input
          id="repeat"
          className="input"
          type="password"
          autoComplete="new-password"
          required
          aria-invalid={differ}
          value={repeat}
          onChange={(event) => setRepeat(event.target.value)}
        />
        {differ && (
          <p className="hint" role="alert">
            {t.differ}
          </p>
        )}
      </div>
      {change.isError && (
        <p className="notice bad" role="alert">
          {change.error instanceof ApiFailure && (change.error.status === 403 || change.error.status === 401)
            ? t.wrongCurrent
            : messageOf(change.error)}
        </p>
      )}
      <div className="row">
        <button
          type="submit"
          className="btn primary"
          disabled={change.isPending || short > 0 || next !== repeat}
        >
          {t.change}
        </button>
        <button
          type="button"
          className="btn quiet"
          onClick={() =>
            void call('DELETE', '/api/session').finally(() => client.setQueryData(['session'], null))
          }
        >
          {t.signOut}
        </button>
      </div>
    </form>
  );
}
