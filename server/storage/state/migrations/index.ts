import type { Migration } from '../migrate.ts';
import { sql as roles } from './0001-roles.ts';
import { sql as tables } from './0002-tables.ts';

/**
 * Every migration, oldest first. Append only: an applied migration's text is checked against its recorded
 * checksum at each start.
 */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'roles', sql: roles },
  { number: 2, name: 'tables', sql: tables },
];
