import type { JsonObject } from '@vigie/contracts';
import { parseDate } from '../../kit/dates.ts';
import type { ParseInput } from '../../kit/source.ts';
import {
  type DataFields,
  dataText,
  emptyData,
  keywordMask,
  opcodeName,
  readKeywords,
  text,
  type WindowsEvent,
  whole,
} from './windows-event.ts';

/** Fields of `im_msvistalog` itself; every other one comes from the event's data. */
const SYSTEM = new Set([
  'AccountName',
  'AccountType',
  'ActivityID',
  'Category',
  'Channel',
  'Domain',
  'EventID',
  'EventReceivedTime',
  'EventTime',
  'EventTimeWritten',
  'EventType',
  'ExecutionProcessID',
  'ExecutionThreadID',
  'FileName',
  'HostIP',
  'Hostname',
  'Keywords',
  'Level',
  'LevelValue',
  'Message',
  'MessageSourceAddress',
  'Opcode',
  'OpcodeValue',
  'ProcessID',
  'ProviderGuid',
  'RecordNumber',
  'RelatedActivityID',
  'Severity',
  'SeverityValue',
  'SourceModuleName',
  'SourceModuleType',
  'SourceName',
  'Task',
  'TaskValue',
  'ThreadID',
  'UserID',
  'Version',
]);

const LEVELS: Readonly<Record<string, number>> = {
  CRITICAL: 1,
  ERROR: 2,
  WARNING: 3,
  INFO: 4,
  AUDIT_SUCCESS: 0,
  AUDIT_FAILURE: 0,
  DEBUG: 5,
  VERBOSE: 5,
};

/** NXLog's `im_msvistalog` as JSON: flat keys, the event's data beside the fields of the module. */
export function fromNxlog(json: JsonObject, input: ParseInput): WindowsEvent | undefined {
  const eventId = whole(json['EventID']);
  if (eventId === undefined || (json['Channel'] === undefined && json['SourceName'] === undefined))
    return undefined;
  const mask = keywordMask(json['Keywords']);
  const keywords = mask === undefined ? undefined : readKeywords(mask);
  const type = text(json['EventType']);
  const opcode = whole(json['OpcodeValue']);
  const userId = text(json['UserID']);
  const time = json['EventTime'];
  const data = emptyData();
  for (const name of Object.keys(json)) {
    if (SYSTEM.has(name) && !isData(name, json)) continue;
    const value = dataText(json[name]);
    if (value !== undefined && value !== '') data[dataNameOf(name)] = value;
  }
  addHidden(json, data);
  return {
    channel: text(json['Channel']),
    provider: text(json['SourceName']),
    providerGuid: text(json['ProviderGuid']),
    eventId,
    version: whole(json['Version']),
    level: (type === undefined ? undefined : LEVELS[type]) ?? LEVELS[text(json['Severity']) ?? ''],
    task: text(json['Category']) ?? text(json['TaskValue'] ?? json['Task']),
    opcode: opcode === undefined ? text(json['Opcode']) : standardOpcode(opcode, text(json['Opcode'])),
    keywords: keywords?.names,
    audit:
      keywords?.audit ??
      (type === 'AUDIT_SUCCESS' ? 'success' : type === 'AUDIT_FAILURE' ? 'failure' : undefined),
    time: typeof time === 'string' || typeof time === 'number' ? parseDate(time, input) : undefined,
    recordId: text(json['RecordNumber']),
    activityId: text(json['ActivityID']),
    relatedActivityId: text(json['RelatedActivityID']),
    processId: whole(json['ExecutionProcessID'] ?? json['ProcessID']),
    threadId: whole(json['ExecutionThreadID'] ?? json['ThreadID']),
    computer: text(json['Hostname']),
    user:
      userId === undefined
        ? undefined
        : {
            identifier: userId,
            name: text(json['AccountName']),
            domain: text(json['Domain']),
            type: text(json['AccountType']),
          },
    data,
    message: text(json['Message']),
  };
}

/**
 * Names that are NXLog's own in one event and the event's data in another: the account only goes with the
 * SID it was resolved from; newer versions call their own process and thread `Execution…`.
 */
function isData(name: string, json: JsonObject): boolean {
  switch (name) {
    case 'AccountName':
    case 'AccountType':
    case 'Domain':
      return json['UserID'] === undefined;
    case 'ProcessID':
      return json['ExecutionProcessID'] !== undefined;
    case 'ThreadID':
      return json['ExecutionThreadID'] !== undefined;
    case 'FileName':
      return json['SourceModuleType'] === 'im_msvistalog';
    default:
      return false;
  }
}

const MAX_MESSAGE = 8192;

/** Data of Sysmon that a field of NXLog hides; Sysmon's texts are never translated. */
const SYSMON_LINE = /^(ProcessId|EventType|Version): ([^\r\n]{1,256})\r?$/gm;

/** The process of an audit event, where the machine speaks English. */
const PROCESS_LINE =
  /^\t?(?:Process ID|Creator Process ID|Caller Process ID):[ \t]{0,8}(0x[0-9a-f]{1,16}|\d{1,10})\r?$/im;

/**
 * NXLog's field names ignore case, so its own `ProcessID` (the process that wrote the event) hides the
 * data's `ProcessId` (the process the event is about), and its `EventType` Sysmon's. The rendered text
 * still has them.
 */
function addHidden(json: JsonObject, data: DataFields): void {
  const message = text(json['Message'])?.slice(0, MAX_MESSAGE);
  if (message === undefined) return;
  if (json['SourceName'] === 'Microsoft-Windows-Sysmon') {
    for (const line of message.matchAll(SYSMON_LINE)) data[line[1]!] ??= line[2]!;
    return;
  }
  if (data['ProcessId'] !== undefined || json['ExecutionProcessID'] !== undefined) return;
  const found = PROCESS_LINE.exec(message)?.[1];
  if (found !== undefined) data['ProcessId'] = found;
}

/** The standard operation codes have one name in every language; the others keep the rendered one. */
export function standardOpcode(code: number, rendered: string | undefined): string {
  return code <= 9 ? opcodeName(code) : (rendered ?? String(code));
}

/** NXLog numbers unnamed data `Data`, `Data_1`, …; Winlogbeat `param1`, `param2`, …. */
function dataNameOf(name: string): string {
  if (!name.startsWith('Data')) return name;
  if (name === 'Data') return 'param1';
  const number = /^Data_(\d{1,3})$/.exec(name);
  return number ? `param${Number(number[1]) + 1}` : name;
}
