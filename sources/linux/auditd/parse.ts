import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { putDate } from '../../kit/dates.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { type AuditRecord, readRecord } from './fields.ts';
import { ARCHITECTURES, RECORD_KINDS, syscallKind, syscallName } from './kinds.ts';
import { putExecve, putPath, putSocket, putSubject, putTitle, putUserSpace } from './records.ts';

/** Tags under which audit records travel in syslog. */
const APPS = ['auditd', 'audispd', 'audisp-syslog', 'audit', 'kernel'];
const MAX_RECORDS = 200;

/** Success or failure as the many records state it. */
function outcomeOf(record: AuditRecord): 'success' | 'failure' | undefined {
  const { fields } = record;
  const result = fields.get('res') ?? fields.get('success') ?? fields.get('result');
  switch (result?.toLowerCase()) {
    case 'yes':
    case '1':
    case 'success':
      return 'success';
    case 'no':
    case '0':
    case 'failed':
    case 'failure':
      return 'failure';
    default:
      return record.text.includes('denied') || fields.get('apparmor') === 'DENIED' ? 'failure' : undefined;
  }
}

function kindOf(record: AuditRecord, doc: EcsFields): Categorisation | undefined {
  if (record.type === 'SYSCALL') {
    const arch = record.fields.get('arch');
    const number = record.fields.get('SYSCALL') ?? record.fields.get('syscall');
    const name = number === undefined ? undefined : syscallName(arch, number);
    if (name !== undefined) doc['auditd.data.syscall'] = name;
    const machine = arch === undefined ? undefined : (ARCHITECTURES[arch] ?? arch);
    if (machine !== undefined) doc['auditd.data.arch'] = machine;
    return (name === undefined ? undefined : syscallKind(name)) ?? { category: ['process'], type: ['info'] };
  }
  if (record.type === 'AVC' && record.fields.has('apparmor'))
    return { category: ['host'], type: ['info'], action: 'violated-apparmor-policy' };
  const kind = RECORD_KINDS[record.type];
  if (kind !== undefined || !record.type.startsWith('ANOM_')) return kind;
  return { category: ['host'], type: ['info'], action: record.type.toLowerCase() };
}

/** Fields that have an ECS place already and are not repeated below `auditd.data`. */
const PLACED = new Set([
  'pid',
  'ppid',
  'uid',
  'gid',
  'arch',
  'syscall',
  'SYSCALL',
  'ARCH',
  'key',
  'ses',
  'argc',
  'saddr',
  'cwd',
]);

function putData(record: AuditRecord, doc: EcsFields, merged: boolean): void {
  for (const [key, value] of record.fields) {
    if (PLACED.has(key)) continue;
    const argument = key.charCodeAt(0) === 97 && key.charCodeAt(1) >= 48 && key.charCodeAt(1) <= 57;
    // In one document the arguments of the program win over the numbers of the system call.
    if (argument && merged && record.type !== 'EXECVE') continue;
    const field = `auditd.data.${key}`;
    doc[field] ??= value;
  }
}

function putRecord(record: AuditRecord, doc: EcsFields, merged: boolean): void {
  const { fields } = record;
  switch (record.type) {
    case 'EXECVE':
      putExecve(fields, doc);
      break;
    case 'PROCTITLE':
      putTitle(fields, doc);
      break;
    case 'PATH':
      // The files of an execution are the program and its loader, not what was acted on.
      if (fields.get('nametype') !== 'PARENT' || !merged)
        if (doc['event.action'] !== 'executed') putPath(fields, doc);
      break;
    case 'CWD':
      if (fields.get('cwd') !== undefined) doc['process.working_directory'] = fields.get('cwd')!;
      break;
    case 'SOCKADDR':
      putSocket(fields, doc);
      break;
    default:
      putSubject(fields, doc);
      if (record.type !== 'SYSCALL') putUserSpace(record, doc);
  }
  if (record.type === 'AVC') {
    if (fields.has('apparmor') && fields.has('name')) doc['file.path'] = fields.get('name')!;
    else if (fields.has('path')) doc['file.path'] = fields.get('path')!;
  }
  putData(record, doc, merged);
}

/**
 * One record is one document. A shipper that joins the records of one event (several lines in one log, the
 * same serial number) gets them as one document.
 */
function readRecords(text: string, tagged: boolean): AuditRecord[] {
  const records: AuditRecord[] = [];
  if (text.indexOf('\n') < 0) {
    const record = readRecord(text, tagged);
    return record === undefined ? [] : [record];
  }
  for (const line of text.split('\n', MAX_RECORDS)) {
    const record = readRecord(line, tagged);
    if (record === undefined) continue;
    if (records.length > 0 && record.sequence !== records[0]!.sequence) continue;
    records.push(record);
  }
  return records;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const app = input.syslog?.app;
  const records = readRecords(input.text, app === 'audit');
  const first = records[0];
  if (first === undefined) return 'rejected';
  const merged = records.length > 1;
  putDate(doc, '@timestamp', first.time);
  if (first.node !== undefined) doc['host.name'] = first.node;
  const types = records.map((record) => record.type.toLowerCase());
  doc['auditd.message_type'] = merged ? [...new Set(types)] : types[0]!;
  if (first.sequence !== undefined) doc['auditd.sequence'] = first.sequence;
  // The system call says what happened; without it, the first record that has a meaning.
  const main = records.find((record) => record.type === 'SYSCALL') ?? first;
  const what = kindOf(main, doc);
  const outcome = outcomeOf(main);
  categorise(doc, {
    ...(what ?? { category: ['host'], type: ['info'] }),
    ...(outcome === undefined ? {} : { outcome }),
  });
  if (outcome !== undefined) doc['auditd.result'] = outcome === 'success' ? 'success' : 'fail';
  if (first.text !== '') doc['message'] = first.text;
  for (const record of records) putRecord(record, doc, merged);
  return what === undefined ? 'partial' : 'parsed';
}

export default defineSource({
  id: 'linux.auditd',
  signatures: [
    { kind: 'app', names: APPS },
    { kind: 'text', literals: ['type=', 'msg=audit('] },
    { kind: 'text', literals: ['audit: type=', 'audit('] },
    { kind: 'text', literals: ['type=', ' audit(', 'apparmor='] },
  ],
  parse,
});
