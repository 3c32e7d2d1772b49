import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiFailure, call } from '../api/client.ts';
import type { SessionView } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import css from './sign-in.module.css';
import { type Factor, PasskeyButton } from './sign-in-form.tsx';
import { t } from './strings.ts';

/** The second step: a code of the app, a recovery code, or a passkey. */
export function FactorForm({ methods, onBack }: { methods: readonly Factor[]; onBack: () => void }) {
  const client = useQueryClient();
  const [way, setWay] = useState<Factor>(methods[0] ?? 'totp');
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: () => call<SessionView>('POST', '/api/sign-in/second-factor', { code: code.trim() }),
    onSuccess: (session) => client.setQueryData(['session'], session),
    onError: () => setCode(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  const change = (next: Factor) => {
    setWay(next);
    setCode('');
    confirm.reset();
  };
  const over = confirm.error instanceof ApiFailure && confirm.error.code === 'VIGIE_API_SIGN_IN';
  const texts = { totp: t.factorText, recovery: t.recoveryText, passkey: t.factorPasskeyText };
  const names = { totp: t.useApp, recovery: t.useRecovery, passkey: t.usePasskey };
  return (
    <form className={css.form} onSubmit={submit} aria-labelledby="factor-title">
      <h1 id="factor-title">{t.factorTitle}</h1>
      <p className={css.text}>{texts[way]}</p>
      {way === 'passkey' ? (
        <PasskeyButton label={t.usePasskey} />
      ) : (
        <>
          <div className="field">
            <label htmlFor="code">{way === 'totp' ? t.code : t.recoveryCode}</label>
            <input
              id="code"
              key={way}
              className={`input mono ${css.code}`}
              autoComplete="one-time-code"
              inputMode={way === 'totp' ? 'numeric' : 'text'}
              required
              maxLength={way === 'totp' ? 7 : 40}
              // biome-ignore lint/a11y/noAutofocus: the page has one purpose
              autoFocus
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </div>
          {confirm.isError && (
            <p className="notice bad" role="alert">
              {over ? t.factorExpired : factorMessage(confirm.error)}
            </p>
          )}
          {!over && (
            <button
              type="submit"
              className="btn primary"
              disabled={confirm.isPending || code.trim().length < 6}
            >
              {confirm.isPending ? t.confirming : t.confirm}
            </button>
          )}
        </>
      )}
      <div className={css.ways}>
        {methods
          .filter((method) => method !== way)
          .map((method) => (
            <button key={method} type="button" className="btn quiet" onClick={() => change(method)}>
              {names[method]}
            </button>
          ))}
        <button type="button" className="btn quiet" onClick={onBack}>
          {t.startAgain}
        </button>
      </div>
    </form>
  );
}

function factorMessage(error: unknown): string {
  if (error instanceof ApiFailure && error.status === 401) return t.badCode;
  if (error instanceof ApiFailure && error.status === 429) return t.tooOften;
  return messageOf(error);
}
