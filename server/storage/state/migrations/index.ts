import type { Migration } from '../migrate.ts';
import { sql as roles } from './0001-roles.ts';
import { sql as tables } from './0002-tables.ts';
import { sql as ruleVersions } from './0003-rule-versions.ts';
import { sql as exceptions } from './0004-exceptions.ts';
import { sql as alertRhythm } from './0010-alert-rhythm.ts';

/**
 * Every migration, oldest first. Append only: an applied migration's text is checked against its recorded
 * checksum at each start.
 */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'roles', sql: roles },
  { number: 2, name: 'tables', sql: tables },
  { number: 3, name: 'rule-versions', sql: ruleVersions },
  { number: 4, name: 'exceptions', sql: exceptions },
  { number: 10, name: 'alert-rhythm', sql: alertRhythm },
];
