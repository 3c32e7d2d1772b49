import type { Event, TimeRange } from '@vigie/contracts';
import type { EventColumns } from '@vigie/sigma/sql/index.ts';

export type { EventColumns, FieldSql } from '@vigie/sigma/sql/index.ts';

/** Events of some tenants and a time that a condition holds for. */
export interface RuleQuery {
  /** At least one; an empty list matches nothing, never everything. */
  readonly tenants: readonly string[];
  readonly range: TimeRange;
  /** SQL condition, made by the generator of `@vigie/sigma` from {@link RuleSearch.columns} and never by people. */
  readonly where: string;
}

/** What a rule would have found. */
export interface RuleHits {
  readonly count: number;
  /** Alerts after folding: a new one where the same values were silent for a day. */
  readonly alerts: number;
  /** By day (UTC, `2026-03-14`), oldest first; days without hits are left out. */
  readonly byDay: readonly { readonly day: string; readonly count: number }[];
  /** The hosts with most hits; events that name none count under the empty string. */
  readonly byHost: readonly { readonly tenant: string; readonly host: string; readonly count: number }[];
  /** The latest event of different days and values, newest first. */
  readonly samples: readonly Event[];
}

/** Rules held against stored events. Implemented in `server/storage/events` only. */
export interface RuleSearch {
  /** Where the store keeps an event's fields. */
  readonly columns: EventColumns;
  /**
   * @param foldBy event fields whose values fold hits into one alert
   * @throws `VIGIE_EVENTS_QUERY_LIMIT` when it takes too long, `VIGIE_EVENTS_UNAVAILABLE`
   */
  searchRule(query: RuleQuery, foldBy: readonly string[]): Promise<RuleHits>;
  /** Time of the oldest event of some tenants in a range, epoch milliseconds. */
  firstTime(tenants: readonly string[], range: TimeRange): Promise<number | undefined>;
  /** The events themselves in pages, by tenant and then oldest first. */
  pages(query: RuleQuery, size: number): AsyncIterable<readonly Event[]>;
  /**
   * How many events fulfil a query, and for how many of these each further condition holds.
   *
   * @param conditions SQL conditions, made by the generator as {@link RuleQuery.where} is
   */
  countEach(
    query: RuleQuery,
    conditions: readonly string[],
  ): Promise<{ readonly total: number; readonly each: readonly number[] }>;
  /** The values of a field that most events of a query have; events without it count under the empty string. */
  topValues(
    query: RuleQuery,
    field: string,
    limit: number,
  ): Promise<readonly { readonly tenant: string; readonly value: string; readonly count: number }[]>;
  /** Events by tenant, id and time; those that are not kept any more are missing. In no particular order. */
  eventsOf(
    refs: readonly { readonly tenant: string; readonly id: string; readonly time: number }[],
  ): Promise<readonly Event[]>;
}
