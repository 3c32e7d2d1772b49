import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { ApiKey } from '../api/types.ts';
import { useTenantName } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './access.module.css';
import { AddKey, AddUser } from './forms.tsx';
import { t } from './strings.ts';

/** People and scripts that may come in. */
export default function Access() {
  useTitle(t.title);
  const [adding, setAdding] = useState<'user' | 'key' | null>(null);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
      </div>
      <div className={css.sections}>
        <section aria-labelledby="users">
          <div className={css.head}>
            <h2 id="users">{t.users}</h2>
            <button type="button" className="btn" onClick={() => setAdding('user')}>
              <Icon name="plus" size={13} /> {t.addUser}
            </button>
          </div>
          <Users />
        </section>
        <section aria-labelledby="keys">
          <div className={css.head}>
            <h2 id="keys">{t.keys}</h2>
            <button type="button" className="btn" onClick={() => setAdding('key')}>
              <Icon name="plus" size={13} /> {t.addKey}
            </button>
          </div>
          <p className="small muted">{t.keysText}</p>
          <Keys />
        </section>
      </div>
      {adding === 'user' && <AddUser onClose={() => setAdding(null)} />}
      {adding === 'key' && <AddKey onClose={() => setAdding(null)} />}
    </div>
  );
}

function Scope({ tenants }: { tenants: readonly string[] | null }) {
  const nameOf = useTenantName();
  return tenants === null ? <span className="muted">{t.all}</span> : tenants.map(nameOf).join(', ');
}

function Users() {
  const query = useQuery(queries.users());
  if (query.isPending) return <SkeletonRows rows={3} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.columns.name}</th>
            <th scope="col">{t.columns.role}</th>
            <th scope="col">{t.columns.tenants}</th>
            <th scope="col" className="num">
              {t.columns.signIn}
            </th>
          </tr>
        </thead>
        <tbody>
          {query.data.items.map((user) => (
            <tr key={user.id} data-testid="user-row">
              <td>
                <strong>{user.name}</strong>
                <div className="hint">{user.email}</div>
              </td>
              <td>{t.roles[user.role]}</td>
              <td>
                <Scope tenants={user.tenants} />
              </td>
              <td className="num">
                <Age at={user.lastSignInAt} suffix />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Keys() {
  const client = useQueryClient();
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
  if (query.data.items.length === 0) return <p className="small">{t.noKeys}</p>;
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.columns.name}</th>
            <th scope="col">{t.columns.role}</th>
            <th scope="col">{t.columns.tenants}</th>
            <th scope="col" className="num">
              {t.columns.used}
            </th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {query.data.items.map((key) => (
            <tr key={key.id} data-testid="key-row">
              <td>
                <strong>{key.name}</strong>
              </td>
              <td>{t.roles[key.role]}</td>
              <td>
                <Scope tenants={key.tenants} />
              </td>
              <td className="num">
                <Age at={key.lastUsedAt} suffix />
              </td>
              <td className="num">
                <button type="button" className="btn small danger" onClick={() => setRevoking(key)}>
                  {t.revoke}
                </button>
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
