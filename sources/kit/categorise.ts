import type { EcsFields } from '@vigie/contracts';
import type { ALLOWED } from './ecs-types.ts';

export type EventCategory = (typeof ALLOWED)['event.category'][number];
export type EventType = (typeof ALLOWED)['event.type'][number];
export type EventOutcome = (typeof ALLOWED)['event.outcome'][number];

/** What happened, in ECS's four words. Lists are shared between events and never changed in place. */
export interface Categorisation {
  readonly category: readonly EventCategory[];
  readonly type: readonly EventType[];
  readonly action?: string;
  readonly outcome?: EventOutcome;
}

/** Writes `event.category`, `event.type`, `event.action` and `event.outcome`; absent parts are left alone. */
export function categorise(doc: EcsFields, what: Categorisation): void {
  // Fresh lists: a later stage may append to a list of its event.
  doc['event.category'] = what.category.slice();
  doc['event.type'] = what.type.slice();
  if (what.action !== undefined) doc['event.action'] = what.action;
  if (what.outcome !== undefined) doc['event.outcome'] = what.outcome;
}

/**
 * What happens in most products' logs, in the pairs of category and type that ECS's "Using the categorization
 * fields" combines. Add outcome and action where they are known: `categorise(doc, { ...WHAT.login, outcome })`.
 */
export const WHAT = {
  login: { category: ['authentication'], type: ['start'] },
  logout: { category: ['authentication', 'session'], type: ['end'] },
  /** A check of who somebody is, without a session that begins (MFA prompt, token, RADIUS). */
  authentication: { category: ['authentication'], type: ['info'] },
  sessionStart: { category: ['session'], type: ['start'] },
  sessionEnd: { category: ['session'], type: ['end'] },
  vpnStart: { category: ['network', 'session'], type: ['connection', 'start'] },
  vpnEnd: { category: ['network', 'session'], type: ['connection', 'end'] },
  userCreated: { category: ['iam'], type: ['user', 'creation'] },
  userChanged: { category: ['iam'], type: ['user', 'change'] },
  userDeleted: { category: ['iam'], type: ['user', 'deletion'] },
  groupCreated: { category: ['iam'], type: ['group', 'creation'] },
  groupChanged: { category: ['iam'], type: ['group', 'change'] },
  groupDeleted: { category: ['iam'], type: ['group', 'deletion'] },
  /** Roles, rights and policies of access. */
  accessChanged: { category: ['iam'], type: ['admin', 'change'] },
  configurationCreated: { category: ['configuration'], type: ['creation'] },
  configurationChanged: { category: ['configuration'], type: ['change'] },
  configurationDeleted: { category: ['configuration'], type: ['deletion'] },
  configurationRead: { category: ['configuration'], type: ['access'] },
  connection: { category: ['network'], type: ['connection'] },
  connectionStart: { category: ['network'], type: ['connection', 'start'] },
  connectionEnd: { category: ['network'], type: ['connection', 'end'] },
  dns: { category: ['network'], type: ['protocol'] },
  dhcp: { category: ['network'], type: ['protocol'] },
  /** A request that a web server answered. */
  webRequest: { category: ['web'], type: ['access'] },
  /** A request that a proxy or a firewall let through or stopped. */
  proxyRequest: { category: ['network', 'web'], type: ['access', 'connection'] },
  apiCall: { category: ['api'], type: ['access'] },
  mail: { category: ['email'], type: ['info'] },
  fileCreated: { category: ['file'], type: ['creation'] },
  fileChanged: { category: ['file'], type: ['change'] },
  fileDeleted: { category: ['file'], type: ['deletion'] },
  fileRead: { category: ['file'], type: ['access'] },
  processStart: { category: ['process'], type: ['start'] },
  processEnd: { category: ['process'], type: ['end'] },
  malware: { category: ['malware'], type: ['info'] },
  intrusion: { category: ['intrusion_detection'], type: ['info'] },
  /** An attack seen in traffic. */
  networkIntrusion: { category: ['network', 'intrusion_detection'], type: ['info'] },
  vulnerability: { category: ['vulnerability'], type: ['info'] },
  databaseAccess: { category: ['database'], type: ['access'] },
  softwareInstalled: { category: ['package'], type: ['installation'] },
  /** The state of the machine or of the product itself. */
  hostInfo: { category: ['host'], type: ['info'] },
  hostError: { category: ['host'], type: ['error'] },
} as const satisfies Record<string, Categorisation>;
