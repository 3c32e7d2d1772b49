import {
  PERMISSION_TABLE,
  PERMISSIONS,
  type Permission,
  ROLE_TABLE,
  ROLES,
  type Role,
} from '@vigie/contracts/api/permissions.ts';

/** Words of the table of roles; what they and the permissions mean is the contract's own text. */
export const en = {
  title: 'Roles and permissions',
  text: 'What a person may do comes from their role; at which clients, from their tenants. A key has some of its owner’s permissions.',
  permission: 'Permission',
  show: 'Show',
  every: 'All roles',
  yes: 'yes',
  no: 'no',
  provider: 'The provider’s',
  client: 'A client’s: always for named tenants',
  back: 'Users & keys',
  roles: Object.fromEntries(ROLES.map((each) => [each, ROLE_TABLE[each].meaning])) as Record<Role, string>,
  permissions: Object.fromEntries(
    PERMISSIONS.map((each) => [each, PERMISSION_TABLE[each].meaning]),
  ) as Record<Permission, string>,
};
export type Strings = typeof en;
