import type { EcsFields } from '@vigie/contracts';
import { putDate } from '../../kit/dates.ts';
import { baseName } from '../../kit/file.ts';
import { put, toBoolean } from '../../kit/types.ts';
import { putDns } from '../_shared/dns.ts';
import {
  dataOf,
  putAccountText,
  putAddress,
  putCommandLine,
  putExecutable,
  putFile,
  putHashes,
  putPid,
  putRegistry,
  utcTime,
} from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

type Write = (event: WindowsEvent, doc: EcsFields) => void;

/** The process an event is about, with its account. */
function process(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'process.entity_id', dataOf(event, 'ProcessGuid')?.toLowerCase());
  putPid(doc, 'process.pid', dataOf(event, 'ProcessId'));
  putExecutable(doc, 'process', dataOf(event, 'Image'));
  putAccountText(doc, 'user', dataOf(event, 'User'));
}

/** What a program file says about itself. */
function portableExecutable(event: WindowsEvent, doc: EcsFields, prefix: string): void {
  put(doc, `${prefix}.pe.original_file_name`, dataOf(event, 'OriginalFileName'));
  put(doc, `${prefix}.pe.company`, dataOf(event, 'Company'));
  put(doc, `${prefix}.pe.description`, dataOf(event, 'Description'));
  put(doc, `${prefix}.pe.file_version`, dataOf(event, 'FileVersion'));
  put(doc, `${prefix}.pe.product`, dataOf(event, 'Product'));
}

function processStart(event: WindowsEvent, doc: EcsFields): void {
  process(event, doc);
  putCommandLine(doc, 'process', dataOf(event, 'CommandLine'));
  put(doc, 'process.working_directory', dataOf(event, 'CurrentDirectory'));
  putHashes(doc, 'process', dataOf(event, 'Hashes') ?? dataOf(event, 'Hash'));
  portableExecutable(event, doc, 'process');
  put(doc, 'process.parent.entity_id', dataOf(event, 'ParentProcessGuid')?.toLowerCase());
  putPid(doc, 'process.parent.pid', dataOf(event, 'ParentProcessId'));
  putExecutable(doc, 'process.parent', dataOf(event, 'ParentImage'));
  putCommandLine(doc, 'process.parent', dataOf(event, 'ParentCommandLine'));
  putAccountText(doc, 'process.parent.user', dataOf(event, 'ParentUser'));
}

function fileOf(name = 'TargetFilename'): Write {
  return (event, doc) => {
    process(event, doc);
    putFile(doc, 'file', dataOf(event, name));
    putDate(doc, 'file.created', utcTime(dataOf(event, 'CreationUtcTime')));
    putHashes(doc, 'file', dataOf(event, 'Hashes') ?? dataOf(event, 'Hash'));
  };
}

function network(event: WindowsEvent, doc: EcsFields): void {
  process(event, doc);
  for (const [side, name] of [
    ['source', 'Source'],
    ['destination', 'Destination'],
  ] as const) {
    putAddress(doc, side, dataOf(event, `${name}Ip`));
    put(doc, `${side}.port`, dataOf(event, `${name}Port`));
    put(doc, `${side}.domain`, dataOf(event, `${name}Hostname`));
  }
  put(doc, 'network.transport', dataOf(event, 'Protocol')?.toLowerCase());
  const v6 = toBoolean(dataOf(event, 'DestinationIsIpv6') ?? dataOf(event, 'SourceIsIpv6'));
  if (v6 !== undefined) doc['network.type'] = v6 ? 'ipv6' : 'ipv4';
  const initiated = toBoolean(dataOf(event, 'Initiated'));
  if (initiated !== undefined) doc['network.direction'] = initiated ? 'egress' : 'ingress';
}

function signature(event: WindowsEvent, doc: EcsFields, prefix: string): void {
  const signed = toBoolean(dataOf(event, 'Signed'));
  if (signed !== undefined) doc[`${prefix}.code_signature.exists`] = signed;
  put(doc, `${prefix}.code_signature.subject_name`, dataOf(event, 'Signature'));
  const status = dataOf(event, 'SignatureStatus');
  put(doc, `${prefix}.code_signature.status`, status);
  if (status !== undefined) doc[`${prefix}.code_signature.valid`] = status === 'Valid';
}

function driver(event: WindowsEvent, doc: EcsFields): void {
  putFile(doc, 'file', dataOf(event, 'ImageLoaded'));
  putHashes(doc, 'file', dataOf(event, 'Hashes'));
  signature(event, doc, 'file');
}

function library(event: WindowsEvent, doc: EcsFields): void {
  process(event, doc);
  const path = dataOf(event, 'ImageLoaded');
  put(doc, 'dll.path', path);
  if (path !== undefined) doc['dll.name'] = baseName(path);
  putHashes(doc, 'dll', dataOf(event, 'Hashes'));
  portableExecutable(event, doc, 'dll');
  signature(event, doc, 'dll');
}

/** 8 and 10: one process reaches into another; `process` is the one that acts. */
function between(event: WindowsEvent, doc: EcsFields): void {
  const guid = dataOf(event, 'SourceProcessGuid') ?? dataOf(event, 'SourceProcessGUID');
  put(doc, 'process.entity_id', guid?.toLowerCase());
  putPid(doc, 'process.pid', dataOf(event, 'SourceProcessId'));
  putPid(doc, 'process.thread.id', dataOf(event, 'SourceThreadId'));
  putExecutable(doc, 'process', dataOf(event, 'SourceImage'));
  putAccountText(doc, 'user', dataOf(event, 'SourceUser'));
  putAccountText(doc, 'user.target', dataOf(event, 'TargetUser'));
}

function registry(event: WindowsEvent, doc: EcsFields): void {
  process(event, doc);
  // 12 creates and deletes keys as well as values; only 13 and 14 always name a value at the end.
  const value = event.eventId === 13 || dataOf(event, 'EventType')?.endsWith('Value') === true;
  putRegistry(doc, dataOf(event, 'TargetObject'), undefined, value);
  if (event.eventId === 12) {
    const deleted = dataOf(event, 'EventType')?.startsWith('Delete') === true;
    doc['event.type'] = [deleted ? 'deletion' : 'creation'];
  }
  const details = dataOf(event, 'Details');
  if (details === undefined) return;
  const number = /^(?:DWORD|QWORD) \((0x[0-9a-f]{8})(?:-(0x[0-9a-f]{8}))?\)$/i.exec(details);
  if (number) {
    doc['registry.data.type'] = number[2] === undefined ? 'REG_DWORD' : 'REG_QWORD';
    // A quad word is written as its upper and its lower half.
    const upper = number[2] === undefined ? 0n : BigInt(number[1]!);
    const lower = BigInt(number[2] ?? number[1]!);
    doc['registry.data.strings'] = [(upper * 4294967296n + lower).toString()];
  } else if (details === 'Binary Data') doc['registry.data.type'] = 'REG_BINARY';
  else {
    doc['registry.data.type'] = 'REG_SZ';
    doc['registry.data.strings'] = [details];
  }
}

function pipe(event: WindowsEvent, doc: EcsFields): void {
  process(event, doc);
  put(doc, 'file.name', dataOf(event, 'PipeName')?.replace(/^\\/, ''));
}

function wmi(event: WindowsEvent, doc: EcsFields): void {
  putAccountText(doc, 'user', dataOf(event, 'User'));
}

function dns(event: WindowsEvent, doc: EcsFields): void {
  process(event, doc);
  putDns(doc, dataOf(event, 'QueryName'), dataOf(event, 'QueryResults'), dataOf(event, 'QueryStatus'));
}

function sysmonState(event: WindowsEvent, doc: EcsFields): void {
  const configuration = dataOf(event, 'Configuration');
  if (configuration !== undefined) putFile(doc, 'file', configuration);
}

const start = ['start'] as const;
const deletion = ['deletion'] as const;
const file = ['file'] as const;
const configuration = ['configuration'] as const;

function of(
  category: EventMapping['category'],
  type: EventMapping['type'],
  action: string,
  map: Write,
): EventMapping {
  return { category, type, action, map };
}

/** Sysmon's events (schema 4.90). */
export const SYSMON_EVENTS: Readonly<Record<number, EventMapping>> = {
  1: of(['process'], start, 'process-created', processStart),
  2: of(file, ['change'], 'file-creation-time-changed', fileOf()),
  3: of(['network'], ['start', 'connection', 'protocol'], 'network-connection', network),
  4: of(['process'], ['change'], 'sysmon-state-changed', sysmonState),
  5: of(['process'], ['end'], 'process-terminated', process),
  6: of(['driver'], start, 'driver-loaded', driver),
  7: of(['library'], start, 'image-loaded', library),
  8: of(['process'], ['change'], 'remote-thread-created', between),
  9: of(['process'], ['access'], 'raw-access-read', process),
  10: of(['process'], ['access'], 'process-accessed', between),
  11: of(file, ['creation'], 'file-created', fileOf()),
  12: of(['configuration', 'registry'], ['change'], 'registry-object-added-or-deleted', registry),
  13: of(['configuration', 'registry'], ['change'], 'registry-value-set', registry),
  14: of(['configuration', 'registry'], ['change'], 'registry-object-renamed', registry),
  15: of(file, ['creation'], 'file-stream-created', fileOf()),
  16: of(configuration, ['change'], 'sysmon-configuration-changed', sysmonState),
  17: of(file, ['creation'], 'pipe-created', pipe),
  18: of(file, ['access'], 'pipe-connected', pipe),
  19: of(configuration, ['creation'], 'wmi-event-filter', wmi),
  20: of(configuration, ['creation'], 'wmi-event-consumer', wmi),
  21: of(configuration, ['creation'], 'wmi-event-binding', wmi),
  22: of(['network'], ['connection', 'protocol', 'info'], 'dns-query', dns),
  23: of(file, deletion, 'file-deleted', fileOf()),
  24: of(['host'], ['change'], 'clipboard-changed', process),
  25: of(['process'], ['change'], 'process-tampering', process),
  26: of(file, deletion, 'file-delete-detected', fileOf()),
  27: of(file, ['denied'], 'file-executable-blocked', fileOf()),
  28: of(file, ['denied'], 'file-shredding-blocked', fileOf()),
  29: of(file, ['creation'], 'file-executable-detected', fileOf()),
  255: of(['host'], ['error'], 'sysmon-error', wmi),
};
