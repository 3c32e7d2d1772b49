import type { JsonObject } from '@vigie/contracts';

/**
 * One OTLP log record with its resource and scope, the same for JSON and protobuf senders:
 *
 * `{timeUnixNano, observedTimeUnixNano, severityNumber, severityText, eventName, body, attributes, traceId,
 * spanId, flags, resource: {attributes, schemaUrl}, scope: {name, version, attributes, schemaUrl}}`
 *
 * Typed values (`{"stringValue": "x"}`) become plain ones: text, number, boolean, list, object; bytes become
 * base64 text, and an integer that a number can't hold stays decimal text. Times are decimal nanoseconds since
 * the epoch; ids are lower-case hexadecimal. What the sender left out, or set to its empty value, is absent.
 *
 * @param record `LogRecord` in the shape of OTLP/JSON
 * @param depth levels of nested values that are kept
 * @returns `undefined` when the record holds a value that is no value
 */
export function otlpLog(
  record: Record<string, unknown>,
  resourceLogs: Record<string, unknown>,
  scopeLogs: Record<string, unknown>,
  depth: number,
): JsonObject | undefined {
  const log: JsonObject = {};
  put(log, 'timeUnixNano', nanoseconds(record['timeUnixNano']));
  put(log, 'observedTimeUnixNano', nanoseconds(record['observedTimeUnixNano']));
  put(log, 'severityNumber', positive(record['severityNumber']));
  put(log, 'severityText', text(record['severityText']));
  put(log, 'eventName', text(record['eventName']));
  if (record['body'] !== undefined && record['body'] !== null) {
    if (typeof record['body'] !== 'object' || Array.isArray(record['body'])) return undefined;
    put(log, 'body', plain(record['body'] as Record<string, unknown>, depth));
  }
  put(log, 'attributes', keyValues(record['attributes'], depth));
  put(log, 'traceId', identifier(record['traceId']));
  put(log, 'spanId', identifier(record['spanId']));
  put(log, 'flags', positive(record['flags']));
  put(log, 'resource', context(resourceLogs['resource'], resourceLogs['schemaUrl'], depth));
  put(log, 'scope', context(scopeLogs['scope'], scopeLogs['schemaUrl'], depth));
  return log;
}

function put(target: JsonObject, name: string, value: unknown): void {
  if (value === undefined) return;
  // Attribute names come from outside: `__proto__` is a name like any other.
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  else target[name] = value;
}

function context(value: unknown, schemaUrl: unknown, depth: number): JsonObject | undefined {
  const out: JsonObject = {};
  if (typeof value === 'object' && value !== null) {
    const { name, version, attributes } = value as Record<string, unknown>;
    put(out, 'name', text(name));
    put(out, 'version', text(version));
    put(out, 'attributes', keyValues(attributes, depth));
  }
  put(out, 'schemaUrl', text(schemaUrl));
  return Object.keys(out).length === 0 ? undefined : out;
}

function keyValues(value: unknown, depth: number): JsonObject | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const out: JsonObject = {};
  for (const pair of value as unknown[]) {
    if (typeof pair !== 'object' || pair === null) continue;
    const { key, value: item } = pair as { readonly key?: unknown; readonly value?: unknown };
    if (typeof key !== 'string' || typeof item !== 'object' || item === null) continue;
    put(out, key, plain(item as Record<string, unknown>, depth - 1));
  }
  return out;
}

function plain(value: Record<string, unknown>, depth: number): unknown {
  if (depth <= 0) return undefined;
  if (value['stringValue'] !== undefined) return String(value['stringValue']);
  if (value['boolValue'] !== undefined) return value['boolValue'] === true;
  if (value['intValue'] !== undefined) return integer(value['intValue']);
  if (value['doubleValue'] !== undefined) return double(value['doubleValue']);
  const { bytesValue } = value;
  if (bytesValue instanceof Uint8Array) return Buffer.from(bytesValue).toString('base64');
  if (typeof bytesValue === 'string') return bytesValue;
  const items = valuesOf(value['arrayValue']);
  if (items !== undefined) {
    return items.map((item) =>
      typeof item === 'object' && item !== null
        ? (plain(item as Record<string, unknown>, depth - 1) ?? null)
        : null,
    );
  }
  const members = valuesOf(value['kvlistValue']);
  return members === undefined ? undefined : (keyValues(members, depth) ?? {});
}

function valuesOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { values } = value as { readonly values?: unknown };
  return Array.isArray(values) ? values : [];
}

function integer(value: unknown): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** JSON writes the values that it can't express as text: `NaN`, `Infinity`. */
function double(value: unknown): number | string {
  const number = Number(value);
  return Number.isFinite(number) ? number : String(value);
}

function nanoseconds(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const digits = String(value);
  return /^\d{1,20}$/.test(digits) && digits !== '0' ? digits : undefined;
}

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Trace and span ids are hexadecimal in OTLP/JSON and bytes in protobuf; one of zeros means none. */
function identifier(value: unknown): string | undefined {
  const hex =
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : typeof value === 'string' ? value : '';
  return /^(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{32})$/.test(hex) && !/^0+$/.test(hex)
    ? hex.toLowerCase()
    : undefined;
}
