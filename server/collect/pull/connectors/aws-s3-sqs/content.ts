import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { memberBytes, skipSpace, values } from '../../../http/json-scan.ts';

/** Largest object, decompressed, in bytes. */
export const MAX_OBJECT = 128 * 1024 * 1024;

/** What an object's event says: where it is, and when it was made. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly region?: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Members of a document that hold its logs: CloudTrail and others; CloudWatch Logs' export by Firehose. */
const LISTS = ['Records', 'logEvents'];

/**
 * The objects that a message of the queue tells of: a notification of S3 itself, one that came by SNS, or an
 * event of EventBridge.
 *
 * @returns undefined when the message is nothing of that kind
 */
export function objectsOf(body: string): ObjectRef[] | undefined {
  const message = parse(body);
  if (message === undefined) return undefined;
  if (typeof message['Message'] === 'string' && typeof message['TopicArn'] === 'string')
    return objectsOf(message['Message']);
  // S3 sends one when notifications are set up.
  if (message['Event'] === 's3:TestEvent') return [];
  if (message['source'] === 'aws.s3') {
    const detail = record(message['detail']);
    const name = record(detail?.['bucket'])?.['name'];
    const key = record(detail?.['object'])?.['key'];
    return reference(name, key, message['region']);
  }
  const records = message['Records'];
  if (!Array.isArray(records)) return undefined;
  const found: ObjectRef[] = [];
  for (const each of records) {
    const one = record(each);
    const s3 = record(one?.['s3']);
    if (s3 === undefined) return undefined;
    const key = record(s3['object'])?.['key'];
    // Keys are encoded as in a form, spaces as plus.
    const refs = reference(record(s3['bucket'])?.['name'], decodeKey(key), one?.['awsRegion']);
    if (refs === undefined) return undefined;
    if (String(one?.['eventName']).includes('ObjectCreated')) found.push(...refs);
  }
  return found;
}

function reference(bucket: unknown, key: unknown, region: unknown): ObjectRef[] | undefined {
  if (typeof bucket !== 'string' || !BUCKET.test(bucket) || typeof key !== 'string' || key === '')
    return undefined;
  return [
    {
      bucket,
      key,
      ...(typeof region === 'string' && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region) ? { region } : {}),
    },
  ];
}

function decodeKey(key: unknown): unknown {
  if (typeof key !== 'string') return undefined;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    // Not encoded after all.
    return key;
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return record(JSON.parse(text));
  } catch {
    // Whoever may write to the queue decides what is in it; the caller says so.
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/**
 * An object's bytes, decompressed by what they are and not by their name.
 *
 * @throws an error when they are damaged, or larger than {@link MAX_OBJECT}
 */
export async function decompress(bytes: Buffer): Promise<Buffer> {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
    ? promisify(gunzip)(bytes, { maxOutputLength: MAX_OBJECT })
    : bytes;
}

/** The logs of an object, in order. */
export function* logsOf(bytes: Buffer, format: 'auto' | 'json' | 'lines'): Generator<string> {
  const first = bytes[skipSpace(bytes, 0)];
  const isJson = first === 0x7b || first === 0x5b;
  if (format === 'lines' || (format === 'auto' && !isJson)) {
    yield* lines(bytes);
    return;
  }
  for (const { start, end } of values(bytes, true)) {
    const value = bytes.subarray(start, end);
    const list = value[0] === 0x7b ? listIn(value) : undefined;
    if (list === undefined) yield value.toString('utf8');
    else for (const inner of values(list, true)) yield list.toString('utf8', inner.start, inner.end);
  }
}

function listIn(object: Buffer): Buffer | undefined {
  for (const name of LISTS) {
    // A look at the first bytes spares searching every member of every line.
    if (!object.subarray(0, 512).includes(name)) continue;
    const list = memberBytes(object, name);
    if (list?.[0] === 0x5b) return list;
  }
  return undefined;
}

function* lines(bytes: Buffer): Generator<string> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    const line = bytes.toString('utf8', from, bytes[to - 1] === 0x0d ? to - 1 : to);
    // The first line of flow logs names the fields; comments of load balancers' logs begin with a hash.
    if (line.trim() !== '' && !(from === 0 && /^(version account-id|#)/.test(line))) yield line;
    from = to + 1;
  }
}
