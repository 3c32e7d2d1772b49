import type { EcsFields } from '@vigie/contracts';
import type { Categorisation } from '../../kit/categorise.ts';
import { categorise } from '../../kit/categorise.ts';
import { toIso } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { taskName } from './tasks.ts';
import type { WindowsEvent } from './windows-event.ts';

/** What an event id means, and how its data becomes ECS fields. */
export interface EventMapping extends Categorisation {
  /** Writes the fields that the event's data holds. */
  readonly map?: (event: WindowsEvent, doc: EcsFields) => void;
}

const LEVEL_NAMES = ['information', 'critical', 'error', 'warning', 'information', 'verbose'] as const;

/** Accounts every Windows has, by SID; shippers that read raw events don't resolve them. */
const WELL_KNOWN: Readonly<Record<string, readonly [name: string, domain: string]>> = {
  'S-1-5-18': ['SYSTEM', 'NT AUTHORITY'],
  'S-1-5-19': ['LOCAL SERVICE', 'NT AUTHORITY'],
  'S-1-5-20': ['NETWORK SERVICE', 'NT AUTHORITY'],
};

const MAX_KEYS = 8192;
/** `winlog.event_data.<name>` by name: building the key for every value costs more than finding it. */
const eventDataKeys = new Map<string, string>();

function eventDataKey(name: string): string {
  let key = eventDataKeys.get(name);
  if (key === undefined) {
    key = `winlog.event_data.${name}`;
    // Names come from logs: a hostile one must not fill the memory.
    if (eventDataKeys.size >= MAX_KEYS) eventDataKeys.clear();
    eventDataKeys.set(name, key);
  }
  return key;
}

function set(doc: EcsFields, field: string, value: string | number | undefined): void {
  if (value !== undefined && value !== '') doc[field] = value;
}

/**
 * Writes everything that is the same for all Windows events: `winlog.*`, `event.*`, `host.*`, the time, and
 * what the shipper knew; then applies the event's own mapping, whose fields win.
 */
export function writeEvent(event: WindowsEvent, mapping: EventMapping | undefined, doc: EcsFields): void {
  if (event.shipped) Object.assign(doc, event.shipped);
  writeWinlog(event, doc);
  set(doc, 'event.code', String(event.eventId));
  set(doc, 'event.provider', event.provider);
  if (event.audit) doc['event.outcome'] = event.audit;
  if (event.level !== undefined) set(doc, 'log.level', LEVEL_NAMES[event.level]);
  set(doc, 'message', event.message);
  if (event.time !== undefined) doc['@timestamp'] = toIso(event.time);
  writeHost(event.computer, doc);
  if (!mapping) return;
  categorise(doc, event.audit ? { ...mapping, outcome: event.audit } : mapping);
  mapping.map?.(event, doc);
}

function writeWinlog(event: WindowsEvent, doc: EcsFields): void {
  set(doc, 'winlog.channel', event.channel);
  set(doc, 'winlog.provider_name', event.provider);
  set(doc, 'winlog.provider_guid', event.providerGuid?.toLowerCase());
  doc['winlog.event_id'] = String(event.eventId);
  if (event.version !== undefined && event.version !== 0) doc['winlog.version'] = event.version;
  set(doc, 'winlog.task', taskName(event));
  set(doc, 'winlog.opcode', event.opcode);
  writeKeywords(event, doc);
  set(doc, 'winlog.record_id', event.recordId);
  set(doc, 'winlog.activity_id', event.activityId?.toLowerCase());
  set(doc, 'winlog.related_activity_id', event.relatedActivityId?.toLowerCase());
  set(doc, 'winlog.process.pid', event.processId);
  set(doc, 'winlog.process.thread.id', event.threadId);
  set(doc, 'winlog.computer_name', event.computer);
  const user = loggingUser(event);
  if (user) {
    set(doc, 'winlog.user.identifier', user.identifier);
    set(doc, 'winlog.user.name', user.name);
    set(doc, 'winlog.user.domain', user.domain);
    set(doc, 'winlog.user.type', user.type);
  }
  if (event.userDataName !== undefined) {
    doc['winlog.user_data.xml_name'] = event.userDataName;
    for (const name of Object.keys(event.data)) doc[`winlog.user_data.${name}`] = event.data[name]!;
    return;
  }
  for (const name of Object.keys(event.data)) doc[eventDataKey(name)] = event.data[name]!;
}

/** Audit keywords are named in the machine's language; their English names make rules work everywhere. */
function writeKeywords(event: WindowsEvent, doc: EcsFields): void {
  if (event.audit) {
    const name = event.audit === 'success' ? 'Audit Success' : 'Audit Failure';
    const others = (event.keywords ?? []).filter((word) => word === 'Classic');
    doc['winlog.keywords'] = [name, ...others];
  } else if (event.keywords) doc['winlog.keywords'] = [...event.keywords];
}

function loggingUser(event: WindowsEvent): WindowsEvent['user'] {
  const { user } = event;
  if (user?.identifier === undefined || user.name !== undefined) return user;
  const known = WELL_KNOWN[user.identifier];
  return known ? { ...user, name: known[0], domain: known[1], type: user.type ?? 'User' } : user;
}

function writeHost(computer: string | undefined, doc: EcsFields): void {
  if (computer === undefined) return;
  doc['host.name'] = computer;
  const ip = parseIp(computer);
  if (ip !== undefined) {
    doc['host.ip'] ??= [ip];
    return;
  }
  const dot = computer.indexOf('.');
  doc['host.hostname'] ??= dot > 0 ? computer.slice(0, dot) : computer;
}

/** Any of these means that the event itself names a process. */
const PROCESS_FIELDS = ['process.pid', 'process.name', 'process.entity_id', 'process.command_line'] as const;

/**
 * Fills in what an event says only through its envelope: the account it was logged under, and the process
 * that wrote it, where its data name no other.
 */
export function writeLogger(event: WindowsEvent, doc: EcsFields): void {
  const user = loggingUser(event);
  if (user && doc['user.name'] === undefined && doc['user.id'] === undefined) {
    set(doc, 'user.id', user.identifier);
    set(doc, 'user.name', user.name);
    set(doc, 'user.domain', user.domain);
  }
  if (event.processId === undefined || event.processId === 0) return;
  for (const field of PROCESS_FIELDS) if (doc[field] !== undefined) return;
  doc['process.pid'] = event.processId;
  if (event.threadId !== undefined) doc['process.thread.id'] = event.threadId;
}
