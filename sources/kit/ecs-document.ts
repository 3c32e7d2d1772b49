import { type EcsFields, type EcsValue, flatten, type JsonObject } from '@vigie/contracts';
import { parseDate, putDate } from './dates.ts';
import { ALLOWED, ecsField } from './ecs-types.ts';
import { baseName } from './file.ts';
import { parseMac } from './mac.ts';
import type { ParseInput } from './source.ts';
import { put } from './types.ts';

/** Fields of older ECS versions and of Auditbeat itself that have another name now. */
const RENAMED: Readonly<Record<string, string>> = {
  'process.ppid': 'process.parent.pid',
  'process.hash.sha1': 'process.hash.sha1',
  'system.audit.user.name': 'user.target.name',
};
/** Namespaces that people know by these names. */
const KNOWN = /^(?:auditd|system|winlog|suricata|zeek|aws|azure|gcp|o365|okta)\./;
/** Parts of the shipper's document that say nothing of the event. */
const LEFT_OUT = /^(?:@metadata|ecs)\.|^event\.(?:ingested|original|module|dataset|created)$|^related\./;

function putMany(doc: EcsFields, field: string, value: EcsValue, vendor: string): void {
  const allowed: readonly unknown[] | undefined = Object.hasOwn(ALLOWED, field)
    ? ALLOWED[field as keyof typeof ALLOWED]
    : undefined;
  const values = Array.isArray(value) ? value : [value];
  const fit = allowed === undefined ? values : values.filter((item) => allowed.includes(item));
  const strange = allowed === undefined ? [] : values.filter((item) => !allowed.includes(item));
  if (strange.length > 0) doc[vendor + field] = strange;
  if (fit.length === 0) return;
  const type = ecsField(field);
  put(doc, field, type?.list === true ? fit : Array.isArray(value) ? value.join(' ') : value, vendor + field);
}

function putField(doc: EcsFields, key: string, value: EcsValue, input: ParseInput, vendor: string): void {
  if (LEFT_OUT.test(key)) return;
  const field = Object.hasOwn(RENAMED, key) ? RENAMED[key]! : key;
  const type = ecsField(field)?.type;
  if (type === 'date' && typeof value === 'string') putDate(doc, field, parseDate(value, input));
  else if (field.endsWith('.mac')) {
    const macs = (Array.isArray(value) ? value : [value]).map((item) => parseMac(String(item)));
    const known = macs.filter((mac): mac is string => mac !== undefined);
    if (known.length > 0) doc[field] = ecsField(field)?.list === true ? known : known[0]!;
  } else if (type === undefined) doc[KNOWN.test(key) ? key : vendor + key] = value;
  else putMany(doc, field, value, vendor);
}

/** Writes what follows from fields that a Beat gives apart. */
export function completeEcs(doc: EcsFields): void {
  const executable = doc['process.executable'];
  if (typeof executable === 'string') doc['process.name'] ??= baseName(executable);
  const args = doc['process.args'];
  if (Array.isArray(args) && args.length > 1) doc['process.command_line'] ??= args.join(' ');
  const command = doc['auditd.data.cmd'];
  if (typeof command === 'string') doc['process.command_line'] ??= command;
  for (const side of ['source', 'destination', 'client', 'server'] as const) {
    const address = doc[`${side}.domain`] ?? doc[`${side}.ip`];
    if (address !== undefined) doc[`${side}.address`] ??= address;
  }
  const login = Array.isArray(doc['event.category']) && doc['event.category'].includes('authentication');
  const ip = doc['source.ip'];
  if (login && ip !== undefined) {
    doc['client.ip'] ??= ip;
    doc['client.address'] ??= ip;
  }
  const path = doc['file.path'];
  if (typeof path === 'string') {
    doc['file.name'] ??= baseName(path);
    const slash = path.lastIndexOf('/');
    if (slash > 0) doc['file.directory'] ??= path.slice(0, slash);
  }
}

/**
 * Copies a document that is in ECS already, each value in the type of its field; what ECS does not know goes below
 * the vendor's prefix.
 */
export function putEcsDocument(doc: EcsFields, json: JsonObject, input: ParseInput, vendor: string): void {
  const flat = flatten(json);
  for (const key of Object.keys(flat)) putField(doc, key, flat[key]!, input, vendor);
}
