import { PERMISSION_TABLE, PERMISSIONS, ROLE_TABLE, ROLES } from '@vigie/contracts/api/permissions.ts';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Role } from '../../api/types.ts';
import { useMay, useSession } from '../../session.ts';
import { SelectField } from '../../ui/fields.tsx';
import { useTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { roleNames } from '../role-names.ts';
import css from './roles.module.css';
import { t } from './strings.ts';

/** Which role may do what: the table that the server decides by, in words. */
export default function Roles() {
  useTitle(t.title);
  const { user } = useSession();
  const mayReturn = useMay('access.read');
  // Eight columns do not fit a phone: there one begins with one's own role.
  const [shown, setShown] = useState<Role | 'all'>(() =>
    matchMedia('(max-width: 700px)').matches ? user.role : 'all',
  );
  const roles = shown === 'all' ? ROLES : [shown];
  return (
    <div className="page">
      {mayReturn && (
        <p className={css.back}>
          <Link href="/access">
            <Icon name="back" size={12} /> {t.back}
          </Link>
        </p>
      )}
      <div className="page-head">
        <h1>{t.title}</h1>
      </div>
      <p className={css.text}>{t.text}</p>
      <div className={css.choice}>
        <SelectField
          label={t.show}
          value={shown}
          onChange={(event) => setShown(event.target.value as Role | 'all')}
        >
          <option value="all">{t.every}</option>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {roleNames[role]}
            </option>
          ))}
        </SelectField>
      </div>
      <dl className={css.roles}>
        {roles.map((role) => (
          <div key={role}>
            <dt>{roleNames[role]}</dt>
            <dd>
              {t.roles[role]} <span className="muted">{t[ROLE_TABLE[role].side]}.</span>
            </dd>
          </div>
        ))}
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={css.frame} tabIndex={0} aria-label={t.title}>
        <table className={`grid ${css.table}`} data-testid="permission-table">
          <thead>
            <tr>
              <th scope="col">{t.permission}</th>
              {roles.map((role) => (
                <th key={role} scope="col">
                  {roleNames[role]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {PERMISSIONS.map((permission) => (
              <tr key={permission}>
                <th scope="row">
                  {t.permissions[permission]}
                  <code>{permission}</code>
                </th>
                {roles.map((role) => {
                  const has = (PERMISSION_TABLE[permission].roles as readonly Role[]).includes(role);
                  return (
                    <td key={role} data-has={has}>
                      {has ? <Icon name="check" size={14} /> : <span aria-hidden="true">–</span>}
                      <span className="visually-hidden">{has ? t.yes : t.no}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
