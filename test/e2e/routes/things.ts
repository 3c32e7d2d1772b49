/** Things of the tenant `globex` that nobody else may see or change. */
export interface Things {
  readonly connection: string;
  readonly event: string;
  readonly incident: number;
  readonly mail: string;
  readonly key: string;
  readonly service: string;
  readonly quarantine: string;
  readonly exception: string;
  readonly mapping: string;
  readonly maintenance: string;
  readonly procedure: string;
  readonly alert: string;
  readonly rule: string;
  readonly asset: string;
  readonly comment: string;
  readonly attachment: string;
  readonly request: string;
  readonly recipient: string;
  readonly campaign: string;
  readonly webhook: string;
}

/** What a stranger does with a route: they have every permission, for another tenant. */
export interface Attempt {
  readonly path: string | ((things: Things) => string);
  readonly body?: object | ((things: Things) => object);
  /** Instead of `body`: octets. */
  readonly raw?: string;
  /** Answer to the stranger; 200 means: allowed, but without a trace of `globex`. */
  readonly stranger: number;
}

export const RANGE = { from: 0, to: 4_000_000_000_000 };
export const SOURCE = '/api/sources/globex/vault';
/** A rule that finds every event of Linux. */
export const BACKTEST =
  'title: t\nlogsource: {product: linux}\ndetection: {s: {event.original|exists: true}, condition: s}';
/** An exception at `globex`. */
export const QUIET = {
  tenant: 'globex',
  filter:
    'title: Quiet at globex\nlogsource: {product: linux}\nfilter:\n  rules: [f070c9c4-ab20-433a-8a91-1a35b7cae7cb]\n  s: {user.name: globex-backup}\n  condition: not s\n',
};
export const QUIET_REASON = 'globex makes its backups as this account';
/** A mapping at `globex`. */
export const MAPPING = {
  id: 'globex.vault-door',
  name: 'The vault of globex',
  format: { kind: 'json' },
  fields: [{ field: 'user.name', from: ['who'] }],
};
/** A procedure; the same at `globex`, where its title says so. */
export const PROCEDURE = {
  sop: 'id: vault-door\nversion: 1\ntypes: [malware]\nsteps:\n  - { id: look, kind: task }\n  - { id: note, kind: evidence, asks: note }\n',
  texts: { en: '# Vault door\nThe door is open.\n\n## look: Look\n## note: Note it\n' },
};
/** A connector; its domain belongs to nobody, so that nothing is fetched. */
export const CONNECTOR = {
  type: 'okta-system-log',
  settings: { domain: 'vault.example.invalid' },
  secrets: { token: 'a-token-that-nobody-may-see' },
};
/** What Windows machines are asked to forward. */
export const WEF = {
  enabled: false,
  queries: [{ channel: 'Security', xpath: '*' }],
  format: 'raw',
  readExisting: false,
  latencySeconds: 30,
  heartbeatSeconds: 900,
};
export const ASSET = { tenant: 'globex', kind: 'host', name: 'taken' };

/** The routes of one subject. */
export type Routes = Readonly<Record<string, Attempt>>;
