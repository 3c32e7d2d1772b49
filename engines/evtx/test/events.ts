import { TYPE } from '../values.ts';
import {
  type Body,
  type RecordSpec,
  type TemplateSpec,
  type Value,
  value,
  type XmlElement,
} from './writer.ts';

/** An element with one slot as its content. */
const slotted = (name: string, slot: number, type: number): XmlElement => ({
  name,
  content: [{ slot, type, optional: true }],
});

/** The outer template Windows gives every event: `System`, then the provider's own data as binary XML. */
export const EVENT: TemplateSpec = {
  id: 1,
  root: {
    name: 'Event',
    attributes: [['xmlns', 'http://schemas.microsoft.com/win/2004/08/events/event']],
    content: [
      {
        name: 'System',
        content: [
          {
            name: 'Provider',
            attributes: [
              ['Name', { slot: 0, type: TYPE.string }],
              ['Guid', { slot: 1, type: TYPE.guid, optional: true }],
            ],
          },
          slotted('EventID', 2, TYPE.uint16),
          slotted('Version', 3, TYPE.uint8),
          slotted('Level', 4, TYPE.uint8),
          slotted('Task', 5, TYPE.uint16),
          slotted('Opcode', 6, TYPE.uint8),
          slotted('Keywords', 7, TYPE.hex64),
          { name: 'TimeCreated', attributes: [['SystemTime', { slot: 8, type: TYPE.fileTime }]] },
          slotted('EventRecordID', 9, TYPE.uint64),
          {
            name: 'Correlation',
            attributes: [['ActivityID', { slot: 10, type: TYPE.guid, optional: true }]],
          },
          {
            name: 'Execution',
            attributes: [
              ['ProcessID', { slot: 11, type: TYPE.uint32 }],
              ['ThreadID', { slot: 12, type: TYPE.uint32 }],
            ],
          },
          slotted('Channel', 13, TYPE.string),
          slotted('Computer', 14, TYPE.string),
          { name: 'Security', attributes: [['UserID', { slot: 15, type: TYPE.sid, optional: true }]] },
        ],
      },
      { slot: 16, type: TYPE.binXml },
    ],
  },
};

/** `EventData` with one named `Data` a slot. */
export function eventData(id: number, names: readonly string[], types: readonly number[]): TemplateSpec {
  return {
    id,
    root: {
      name: 'EventData',
      content: names.map((name, slot) => ({
        name: 'Data',
        attributes: [['Name', name] as const],
        content: [{ slot, type: types[slot]! }],
      })),
    },
  };
}

export const TIME = Date.UTC(2024, 4, 17, 8, 30, 15, 250);

/** An event of `EVENT` around the given data. */
export function event(id: number, eventId: number, data: Body | undefined): RecordSpec {
  const values: Value[] = [
    value.text('Example-Provider'),
    value.raw(TYPE.guid, [0xdd, 0xcc, 0xbb, 0xaa, 0x22, 0x11, 0x44, 0x33, 1, 2, 3, 4, 5, 6, 7, 8]),
    value.u16(eventId),
    value.u8(2),
    value.u8(4),
    value.u16(7),
    value.u8(0),
    value.hex64(0x8020000000000000n),
    value.time(TIME + id, 1234),
    value.u64(id),
    value.none(),
    value.u32(660),
    value.u32(4321),
    value.text('Example/Operational'),
    value.text('ws01.example.com'),
    value.sid('S-1-5-21-1004336348-1177238915-682003330-512'),
    data ? value.xml(data) : value.none(),
  ];
  return { id, time: TIME + id, body: { template: EVENT, values } };
}

/** Data of a process start, as one provider would write it. */
export const PROCESS = eventData(
  2,
  ['Image', 'ProcessId', 'CommandLine'],
  [TYPE.string, TYPE.uint32, TYPE.string],
);

export function processEvent(id: number, commandLine: string): RecordSpec {
  return event(id, 1, {
    template: PROCESS,
    values: [value.text('C:\\Windows\\System32\\whoami.exe'), value.u32(1000 + id), value.text(commandLine)],
  });
}
