import {
  PERMISSIONS,
  type Permission,
  permissionsOf,
  ROLE_TABLE,
  ROLES,
  type Role,
  within,
} from '@vigie/contracts/api/permissions.ts';
import type { SessionView } from '../api/types.ts';
import { useSession } from '../session.ts';
import { ManyField } from '../ui/choices.tsx';
import { SelectField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { roleNames } from './role-names.ts';
import { t as roleWords } from './roles/strings.ts';
import { t } from './strings.ts';

/** The roles that somebody may give: those that hold nothing which they lack. */
function givable(session: SessionView): Role[] {
  const own = new Set<Permission>(session.permissions);
  return ROLES.filter((role) => within(permissionsOf(role), own));
}

/** The role to begin with: the one that may least. */
export function firstRole(session: SessionView): Role {
  const roles = givable(session);
  return roles.includes('analyst') ? 'analyst' : (roles.at(-1) ?? 'client-reader');
}

/** A role, among those that the person may give; and the tenants it holds for (an empty list: all). */
export function GrantFields({
  role,
  tenants,
  onRole,
  onTenants,
}: {
  role: Role;
  tenants: string[];
  onRole: (role: Role) => void;
  onTenants: (tenants: string[]) => void;
}) {
  const session = useSession();
  const roles = givable(session);
  return (
    <>
      <SelectField
        label={t.role}
        hint={roleWords.roles[role]}
        value={role}
        onChange={(event) => onRole(event.target.value as Role)}
      >
        {!roles.includes(role) && <option value={role}>{roleNames[role]}</option>}
        {roles.map((each) => (
          <option key={each} value={each}>
            {roleNames[each]}
          </option>
        ))}
      </SelectField>
      <TenantsField
        hint={mustName(session, role) ? t.tenantsNeeded : t.tenantsHint}
        value={tenants}
        onChange={onTenants}
      />
    </>
  );
}

/** Whether a grant has to name its tenants: it is a client's, or the person sees some only. */
export function mustName(session: SessionView, role: Role): boolean {
  return ROLE_TABLE[role].side === 'client' || !session.provider;
}

export function TenantsField({
  hint,
  only,
  value,
  onChange,
}: {
  hint: string;
  /** Tenants to choose from; left out: all that the person sees. */
  only?: readonly string[] | null;
  value: string[];
  onChange: (tenants: string[]) => void;
}) {
  const { tenants } = useSession();
  return (
    <ManyField
      label={t.tenants}
      hint={hint}
      choices={tenants
        .filter(({ id }) => (only ?? null) === null || only?.includes(id))
        .map((tenant) => ({ value: tenant.id, label: tenant.name }))}
      value={value}
      onChange={onChange}
    />
  );
}

/** Some of an owner's permissions, or all (null). */
export function PermissionsField({
  owner,
  value,
  onChange,
}: {
  owner: Role;
  value: Permission[] | null;
  onChange: (value: Permission[] | null) => void;
}) {
  const allowed = permissionsOf(owner);
  return (
    <>
      <SelectField
        label={t.permissions}
        value={value === null ? 'all' : 'some'}
        onChange={(event) => onChange(event.target.value === 'all' ? null : [])}
      >
        <option value="all">{t.permissionsAll}</option>
        <option value="some">{t.permissionsSome}</option>
      </SelectField>
      {value !== null && (
        <ManyField
          label={t.permissionsSome}
          choices={PERMISSIONS.filter((each) => allowed.has(each)).map((each) => ({
            value: each,
            label: roleWords.permissions[each],
          }))}
          value={value}
          onChange={(next) => onChange(next as Permission[])}
        />
      )}
    </>
  );
}

export function Failure({ error }: { error: unknown }) {
  return (
    <p className="notice bad" role="alert">
      {messageOf(error)} <code>{codeOf(error)}</code>
    </p>
  );
}

export function Done({ onClose }: { onClose: () => void }) {
  return (
    <div className="row">
      <span className="spring" />
      <button type="button" className="btn primary" onClick={onClose}>
        {t.done}
      </button>
    </div>
  );
}
