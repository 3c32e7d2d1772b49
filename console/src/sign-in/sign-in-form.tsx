import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiFailure, call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { Credentials, SessionView, SignInChoice, SignInOptions } from '../api/types.ts';
import { passkeysHere, signInWithPasskey } from '../security/passkey.ts';
import { messageOf } from '../ui/states.tsx';
import css from './sign-in.module.css';
import { t } from './strings.ts';

/** What a sign-in may ask for after the password. */
export type Factor = 'totp' | 'recovery' | 'passkey';

type Answer = SessionView | { next: 'second-factor'; methods: Factor[] };

/** The way to a connection, and back to where the person wanted to be. */
function startAt(id: string): string {
  const { pathname, search, hash } = window.location;
  return `/api/sign-in/sso/${encodeURIComponent(id)}/start?return=${encodeURIComponent(pathname + search + hash)}`;
}

/** What an identity provider's refusal brought the person back with; taken out of the address once read. */
function takeRefusal(): keyof typeof t.refusals | null {
  const params = new URLSearchParams(window.location.search);
  const reason = params.get('sign-in');
  return reason !== null && Object.hasOwn(t.refusals, reason) ? (reason as keyof typeof t.refusals) : null;
}

/** E-mail and password; where some domains have a sign-in of their own, the e-mail first. */
export function SignInForm({
  onPassword,
  onFactors,
}: {
  onPassword: (password: string) => void;
  onFactors: (methods: readonly Factor[]) => void;
}) {
  const client = useQueryClient();
  const options = useQuery(queries.signIn());
  const [refusal] = useState(takeRefusal);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (refusal !== null) window.history.replaceState(null, '', '/');
  }, [refusal]);
  const withPassword = asked || options.data?.emailFirst === false || options.isError;
  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => call<Answer>('POST', '/api/session', credentials),
    onSuccess: (answer) => {
      if ('next' in answer) return onFactors(answer.methods);
      if (answer.mustChangePassword || answer.mustEnrol) onPassword(password);
      client.setQueryData(['session'], answer);
    },
  });
  const discover = useMutation({
    mutationFn: () =>
      call<{ choice: SignInChoice | null }>('POST', '/api/sign-in/discover', { email: email.trim() }),
    onSuccess: ({ choice }) => {
      if (choice === null) setAsked(true);
      else window.location.assign(startAt(choice.id));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (withPassword) signIn.mutate({ email: email.trim(), password });
    else discover.mutate();
  };
  const failure = signIn.error ?? discover.error;
  const busy = signIn.isPending || discover.isPending;
  return (
    <form className={css.form} onSubmit={submit} aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">{t.title}</h1>
      <p className={css.text}>{t.motto}</p>
      {refusal !== null && !signIn.isError && (
        <p className="notice bad" role="alert" data-testid="refusal">
          {t.refusals[refusal]}
        </p>
      )}
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
      {withPassword && (
        <div className="field">
          <label htmlFor="password">{t.password}</label>
          <input
            id="password"
            className="input"
            type="password"
            autoComplete="current-password"
            required
            // biome-ignore lint/a11y/noAutofocus: the e-mail has just been given
            autoFocus={asked}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
      )}
      {failure !== null && (
        <p className="notice bad" role="alert">
          {signInMessage(failure)}
        </p>
      )}
      <button type="submit" className="btn primary" disabled={busy || options.isPending}>
        {busy ? t.submitting : withPassword ? t.submit : t.next}
      </button>
      {!withPassword && options.isSuccess && (
        <button type="button" className="btn quiet" onClick={() => setAsked(true)}>
          {t.withPassword}
        </button>
      )}
      {options.data !== undefined && <OtherWays options={options.data} />}
      <p className="hint">{t.firstHint}</p>
    </form>
  );
}

function OtherWays({ options }: { options: SignInOptions }) {
  const passkeys = passkeysHere(options.passkeyOrigin);
  if (!passkeys && options.choices.length === 0) return null;
  return (
    <>
      <p className={css.or}>{t.or}</p>
      <div className={css.ways}>
        {options.choices.map(({ id, name }) => (
          <a key={id} className="btn" href={startAt(id)}>
            {t.withChoice(name)}
          </a>
        ))}
        {passkeys && <PasskeyButton label={t.withPasskey} />}
      </div>
    </>
  );
}

/** Signs in with whichever passkey the person chooses. */
export function PasskeyButton({ label }: { label: string }) {
  const client = useQueryClient();
  const passkey = useMutation({
    mutationFn: signInWithPasskey,
    onSuccess: (session) => client.setQueryData(['session'], session),
  });
  return (
    <>
      <button type="button" className="btn" disabled={passkey.isPending} onClick={() => passkey.mutate()}>
        {label}
      </button>
      {passkey.isError && (
        <p className="notice bad" role="alert">
          {passkey.error instanceof ApiFailure && passkey.error.status === 429 ? t.tooOften : t.badPasskey}
        </p>
      )}
    </>
  );
}

function signInMessage(error: unknown): string {
  if (error instanceof ApiFailure && error.status === 401) return t.badCredentials;
  if (error instanceof ApiFailure && error.status === 429) return t.tooOften;
  return messageOf(error);
}
