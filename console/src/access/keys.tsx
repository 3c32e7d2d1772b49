import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Permission, Role } from '@vigie/contracts/api/permissions.ts';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { ApiKey, NewApiKey, ServiceAccountView } from '../api/types.ts';
import { useOwnTenant, useSession, useTenantName } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Secret, SelectField, TextField } from '../ui/fields.tsx';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { Done, Failure, PermissionsField, TenantsField } from './grant-fields.tsx';
import { t } from './strings.ts';

const LASTS = [30, 90, 365, 0] as const;

/** Keys: everybody's that the person may see, or their own. */
export function Keys({ own }: { own: boolean }) {
  const client = useQueryClient();
  const { user } = useSession();
  const nameOf = useTenantName();
  const ownTenant = useOwnTenant();
  const query = useQuery(queries.keys());
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const revoke = useMutation({
    mutationFn: (id: string) => call<void>('DELETE', `/api/keys/${encodeURIComponent(id)}`),
    onSuccess: () => toast(t.revoked),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  if (query.isPending) return <SkeletonRows rows={2} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const keys = query.data.items.filter((key) => !own || key.owner.id === user.id);
  if (keys.length === 0) return <p className="small">{t.noKeys}</p>;
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.columns.name}</th>
            {!own && <th scope="col">{t.columns.owner}</th>}
            <th scope="col">{t.columns.may}</th>
            {ownTenant === undefined && <th scope="col">{t.columns.tenants}</th>}
            <th scope="col">{t.columns.ends}</th>
            <th scope="col" className="num">
              {t.columns.used}
            </th>
            <th scope="col">
              <span className="visually-hidden">{t.columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} data-testid="key-row">
              <td>
                <strong>{key.name}</strong>
              </td>
              {!own && <td>{key.owner.name}</td>}
              <td title={key.permissions?.join(', ')}>
                {key.permissions === null ? (
                  <span className="muted">{t.wholeRole}</span>
                ) : (
                  t.count(key.permissions.length)
                )}
              </td>
              {ownTenant === undefined && (
                <td>
                  {key.tenants === null ? (
                    <span className="muted">{t.ownersTenants}</span>
                  ) : (
                    key.tenants.map(nameOf).join(', ')
                  )}
                </td>
              )}
              <td>
                {key.expiresAt === null ? (
                  <span className="muted">{t.never}</span>
                ) : (
                  <Age at={key.expiresAt} suffix />
                )}
              </td>
              <td className="num">
                <Age at={key.lastUsedAt} suffix />
              </td>
              <td className="num">
                {key.mayRemove && (
                  <button
                    type="button"
                    className="btn small danger"
                    aria-label={t.revokeOf(key.name)}
                    onClick={() => setRevoking(key)}
                  >
                    {t.revoke}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {revoking !== null && (
        <Confirm
          title={t.revokeTitle}
          text={t.revokeText(revoking.name)}
          action={t.revoke}
          onCancel={() => setRevoking(null)}
          onConfirm={() => {
            revoke.mutate(revoking.id);
            setRevoking(null);
          }}
        />
      )}
    </div>
  );
}

/** A key of a service account, or in the person's own name; its secret is shown once. */
export function AddKey({
  services,
  onClose,
}: {
  /** Service accounts to choose from; undefined: the key is the person's own. */
  services: readonly ServiceAccountView[] | undefined;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const session = useSession();
  const [name, setName] = useState('');
  const [service, setService] = useState(services?.[0]?.id ?? '');
  const [permissions, setPermissions] = useState<Permission[] | null>(null);
  const [tenants, setTenants] = useState<string[]>([]);
  const [lasts, setLasts] = useState<number>(90);
  const owner = services?.find(({ id }) => id === service);
  const role: Role = owner?.role ?? session.user.role;
  const path = services === undefined ? '/api/keys' : `/api/service-accounts/${service}/keys`;
  const create = useMutation({
    mutationFn: (body: NewApiKey) => call<{ key: ApiKey; secret: string }>('POST', path, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      name: name.trim(),
      permissions,
      tenants: tenants.length === 0 ? null : tenants,
      expiresAt: lasts === 0 ? null : Date.now() + lasts * 86_400_000,
    });
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
          {services !== undefined && (
            <SelectField
              label={t.columns.owner}
              value={service}
              onChange={(event) => {
                setService(event.target.value);
                setPermissions(null);
                setTenants([]);
              }}
            >
              {services.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </SelectField>
          )}
          <PermissionsField owner={role} value={permissions} onChange={setPermissions} />
          <TenantsField
            hint={t.keyTenantsHint}
            only={owner?.tenants ?? null}
            value={tenants}
            onChange={setTenants}
          />
          <SelectField
            label={t.lasts}
            value={lasts}
            onChange={(event) => setLasts(Number(event.target.value))}
          >
            {LASTS.map((days) => (
              <option key={days} value={days}>
                {days === 0 ? t.lastsForever : t.lastsDays(days)}
              </option>
            ))}
          </SelectField>
          {create.isError && <Failure error={create.error} />}
          <div className="row">
            <span className="spring" />
            <button
              type="submit"
              className="btn primary"
              disabled={create.isPending || name.trim() === '' || permissions?.length === 0}
            >
              {t.createKey}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
