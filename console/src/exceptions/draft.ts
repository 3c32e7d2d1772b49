import type { ExceptionDraft, ExceptionSuggestion } from '../api/types.ts';

export type Match = 'equals' | 'contains' | 'startswith' | 'endswith' | 'cidr';
export const MATCHES: readonly Match[] = ['equals', 'contains', 'startswith', 'endswith', 'cidr'];

/** A field as the dialogue shows it. */
export interface FieldRow {
  /** Tells rows apart, also two of one field. */
  readonly key: number;
  readonly field: string;
  readonly match: Match;
  /** One value, or several of a list of the event; an edited value is one. */
  readonly values: readonly string[];
  readonly chosen: boolean;
  readonly role: ExceptionSuggestion['candidates'][number]['role'] | 'own';
  readonly share: number | null;
}

/** The rows that a suggestion begins with. */
export function rowsOf(suggestion: ExceptionSuggestion): FieldRow[] {
  return suggestion.candidates.map((candidate, key) => ({ key, match: 'equals', ...candidate }));
}

/** A row for a field that a person types. */
export function ownRow(rows: readonly FieldRow[]): FieldRow {
  const key = rows.reduce((most, row) => Math.max(most, row.key), -1) + 1;
  return { key, field: '', match: 'equals', values: [''], chosen: true, role: 'own', share: null };
}

/** Whether a row says something: a chosen field with a value. */
export function counts({ chosen, field, values }: FieldRow): boolean {
  return chosen && field.trim() !== '' && values.some((value) => value !== '');
}

/** The draft that the ticked rows make; null where none is ticked. */
export function draftOf(
  tenant: string | null,
  rule: string,
  rows: readonly FieldRow[],
): ExceptionDraft | null {
  const fields = rows.filter(counts).map(({ field, match, values }) => ({
    field: field.trim(),
    match,
    values: values.filter((value) => value !== ''),
  }));
  return fields.length === 0 ? null : { tenant, rules: [rule], fields };
}

const DAY = 86_400_000;

/** The date so many days from now, as a date field has it, in the reader's zone. */
export function dateIn(days: number, now: number): string {
  const at = new Date(now + days * DAY);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The end of a day in the reader's zone, epoch milliseconds; undefined for what is no date. */
export function endOfDay(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const at = new Date(`${date}T23:59:59`).getTime();
  return Number.isNaN(at) ? undefined : at;
}
