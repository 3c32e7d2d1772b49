import type { Categorisation, EventCategory, EventOutcome, EventType } from '../../kit/categorise.ts';

/** What a log type is about. */
interface Topic {
  readonly category: readonly EventCategory[];
  readonly type: readonly EventType[];
  readonly kind?: 'alert' | 'metric';
}

const FLOW: Topic = { category: ['network'], type: ['connection'] };
const METRIC: Topic = { category: ['host'], type: ['info'], kind: 'metric' };

/** Every `logtype` of the SNS audit log reference, versions 3 to 5. */
const TOPICS: ReadonlyMap<string, Topic> = new Map<string, Topic>([
  ['alarm', { category: ['intrusion_detection'], type: ['info'], kind: 'alert' }],
  ['sandboxing', { category: ['malware'], type: ['info'], kind: 'alert' }],
  ['pvm', { category: ['vulnerability'], type: ['info'] }],
  ['auth', { category: ['authentication'], type: ['info'] }],
  ['xvpn', { category: ['authentication', 'session'], type: ['info'] }],
  ['vpn', FLOW],
  ['connection', FLOW],
  ['filter', FLOW],
  ['plugin', FLOW],
  ['ssl', FLOW],
  ['web', { category: ['network', 'web'], type: ['access'] }],
  ['ftp', { category: ['network', 'file'], type: ['access'] }],
  ['smtp', { category: ['network', 'email'], type: ['info'] }],
  ['pop3', { category: ['network', 'email'], type: ['access'] }],
  ['server', { category: ['configuration'], type: ['info'] }],
  ['system', { category: ['host'], type: ['info'] }],
  ['date', { category: ['host'], type: ['change'] }],
  ['ztna', FLOW],
  ['sslvpn', FLOW],
  ['monitor', METRIC],
  ['count', METRIC],
  ['filterstat', METRIC],
  ['routerstat', METRIC],
  ['routingstat', METRIC],
  ['ipsecstat', METRIC],
  ['natstat', METRIC],
  ['authstat', METRIC],
]);

const FAILURE =
  /\bfail|\bdenied\b|\brefused\b|\binvalid\b|\bunknown user\b|\bbad\b|\berror\b|\bcannot\b|\btimed? ?out\b|\brejected\b|\bmismatch\b/i;
const SUCCESS =
  /\bsuccess|\baccepted\b|\bgranted\b|\bauthenticated\b|\bestablished\b|\bcreated\b|\bterminated\b|\bremoved\b|\blogged (?:in|out)\b/i;
/** Commands of the administration server (`CONFIG …`, `SYSTEM IDENT`) that change something. */
const CHANGES =
  /^(?:CONFIG\b.*\b(?:ADD|SET|REMOVE|DELETE|INSERT|UPDATE|ACTIVATE|RENAME|EDIT|MOVE|CLONE|IMPORT|UPLOAD)\b|MODIFY\b|SYSTEM (?:UPDATE|REBOOT|HALT|INIT|DEFAULTCONFIG|RIGHT|CLONE)\b|PKI\b|HA\b)/i;

export interface Facts {
  readonly logtype: string;
  readonly action: string | undefined;
  readonly message: string | undefined;
  /** `error`: 0 is success, any other number a failure. */
  readonly error: string | undefined;
  readonly result: string | undefined;
}

/** What a log says in ECS terms; `known` is false for a `logtype` the reference does not list. */
export function classify(facts: Facts): {
  what: Categorisation;
  kind: 'event' | 'alert' | 'metric';
  known: boolean;
} {
  const topic = TOPICS.get(facts.logtype);
  const { category, type, kind } = topic ?? { category: ['network'] as const, type: ['info'] as const };
  const types: EventType[] = type.slice();
  const action = facts.action?.toLowerCase();
  if (action === 'pass') types.push('allowed');
  else if (action === 'block' || action === 'reset' || action === 'blocked') types.push('denied');
  if (facts.logtype === 'auth' || facts.logtype === 'xvpn') {
    if (/\b(?:logged out|logout|terminated|closed|removed|disconnect)/i.test(facts.message ?? ''))
      types[0] = 'end';
    else if (outcomeOf(facts) !== undefined) types[0] = 'start';
  } else if (facts.logtype === 'server' && CHANGES.test(facts.message ?? '')) types[0] = 'change';
  return {
    what: { category, type: types, outcome: outcomeOf(facts) },
    kind: kind ?? 'event',
    known: topic !== undefined,
  };
}

function outcomeOf(facts: Facts): EventOutcome | undefined {
  switch (facts.logtype) {
    case 'auth':
    case 'xvpn':
    case 'server':
    case 'vpn': {
      if (facts.error !== undefined && /^\d+$/.test(facts.error))
        return Number(facts.error) === 0 ? 'success' : 'failure';
      const message = facts.message ?? '';
      if (facts.logtype === 'server') return undefined;
      if (FAILURE.test(message)) return 'failure';
      return SUCCESS.test(message) ? 'success' : undefined;
    }
    default:
      // The firewall's own verdict is always carried out, be it pass or block.
      return facts.action === undefined ? undefined : 'success';
  }
}
