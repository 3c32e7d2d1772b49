import type { JsonObject } from '@vigie/contracts';
import { parseDate } from '../../kit/dates.ts';
import type { ParseInput } from '../../kit/source.ts';
import {
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
  const account = text(json['AccountName']);
  const time = json['EventTime'];
  const data = emptyData();
  for (const name of Object.keys(json)) {
    // `FileName` is a field of the module only where a log file was read.
    if (
      SYSTEM.has(name) &&
      !(name === 'FileName' && json['SourceModuleType'] === 'im_msvistalog' && eventId !== 0)
    )
      continue;
    const value = dataText(json[name]);
    if (value !== undefined && value !== '') data[dataNameOf(name)] = value;
  }
  const hidden = data['ProcessId'] === undefined ? processFromMessage(json) : undefined;
  if (hidden !== undefined) data['ProcessId'] = hidden;
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
      userId === undefined && account === undefined
        ? undefined
        : {
            identifier: userId,
            name: account,
            domain: text(json['Domain']),
            type: text(json['AccountType']),
          },
    data,
    message: text(json['Message']),
  };
}

const MAX_MESSAGE = 8192;

/**
 * NXLog's field names ignore case, so its own `ProcessID` (the process that wrote the event) hides the
 * data's `ProcessId` (the process the event is about) unless a newer version calls its own
 * `ExecutionProcessID`. The rendered text still has it: always in Sysmon's, whose texts are not translated.
 */
function processFromMessage(json: JsonObject): string | undefined {
  if (json['ExecutionProcessID'] !== undefined) return undefined;
  const message = text(json['Message'])?.slice(0, MAX_MESSAGE);
  return message === undefined ? undefined : PROCESS_LINE.exec(message)?.[1];
}

const PROCESS_LINE =
  /^\t?(?:ProcessId|Process ID|Creator Process ID|Caller Process ID):[ \t]{0,8}(0x[0-9a-f]{1,16}|\d{1,10})\r?$/im;

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
