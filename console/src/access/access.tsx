import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { ServiceAccountView, User } from '../api/types.ts';
import { About, PageTitle } from '../plain/plain.tsx';
import { useMay, useOwnTenant, useTenantName } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import css from './access.module.css';
import { EditService, EditUser } from './edit.tsx';
import { AddService, AddUser } from './forms.tsx';
import { AddKey, Keys } from './keys.tsx';
import { roleNames } from './role-names.ts';
import { t } from './strings.ts';

/** People and programs that may come in. */
export default function Access() {
  const mayManage = useMay('access.manage');
  const services = useQuery(queries.services());
  const [adding, setAdding] = useState<'user' | 'service' | 'key' | null>(null);
  const owners = services.data?.items.filter(({ mayChange }) => mayChange) ?? [];
  const close = () => setAdding(null);
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/access">{t.title}</PageTitle>
        <span className="spring" />
        <Link href="/access/roles" className="btn">
          {t.rolesLink}
        </Link>
      </div>
      <About path="/access" />
      <div className={css.sections}>
        <section aria-labelledby="users">
          <div className={css.head}>
            <h2 id="users">{t.users}</h2>
            {mayManage && (
              <button type="button" className="btn" onClick={() => setAdding('user')}>
                <Icon name="plus" size={13} /> {t.addUser}
              </button>
            )}
          </div>
          <Users />
        </section>
        <section aria-labelledby="services">
          <div className={css.head}>
            <h2 id="services">{t.services}</h2>
            {mayManage && (
              <button type="button" className="btn" onClick={() => setAdding('service')}>
                <Icon name="plus" size={13} /> {t.addService}
              </button>
            )}
          </div>
          <p className="small muted">{t.servicesText}</p>
          <Services />
        </section>
        <section aria-labelledby="keys">
          <div className={css.head}>
            <h2 id="keys">{t.keys}</h2>
            {mayManage && owners.length > 0 && (
              <button type="button" className="btn" onClick={() => setAdding('key')}>
                <Icon name="plus" size={13} /> {t.addKey}
              </button>
            )}
          </div>
          <p className="small muted">{t.keysText}</p>
          <Keys own={false} />
        </section>
      </div>
      {adding === 'user' && <AddUser onClose={close} />}
      {adding === 'service' && <AddService onClose={close} />}
      {adding === 'key' && <AddKey services={owners} onClose={close} />}
    </div>
  );
}

function Scope({ tenants }: { tenants: readonly string[] | null }) {
  const nameOf = useTenantName();
  if (tenants === null) return <span className="muted">{t.all}</span>;
  return tenants.length === 0 ? <span className="muted">{t.none}</span> : tenants.map(nameOf).join(', ');
}

function EditButton({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <button type="button" className="btn small" aria-label={t.editOf(name)} onClick={onClick}>
      {t.edit}
    </button>
  );
}

function Users() {
  const ownTenant = useOwnTenant();
  const query = useQuery(queries.users());
  const [editing, setEditing] = useState<User | null>(null);
  if (query.isPending) return <SkeletonRows rows={3} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.columns.name}</th>
            <th scope="col">{t.columns.role}</th>
            {ownTenant === undefined && <th scope="col">{t.columns.tenants}</th>}
            <th scope="col" className="num">
              {t.columns.signIn}
            </th>
            <th scope="col">
              <span className="visually-hidden">{t.columns.actions}</span>
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
              <td>{roleNames[user.role]}</td>
              {ownTenant === undefined && (
                <td>
                  <Scope tenants={user.tenants} />
                </td>
              )}
              <td className="num">
                <Age at={user.lastSignInAt} suffix />
              </td>
              <td className="num">
                {user.mayChange && <EditButton name={user.name} onClick={() => setEditing(user)} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {editing !== null && <EditUser user={editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

function Services() {
  const ownTenant = useOwnTenant();
  const query = useQuery(queries.services());
  const [editing, setEditing] = useState<ServiceAccountView | null>(null);
  if (query.isPending) return <SkeletonRows rows={2} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.items.length === 0) return <p className="small">{t.noServices}</p>;
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.columns.name}</th>
            <th scope="col">{t.columns.role}</th>
            {ownTenant === undefined && <th scope="col">{t.columns.tenants}</th>}
            <th scope="col">
              <span className="visually-hidden">{t.columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {query.data.items.map((service) => (
            <tr key={service.id} data-testid="service-row">
              <td>
                <strong>{service.name}</strong>
              </td>
              <td>{roleNames[service.role]}</td>
              {ownTenant === undefined && (
                <td>
                  <Scope tenants={service.tenants} />
                </td>
              )}
              <td className="num">
                {service.mayChange && <EditButton name={service.name} onClick={() => setEditing(service)} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {editing !== null && <EditService service={editing} onClose={() => setEditing(null)} />}
    </div>
  );
}
