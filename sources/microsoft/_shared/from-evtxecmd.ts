import type { JsonObject } from '@vigie/contracts';
import { fromEventJson } from './from-event.ts';
import { object, text, type WindowsEvent } from './windows-event.ts';

/** `Level` as it is written out; anything else is logged whatever the level. */
const LEVELS: Readonly<Record<string, number>> = { Critical: 1, Error: 2, Warning: 3, Info: 4, Verbose: 5 };
/** Masks of the two keywords that decide something (winnt.h, `WINEVENT_KEYWORD_AUDIT_…`). */
const AUDIT: readonly (readonly [word: string, mask: string])[] = [
  ['Audit failure', '0x10000000000000'],
  ['Audit success', '0x20000000000000'],
];

/**
 * A row of EvtxECmd's CSV, or an object of its JSON: the event's header in columns, its data as JSON text in
 * `Payload`. The columns of its maps (`PayloadData1` …) repeat the data and are left out.
 */
export function fromEvtxEcmd(json: JsonObject): WindowsEvent | undefined {
  const payload = payloadOf(json['Payload']);
  const keywords = text(json['Keywords']) ?? '';
  const mask = AUDIT.find(([word]) => keywords.includes(word))?.[1];
  const time = text(json['TimeCreated']);
  return fromEventJson({
    Event: {
      System: {
        Provider: { '#attributes': { Name: text(json['Provider']) ?? '' } },
        EventID: text(json['EventId']) ?? '',
        Level: LEVELS[text(json['Level']) ?? ''] ?? 0,
        ...(mask === undefined ? {} : { Keywords: mask }),
        ...(time === undefined ? {} : { TimeCreated: { '#attributes': { SystemTime: time } } }),
        EventRecordID: text(json['EventRecordId']) ?? '',
        Execution: {
          '#attributes': { ProcessID: text(json['ProcessId']) ?? '', ThreadID: text(json['ThreadId']) ?? '' },
        },
        Channel: text(json['Channel']) ?? '',
        Computer: text(json['Computer']) ?? '',
        Security: { '#attributes': { UserID: text(json['UserId']) ?? '' } },
      },
      ...payload,
    },
  });
}

function payloadOf(value: unknown): JsonObject {
  const source = text(value);
  if (source === undefined) return {};
  try {
    const { EventData, UserData } = object(JSON.parse(source)) ?? {};
    return {
      ...(object(EventData) ? { EventData: EventData as JsonObject } : {}),
      ...(object(UserData) ? { UserData: UserData as JsonObject } : {}),
    };
  } catch {
    // Cut short by whoever exported it: the header still tells what happened.
    return {};
  }
}
