/** `192.0.2.1/50000->198.51.100.1/443` */
const FLOW = /^([0-9A-Fa-f.:]{3,45})\/(\d{1,5})->([0-9A-Fa-f.:]{3,45})\/(\d{1,5})$/;

const SIDES = ['source-address', 'source-port', 'destination-address', 'destination-port'];
const COUNT = /^(\d{1,18})\((\d{1,18})\)$/;
const SCREEN =
  /^(.{1,80}?!?) source: ([0-9A-Fa-f.]{3,45})(?::(\d{1,5}))?, destination: ([0-9A-Fa-f.]{3,45})(?::(\d{1,5}))?/;
const MAX_WORDS = 80;

function setFlow(pairs: Map<string, string>, word: string, prefix = ''): boolean {
  const match = FLOW.exec(word);
  if (match === null) return false;
  SIDES.forEach((name, i) => {
    pairs.set(prefix + name, match[i + 1]!);
  });
  return true;
}

/**
 * Reads the plain form of a session log into the names of the structured one. The words stand in an order that
 * grew from release to release, so they are found from marks: both flows, and the counters behind the session.
 */
function readSession(tag: string, text: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  const words = text.split(' ', MAX_WORDS);
  let at = words.findIndex((word) => FLOW.test(word));
  if (at < 0) return undefined;
  const reason = /^session closed (.{1,80}?):? $/.exec(`${words.slice(0, at).join(' ')} `);
  if (reason !== null) pairs.set('reason', reason[1]!.replace(/:$/, ''));
  setFlow(pairs, words[at++]!);
  if (words[at]?.startsWith('0x') === true) at++;
  const service = words[at++];
  if (service !== undefined) pairs.set('service-name', service);
  if (tag.includes('DENY')) {
    // `6(0) policy from-zone to-zone application nested user(roles) interface`
    const [protocol, policy, from, to, application, nested, user, device] = words.slice(at);
    const set = (name: string, value: string | undefined): void => {
      if (value !== undefined) pairs.set(name, value);
    };
    set('protocol-id', protocol?.replace(/\(\d+\)$/, ''));
    set('policy-name', policy);
    set('source-zone-name', from);
    set('destination-zone-name', to);
    set('application', application);
    set('nested-application', nested);
    setUser(pairs, user);
    set('packet-incoming-interface', device);
    return pairs;
  }
  if (words[at] !== undefined && setFlow(pairs, words[at]!, 'nat-')) at++;
  // Behind it rules of translation, whose names may hold blanks; then `protocol policy from to session`.
  const numbered = words.findIndex(
    (word, i) => i >= at && /^\d{1,3}$/.test(word) && /^\d{1,20}$/.test(words[i + 4] ?? ''),
  );
  if (numbered < 0) return pairs;
  pairs.set('protocol-id', words[numbered]!);
  pairs.set('policy-name', words[numbered + 1]!);
  pairs.set('source-zone-name', words[numbered + 2]!);
  pairs.set('destination-zone-name', words[numbered + 3]!);
  pairs.set('session-id-32', words[numbered + 4]!);
  at = numbered + 5;
  for (const side of ['client', 'server']) {
    const count = COUNT.exec(words[at] ?? '');
    if (count === null) break;
    pairs.set(`packets-from-${side}`, count[1]!);
    pairs.set(`bytes-from-${side}`, count[2]!);
    at++;
  }
  if (/^\d{1,10}$/.test(words[at] ?? '')) {
    pairs.set('elapsed-time', words[at++]!);
    pairs.set('application', words[at++] ?? '');
    pairs.set('nested-application', words[at++] ?? '');
  }
  setUser(pairs, words[at++]);
  const device = words[at];
  if (device !== undefined) pairs.set('packet-incoming-interface', device);
  return pairs;
}

/** `alice(staff)` */
function setUser(pairs: Map<string, string>, word: string | undefined): void {
  if (word === undefined) return;
  const open = word.indexOf('(');
  pairs.set('username', open < 0 ? word : word.slice(0, open));
  const roles = open < 0 ? '' : word.slice(open + 1).replace(/\)$/, '');
  if (roles !== '') pairs.set('roles', roles);
}

function readScreen(text: string): Map<string, string> | undefined {
  const match = SCREEN.exec(text);
  if (match === null) return undefined;
  const pairs = new Map<string, string>([['attack-name', match[1]!]]);
  SIDES.forEach((name, i) => {
    const value = match[i + 2];
    if (value !== undefined) pairs.set(name, value);
  });
  for (const [label, name] of [
    ['zone name: ', 'source-zone-name'],
    ['interface name: ', 'interface-name'],
    ['action: ', 'action'],
  ] as const) {
    const at = text.indexOf(label);
    if (at < 0) continue;
    const comma = text.indexOf(',', at);
    pairs.set(name, text.slice(at + label.length, comma < 0 ? undefined : comma).trim());
  }
  return pairs;
}

/** Reads a plain traffic log into the names that its structured form has; `undefined` where its shape is not known. */
export function readPlain(tag: string, text: string): Map<string, string> | undefined {
  if (tag.startsWith('RT_FLOW_') || tag.startsWith('APPTRACK_')) return readSession(tag, text);
  if (tag.startsWith('RT_SCREEN_')) return readScreen(text);
  return undefined;
}
