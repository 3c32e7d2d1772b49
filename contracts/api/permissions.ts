/**
 * Who may do what: the one table. Every route of the API names one of these permissions; a role is a column, an API
 * key carries some of its owner's. Data alone, without schemas, so that the console can show it at no cost.
 */

/** The provider's own people see all tenants or some named ones; a client's only ever their own. */
export type Side = 'provider' | 'client';

/** Roles, and what each is for, in the order in which they are shown. */
export const ROLE_TABLE = {
  'provider-administrator': {
    side: 'provider',
    meaning: 'Runs the platform: everything, people, tenants and settings included.',
  },
  'detection-engineer': {
    side: 'provider',
    meaning: 'Writes what is detected and how logs are read; works on incidents as an analyst does.',
  },
  'soc-manager': {
    side: 'provider',
    meaning:
      'Answers for the clocks: service levels, rotas, procedures; works on incidents as an analyst does.',
  },
  analyst: { side: 'provider', meaning: 'Works on incidents, hunts, makes exceptions, asks the client.' },
  'client-administrator': {
    side: 'client',
    meaning: 'Runs the client’s part: its people, sources, contacts and assets.',
  },
  'client-responder': {
    side: 'client',
    meaning: 'Acts at the client: answers, approves, does the steps that are the client’s.',
  },
  'client-reader': { side: 'client', meaning: 'Reads what concerns the client, and changes nothing.' },
  auditor: {
    side: 'provider',
    meaning: 'Reads everything, the record of what people did included, and changes nothing.',
  },
} as const satisfies Readonly<Record<string, { readonly side: Side; readonly meaning: string }>>;

export type Role = keyof typeof ROLE_TABLE;
export const ROLES = Object.keys(ROLE_TABLE) as [Role, ...Role[]];

const ALL = ROLES;
const HANDLERS = ['provider-administrator', 'detection-engineer', 'soc-manager', 'analyst'] as const;
const ENGINEERS = ['provider-administrator', 'detection-engineer'] as const;
const MANAGERS = ['provider-administrator', 'soc-manager'] as const;
const CLIENT_HANDS = ['client-administrator', 'client-responder'] as const;
const PLATFORM = ['provider-administrator'] as const;

interface Row {
  /** What the permission allows, as one sentence about a person. */
  readonly meaning: string;
  readonly roles: readonly Role[];
}

/**
 * Permissions by name. What concerns all tenants (rules, the quarantine, tenants themselves) asks for the sight of
 * all tenants as well: `requireProvider` in `server/api/identity.ts`.
 */
export const PERMISSION_TABLE = {
  'incidents.read': { meaning: 'Sees incidents, their alerts, and what was done about them.', roles: ALL },
  'incidents.handle': {
    meaning:
      'Takes incidents, sets state and verdict, puts alerts together and apart, does the provider’s steps.',
    roles: HANDLERS,
  },
  'incidents.respond': {
    meaning: 'Does the steps that are the client’s, answers questions, agrees or disagrees with a verdict.',
    roles: [...HANDLERS, ...CLIENT_HANDS],
  },
  'comments.write': {
    meaning: 'Comments on incidents and assets, and attaches files.',
    roles: [...HANDLERS, ...CLIENT_HANDS],
  },
  'comments.internal': {
    meaning:
      'Reads the comments and files that are the provider’s alone; writes them if comments are theirs to write.',
    roles: [...HANDLERS, 'auditor'],
  },
  'questions.ask': { meaning: 'Asks the client, and proposes decisions.', roles: HANDLERS },
  'decisions.approve': {
    meaning: 'Approves or refuses what is proposed.',
    roles: [...MANAGERS, ...CLIENT_HANDS],
  },
  'duties.decide': {
    meaning: 'Starts and ends the deadlines of the law, and writes the reports they ask for.',
    roles: [...HANDLERS, 'client-administrator'],
  },
  'campaigns.write': { meaning: 'Links incidents of several clients to one campaign.', roles: HANDLERS },
  'views.share': {
    meaning: 'Shares saved views of the queue with others.',
    roles: [...HANDLERS, 'client-administrator'],
  },
  'events.read': { meaning: 'Searches events, and reads the logs as they came.', roles: ALL },
  'exports.make': { meaning: 'Takes incidents, lists and events out as files.', roles: ALL },
  'mails.read': { meaning: 'Reads the mails that were sent.', roles: ALL },
  'mails.send': {
    meaning: 'Sends the mails of procedures’ steps, and again what could not be delivered.',
    roles: HANDLERS,
  },
  'rules.read': { meaning: 'Sees rules, exceptions, coverage and the quality of detection.', roles: ALL },
  'rules.test': {
    meaning: 'Checks rules, holds them against events and runs them over the past.',
    roles: HANDLERS,
  },
  'rules.switch': { meaning: 'Switches rules on and off.', roles: HANDLERS },
  'rules.write': {
    meaning: 'Writes, imports, deploys and retires rules, and retrains the ranking.',
    roles: ENGINEERS,
  },
  'exceptions.write': { meaning: 'Makes, extends and revokes exceptions.', roles: HANDLERS },
  'procedures.read': {
    meaning: 'Sees the procedures and how far they have come.',
    roles: [...HANDLERS, ...CLIENT_HANDS, 'auditor'],
  },
  'procedures.write': {
    meaning: 'Writes the provider’s procedures.',
    roles: [...ENGINEERS, 'soc-manager'],
  },
  'sources.read': { meaning: 'Sees sources, their health and how they are fetched.', roles: ALL },
  'sources.operate': {
    meaning: 'Acknowledges what the watch of sources says, plans maintenance, imports log files.',
    roles: [...HANDLERS, ...CLIENT_HANDS],
  },
  'sources.manage': {
    meaning: 'Adds, changes and removes sources and connectors, and renews their secrets.',
    roles: [...ENGINEERS, 'client-administrator'],
  },
  'mappings.write': {
    meaning: 'Drafts mappings, and tries them on logs.',
    roles: [...HANDLERS, 'client-administrator'],
  },
  'mappings.publish': {
    meaning: 'Puts mappings into force and out of it.',
    roles: [...ENGINEERS, 'client-administrator'],
  },
  'assets.read': { meaning: 'Sees machines and people of the client.', roles: ALL },
  'assets.write': {
    meaning: 'Writes down what is known of machines and people: owner, criticality, how to handle them.',
    roles: [...HANDLERS, ...CLIENT_HANDS],
  },
  'people.erase': { meaning: 'Erases or pseudonymises what is kept about a person.', roles: PLATFORM },
  'tenants.read': { meaning: 'Sees the client’s settings: contacts, hours, service levels.', roles: ALL },
  'tenants.settings': {
    meaning: 'Changes contacts, sites, hours and language of a client.',
    roles: [...MANAGERS, 'client-administrator'],
  },
  'telling.allow': {
    meaning: 'Allows that steps of procedures send mails by themselves at a client, and takes it back.',
    roles: [...PLATFORM, 'client-administrator'],
  },
  'tenants.manage': {
    meaning: 'Adds and removes clients; changes name, retention, branding.',
    roles: PLATFORM,
  },
  'clocks.manage': {
    meaning: 'Sets service levels, on-call rotas, and who is told when time runs out.',
    roles: MANAGERS,
  },
  'webhooks.manage': {
    meaning: 'Subscribes other programs to what happens.',
    roles: [...PLATFORM, 'client-administrator'],
  },
  'access.read': {
    meaning: 'Sees who may come in, with which role, and from where they are signed in.',
    roles: [...MANAGERS, 'client-administrator', 'auditor'],
  },
  'access.manage': {
    meaning:
      'Adds, changes and removes people, service accounts, keys and sessions, within what they may do themselves.',
    roles: [...PLATFORM, 'client-administrator'],
  },
  'keys.own': {
    meaning: 'Makes API keys in their own name.',
    roles: [...HANDLERS, 'client-administrator'],
  },
  'signin.manage': {
    meaning: 'Sets up single sign-on, and how people must prove who they are.',
    roles: [...PLATFORM, 'client-administrator'],
  },
  'audit.read': {
    meaning: 'Reads the record of what people and automation did.',
    roles: [...MANAGERS, 'client-administrator', 'auditor'],
  },
  'status.read': { meaning: 'Sees whether the platform is well.', roles: ALL },
  'platform.manage': {
    meaning: 'Changes the installation itself: secrets, mail, the demo tenant.',
    roles: PLATFORM,
  },
} as const satisfies Readonly<Record<string, Row>>;

export type Permission = keyof typeof PERMISSION_TABLE;
export const PERMISSIONS = Object.keys(PERMISSION_TABLE) as [Permission, ...Permission[]];

const BY_ROLE = new Map<Role, ReadonlySet<Permission>>(
  ROLES.map((role) => [
    role,
    new Set(PERMISSIONS.filter((each) => (PERMISSION_TABLE[each].roles as readonly Role[]).includes(role))),
  ]),
);

/** What a role may do. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return BY_ROLE.get(role) ?? new Set();
}

/** Whether one set of permissions holds nothing that another lacks. */
export function within(some: Iterable<Permission>, all: ReadonlySet<Permission>): boolean {
  for (const each of some) if (!all.has(each)) return false;
  return true;
}
