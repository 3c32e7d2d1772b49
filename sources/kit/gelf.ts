import type { EcsFields, JsonObject } from '@vigie/contracts';
import { ecsField } from './ecs-types.ts';
import { put, toFloat, toLong } from './types.ts';

/** What GELF's additional fields of well-known senders mean, their underscore taken off. */
const MEANINGS: Readonly<Record<string, string>> = {
  // Docker's logging driver
  container_id: 'container.id',
  container_name: 'container.name',
  image_name: 'container.image.name',
  // appenders of Java, Python, .NET
  logger: 'log.logger',
  logger_name: 'log.logger',
  LoggerName: 'log.logger',
  level_name: 'log.level',
  thread: 'process.thread.name',
  thread_name: 'process.thread.name',
  threadName: 'process.thread.name',
  pid: 'process.pid',
  process_id: 'process.pid',
  process_name: 'process.name',
  file: 'log.origin.file.name',
  line: 'log.origin.file.line',
  function: 'log.origin.function',
  application: 'service.name',
  application_name: 'service.name',
  app_name: 'service.name',
  service: 'service.name',
};
/** Fields of one message that are looked at. */
const MOST = 200;

/** A GELF message taken apart. */
export interface GelfParts {
  /** The message: the full one where the short one is its beginning. */
  readonly text: string;
  /** Additional fields as the application's own record, with the message; absent where there are none of its own. */
  readonly record?: JsonObject;
  readonly fields: EcsFields;
  /** Epoch milliseconds. */
  readonly time?: number;
  readonly host?: string;
  /** Syslog severity. */
  readonly level?: number;
}

/**
 * Takes a GELF message (1.0, 1.1) apart. Additional fields (`_name`) become ECS fields where their name is one or is
 * known, `labels` otherwise.
 *
 * Format: go2docs.graylog.org, "GELF payload specification". `timestamp` is seconds with fractions.
 */
export function gelfParts(json: JsonObject): GelfParts {
  const short = json['short_message'] as string;
  const full = json['full_message'];
  const fields: EcsFields = {};
  let text = short;
  if (typeof full === 'string' && full !== '') {
    // Some senders cut the short one, most of them without a mark.
    if (full.startsWith(short.replace(/\.{3}$/, '').trimEnd())) text = full;
    else if (full.includes('\n')) put(fields, 'error.stack_trace', full);
    else text = full;
  }
  const record: JsonObject = {};
  let own = 0;
  for (const key of Object.keys(json).slice(0, MOST)) {
    if (!key.startsWith('_') || key.length < 2 || key.length > 120) continue;
    const name = key.slice(1);
    const value = json[key];
    record[name] = value;
    const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name]! : undefined;
    if (meaning !== undefined) {
      if (fields[meaning] === undefined) put(fields, meaning, value);
      continue;
    }
    own++;
    if (ecsField(name) !== undefined) put(fields, name, value);
    else if (typeof value === 'string' || typeof value === 'number')
      put(fields, `labels.${name.replaceAll('.', '_')}`, String(value));
  }
  const seconds = toFloat(json['timestamp']);
  const level = toLong(json['level']);
  const host = json['host'];
  return {
    text,
    fields,
    ...(own > 0 ? { record: { message: text, ...record } } : {}),
    ...(seconds === undefined ? {} : { time: seconds * 1000 }),
    ...(typeof host === 'string' && host !== '' ? { host } : {}),
    ...(level === undefined || level < 0 || level > 7 ? {} : { level }),
  };
}
