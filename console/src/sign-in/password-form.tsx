import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiFailure, call } from '../api/client.ts';
import type { PasswordChange, SessionView } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import css from './sign-in.module.css';
import { t } from './strings.ts';

/** A password that somebody else set is changed before anything else. */
export function PasswordForm({
  session,
  borrowed,
  onChanged,
}: {
  session: SessionView;
  borrowed: string;
  onChanged: (password: string) => void;
}) {
  const client = useQueryClient();
  const [current, setCurrent] = useState(borrowed);
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const change = useMutation({
    mutationFn: (body: PasswordChange) => call<void>('POST', '/api/session/password', body),
    onSuccess: (_result, { next: chosen }) => {
      onChanged(chosen);
      return client.invalidateQueries({ queryKey: ['session'] });
    },
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
        <label htmlFor="next">{t.newPassword}</label>
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
          {change.error instanceof ApiFailure && change.error.code === 'VIGIE_API_BAD_CREDENTIALS'
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
