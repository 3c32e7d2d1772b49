import type { EcsFields } from '@vigie/contracts';

/** The account Windows names in `System/Security`: under whose rights the event was logged. */
export interface LoggingUser {
  readonly identifier?: string;
  readonly name?: string;
  readonly domain?: string;
  readonly type?: string;
}

/**
 * One Windows event, whatever shipped it: the one form that all mappings read. Texts are as Windows renders
 * them into event XML.
 */
export interface WindowsEvent {
  readonly channel?: string;
  readonly provider?: string;
  readonly providerGuid?: string;
  readonly eventId: number;
  readonly version?: number;
  /** 1 critical, 2 error, 3 warning, 4 information, 5 verbose; 0 is logged whatever the level. */
  readonly level?: number;
  /** Rendered name, or the number where nobody rendered it. */
  readonly task?: string;
  readonly opcode?: string;
  readonly keywords?: readonly string[];
  readonly audit?: 'success' | 'failure';
  /** Epoch milliseconds. */
  readonly time?: number;
  readonly recordId?: string;
  readonly activityId?: string;
  readonly relatedActivityId?: string;
  /** The process that wrote the event, which is seldom the one the event is about. */
  readonly processId?: number;
  readonly threadId?: number;
  readonly computer?: string;
  readonly user?: LoggingUser;
  /** `EventData` or `UserData`: name → text. Without prototype: names are data. */
  readonly data: Readonly<Record<string, string>>;
  /** Name of the element inside `UserData`; absent for `EventData`. */
  readonly userDataName?: string;
  /** The event's rendered text. */
  readonly message?: string;
  /** ECS fields the shipper added by itself (agent, host, what its own pipelines had mapped). */
  readonly shipped?: EcsFields;
}

/** The data that reading collects before it is an event. */
export type DataFields = Record<string, string>;

export function emptyData(): DataFields {
  return Object.create(null) as DataFields;
}

const STANDARD_OPCODES = [
  'Info',
  'Start',
  'Stop',
  'DCStart',
  'DCStop',
  'Extension',
  'Reply',
  'Resume',
  'Suspend',
  'Send',
] as const;

/** Name of one of the operation codes that all providers share. */
export function opcodeName(code: number): string {
  return STANDARD_OPCODES[code] ?? String(code);
}

const AUDIT_FAILURE = 0x10_0000_0000_0000n;
const AUDIT_SUCCESS = 0x20_0000_0000_0000n;
const CLASSIC = 0x80_0000_0000_0000n;

/** What the keyword mask says: audit outcome, and the names of the keywords all providers share. */
export function readKeywords(mask: bigint): {
  readonly audit?: 'success' | 'failure';
  readonly names?: readonly string[];
} {
  const names: string[] = [];
  let audit: 'success' | 'failure' | undefined;
  if (mask & AUDIT_FAILURE) {
    audit = 'failure';
    names.push('Audit Failure');
  }
  if (mask & AUDIT_SUCCESS) {
    audit ??= 'success';
    names.push('Audit Success');
  }
  if (mask & CLASSIC) names.push('Classic');
  return { audit, names: names.length > 0 ? names : undefined };
}

/** A keyword mask from its text (`0x8020000000000000`, signed decimal) or number. */
export function keywordMask(value: unknown): bigint | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) ? BigInt.asUintN(64, BigInt(Math.trunc(value))) : undefined;
  if (typeof value !== 'string' || !/^(?:0x[0-9a-fA-F]{1,16}|-?\d{1,20})$/.test(value)) return undefined;
  return BigInt.asUintN(64, BigInt(value));
}

/** A whole number from a number or decimal text. */
export function whole(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) return undefined;
  return Number(value);
}

/** Non-empty text. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** An object that is no list. */
export function object(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Text of a data value as Windows renders it: lists are joined by commas. */
export function dataText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => dataText(item) ?? '').join(',');
}
