import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiFailure, call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { RecoveryCodes, TotpEnrolment } from '../api/types.ts';
import { CopyButton } from '../ui/copy.tsx';
import { TextField } from '../ui/fields.tsx';
import { messageOf } from '../ui/states.tsx';
import { addPasskey, passkeysHere } from './passkey.ts';
import { QrCode } from './qr-code.tsx';
import { RecoveryList } from './recovery-list.tsx';
import css from './security.module.css';
import { t } from './strings.ts';

/**
 * Sets up an authenticator app, or a passkey where one may be the second factor. Asks for the password first unless it
 * was typed a moment ago.
 */
export function FactorSetup({ password: given, onDone }: { password: string; onDone: () => void }) {
  const security = useQuery(queries.security());
  const [password, setPassword] = useState(given);
  const [code, setCode] = useState('');
  const begin = useMutation({
    mutationFn: () => call<TotpEnrolment>('POST', '/api/security/totp', { password }),
  });
  const confirm = useMutation({
    mutationFn: () => call<RecoveryCodes>('POST', '/api/security/totp/confirm', { code: code.trim() }),
    onError: () => setCode(''),
  });
  const passkey = useMutation({
    mutationFn: () => addPasskey({ password, name: t.firstPasskey }),
    onSuccess: onDone,
  });
  if (confirm.isSuccess) return <RecoveryList codes={confirm.data.codes} onDone={onDone} />;
  if (begin.isSuccess)
    return (
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          confirm.mutate();
        }}
      >
        <p className="small">{t.scan}</p>
        <QrCode text={begin.data.uri} label={t.qrLabel} />
        <p className="hint">{t.byHand}</p>
        <p className={css.secret}>
          <code data-testid="totp-secret">{begin.data.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
          <CopyButton text={begin.data.secret} icon />
        </p>
        <TextField
          label={t.firstCode}
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={7}
          required
          value={code}
          error={confirm.isError ? setupMessage(confirm.error) : undefined}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <button type="submit" className="btn primary" disabled={confirm.isPending || code.trim().length < 6}>
          {t.confirmCode}
        </button>
      </form>
    );
  const failure = begin.error ?? passkey.error;
  return (
    <form
      className="stack"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        passkey.reset();
        begin.mutate();
      }}
    >
      {given === '' && <PasswordField value={password} onChange={setPassword} />}
      {failure !== null && (
        <p className="notice bad" role="alert">
          {setupMessage(failure)}
        </p>
      )}
      <button type="submit" className="btn primary" disabled={begin.isPending || password === ''}>
        {t.setUpApp}
      </button>
      {passkeysHere(security.data?.passkeyOrigin ?? null) && given !== '' && (
        <button
          type="button"
          className="btn"
          disabled={passkey.isPending}
          onClick={() => {
            begin.reset();
            passkey.mutate();
          }}
        >
          {t.passkeyInstead}
        </button>
      )}
    </form>
  );
}

/** The password once more, before a change. */
export function PasswordField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <TextField
      label={t.yourPassword}
      type="password"
      autoComplete="current-password"
      required
      value={value}
      hint={t.whyPassword}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** What went wrong with a change to how one signs in. */
export function setupMessage(error: unknown): string {
  if (error instanceof ApiFailure) {
    if (error.code === 'VIGIE_API_BAD_CREDENTIALS') return t.wrongPassword;
    if (error.code === 'VIGIE_API_BAD_CODE') return t.wrongCode;
    if (error.code === 'VIGIE_API_TOO_MANY_TRIES') return t.tooOften;
    return error.message;
  }
  // The browser's own dialog was closed, or took too long.
  if (error instanceof Error && /^(NotAllowedError|AbortError)$/.test(error.name)) return t.passkeyCancelled;
  if (error instanceof Error && error.name === 'InvalidStateError') return t.passkeyKnown;
  return messageOf(error);
}
