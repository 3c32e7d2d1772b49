import type { Categorisation, EventCategory, EventOutcome, EventType } from '../../kit/categorise.ts';
import type { PanRecord } from './names.ts';

/** A categorisation that may also be a finding. */
export interface Verdict extends Categorisation {
  readonly alert?: boolean;
}

/** Threat subtypes → category; those not listed are network intrusions. */
const THREATS: ReadonlyMap<string, readonly EventCategory[]> = new Map<string, readonly EventCategory[]>([
  ['url', ['network', 'web']],
  ['file', ['network', 'file']],
  ['data', ['network', 'file']],
  ['dlp', ['network', 'file']],
  ['dlp-non-file', ['network']],
  ['virus', ['network', 'malware']],
  ['ml-virus', ['network', 'malware']],
  ['wildfire-virus', ['network', 'malware']],
  ['wildfire', ['network', 'malware']],
  ['spyware', ['network', 'malware']],
  ['domain-edl', ['network', 'intrusion_detection']],
  ['vulnerability', ['network', 'intrusion_detection']],
  ['scan', ['network', 'intrusion_detection']],
  ['flood', ['network', 'intrusion_detection']],
  ['packet', ['network', 'intrusion_detection']],
]);

const DENIED =
  /^(?:deny|drop|drop-?(?:all|icmp|packet)|reset|block|random-drop|sinkhole|syncookie-sent|override-lockout)/i;
const ALLOWED = /^(?:allow|alert|continue|override|wildfire-upload)/i;
const FAILED = /fail|invalid|denied|reject|expired|locked|error|timed? ?out|not (?:allowed|found)/i;

function verdictOf(action: string | undefined): EventType[] {
  if (action === undefined) return [];
  if (DENIED.test(action)) return ['denied'];
  return ALLOWED.test(action) ? ['allowed'] : [];
}

/** The device's own action succeeds, be it to allow or to block. */
function outcomeOf(action: string | undefined): EventOutcome | undefined {
  return action === undefined ? undefined : 'success';
}

/**
 * What a log of any type but SYSTEM says in ECS terms.
 *
 * @param action what the caller settled on as `event.action`
 */
export function classify(
  type: string,
  subtype: string,
  action: string | undefined,
  record: PanRecord,
): Verdict {
  switch (type) {
    case 'TRAFFIC': {
      const types: EventType[] = ['connection', ...verdictOf(action)];
      if (subtype === 'start') types.push('start');
      else if (subtype === 'end') types.push('end');
      else if ((subtype === 'deny' || subtype === 'drop') && !types.includes('denied')) types.push('denied');
      return { category: ['network'], type: types, outcome: outcomeOf(action) };
    }
    case 'THREAT': {
      const types: EventType[] = ['info', ...verdictOf(action)];
      return {
        category: THREATS.get(subtype) ?? ['network', 'intrusion_detection'],
        type: types,
        outcome: outcomeOf(action),
        // Ordinary browsing and file transfers are logged here too: only what was stopped is a finding.
        alert: subtype === 'url' || subtype === 'file' ? types.includes('denied') : true,
      };
    }
    case 'CONFIG':
      return {
        category: ['configuration'],
        type: [configType(action)],
        outcome: resultOf(record.get('result')),
      };
    case 'AUDIT':
      return { category: ['configuration'], type: ['info'], outcome: resultOf(record.get('result')) };
    case 'GLOBALPROTECT':
      return globalProtect(record, action);
    case 'USERID':
      return {
        category: ['authentication'],
        type: [subtype === 'logout' ? 'end' : 'start'],
        outcome: subtype === 'login' || subtype === 'logout' ? 'success' : undefined,
      };
    case 'AUTHENTICATION': {
      const event = record.get('event');
      const outcome = event === undefined ? undefined : FAILED.test(event) ? 'failure' : 'success';
      return { category: ['authentication'], type: ['start'], outcome };
    }
    case 'HIPMATCH':
      return { category: ['network', 'host'], type: ['info'] };
    case 'DECRYPTION':
      return {
        category: ['network'],
        type: ['protocol', ...verdictOf(action)],
        outcome: record.has('error') ? 'failure' : 'success',
      };
    case 'CORRELATION':
      return { category: ['intrusion_detection'], type: ['info'], alert: true };
    case 'IPTAG':
      return { category: ['network', 'configuration'], type: ['info'] };
    case 'DNS':
      return { category: ['network'], type: ['protocol', ...verdictOf(action)], outcome: outcomeOf(action) };
    case 'TUNNEL':
    case 'SCTP':
    case 'GTP':
      return {
        category: ['network'],
        type: ['connection', ...verdictOf(action)],
        outcome: outcomeOf(action),
      };
    default:
      return { category: ['network'], type: ['info'] };
  }
}

function configType(command: string | undefined): EventType {
  switch (command?.toLowerCase()) {
    case 'add':
    case 'clone':
    case 'create':
      return 'creation';
    case 'delete':
      return 'deletion';
    case undefined:
      return 'info';
    default:
      return 'change';
  }
}

function resultOf(result: string | undefined): EventOutcome | undefined {
  if (result === undefined) return undefined;
  if (/^succ/i.test(result) || /^submitted/i.test(result)) return 'success';
  return /^(?:fail|unauthorized)/i.test(result) ? 'failure' : 'unknown';
}

function globalProtect(record: PanRecord, action: string | undefined): Verdict {
  const status = record.get('status');
  const outcome =
    status === undefined
      ? undefined
      : /^succ/i.test(status)
        ? 'success'
        : /^fail/i.test(status)
          ? 'failure'
          : 'unknown';
  const stage = record.get('stage') ?? '';
  const event = action ?? '';
  if (/logout|disconnect/i.test(event) || stage === 'logout')
    return { category: ['session', 'network'], type: ['end'], outcome };
  if (/auth|login/i.test(event) || stage === 'login')
    return { category: ['authentication', 'network'], type: ['start'], outcome };
  if (/connected|tunnel/i.test(event) || stage === 'connected' || stage === 'tunnel')
    return { category: ['session', 'network'], type: ['start', 'connection'], outcome };
  return { category: ['network'], type: ['info'], outcome };
}
