import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import type { ApiKey, NewApiKey, NewUser, Role, User } from '../api/types.ts';
import { useSession } from '../session.ts';
import { ManyField } from '../ui/choices.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Secret, SelectField, TextField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { t } from './strings.ts';

const ROLES: readonly Role[] = ['analyst', 'reader', 'administrator'];

function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return (
    <SelectField
      label={t.role}
      hint={t.roleHint[value]}
      value={value}
      onChange={(event) => onChange(event.target.value as Role)}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t.roles[role]}
        </option>
      ))}
    </SelectField>
  );
}

function TenantsField({ value, onChange }: { value: string[]; onChange: (tenants: string[]) => void }) {
  const { tenants } = useSession();
  return (
    <ManyField
      label={t.tenants}
      hint={t.tenantsHint}
      choices={tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
      value={value}
      onChange={onChange}
    />
  );
}

function Failure({ error }: { error: unknown }) {
  return (
    <p className="notice bad" role="alert">
      {messageOf(error)} <code>{codeOf(error)}</code>
    </p>
  );
}

function Done({ onClose }: { onClose: () => void }) {
  return (
    <div className="row">
      <span className="spring" />
      <button type="button" className="btn primary" onClick={onClose}>
        {t.done}
      </button>
    </div>
  );
}

/** A person; the server makes a one-time password, shown once. */
export function AddUser({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('analyst');
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
            <>
              <Secret label={t.oneTime} value={create.data.oneTimePassword}>
                <CopyButton text={create.data.oneTimePassword} />
              </Secret>
              <p className="hint">{t.oneTimeHint(create.data.user.name)}</p>
            </>
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
          <RoleField value={role} onChange={setRole} />
          <TenantsField value={tenants} onChange={setTenants} />
          {create.isError && <Failure error={create.error} />}
          <div className="row">
            <span className="spring" />
            <button
              type="submit"
              className="btn primary"
              disabled={create.isPending || name.trim() === '' || email.trim() === ''}
            >
              {t.createUser}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** A key for scripts; its secret is shown once. */
export function AddKey({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('reader');
  const [tenants, setTenants] = useState<string[]>([]);
  const create = useMutation({
    mutationFn: (body: NewApiKey) => call<{ key: ApiKey; secret: string }>('POST', '/api/keys', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), role, tenants: tenants.length === 0 ? null : tenants });
  };
  return (
    <Dialog onClose={onClose} title={t.addKey}>
      {create.isSuccess ? (
        <div className="stack">
          <Secret label={t.secret} value={create.data.secret}>
            <CopyButton text={create.data.secret} />
          </Secret>
          <p className="hint">{t.secretHint}</p>
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
          <RoleField value={role} onChange={setRole} />
          <TenantsField value={tenants} onChange={setTenants} />
          {create.isError && <Failure error={create.error} />}
          <div className="row">
            <span className="spring" />
            <button type="submit" className="btn primary" disabled={create.isPending || name.trim() === ''}>
              {t.createKey}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
