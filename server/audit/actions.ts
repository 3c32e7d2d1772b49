/** Calls that change nothing although they are no `GET`: they carry more than an address can hold. */
const READS = new Set([
  'POST /api/events/search',
  'POST /api/events/histogram',
  'POST /api/rules/backtest',
  'POST /api/rules/validate',
  'POST /api/rules/explain',
  'POST /api/assets/resolve',
  'POST /api/exceptions/suggest',
  'POST /api/exceptions/preview',
  'POST /api/mappings/preview',
  'POST /api/mappings/suggest',
  'POST /api/incidents/:id/seen',
  'POST /api/incidents/:id/procedures/:procedure/steps/:step/search',
  'POST /api/procedures/check',
  'POST /api/sign-in/discover',
  'POST /api/sign-in/passkey/options',
  'POST /api/security/passkeys/options',
  'POST /api/audit/verify',
]);

/** Names that method and path don't give. */
const NAMES: Readonly<Record<string, string>> = {
  'POST /api/session': 'session.sign-in',
  'DELETE /api/session': 'session.sign-out',
  'POST /api/mail/test': 'mail.test',
  'POST /api/rules/:id/versions': 'rules.version.add',
  'POST /api/rules/:id/versions/:number/state': 'rules.version.move',
  'POST /api/mappings/:key/versions': 'mappings.version.add',
  'POST /api/mappings/:key/state': 'mappings.move',
  'POST /api/sources/:tenant/:id/token': 'sources.token.rotate',
  'POST /api/quarantine/:id/assign': 'quarantine.assign',
  'POST /api/demo': 'demo.start',
  'POST /scim/v2/Users': 'scim.users.add',
  'POST /api/incidents/:id/procedures/:procedure/steps/:step/telling': 'incidents.tell',
};

const VERBS: Readonly<Record<string, string>> = { PUT: 'set', PATCH: 'change', DELETE: 'remove' };

/** What a call does, `incidents.merge`, and the kind of thing it does it to; undefined: it changes nothing. */
export function actionOf(
  method: string,
  route: string,
): { readonly action: string; readonly kind: string } | undefined {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  const name = `${method} ${route}`;
  const path = /^\/(?:api|scim\/v2)\/(.*)$/.exec(route);
  if (READS.has(name) || path === null) return undefined;
  const parts = (route.startsWith('/scim/') ? `scim/${path[1]!.toLowerCase()}` : path[1]!).split('/');
  const fixed = parts.filter((part) => !part.startsWith(':'));
  const [first = 'api', ...rest] = fixed;
  const kind = singular(first);
  const known = NAMES[name];
  if (known !== undefined) return { action: known, kind };
  const verb = VERBS[method];
  // The last part of a POST is what is done: `…/:id/merge`. Without one, something is added to a list.
  const words = verb === undefined ? (rest.length === 0 ? ['add'] : rest) : [...rest, verb];
  return { action: [first, ...words].join('.'), kind };
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}
