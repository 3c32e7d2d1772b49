import type { JsonObject } from '@vigie/contracts';
import { readValue } from './elements.ts';
import { layOut, type Template, type TemplateField, type Templates, templateField } from './templates.ts';

/** What a datagram held. */
export interface Decoded {
  /** Flows with IPFIX's names, and whose they are. */
  readonly flows: JsonObject[];
  /** The datagram, or a part of it, could not be read. */
  readonly invalid: boolean;
  /** Data sets whose template has not been announced yet: routers repeat theirs every few minutes. */
  readonly withoutTemplate: number;
  /** Flows (version 5, IPFIX) or datagrams (version 9) that were lost on the way, by their numbers. */
  readonly missed: number;
}

/** Flows taken from one datagram: more don't fit into one that means what it says. */
const MAX_FLOWS = 2_000;
const V5_HEADER = 24;
const V5_RECORD = 48;

/** What the records of one datagram have in common. */
interface Context {
  readonly exporter: string;
  readonly domain: string;
  readonly templates: Templates;
  readonly head: JsonObject;
  /** When the exporter started, epoch milliseconds; NetFlow's times count from there. */
  readonly bootedAt: number | undefined;
  readonly exportedAt: number;
  readonly flows: JsonObject[];
  withoutTemplate: number;
  invalid: boolean;
  /** Data records, for IPFIX's sequence. */
  records: number;
}

/**
 * Reads a NetFlow 5, NetFlow 9 (RFC 3954) or IPFIX (RFC 7011) datagram. Never throws for what it holds; what stands
 * before damage is kept.
 *
 * @param exporter address of the sender
 */
export function decode(bytes: Buffer, exporter: string, templates: Templates): Decoded {
  const version = bytes.length >= 16 ? bytes.readUInt16BE(0) : 0;
  if (version === 5) return version5(bytes, exporter, templates);
  if (version === 9 && bytes.length >= 20) return version9(bytes, exporter, templates);
  if (version === 10) return ipfix(bytes, exporter, templates);
  return { flows: [], invalid: true, withoutTemplate: 0, missed: 0 };
}

function version5(bytes: Buffer, exporter: string, templates: Templates): Decoded {
  if (bytes.length < V5_HEADER) return { flows: [], invalid: true, withoutTemplate: 0, missed: 0 };
  const announced = bytes.readUInt16BE(2);
  const whole = Math.min(announced, Math.floor((bytes.length - V5_HEADER) / V5_RECORD));
  const exportedAt = bytes.readUInt32BE(8) * 1000 + Math.floor(bytes.readUInt32BE(12) / 1e6);
  const upTime = bytes.readUInt32BE(4);
  const domain = `5 ${bytes.readUInt16BE(20)}`;
  const sampled = bytes.readUInt16BE(22) & 0x3fff;
  const sequence = bytes.readUInt32BE(16);
  const flows: JsonObject[] = [];
  for (let n = 0; n < whole; n++) {
    const at = V5_HEADER + n * V5_RECORD;
    const ip = (offset: number): string => bytes.subarray(at + offset, at + offset + 4).join('.');
    const u16 = (offset: number): number => bytes.readUInt16BE(at + offset);
    const u32 = (offset: number): number => bytes.readUInt32BE(at + offset);
    flows.push({
      flowVersion: 5,
      exporter,
      observationDomainId: bytes.readUInt16BE(20),
      exportTime: new Date(exportedAt).toISOString(),
      sourceIPv4Address: ip(0),
      destinationIPv4Address: ip(4),
      sourceTransportPort: u16(32),
      destinationTransportPort: u16(34),
      protocolIdentifier: bytes[at + 38]!,
      octetDeltaCount: u32(20),
      packetDeltaCount: u32(16),
      flowStartMilliseconds: since(exportedAt, upTime, u32(24)),
      flowEndMilliseconds: since(exportedAt, upTime, u32(28)),
      ingressInterface: u16(12),
      egressInterface: u16(14),
      ipNextHopIPv4Address: ip(8),
      tcpControlBits: bytes[at + 37]!,
      ipClassOfService: bytes[at + 39]!,
      bgpSourceAsNumber: u16(40),
      bgpDestinationAsNumber: u16(42),
      ...(sampled > 1 ? { samplingInterval: sampled } : {}),
    });
  }
  return {
    flows,
    invalid: whole < announced,
    withoutTemplate: 0,
    missed: templates.sequence(exporter, domain, sequence, sequence + announced),
  };
}

function version9(bytes: Buffer, exporter: string, templates: Templates): Decoded {
  const exportedAt = bytes.readUInt32BE(8) * 1000;
  const source = bytes.readUInt32BE(16);
  const sequence = bytes.readUInt32BE(12);
  const context = begin(9, exporter, source, exportedAt, exportedAt - bytes.readUInt32BE(4), templates);
  sets(bytes, 20, bytes.length, context, { template: 0, options: 1 });
  return finish(context, templates.sequence(exporter, context.domain, sequence, sequence + 1));
}

function ipfix(bytes: Buffer, exporter: string, templates: Templates): Decoded {
  const length = bytes.readUInt16BE(2);
  const exportedAt = bytes.readUInt32BE(4) * 1000;
  const sequence = bytes.readUInt32BE(8);
  const context = begin(10, exporter, bytes.readUInt32BE(12), exportedAt, undefined, templates);
  context.invalid = length > bytes.length || length < 16;
  sets(bytes, 16, Math.min(length, bytes.length), context, { template: 2, options: 3 });
  const missed = templates.sequence(exporter, context.domain, sequence, sequence + context.records);
  // Of sets that could not be read nobody knows how many records they held.
  return finish(context, context.withoutTemplate > 0 ? 0 : missed);
}

function begin(
  version: number,
  exporter: string,
  domainId: number,
  exportedAt: number,
  bootedAt: number | undefined,
  templates: Templates,
): Context {
  return {
    exporter,
    domain: `${version} ${domainId}`,
    templates,
    head: {
      flowVersion: version,
      exporter,
      observationDomainId: domainId,
      exportTime: new Date(exportedAt).toISOString(),
    },
    bootedAt,
    exportedAt,
    flows: [],
    withoutTemplate: 0,
    invalid: false,
    records: 0,
  };
}

function finish({ flows, invalid, withoutTemplate }: Context, missed: number): Decoded {
  return { flows, invalid, withoutTemplate, missed };
}

function sets(
  bytes: Buffer,
  from: number,
  to: number,
  context: Context,
  ids: { readonly template: number; readonly options: number },
): void {
  for (let at = from; at + 4 <= to; ) {
    const id = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    const end = at + length;
    if (length < 4 || end > to) {
      context.invalid = true;
      return;
    }
    if (id === ids.template) templateSet(bytes, at + 4, end, context, ids.template === 2);
    else if (id === ids.options) {
      if (ids.options === 3) ipfixOptions(bytes, at + 4, end, context);
      else version9Options(bytes, at + 4, end, context);
    } else if (id >= 256) dataSet(bytes, at + 4, end, id, context);
    else context.invalid = true;
    at = end;
  }
}

function templateSet(bytes: Buffer, from: number, to: number, context: Context, enterprises: boolean): void {
  for (let at = from; at + 4 <= to; ) {
    const id = bytes.readUInt16BE(at);
    const count = bytes.readUInt16BE(at + 2);
    at += 4;
    // Padding, or, with IPFIX, a template taken back.
    if (id < 256) return;
    if (count === 0) {
      context.templates.withdraw(context.exporter, context.domain, id);
      continue;
    }
    const read = readFields(bytes, at, to, count, enterprises, 0);
    if (read === undefined || !define(context, id, layOut(read.fields, false))) {
      context.invalid = true;
      return;
    }
    at = read.end;
  }
}

function ipfixOptions(bytes: Buffer, from: number, to: number, context: Context): void {
  for (let at = from; at + 6 <= to; ) {
    const id = bytes.readUInt16BE(at);
    const count = bytes.readUInt16BE(at + 2);
    if (id < 256) return;
    if (count === 0) {
      context.templates.withdraw(context.exporter, context.domain, id);
      at += 4;
      continue;
    }
    const read = readFields(bytes, at + 6, to, count, true, 0);
    if (read === undefined || !define(context, id, layOut(read.fields, true))) {
      context.invalid = true;
      return;
    }
    at = read.end;
  }
}

function version9Options(bytes: Buffer, from: number, to: number, context: Context): void {
  for (let at = from; at + 6 <= to; ) {
    const id = bytes.readUInt16BE(at);
    if (id < 256) return;
    const scopes = bytes.readUInt16BE(at + 2) >>> 2;
    const options = bytes.readUInt16BE(at + 4) >>> 2;
    const read = readFields(bytes, at + 6, to, scopes + options, false, scopes);
    if (read === undefined || !define(context, id, layOut(read.fields, true))) {
      context.invalid = true;
      return;
    }
    at = read.end;
  }
}

/** @param scopes fields at the beginning whose numbers are scopes of their own (1 system, 2 interface, …) */
function readFields(
  bytes: Buffer,
  from: number,
  to: number,
  count: number,
  enterprises: boolean,
  scopes: number,
): { readonly fields: TemplateField[]; readonly end: number } | undefined {
  const fields: TemplateField[] = [];
  let at = from;
  for (let n = 0; n < count; n++) {
    if (at + 4 > to) return undefined;
    const id = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    at += 4;
    if (n < scopes) {
      fields.push({ name: `scope${id}`, type: 'unsigned', length });
      continue;
    }
    if (!enterprises) {
      // NetFlow 9 has no length of records' own; its numbers above 32767 are vendors'.
      fields.push({ ...templateField(id, 0, length), length });
      continue;
    }
    let enterprise = 0;
    if ((id & 0x8000) !== 0) {
      if (at + 4 > to) return undefined;
      enterprise = bytes.readUInt32BE(at);
      at += 4;
    }
    fields.push(templateField(id & 0x7fff, enterprise, length));
  }
  return { fields, end: at };
}

function define(context: Context, id: number, template: Template): boolean {
  return context.templates.set(context.exporter, context.domain, id, template);
}

function dataSet(bytes: Buffer, from: number, to: number, id: number, context: Context): void {
  const template = context.templates.get(context.exporter, context.domain, id);
  if (template === undefined) {
    context.withoutTemplate++;
    return;
  }
  for (let at = from; at + template.minimum <= to; ) {
    if (context.flows.length >= MAX_FLOWS) {
      context.invalid = true;
      return;
    }
    const read = readRecord(bytes, at, to, template);
    if (read === undefined) {
      context.invalid = true;
      return;
    }
    const { record } = read;
    at = read.end;
    context.records++;
    if (template.options) noteOptions(record, context);
    else context.flows.push(flow(record, context));
  }
}

/** @returns undefined where the set ends inside the record */
function readRecord(
  bytes: Buffer,
  from: number,
  to: number,
  template: Template,
): { readonly record: JsonObject; readonly end: number } | undefined {
  const record: JsonObject = {};
  let at = from;
  for (const field of template.fields) {
    let { length } = field;
    if (length === undefined) {
      // RFC 7011, 7: one byte, or 255 and two more.
      if (at + 1 > to) return undefined;
      length = bytes[at++]!;
      if (length === 255) {
        if (at + 2 > to) return undefined;
        length = bytes.readUInt16BE(at);
        at += 2;
      }
    }
    if (at + length > to) return undefined;
    const value = readValue(field.type, bytes.subarray(at, at + length));
    if (value !== undefined && !(field.name in record)) record[field.name] = value;
    at += length;
  }
  return { record, end: at };
}

function flow(record: JsonObject, context: Context): JsonObject {
  const booted = numberOf(record['systemInitTimeMilliseconds']) ?? context.bootedAt;
  for (const side of ['Start', 'End'] as const) {
    const upTime = numberOf(record[`flow${side}SysUpTime`]);
    const delta = numberOf(record[`flow${side}DeltaMicroseconds`]);
    const name = `flow${side}Milliseconds`;
    if (record[name] !== undefined) continue;
    if (upTime !== undefined && booted !== undefined) {
      record[name] = since(context.exportedAt, context.exportedAt - booted, upTime);
      delete record[`flow${side}SysUpTime`];
    } else if (delta !== undefined) record[name] = context.exportedAt - Math.round(delta / 1000);
  }
  const sampler = record['samplerId'] ?? record['selectorId'];
  if (record['samplingInterval'] === undefined && record['samplingPacketInterval'] === undefined) {
    const { exporter, domain, templates } = context;
    const sampling = templates.sampling(exporter, domain, sampler === undefined ? '' : String(sampler));
    if (sampling !== undefined) record['samplingInterval'] = sampling.interval;
  }
  return { ...context.head, ...record };
}

/** Keeps what an exporter says of its sampling. */
function noteOptions(record: JsonObject, { exporter, domain, templates }: Context): void {
  const space = numberOf(record['samplingPacketSpace']);
  const taken = numberOf(record['samplingPacketInterval']);
  const interval =
    numberOf(record['samplingInterval']) ??
    numberOf(record['samplerRandomInterval']) ??
    (taken !== undefined && space !== undefined && taken > 0 ? (taken + space) / taken : undefined);
  if (interval === undefined || interval < 1) return;
  const sampler = record['samplerId'] ?? record['selectorId'];
  templates.setSampling(exporter, domain, sampler === undefined ? '' : String(sampler), { interval });
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/**
 * The moment that a count of milliseconds since the start means. The count begins anew after 49.7 days, so that a flow
 * may begin with a larger number than the exporter has now.
 */
function since(exportedAt: number, upTime: number, at: number): number {
  const ago = (Math.round(upTime) - at) % 2 ** 32;
  return exportedAt - (ago < -(2 ** 31) ? ago + 2 ** 32 : ago > 2 ** 31 ? ago - 2 ** 32 : ago);
}
