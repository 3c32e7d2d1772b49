import type { Migration } from '../migrate.ts';
import { sql as roles } from './0001-roles.ts';
import { sql as tables } from './0002-tables.ts';
import { sql as ruleVersions } from './0003-rule-versions.ts';
import { sql as exceptions } from './0004-exceptions.ts';
import { sql as detection } from './0005-detection.ts';
import { sql as mappings } from './0006-mappings.ts';
import { sql as sourceWatch } from './0007-source-watch.ts';
import { sql as connectors } from './0008-connectors.ts';
import { sql as alertRhythm } from './0009-alert-rhythm.ts';
import { sql as access } from './0010-access.ts';
import { sql as signIn } from './0011-sign-in.ts';
import { sql as clocks } from './0012-clocks.ts';
import { sql as procedures } from './0013-procedures.ts';
import { sql as desk } from './0014-desk.ts';
import { sql as audit } from './0015-audit.ts';
import { sql as webhooks } from './0016-webhooks.ts';
import { sql as collaboration } from './0017-collaboration.ts';
import { sql as assets } from './0018-assets.ts';
import { sql as demoClocks } from './0019-demo-clocks.ts';
import { sql as wef } from './0020-wef.ts';
import { sql as noticePlaces } from './0021-notice-places.ts';
import { sql as whoIsTold } from './0022-who-is-told.ts';
import { sql as owners } from './0023-owners.ts';
import { sql as digests } from './0024-digests.ts';
import { sql as siteNetworks } from './0025-site-networks.ts';
import { sql as selfTelling } from './0026-self-telling.ts';

/**
 * Every migration, oldest first. Append only: an applied migration's text is checked against its recorded
 * checksum at each start.
 */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'roles', sql: roles },
  { number: 2, name: 'tables', sql: tables },
  { number: 3, name: 'rule-versions', sql: ruleVersions },
  { number: 4, name: 'exceptions', sql: exceptions },
  { number: 5, name: 'detection', sql: detection },
  { number: 6, name: 'mappings', sql: mappings },
  { number: 7, name: 'source-watch', sql: sourceWatch },
  { number: 8, name: 'connectors', sql: connectors },
  { number: 9, name: 'alert-rhythm', sql: alertRhythm },
  { number: 10, name: 'access', sql: access },
  { number: 11, name: 'sign-in', sql: signIn },
  { number: 12, name: 'clocks', sql: clocks },
  { number: 13, name: 'procedures', sql: procedures },
  { number: 14, name: 'desk', sql: desk },
  { number: 15, name: 'audit', sql: audit },
  { number: 16, name: 'webhooks', sql: webhooks },
  { number: 17, name: 'collaboration', sql: collaboration },
  { number: 18, name: 'assets', sql: assets },
  { number: 19, name: 'demo-clocks', sql: demoClocks },
  { number: 20, name: 'wef', sql: wef },
  { number: 21, name: 'notice-places', sql: noticePlaces },
  { number: 22, name: 'who-is-told', sql: whoIsTold },
  { number: 23, name: 'owners', sql: owners },
  { number: 24, name: 'digests', sql: digests },
  { number: 25, name: 'site-networks', sql: siteNetworks },
  { number: 26, name: 'self-telling', sql: selfTelling },
];
