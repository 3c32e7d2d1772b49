import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';
import { parseIso } from '../../kit/dates.ts';
import { isEcs } from '../../kit/ecs-types.ts';
import { put } from '../../kit/types.ts';
import {
  type DataFields,
  dataText,
  emptyData,
  object,
  text,
  type WindowsEvent,
  whole,
} from './windows-event.ts';

/** Fields the shipper writes that this project writes itself, or that a mapping must not inherit. */
const OWN = new Set([
  '@timestamp',
  'ecs.version',
  'event.action',
  'event.code',
  'event.dataset',
  'event.ingested',
  'event.kind',
  'event.module',
  'event.original',
  'event.outcome',
  'event.provider',
  'host.name',
  'log.level',
  'message',
  'tags',
]);

/**
 * Winlogbeat's and Elastic Agent's documents (7 and 8), raw or after Elastic's own pipelines: `winlog.*`
 * nested, ECS fields beside it.
 */
export function fromWinlogbeat(json: JsonObject): WindowsEvent | undefined {
  const winlog = object(json['winlog']);
  // Text in what Winlogbeat ships, a number after some pipelines.
  const eventId = whole(winlog?.['event_id']);
  if (!winlog || eventId === undefined) return undefined;
  const process = object(winlog['process']);
  const user = object(winlog['user']);
  const event = object(json['event']);
  const userData = object(winlog['user_data']);
  const time = text(winlog['time_created']) ?? text(json['@timestamp']);
  const outcome = event?.['outcome'];
  const task = text(winlog['task']);
  return {
    channel: text(winlog['channel']),
    provider: text(winlog['provider_name']),
    providerGuid: text(winlog['provider_guid']),
    eventId,
    version: whole(winlog['version']),
    level: levelNumber(text(object(json['log'])?.['level'])),
    task,
    opcode: text(winlog['opcode']),
    keywords: keywordList(winlog['keywords']),
    audit: auditOf(winlog['keywords'], outcome),
    time: time === undefined ? undefined : parseIso(time, 'UTC'),
    recordId: text(winlog['record_id']),
    activityId: text(winlog['activity_id']),
    relatedActivityId: text(winlog['related_activity_id']),
    processId: whole(process?.['pid']),
    threadId: whole(object(process?.['thread'])?.['id']),
    computer: text(winlog['computer_name']),
    user: user && {
      identifier: text(user['identifier']),
      name: text(user['name']),
      domain: text(user['domain']),
      type: text(user['type']),
    },
    data: readData(object(winlog['event_data']) ?? userData),
    userDataName:
      winlog['event_data'] === undefined && userData ? (text(userData['xml_name']) ?? 'UserData') : undefined,
    message: text(json['message']),
    shipped: shippedFields(json, text(winlog['computer_name']), task),
  };
}

function readData(source: Readonly<Record<string, unknown>> | undefined): DataFields {
  const data = emptyData();
  for (const name of Object.keys(source ?? {})) {
    if (name === 'xml_name') continue;
    const value = dataText(source![name]);
    if (value !== undefined && value !== '') data[name] = value;
  }
  return data;
}

function keywordList(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  const names = list.filter((item): item is string => typeof item === 'string' && item !== '');
  return names.length > 0 ? names : undefined;
}

/** Winlogbeat reads the outcome from the keyword mask; keyword names are in the machine's language. */
function auditOf(keywords: unknown, outcome: unknown): 'success' | 'failure' | undefined {
  const names = keywordList(keywords);
  if (!names) return undefined;
  for (const name of names) {
    if (name === 'Audit Success') return 'success';
    if (name === 'Audit Failure') return 'failure';
  }
  return outcome === 'success' || outcome === 'failure' ? outcome : undefined;
}

const LEVELS: Readonly<Record<string, number>> = {
  critical: 1,
  error: 2,
  warning: 3,
  information: 4,
  verbose: 5,
};

function levelNumber(level: string | undefined): number | undefined {
  if (level === undefined) return undefined;
  return LEVELS[level.toLowerCase()];
}

/** ECS fields of the document that are the shipper's own, or that its pipelines took out of `event_data`. */
function shippedFields(json: JsonObject, computer: string | undefined, task: string | undefined): EcsFields {
  const all: EcsFields = {};
  for (const key of Object.keys(json)) {
    if (key === 'winlog' || key === 'message' || key === '@metadata' || key === 'related') continue;
    const value = json[key];
    if (object(value)) flatten(value as object, `${key}.`, all);
    else if (typeof value === 'string' && value !== '') all[key] = value;
  }
  // A collector of forwarded events describes itself under `host`, not the computer of the event.
  const foreignHost = computer !== undefined && !sameHost(all, computer);
  const fields: EcsFields = {};
  for (const name of Object.keys(all)) {
    if (
      OWN.has(name) ||
      !isEcs(name) ||
      name.startsWith('data_stream.') ||
      (foreignHost && name.startsWith('host.'))
    )
      continue;
    put(fields, name, all[name]);
  }
  const action = all['event.action'];
  // Without a pipeline the action is only the rendered task.
  if (typeof action === 'string' && action !== task) fields['event.action'] = action;
  return fields;
}

function sameHost(fields: EcsFields, computer: string): boolean {
  const short = shortName(computer);
  for (const name of ['host.hostname', 'host.name']) {
    const value = fields[name];
    if (typeof value === 'string') return shortName(value) === short;
  }
  return true;
}

function shortName(host: string): string {
  const dot = host.indexOf('.');
  return (dot > 0 ? host.slice(0, dot) : host).toLowerCase();
}
