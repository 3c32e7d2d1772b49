import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import type { NewServiceAccount, NewUser, ServiceAccountView, User } from '../api/types.ts';
import { useSession } from '../session.ts';
import { CopyButton } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Secret, TextField } from '../ui/fields.tsx';
import { Done, Failure, firstRole, GrantFields, mustName } from './grant-fields.tsx';
import { t } from './strings.ts';

/** A person; the server makes a one-time password, shown once. */
export function AddUser({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const session = useSession();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState(() => firstRole(session));
  const [tenants, setTenants] = useState<string[]>([]);
  const create = useMutation({
    mutationFn: (body: NewUser) => call<{ user: User; oneTimePassword?: string }>('POST', '/api/users', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['users'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      name: name.trim(),
      email: email.trim(),
      role,
      tenants: tenants.length === 0 ? null : tenants,
    });
  };
  return (
    <Dialog onClose={onClose} title={t.addUser}>
      {create.isSuccess ? (
        <div className="stack">
          {create.data.oneTimePassword !== undefined && (
            <OneTime password={create.data.oneTimePassword} name={create.data.user.name} />
          )}
          <Done onClose={onClose} />
        </div>
      ) : (
        <form className="stack" onSubmit={submit}>
          <TextField
            label={t.name}
            required
            maxLength={200}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label={t.email}
            type="email"
            required
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <GrantFields role={role} tenants={tenants} onRole={setRole} onTenants={setTenants} />
          {create.isError && <Failure error={create.error} />}
          <div className="row">
            <span className="spring" />
            <button
              type="submit"
              className="btn primary"
              disabled={
                create.isPending ||
                name.trim() === '' ||
                email.trim() === '' ||
                (mustName(session, role) && tenants.length === 0)
              }
            >
              {t.createUser}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** A password that is shown once. */
export function OneTime({ password, name }: { password: string; name: string }) {
  return (
    <>
      <Secret label={t.oneTime} value={password}>
        <CopyButton text={password} />
      </Secret>
      <p className="hint">{t.oneTimeHint(name)}</p>
    </>
  );
}

/** What keys of programs belong to. */
export function AddService({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const session = useSession();
  const [name, setName] = useState('');
  const [role, setRole] = useState(() => firstRole(session));
  const [tenants, setTenants] = useState<string[]>([]);
  const create = useMutation({
    mutationFn: (body: NewServiceAccount) => call<ServiceAccountView>('POST', '/api/service-accounts', body),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['services'] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), role, tenants: tenants.length === 0 ? null : tenants });
  };
  return (
    <Dialog onClose={onClose} title={t.addService}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t.name}
          required
          maxLength={200}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <GrantFields role={role} tenants={tenants} onRole={setRole} onTenants={setTenants} />
        {create.isError && <Failure error={create.error} />}
        <div className="row">
          <span className="spring" />
          <button
            type="submit"
            className="btn primary"
            disabled={
              create.isPending || name.trim() === '' || (mustName(session, role) && tenants.length === 0)
            }
          >
            {t.createService}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
