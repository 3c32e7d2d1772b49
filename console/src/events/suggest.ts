import { HOT_FIELDS } from '@vigie/contracts';
import type { EventView } from '../api/types.ts';
import { termOf } from '../event/query-text.ts';
import { collator } from '../ui/language.ts';

/** One line under the query box. */
export interface Suggestion {
  readonly kind: 'field' | 'value';
  readonly label: string;
  /** Replaces the characters `from`…`to` of the query. */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
}

const MAX = 9;
const COMMON = Object.keys(HOT_FIELDS);

/** Counted values of one field in the loaded events, most frequent first. */
export function topValues(events: readonly EventView[], field: string, max: number): [string, number][] {
  const counts = new Map<string, number>();
  for (const event of events) {
    const value = Object.hasOwn(event.fields, field) ? event.fields[field] : undefined;
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value])
      counts.set(String(each), (counts.get(String(each)) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, max);
}

/** Fields of the loaded events with how many carry them, most frequent first. */
export function fieldCounts(events: readonly EventView[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const event of events)
    for (const field of Object.keys(event.fields)) counts.set(field, (counts.get(field) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || collator.compare(a[0], b[0]));
}

/**
 * What could be meant at the caret: field names for a bare word, values after `field:`. Values come from the
 * loaded events, so that a suggestion always finds something.
 */
export function suggest(q: string, caret: number, events: readonly EventView[]): Suggestion[] {
  const before = /(?:^|[\s(])(-?)([^\s()"]*)$/.exec(q.slice(0, caret));
  if (before === null) return [];
  const word = before[2]!;
  if (word === '' && q.trim() !== '') return [];
  const from = caret - word.length;
  const rest = /^[^\s()"]*/.exec(q.slice(caret))?.[0].length ?? 0;
  const to = caret + rest;
  const colon = word.indexOf(':');
  if (colon > 0) {
    const field = word.slice(0, colon);
    const part = word.slice(colon + 1).toLowerCase();
    return topValues(events, field, 50)
      .filter(([value]) => value.length < 200 && value.toLowerCase().includes(part))
      .slice(0, MAX)
      .map(([value]) => ({ kind: 'value', label: value, insert: `${termOf(field, value)} `, from, to }));
  }
  const seen = fieldCounts(events).map(([field]) => field);
  const part = word.toLowerCase();
  const fields = [...new Set([...seen, ...COMMON])].filter(
    (field) => field !== 'event.original' && field.includes(part),
  );
  fields.sort((a, b) => Number(b.startsWith(part)) - Number(a.startsWith(part)));
  return fields
    .slice(0, MAX)
    .map((field) => ({ kind: 'field', label: field, insert: `${field}:`, from, to }));
}
