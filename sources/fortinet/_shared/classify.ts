import type { Categorisation, EventCategory, EventOutcome, EventType } from '../../kit/categorise.ts';

/** What a log is about, before its action is looked at. */
interface Topic {
  readonly category: readonly EventCategory[];
  readonly type: readonly EventType[];
  /** Security finding rather than traffic or housekeeping. */
  readonly alert?: true;
}

const NETWORK: Topic = { category: ['network'], type: ['info'] };
const HOST: Topic = { category: ['host'], type: ['info'] };

/** UTM subtypes of FortiOS 5.6 to 7.6. */
const UTM: ReadonlyMap<string, Topic> = new Map<string, Topic>([
  ['virus', { category: ['network', 'malware'], type: ['info'], alert: true }],
  ['ips', { category: ['network', 'intrusion_detection'], type: ['info'], alert: true }],
  ['anomaly', { category: ['network', 'intrusion_detection'], type: ['info'], alert: true }],
  ['waf', { category: ['network', 'web', 'intrusion_detection'], type: ['info'], alert: true }],
  ['virtual-patch', { category: ['network', 'intrusion_detection'], type: ['info'], alert: true }],
  ['webfilter', { category: ['network', 'web'], type: ['access'] }],
  ['casb', { category: ['network', 'web'], type: ['access'] }],
  ['dlp', { category: ['network', 'file'], type: ['info'], alert: true }],
  ['file-filter', { category: ['network', 'file'], type: ['access'] }],
  ['emailfilter', { category: ['network', 'email'], type: ['info'] }],
  ['spam', { category: ['network', 'email'], type: ['info'] }],
  ['app-ctrl', { category: ['network'], type: ['connection'] }],
  ['dns', { category: ['network'], type: ['protocol'] }],
  ['dns-query', { category: ['network'], type: ['protocol'] }],
  ['dns-response', { category: ['network'], type: ['protocol'] }],
  ['ssl', { category: ['network'], type: ['protocol'] }],
  ['ssh', { category: ['network'], type: ['protocol'] }],
  ['cifs', { category: ['network', 'file'], type: ['access'] }],
  ['voip', { category: ['network'], type: ['protocol'] }],
  ['gtp', { category: ['network'], type: ['protocol'] }],
  ['icap', { category: ['network', 'web'], type: ['info'] }],
  ['sctp-filter', { category: ['network'], type: ['protocol'] }],
]);

/** Event subtypes of FortiOS 5.6 to 7.6. */
const EVENTS: ReadonlyMap<string, Topic> = new Map<string, Topic>([
  ['system', HOST],
  ['user', { category: ['authentication'], type: ['info'] }],
  ['authentication', { category: ['authentication'], type: ['info'] }],
  ['vpn', { category: ['network', 'session'], type: ['info'] }],
  ['router', { category: ['network'], type: ['info'] }],
  ['wireless', { category: ['network'], type: ['info'] }],
  ['ha', HOST],
  ['endpoint', HOST],
  ['compliance-check', HOST],
  ['security-rating', { category: ['configuration'], type: ['info'] }],
  ['security-audit', { category: ['configuration'], type: ['info'] }],
  ['fortiextender', NETWORK],
  ['connector', { category: ['configuration'], type: ['info'] }],
  ['sdwan', NETWORK],
  ['switch-controller', NETWORK],
  ['cifs-auth-fail', { category: ['authentication', 'file'], type: ['info'] }],
  ['rest-api', { category: ['api'], type: ['access'] }],
  ['webproxy', { category: ['network', 'web'], type: ['info'] }],
  ['wad', { category: ['network', 'web'], type: ['info'] }],
  ['wanopt', NETWORK],
  ['voip', NETWORK],
  ['sdns', NETWORK],
]);

/** Actions by which the device let something through. */
const ALLOWED = new Set([
  'accept',
  'allow',
  'allowed',
  'pass',
  'passthrough',
  'permit',
  'monitored',
  'monitor',
  'detected',
  'exempt',
  'bypass',
  'log-only',
  'close',
  'timeout',
  'client-rst',
  'server-rst',
  'start',
  'redirect',
]);

/** Actions by which the device stopped something. */
const DENIED = new Set([
  'deny',
  'denied',
  'block',
  'blocked',
  'drop',
  'dropped',
  'drop_session',
  'clear_session',
  'reset',
  'reset_client',
  'reset_server',
  'pass_session_blocked',
  'ban',
  'ban-ip',
  'quarantine',
  'violation',
  'blacklist',
]);

/** Traffic actions that say how a session ended. */
const ENDED = new Set(['close', 'timeout', 'client-rst', 'server-rst', 'accept']);

const FAILURE =
  /\bfail|\bdenied\b|\berror\b|\binvalid\b|\bunreachable\b|\bcannot\b|\brejected\b|\btimed? ?out\b/i;
/** Actions of event logs that name a failure (`ssl-login-fail`, `auth-logon-failed`). */
const FAILED_ACTION = /fail|error|denied|deny|reject|invalid|timeout/i;
const LOGIN = /login|logon|authentication|FSSO-logon|auth-logon/i;
const LOGOUT = /logout|logoff|auth-logout|timeout-logout/i;
/** Configuration objects that hold accounts and their rights. */
const IDENTITY_PATH = /^(?:system\.admin|system\.accprofile|system\.api-user|system\.sso-|user\.)/;

export interface Facts {
  readonly type: string;
  readonly subtype: string;
  readonly action: string | undefined;
  readonly status: string | undefined;
  readonly logdesc: string | undefined;
  readonly cfgpath: string | undefined;
}

/** What a FortiGate log says in ECS terms, and whether its type and subtype are known. */
export function classify(facts: Facts): { what: Categorisation; alert: boolean; known: boolean } {
  const { type, subtype, action } = facts;
  const verb = action?.toLowerCase();
  if (type === 'traffic') {
    const types: EventType[] = ['connection'];
    if (verb !== undefined) {
      if (DENIED.has(verb)) types.push('denied');
      else if (ALLOWED.has(verb)) types.push('allowed');
      if (verb === 'start') types.push('start');
      else if (ENDED.has(verb)) types.push('end');
    }
    return {
      what: { category: ['network'], type: types, outcome: verb === undefined ? undefined : 'success' },
      alert: false,
      known: true,
    };
  }
  if (type === 'event') return classifyEvent(facts, verb);
  // Before 6.0 anomaly, dns, virus, … were types of their own.
  const topic = UTM.get(type === 'utm' ? subtype : UTM.has(subtype) ? subtype : type);
  const known = topic !== undefined;
  const { category, type: base, alert } = topic ?? NETWORK;
  const types: EventType[] = base.slice();
  if (verb !== undefined) {
    if (DENIED.has(verb)) types.push('denied');
    else if (ALLOWED.has(verb)) types.push('allowed');
  }
  return {
    // The outcome is that of the device's action: a block that was carried out succeeded.
    what: { category, type: types, outcome: verb === undefined ? undefined : 'success' },
    alert: alert === true,
    known,
  };
}

function classifyEvent(
  facts: Facts,
  verb: string | undefined,
): { what: Categorisation; alert: boolean; known: boolean } {
  const { subtype, cfgpath, logdesc } = facts;
  const topic = EVENTS.get(subtype.toLowerCase());
  const known = topic !== undefined;
  const outcome = eventOutcome(facts, verb);
  let category: readonly EventCategory[] = topic?.category ?? HOST.category;
  let types: readonly EventType[] = topic?.type ?? HOST.type;
  const words = `${verb ?? ''} ${logdesc ?? ''}`;
  if (
    cfgpath !== undefined ||
    (subtype === 'system' && (verb === 'add' || verb === 'edit' || verb === 'delete'))
  ) {
    const change: EventType = verb === 'add' ? 'creation' : verb === 'delete' ? 'deletion' : 'change';
    const identity = cfgpath !== undefined && IDENTITY_PATH.test(cfgpath);
    category = identity ? ['iam', 'configuration'] : ['configuration'];
    types = identity ? [cfgpath.includes('group') ? 'group' : 'user', change] : [change];
  } else if (LOGOUT.test(words)) {
    category = ['authentication', 'session'];
    types = ['end'];
  } else if (LOGIN.test(words) && subtype !== 'ha' && subtype !== 'sdwan') {
    category = subtype === 'vpn' ? ['authentication', 'network'] : ['authentication'];
    types = ['start'];
  } else if (subtype === 'vpn') {
    if (verb === 'tunnel-up' || verb === 'phase2-up') types = ['connection', 'start'];
    else if (verb === 'tunnel-down' || verb === 'phase2-down') types = ['connection', 'end'];
    else if (verb === 'tunnel-stats') types = ['connection', 'info'];
  } else if (subtype === 'system') {
    if (verb === 'perf-stats') category = ['host'];
    else if (logdesc !== undefined && /^DHCP|^DNS|interface|link/i.test(logdesc)) category = ['network'];
    else if (logdesc !== undefined && /config|setting|attribute/i.test(logdesc)) {
      category = ['configuration'];
      types = ['change'];
    } else if (verb === 'shutdown' || verb === 'reboot') types = ['end'];
  }
  return { what: { category, type: types, outcome }, alert: false, known };
}

function eventOutcome(facts: Facts, verb: string | undefined): EventOutcome | undefined {
  const status = facts.status?.toLowerCase();
  if (status !== undefined) {
    if (/^(?:fail|failed|failure|error|deny|denied|negotiate_error|unsuccessful)/.test(status))
      return 'failure';
    if (status === 'success' || status === 'succeeded' || status === 'successful') return 'success';
  }
  if (verb === undefined) return undefined;
  if (FAILED_ACTION.test(verb) || (facts.logdesc !== undefined && FAILURE.test(facts.logdesc)))
    return 'failure';
  return 'success';
}
