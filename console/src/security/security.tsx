import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { PasswordChange, RecoveryCodes, SecurityView } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { useTitle } from '../ui/hooks.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { FactorSetup, setupMessage } from './factor-setup.tsx';
import { Passkeys } from './passkeys.tsx';
import { RecoveryList } from './recovery-list.tsx';
import css from './security.module.css';
import { t } from './strings.ts';
import { WithPassword } from './with-password.tsx';

/** How the person signs in: password, second factor, recovery codes, passkeys. */
export default function Security() {
  useTitle(t.title);
  const query = useQuery(queries.security());
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
      </div>
      {query.isPending && <SkeletonRows rows={6} />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && <Sections security={query.data} />}
    </div>
  );
}

function Sections({ security }: { security: SecurityView }) {
  if (!security.password)
    return <p className="notice">{t.elsewhere(security.connection ?? t.yourOrganisation)}</p>;
  const factor = security.totpSince !== null || security.passkeys.length > 0;
  return (
    <div className={css.sections}>
      {security.required && !factor && <p className="notice warn">{t.required}</p>}
      <section className={css.section} aria-labelledby="password-title">
        <div className={css.head}>
          <h2 id="password-title">{t.password}</h2>
        </div>
        <PasswordSection />
      </section>
      <AppSection security={security} />
      {factor && <RecoverySection left={security.recoveryCodesLeft} />}
      <Passkeys security={security} />
    </div>
  );
}

function PasswordSection() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const change = useMutation({
    mutationFn: (body: PasswordChange) => call<void>('POST', '/api/session/password', body),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      setRepeat('');
      toast(t.passwordChanged);
    },
  });
  const differ = repeat !== '' && repeat !== next;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ current, next });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label={t.currentPassword}
        type="password"
        autoComplete="current-password"
        required
        value={current}
        error={change.isError ? setupMessage(change.error) : undefined}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <TextField
        label={t.newPassword}
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        hint={t.passwordHint}
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
      <TextField
        label={t.repeatPassword}
        type="password"
        autoComplete="new-password"
        required
        error={differ ? t.differ : undefined}
        value={repeat}
        onChange={(event) => setRepeat(event.currentTarget.value)}
      />
      <div className="row">
        <button
          type="submit"
          className="btn"
          disabled={change.isPending || current === '' || next.length < 12 || next !== repeat}
        >
          {t.changePassword}
        </button>
      </div>
    </form>
  );
}

function AppSection({ security }: { security: SecurityView }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<'set-up' | 'remove' | null>(null);
  const close = () => {
    setOpen(null);
    void client.invalidateQueries({ queryKey: ['security'] });
  };
  return (
    <section className={css.section} aria-labelledby="app-title">
      <div className={css.head}>
        <h2 id="app-title">{t.app}</h2>
        {security.totpSince === null ? (
          <button type="button" className="btn" onClick={() => setOpen('set-up')}>
            {t.setUpApp}
          </button>
        ) : (
          <button type="button" className="btn danger" onClick={() => setOpen('remove')}>
            {t.removeApp}
          </button>
        )}
      </div>
      <p className="small">
        {security.totpSince === null ? (
          t.appOff
        ) : (
          <span data-testid="totp-on">
            {t.appOn} <Age at={security.totpSince} suffix />
          </span>
        )}
      </p>
      {open === 'set-up' && (
        <Dialog title={t.setUpApp} onClose={close}>
          <FactorSetup password="" onDone={close} />
        </Dialog>
      )}
      {open === 'remove' && (
        <WithPassword
          title={t.removeApp}
          text={security.required ? `${t.removeAppText} ${t.requiredAgain}` : t.removeAppText}
          action={t.removeApp}
          danger
          run={(password) => call('POST', '/api/security/totp/remove', { password })}
          onClose={close}
        />
      )}
    </section>
  );
}

function RecoverySection({ left }: { left: number }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const close = () => {
    setOpen(false);
    setCodes(null);
    void client.invalidateQueries({ queryKey: ['security'] });
  };
  return (
    <section className={css.section} aria-labelledby="recovery-title">
      <div className={css.head}>
        <h2 id="recovery-title">{t.recoveryTitle}</h2>
        <button type="button" className="btn" onClick={() => setOpen(true)}>
          {t.newCodes}
        </button>
      </div>
      <p className="small">{t.codesLeft(left)}</p>
      {open && codes === null && (
        <WithPassword
          title={t.newCodes}
          text={t.newCodesText}
          action={t.newCodes}
          run={async (password) => {
            const made = await call<RecoveryCodes>('POST', '/api/security/recovery-codes', { password });
            setCodes(made.codes);
          }}
          onClose={close}
          stay
        />
      )}
      {codes !== null && (
        <Dialog title={t.recoveryTitle} onClose={close}>
          <RecoveryList codes={codes} onDone={close} />
        </Dialog>
      )}
    </section>
  );
}
