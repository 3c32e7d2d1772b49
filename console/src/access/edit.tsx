import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import type { ServiceAccountView, User, UserPatch } from '../api/types.ts';
import { useSession } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import css from './access.module.css';
import { OneTime } from './forms.tsx';
import { Failure, GrantFields, mustName } from './grant-fields.tsx';
import { Sessions } from './sessions.tsx';
import { t } from './strings.ts';

/** A person: what they are called and may do, where they are signed in, and the ways to end that. */
export function EditUser({ user, onClose }: { user: User; onClose: () => void }) {
  const session = useSession();
  const client = useQueryClient();
  const path = `/api/users/${encodeURIComponent(user.email)}`;
  const [removing, setRemoving] = useState(false);
  const [resetting, setResetting] = useState(false);
  const factors = useMutation({
    mutationFn: () => call<void>('DELETE', `${path}/second-factors`),
    onSuccess: () => toast(t.factorsReset),
    onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const self = user.id === session.user.id;
  const reset = useMutation({
    mutationFn: () => call<{ oneTimePassword: string }>('POST', `${path}/reset`),
    onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <Dialog title={t.editOf(user.name)} onClose={onClose} width={560}>
      <div className="stack">
        <Grant holder={user} path={path} list="users" fixed={self} onSaved={onClose} />
        <section aria-labelledby="user-sessions" className={css.part}>
          <h3 id="user-sessions">{t.sessions}</h3>
          <Sessions path={`${path}/sessions`} mayEnd />
        </section>
        {!self && (
          <section className={css.part}>
            {reset.isSuccess ? (
              <OneTime password={reset.data.oneTimePassword} name={user.name} />
            ) : (
              <div className="row">
                <button
                  type="button"
                  className="btn"
                  disabled={reset.isPending}
                  onClick={() => reset.mutate()}
                >
                  {t.reset}
                </button>
                <span className="hint">{t.resetHint}</span>
                <span className="spring" />
                <button type="button" className="btn danger" onClick={() => setRemoving(true)}>
                  {t.remove}
                </button>
              </div>
            )}
            {reset.isError && <Failure error={reset.error} />}
            <div className="row">
              <button
                type="button"
                className="btn"
                disabled={factors.isPending}
                onClick={() => setResetting(true)}
              >
                {t.resetFactors}
              </button>
            </div>
            {factors.isError && <Failure error={factors.error} />}
          </section>
        )}
      </div>
      {resetting && (
        <Confirm
          title={t.resetFactorsTitle}
          text={t.resetFactorsText}
          action={t.resetFactors}
          onCancel={() => setResetting(false)}
          onConfirm={() => {
            setResetting(false);
            factors.mutate();
          }}
        />
      )}
      {removing && (
        <Remove
          title={t.removeTitle(user.name)}
          text={t.removeUserText}
          path={path}
          list="users"
          onCancel={() => setRemoving(false)}
          onDone={onClose}
        />
      )}
    </Dialog>
  );
}

/** A service account: what it is called and may do. */
export function EditService({ service, onClose }: { service: ServiceAccountView; onClose: () => void }) {
  const path = `/api/service-accounts/${encodeURIComponent(service.id)}`;
  const [removing, setRemoving] = useState(false);
  return (
    <Dialog title={t.editOf(service.name)} onClose={onClose} width={560}>
      <div className="stack">
        <Grant holder={service} path={path} list="services" fixed={false} onSaved={onClose} />
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn danger" onClick={() => setRemoving(true)}>
            {t.remove}
          </button>
        </div>
      </div>
      {removing && (
        <Remove
          title={t.removeTitle(service.name)}
          text={t.removeServiceText}
          path={path}
          list="services"
          onCancel={() => setRemoving(false)}
          onDone={onClose}
        />
      )}
    </Dialog>
  );
}

function Grant({
  holder,
  path,
  list,
  fixed,
  onSaved,
}: {
  holder: User | ServiceAccountView;
  path: string;
  list: string;
  /** Role and tenants are not this person's to change. */
  fixed: boolean;
  onSaved: () => void;
}) {
  const session = useSession();
  const client = useQueryClient();
  const [name, setName] = useState(holder.name);
  const [role, setRole] = useState(holder.role);
  const [tenants, setTenants] = useState<string[]>(holder.tenants ?? []);
  const save = useMutation({
    mutationFn: (body: UserPatch) => call<unknown>('PATCH', path, body),
    onSuccess: async () => {
      toast(ui.saved);
      await Promise.all([
        client.invalidateQueries({ queryKey: [list] }),
        client.invalidateQueries({ queryKey: ['keys'] }),
        client.invalidateQueries({ queryKey: ['session'] }),
      ]);
      onSaved();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const grant = { role, tenants: tenants.length === 0 ? null : tenants };
    save.mutate({ name: name.trim(), ...(fixed ? {} : grant) });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label={t.name}
        required
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {fixed ? (
        <p className="hint">{t.ownRole}</p>
      ) : (
        <GrantFields role={role} tenants={tenants} onRole={setRole} onTenants={setTenants} />
      )}
      {save.isError && <Failure error={save.error} />}
      <div className="row">
        <span className="spring" />
        <button
          type="submit"
          className="btn primary"
          disabled={
            save.isPending ||
            name.trim() === '' ||
            (!fixed && mustName(session, role) && tenants.length === 0)
          }
        >
          {t.save}
        </button>
      </div>
    </form>
  );
}

function Remove({
  title,
  text,
  path,
  list,
  onCancel,
  onDone,
}: {
  title: string;
  text: string;
  path: string;
  list: string;
  onCancel: () => void;
  onDone: () => void;
}) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call<void>('DELETE', path),
    onSuccess: async () => {
      toast(t.removed);
      await Promise.all([
        client.invalidateQueries({ queryKey: [list] }),
        client.invalidateQueries({ queryKey: ['keys'] }),
      ]);
      onDone();
    },
    onError: (error) => {
      toast(messageOf(error), 'bad');
      onCancel();
    },
  });
  return (
    <Confirm
      title={title}
      text={text}
      action={t.remove}
      onCancel={onCancel}
      onConfirm={() => remove.mutate()}
    />
  );
}
