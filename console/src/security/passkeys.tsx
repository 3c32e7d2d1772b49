import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import type { PasskeyView, SecurityView } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { Age } from '../ui/time-view.tsx';
import { PasswordField, setupMessage } from './factor-setup.tsx';
import { addPasskey, passkeysHere } from './passkey.ts';
import css from './security.module.css';
import { t } from './strings.ts';
import { WithPassword } from './with-password.tsx';

type Open = { kind: 'add' } | { kind: 'rename' | 'remove'; passkey: PasskeyView };

/** Passkeys of the person: added, named, removed. */
export function Passkeys({ security }: { security: SecurityView }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<Open | null>(null);
  const here = passkeysHere(security.passkeyOrigin);
  const close = () => {
    setOpen(null);
    void client.invalidateQueries({ queryKey: ['security'] });
  };
  return (
    <section className={css.section} aria-labelledby="passkeys-title">
      <div className={css.head}>
        <h2 id="passkeys-title">{t.passkeys}</h2>
        {here && (
          <button type="button" className="btn" onClick={() => setOpen({ kind: 'add' })}>
            <Icon name="plus" size={13} /> {t.addPasskey}
          </button>
        )}
      </div>
      <p className="small">
        {here
          ? t.passkeysText
          : security.passkeyOrigin === null
            ? t.passkeysNever
            : t.passkeysElsewhere(security.passkeyOrigin)}
      </p>
      <ul className={css.keys}>
        {security.passkeys.map((passkey) => (
          <li key={passkey.id} data-testid="passkey">
            <Icon name="key" size={15} />
            <strong>{passkey.name}</strong>
            <span className="hint">
              {passkey.synced && <>{t.synced} · </>}
              {passkey.lastUsedAt === null ? (
                t.neverUsed
              ) : (
                <>
                  {t.lastUsed} <Age at={passkey.lastUsedAt} suffix />
                </>
              )}
            </span>
            <span className="spring" />
            <button
              type="button"
              className="btn small"
              aria-label={`${t.rename}: ${passkey.name}`}
              onClick={() => setOpen({ kind: 'rename', passkey })}
            >
              {t.rename}
            </button>
            <button
              type="button"
              className="btn small danger"
              aria-label={`${t.remove}: ${passkey.name}`}
              onClick={() => setOpen({ kind: 'remove', passkey })}
            >
              {t.remove}
            </button>
          </li>
        ))}
      </ul>
      {open?.kind === 'add' && <AddPasskey onClose={close} />}
      {open?.kind === 'rename' && <RenamePasskey passkey={open.passkey} onClose={close} />}
      {open?.kind === 'remove' && (
        <WithPassword
          title={t.removePasskey}
          text={t.removePasskeyText(open.passkey.name)}
          action={t.remove}
          danger
          run={(password) =>
            call('POST', `/api/security/passkeys/${encodeURIComponent(open.passkey.id)}/remove`, { password })
          }
          onClose={close}
        />
      )}
    </section>
  );
}

function AddPasskey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const add = useMutation({ mutationFn: addPasskey, onSuccess: onClose });
  return (
    <Dialog title={t.addPasskey} onClose={onClose} width={440}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          add.mutate({ password, name: name.trim() });
        }}
      >
        <TextField
          label={t.passkeyName}
          hint={t.passkeyNameHint}
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordField value={password} onChange={setPassword} />
        {add.isError && (
          <p className="notice bad" role="alert">
            {setupMessage(add.error)}
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button
            type="submit"
            className="btn primary"
            disabled={add.isPending || name.trim() === '' || password === ''}
          >
            {t.addPasskey}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function RenamePasskey({ passkey, onClose }: { passkey: PasskeyView; onClose: () => void }) {
  const [name, setName] = useState(passkey.name);
  const rename = useMutation({
    mutationFn: () =>
      call('PATCH', `/api/security/passkeys/${encodeURIComponent(passkey.id)}`, { name: name.trim() }),
    onSuccess: onClose,
  });
  return (
    <Dialog title={t.rename} onClose={onClose} width={400}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          rename.mutate();
        }}
      >
        <TextField
          label={t.passkeyName}
          required
          maxLength={80}
          value={name}
          error={rename.isError ? setupMessage(rename.error) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className="row">
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={rename.isPending || name.trim() === ''}>
            {t.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
