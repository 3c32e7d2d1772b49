import type { EcsFields } from '@vigie/contracts';
import type { ReadResult } from '@vigie/sources';
import { parseDate, toIso } from '@vigie/sources/kit/dates.ts';

/** Members under which programs write an event's time, compared without case and separators. */
const NAMES = [
  '@timestamp',
  'timestamp',
  'eventtime',
  'timecreated',
  'utctime',
  'systemtime',
  'datetime',
  'dateandtime',
  'time',
  '_time',
  'ts',
  'date',
  'created',
  'timegenerated',
] as const;

/** Completes documents of technologies that no source knows: their members are fields under their own names. */
export class EventTime {
  withOwnFields(result: ReadResult, own: EcsFields, timeZone: string): ReadResult {
    const fields: EcsFields = { ...own, ...result.fields };
    for (const name of Object.keys(own))
      if (/^(?:event|host|observer)\./.test(name)) fields[name] = own[name]!;
    const time = timeOf(own, timeZone);
    if (time === undefined) return { ...result, fields };
    fields['@timestamp'] = toIso(time);
    return { ...result, fields, time };
  }
}

function timeOf(own: EcsFields, timeZone: string): number | undefined {
  const byName = new Map<string, string>();
  for (const name of Object.keys(own)) {
    const plain = name.toLowerCase().replaceAll(/[ .\-_]/g, '');
    if (!byName.has(plain)) byName.set(plain, name);
  }
  for (const wanted of NAMES) {
    const name = byName.get(wanted.replaceAll('_', ''));
    const value = name === undefined ? undefined : own[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const time = parseDate(value, { timeZone, receivedAt: Date.now() });
    if (time !== undefined) return time;
  }
  return undefined;
}
