import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';
import { parseDate, parseEpoch } from './dates.ts';
import { ecsField } from './ecs-types.ts';
import { gelfParts } from './gelf.ts';
import { hecSource } from './hec-source.ts';
import type { SyslogHeader } from './source.ts';
import { FACILITIES, SEVERITIES, syslogCode } from './syslog-codes.ts';
import { put, toKeyword } from './types.ts';

/** A log taken out of the JSON document in which a shipper delivered it. */
export interface Unwrapped {
  /** What the application wrote: a line, possibly with its own syslog header. */
  readonly text: string;
  /** Present where the content is an object of its own. */
  readonly json?: JsonObject;
  /** Present where the shipper had parsed the syslog header already. */
  readonly syslog?: SyslogHeader;
  /** ECS fields of the shipper's metadata, for those the parser leaves open. */
  readonly fields: EcsFields;
  /** When the shipper says it was logged or read, epoch milliseconds. */
  readonly time?: number;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A nested or dotted member: `at(doc, 'log', 'file', 'path')` also finds `"log.file.path"`. */
function at(json: JsonObject, ...path: string[]): unknown {
  let node: unknown = json;
  for (const name of path) {
    if (!isObject(node) || !Object.hasOwn(node, name)) {
      const dotted = path.join('.');
      return Object.hasOwn(json, dotted) ? json[dotted] : undefined;
    }
    node = node[name];
  }
  return node;
}

function text(value: unknown): string | undefined {
  const found = toKeyword(value);
  return found === undefined || found === '' ? undefined : found;
}

function content(value: unknown): { text: string; json?: JsonObject } | undefined {
  if (typeof value === 'string') {
    const line = value.endsWith('\n') ? value.replace(/[\r\n]+$/, '') : value;
    const json = parseObject(line);
    return json === undefined ? { text: line } : { text: line, json };
  }
  return isObject(value) ? { text: JSON.stringify(value), json: value } : undefined;
}

/** The object that `line` holds as JSON, or `undefined`; `@cee:` cookies are skipped. */
export function parseObject(line: string): JsonObject | undefined {
  let start = 0;
  if (line.startsWith('@cee:')) start = 5;
  while (isBlank(line.charCodeAt(start))) start++;
  if (line.charCodeAt(start) !== 123) return undefined;
  try {
    const value: unknown = JSON.parse(start === 0 ? line : line.slice(start));
    return isObject(value) ? value : undefined;
  } catch (error) {
    // Not JSON, or cut off: then it is text, and stays a value.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What JSON has as white space. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

const ZONE = { timeZone: 'UTC' };

function time(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return parseDate(value, { ...ZONE, receivedAt: 0 });
}

/**
 * Takes a log out of its shipper's document: Filebeat and Elastic Agent, Fluent Bit and Fluentd, journald
 * JSON, Splunk HEC and exports of Splunk and Elasticsearch, OTLP log records, GELF, Vector, rsyslog JSON, Docker json-file, logstash-forwarder, the modules
 * of a Wazuh manager. Told apart by the keys that only these write beside the text.
 *
 * @returns `undefined` where the object is itself the log
 */
export function unwrap(json: JsonObject): Unwrapped | undefined {
  if (json['MESSAGE'] !== undefined) return journald(json);
  if (json['_source'] !== undefined) return hit(json);
  if (json['_raw'] !== undefined) return splunk(json);
  if (isObject(json['result']) && json['result']['_raw'] !== undefined) return splunk(json['result']);
  if (json['integration'] !== undefined) return wazuhModule(json);
  if (typeof json['short_message'] === 'string') return gelf(json);
  if (json['event'] !== undefined && json['message'] === undefined) return hec(json);
  if (json['body'] !== undefined || json['timeUnixNano'] !== undefined) return otlp(json);
  if (json['log'] !== undefined && typeof json['log'] === 'string') return container(json);
  // Winlogbeat's documents are logs, whose `message` is only their rendering.
  if (json['winlog'] !== undefined || isDocument(json)) return undefined;
  if (typeof json['message'] === 'string') return shipped(json);
  if (typeof json['msg'] === 'string' && typeof json['syslogtag'] === 'string')
    return rsyslog(json, json['msg']);
  if (typeof json['line'] === 'string' && json['offset'] !== undefined && json['file'] !== undefined)
    return shipped({ message: json['line'], host: json['host'], file: json['file'] });
  return undefined;
}

/**
 * Documents that are logs themselves and say in `message` what they mean: OCSF's, and those that a shipper has
 * put into ECS's form already.
 */
function isDocument(json: JsonObject): boolean {
  if (json['class_uid'] !== undefined) return true;
  const { agent, event, ecs } = json;
  if (isObject(agent) && agent['type'] === 'auditbeat') return true;
  return ecs !== undefined && isObject(event) && event['category'] !== undefined;
}

/** `systemd-journal` fields, as journalctl -o json, Fluent Bit and Vector deliver them. */
function journald(json: JsonObject): Unwrapped | undefined {
  const raw = json['MESSAGE'];
  // journald writes text that is not UTF-8 as a list of bytes.
  const inner = Array.isArray(raw)
    ? { text: Buffer.from(raw.filter((byte): byte is number => typeof byte === 'number')).toString('utf8') }
    : content(raw);
  if (inner === undefined) return undefined;
  if (
    json['SYSLOG_IDENTIFIER'] === undefined &&
    json['_HOSTNAME'] === undefined &&
    json['PRIORITY'] === undefined
  )
    return undefined;
  const fields: EcsFields = {};
  const host = text(json['_HOSTNAME']);
  put(fields, 'host.name', host);
  put(fields, 'host.id', json['_MACHINE_ID']);
  put(fields, 'process.executable', json['_EXE']);
  put(fields, 'process.command_line', json['_CMDLINE']);
  const stamp = json['_SOURCE_REALTIME_TIMESTAMP'] ?? json['__REALTIME_TIMESTAMP'];
  const when = typeof stamp === 'string' || typeof stamp === 'number' ? parseEpoch(stamp) : undefined;
  return {
    ...inner,
    fields,
    time: when,
    syslog: {
      facility: syslogCode(json['SYSLOG_FACILITY'], FACILITIES),
      severity: syslogCode(json['PRIORITY'], SEVERITIES),
      time: when,
      hostname: host,
      app: text(json['SYSLOG_IDENTIFIER']) ?? text(json['_COMM']),
      procid: text(json['SYSLOG_PID']) ?? text(json['_PID']),
    },
  };
}

/**
 * What a module of the Wazuh manager fetched: `{"integration": "github", "github": {…the record…}}`. Microsoft 365's
 * source knows the wrapping by itself: it tells records that say too little of themselves.
 */
function wazuhModule(json: JsonObject): Unwrapped | undefined {
  const { integration } = json;
  if (typeof integration !== 'string' || integration === 'office365' || !Object.hasOwn(json, integration))
    return undefined;
  const record = json[integration];
  return isObject(record) ? { text: JSON.stringify(record), json: record, fields: {} } : undefined;
}

/** Splunk HTTP Event Collector: `{"event": …, "host", "sourcetype", "time"}`. */
function hec(json: JsonObject): Unwrapped | undefined {
  if (
    json['sourcetype'] === undefined &&
    json['time'] === undefined &&
    json['host'] === undefined &&
    json['index'] === undefined &&
    Object.keys(json).length > 1
  )
    return undefined;
  // A product's own frame: the collector's has no second name for the host.
  if (isObject(json['host']) || json['hostname'] !== undefined) return undefined;
  const inner = content(json['event']);
  if (inner === undefined) return undefined;
  const fields: EcsFields = {};
  put(fields, 'host.name', json['host']);
  hecSource(fields, json);
  return { ...inner, fields, time: time(json['time']) };
}

/** A row that was exported from a Splunk search, alone or below `result`; Cribl's events look the same. */
function splunk(row: JsonObject): Unwrapped | undefined {
  const inner = content(row['_raw']);
  if (inner === undefined) return undefined;
  const fields: EcsFields = {};
  put(fields, 'host.name', row['host']);
  hecSource(fields, row);
  return { ...inner, fields, time: time(row['_time']) };
}

/** A hit of an Elasticsearch or OpenSearch search: the document that was stored, in `_source`. */
function hit(json: JsonObject): Unwrapped | undefined {
  if (typeof json['_index'] !== 'string' && json['_id'] === undefined) return undefined;
  const source = json['_source'];
  return isObject(source) ? { text: JSON.stringify(source), json: source, fields: {} } : undefined;
}

const OTLP = new Set(['body', 'attributes', 'scope', 'flags', 'traceId', 'spanId', 'eventName']);

/** An OTLP log record in its JSON form; attributes as a list of key and value, or already as an object. */
function otlp(json: JsonObject): Unwrapped | undefined {
  const known =
    json['timeUnixNano'] !== undefined ||
    json['observedTimeUnixNano'] !== undefined ||
    json['severityNumber'] !== undefined ||
    json['severityText'] !== undefined ||
    json['resource'] !== undefined ||
    Object.keys(json).every((key) => OTLP.has(key));
  if (!known) return undefined;
  const inner = content(anyValue(json['body'], 16));
  if (inner === undefined) return undefined;
  const fields: EcsFields = {};
  const resource = json['resource'];
  const attributes = {
    ...keyValues(isObject(resource) ? resource['attributes'] : undefined),
    ...keyValues(json['attributes']),
  };
  put(fields, 'host.name', attributes['host.name']);
  put(fields, 'host.id', attributes['host.id']);
  put(fields, 'service.name', attributes['service.name']);
  put(fields, 'log.file.path', attributes['log.file.path']);
  put(fields, 'container.id', attributes['container.id']);
  put(fields, 'container.name', attributes['container.name']);
  put(fields, 'log.level', json['severityText']);
  const stamp = json['timeUnixNano'] ?? json['observedTimeUnixNano'];
  return {
    ...inner,
    fields,
    time: typeof stamp === 'string' || typeof stamp === 'number' ? parseEpoch(stamp) || undefined : undefined,
  };
}

/** OTLP's AnyValue as a plain value, nested at most `depth` levels. */
function anyValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth === 0) return value;
  if ('stringValue' in value) return value['stringValue'];
  if ('intValue' in value) return value['intValue'];
  if ('doubleValue' in value) return value['doubleValue'];
  if ('boolValue' in value) return value['boolValue'];
  const list = value['arrayValue'];
  if (isObject(list) && Array.isArray(list['values']))
    return list['values'].map((item) => anyValue(item, depth - 1));
  const map = value['kvlistValue'];
  if (isObject(map)) return keyValues(map['values'], depth - 1);
  return value;
}

function keyValues(list: unknown, depth = 15): JsonObject {
  const out = Object.create(null) as JsonObject;
  if (isObject(list)) return Object.assign(out, list);
  if (!Array.isArray(list)) return out;
  for (const pair of list) {
    if (isObject(pair) && typeof pair['key'] === 'string') out[pair['key']] = anyValue(pair['value'], depth);
  }
  return out;
}

/** Fluent Bit's tail and Docker's json-file: the line in `log`. */
function container(json: JsonObject): Unwrapped | undefined {
  const inner = content(json['log']);
  if (inner === undefined) return undefined;
  const fields: EcsFields = {};
  const kubernetes = json['kubernetes'];
  if (isObject(kubernetes)) {
    put(fields, 'host.name', kubernetes['host']);
    put(fields, 'container.name', kubernetes['container_name']);
    put(fields, 'container.image.name', kubernetes['container_image']);
    put(fields, 'orchestrator.namespace', kubernetes['namespace_name']);
    put(fields, 'orchestrator.resource.name', kubernetes['pod_name']);
    if (kubernetes['pod_name'] !== undefined) fields['orchestrator.type'] = 'kubernetes';
  }
  put(fields, 'container.id', json['container_id']);
  put(fields, 'container.name', json['container_name']);
  put(fields, 'log.file.path', json['filename'] ?? json['filepath']);
  return { ...inner, fields, time: time(json['time'] ?? json['date'] ?? json['@timestamp']) };
}

/** The line in `message`: Filebeat, Elastic Agent, Logstash, Vector, Fluentd, rsyslog templates. */
function shipped(json: JsonObject): Unwrapped | undefined {
  const syslogKeys =
    json['appname'] ??
    json['programname'] ??
    json['ident'] ??
    json['syslogtag'] ??
    json['procid'] ??
    json['sysloghost'];
  const shipper =
    json['agent'] ??
    json['beat'] ??
    json['input'] ??
    json['source_type'] ??
    json['@version'] ??
    json['filebeat'];
  const fileOnly = at(json, 'log', 'file', 'path') ?? json['file'];
  if (syslogKeys === undefined && shipper === undefined && fileOnly === undefined && !isBare(json))
    return undefined;
  // Elastic's parsed documents keep the line itself in event.original; message is then only a part of it.
  const original = at(json, 'event', 'original');
  const inner = content(typeof original === 'string' && original !== '' ? original : json['message']);
  if (inner === undefined) return undefined;
  if (syslogKeys !== undefined && typeof original !== 'string')
    return rsyslog(json, json['message'] as string);
  const fields: EcsFields = {};
  const host = json['host'];
  if (typeof host === 'string') put(fields, 'host.name', host);
  for (const name of DESCRIBED) {
    const part = json[name];
    if (isObject(part)) addEcs(fields, `${name}.`, part);
  }
  const named = fields['host.name'] ?? fields['host.hostname'];
  if (named !== undefined) fields['host.name'] = named;
  const file = json['file'];
  put(
    fields,
    'log.file.path',
    at(json, 'log', 'file', 'path') ?? (typeof file === 'string' ? file : undefined),
  );
  for (const name of ['id', 'name', 'type', 'version']) put(fields, `agent.${name}`, at(json, 'agent', name));
  return { ...inner, fields, time: time(json['@timestamp'] ?? json['timestamp']) };
}

/** What Beats and Elastic Agent say of the machine that they run on (`add_host_metadata` and its like). */
const DESCRIBED = ['host', 'cloud', 'container', 'orchestrator'] as const;

/** Copies what of an object ECS knows, in the types of ECS. */
function addEcs(fields: EcsFields, prefix: string, part: JsonObject): void {
  const flat = flatten(part, prefix, {}, 6);
  for (const name of Object.keys(flat)) if (ecsField(name) !== undefined) put(fields, name, flat[name]);
}

const BARE = new Set([
  'message',
  '@timestamp',
  'timestamp',
  'host',
  'hostname',
  'tags',
  'time',
  'date',
  'path',
  'type',
]);

/** A document with nothing but a line and where it came from. */
function isBare(json: JsonObject): boolean {
  return Object.keys(json).every((key) => BARE.has(key));
}

/** A syslog message whose header the shipper has split into members (rsyslog, Vector, Fluentd, syslog-ng). */
function rsyslog(json: JsonObject, message: string): Unwrapped | undefined {
  const inner = content(message.startsWith(' ') ? message.slice(1) : message);
  if (inner === undefined) return undefined;
  const tag = text(json['syslogtag']);
  const open = tag?.indexOf('[') ?? -1;
  const tagName = tag === undefined ? undefined : open > 0 ? tag.slice(0, open) : tag.replace(/:$/, '');
  const tagPid = tag !== undefined && open > 0 ? tag.slice(open + 1, tag.indexOf(']', open)) : undefined;
  const host = json['host'];
  const when = time(json['timereported'] ?? json['timestamp'] ?? json['@timestamp'] ?? json['time']);
  const hostname =
    text(json['hostname']) ??
    text(json['sysloghost']) ??
    (typeof host === 'string' ? text(host) : text(at(json, 'host', 'name')));
  const procid = text(json['procid']) ?? text(json['pid']) ?? tagPid;
  return {
    ...inner,
    fields: {},
    time: when,
    syslog: {
      facility: syslogCode(
        json['facility'] ?? json['syslogfacility'] ?? json['syslogfacility-text'],
        FACILITIES,
      ),
      severity: syslogCode(
        json['severity'] ?? json['syslogseverity'] ?? json['syslogseverity-text'] ?? json['level'],
        SEVERITIES,
      ),
      time: when,
      hostname,
      app: text(json['appname']) ?? text(json['programname']) ?? text(json['ident']) ?? tagName,
      procid: procid === '-' ? undefined : procid,
      msgid: text(json['msgid']) === '-' ? undefined : text(json['msgid']),
    },
  };
}

/** Graylog's GELF: the message in `short_message`, everything of a person's own behind an underscore. */
function gelf(json: JsonObject): Unwrapped | undefined {
  if (json['version'] === undefined && json['host'] === undefined && json['timestamp'] === undefined)
    return undefined;
  const { text: line, record, fields, time: when, host, level } = gelfParts(json);
  const inner = content(line)!;
  put(fields, 'host.name', host);
  // A line with a syslog header of its own is read as one; only without it is the record the log.
  const structured = inner.json ?? (line.startsWith('<') ? undefined : record);
  return {
    text: inner.text,
    ...(structured === undefined ? {} : { json: structured }),
    fields,
    ...(when === undefined ? {} : { time: when }),
    ...(level === undefined ? {} : { syslog: { severity: level } }),
  };
}
