import type { Event, TimeRange } from '@vigie/contracts';
import type { EventColumns, FieldSql, RuleHits, RuleQuery, RuleSearch } from '../../hunt/ports.ts';
import { HOT_BY_FIELD, HOT_COLUMNS, type HotColumn, ORIGINAL_FIELD, ROW_COLUMNS } from './columns.ts';
import { READ_SECONDS } from './engine.ts';
import { RowReader } from './row-reader.ts';
import { idLiteral, microsLiteral, numberLiteral, stringLiteral, timeLiteral } from './sql.ts';
import type { EventsTransport } from './transport.ts';
import { decodeValue } from './values.ts';
import { whereOf } from './where.ts';

const READ_TIMEOUT = (READ_SECONDS * 2 + 15) * 1000;
const TOP_HOSTS = 20;
const SAMPLES = 10;
/** Events asked for by their ids in one statement. */
const REFS = 100;
/** A detection folds into its alert when it comes within this time of the alert's last one, microseconds. */
const FOLD_WINDOW = 86_400_000_000;
const COLUMNS = ROW_COLUMNS.join(', ');

/** The event table as the generator of rule conditions sees it. */
export const EVENT_COLUMNS: EventColumns = {
  field(name) {
    const hot = HOT_BY_FIELD.get(name);
    if (hot) return hotField(hot);
    if (name === ORIGINAL_FIELD) return originalField();
    const key = stringLiteral(name);
    return { present: `(mapContains(rest, ${key}) AND rest[${key}] != '\\x03')`, encoded: `rest[${key}]` };
  },
  everything: () => ({
    fields: [...HOT_COLUMNS.map(hotField), originalField()],
    lists: ["arrayFilter(v -> v != '\\x03', mapValues(rest))"],
  }),
};

/** A value that its column cannot hold is in the map of spilled ones. */
function spilled(name: string): { present: string; encoded: string } {
  const key = stringLiteral(name);
  return { present: `(mapContains(spill, ${key}) AND spill[${key}] != '\\x03')`, encoded: `spill[${key}]` };
}

function hotField(hot: HotColumn): FieldSql {
  const { column, kind, field } = hot;
  if (kind === 'text') return { present: `(${column} NOT IN ('', '\\x03'))`, encoded: column };
  const { present, encoded } = spilled(field);
  const [has, direct] =
    kind === 'long'
      ? [`isNotNull(${column})`, { kind: 'integer', column: `ifNull(${column}, 0)` } as const]
      : [`${column} != toIPv6('::')`, { kind: 'address', column } as const];
  return { present: `(${has} OR ${present})`, encoded, direct: { ...direct, has } };
}

function originalField(): FieldSql {
  const { present, encoded } = spilled(ORIGINAL_FIELD);
  const has = "original != ''";
  return { present: `(${has} OR ${present})`, encoded, direct: { kind: 'text', column: 'original', has } };
}

type Key = readonly [micros: string, tenant: string, id: string];

/** {@link RuleSearch} over a transport. */
export class ClickHouseRuleSearch implements RuleSearch {
  readonly columns = EVENT_COLUMNS;
  readonly #transport: EventsTransport;

  constructor(transport: EventsTransport) {
    this.#transport = transport;
  }

  /**
   * One pass over the table: hits are counted by values and day, which keeps the first and last time of each.
   * Within a day no gap can part two alerts, so that the days' ends are enough to count them.
   */
  async searchRule(query: RuleQuery, foldBy: readonly string[]): Promise<RuleHits> {
    const where = conditionOf(query);
    if (where === undefined) return { count: 0, alerts: 0, byDay: [], byHost: [], samples: [] };
    const values = foldBy.map((name) => `lowerUTF8(${textOf(EVENT_COLUMNS.field(name))})`);
    const fold = values.length === 0 ? "''" : `cityHash64(${values.join(', ')})`;
    const micros = 'toUnixTimestamp64Micro(time)';
    const text = await this.#transport.run(
      'read',
      `SELECT toString(sum(total)), toString(sum(alerts)), sumMap(days),
         arraySlice(arrayReverseSort(h -> (h.2, h.1), CAST(sumMap(hosts), 'Array(Tuple(String, UInt64))')), 1, ${TOP_HOSTS}),
         arrayMap(k -> (toString(-k.1), k.2, lower(hex(k.3))), groupArrayArray(samples))
       FROM (
         SELECT tenant, fold, sum(hits) AS total, sumMap(map(day, hits)) AS days,
           sumMap(map(concat(tenant, '\\x03', host), hits)) AS hosts,
           groupArraySorted(${SAMPLES})((-last, tenant, newest)) AS samples,
           arraySort(groupArray((first, last))) AS spans,
           1 + arrayCount(i -> spans[i].1 - spans[i - 1].2 > ${FOLD_WINDOW}, range(2, length(spans) + 1)) AS alerts
         FROM (
           SELECT tenant, ${fold} AS fold, host_name AS host, toString(toDate(time)) AS day, count() AS hits,
             min(${micros}) AS first, max(${micros}) AS last, argMax(id, time) AS newest
           FROM event WHERE ${where} GROUP BY tenant, fold, host, day
         ) GROUP BY tenant, fold
       )`,
      'JSONCompactEachRow',
      READ_TIMEOUT,
    );
    const [count, alerts, days, hosts, keys] = JSON.parse(text.toString('utf8')) as [
      string,
      string,
      Record<string, number | string>,
      [string, number | string][],
      Key[],
    ];
    return {
      count: Number(count),
      alerts: Number(alerts),
      byDay: Object.entries(days)
        .map(([day, n]) => ({ day, count: Number(n) }))
        .sort((a, b) => (a.day < b.day ? -1 : 1)),
      byHost: hosts.map(([key, n]) => {
        const cut = key.indexOf('\x03');
        return {
          tenant: key.slice(0, cut),
          host: String(decodeValue(key.slice(cut + 1))),
          count: Number(n),
        };
      }),
      samples: await this.#samples(keys),
    };
  }

  async firstTime(tenants: readonly string[], range: TimeRange): Promise<number | undefined> {
    const where = whereOf({ tenants, range });
    if (where === undefined) return undefined;
    const text = await this.#transport.run(
      'read',
      `SELECT toFloat64(count()), toFloat64(min(toUnixTimestamp64Micro(time))) FROM event WHERE ${where}`,
      'JSONCompactEachRow',
      READ_TIMEOUT,
    );
    const [count, micros] = JSON.parse(text.toString('utf8')) as [number, number];
    return count === 0 ? undefined : micros / 1000;
  }

  async *pages(query: RuleQuery, size: number): AsyncGenerator<readonly Event[]> {
    const where = conditionOf(query);
    if (where === undefined) return;
    for (const tenant of [...new Set(query.tenants)].sort()) {
      let after = '';
      for (;;) {
        const rows = new RowReader(
          await this.#transport.run(
            'read',
            `SELECT ${COLUMNS} FROM event WHERE tenant = ${stringLiteral(tenant)} AND ${where}${after}
             ORDER BY time, id LIMIT ${numberLiteral(size)}`,
            'RowBinary',
            READ_TIMEOUT,
          ),
        ).all();
        if (rows.length > 0) yield rows.map(({ event }) => event);
        const last = rows.at(-1);
        if (last === undefined || rows.length < size) break;
        const time = microsLiteral(last.micros);
        after = ` AND time >= ${time} AND (time > ${time} OR id > ${idLiteral(last.event.id)})`;
      }
    }
  }

  async countEach(
    query: RuleQuery,
    conditions: readonly string[],
  ): Promise<{ readonly total: number; readonly each: readonly number[] }> {
    const where = conditionOf(query);
    if (where === undefined) return { total: 0, each: conditions.map(() => 0) };
    const counts = ['count()', ...conditions.map((condition) => `countIf(${condition})`)];
    const text = await this.#transport.run(
      'read',
      `SELECT ${counts.map((count) => `toString(${count})`).join(', ')} FROM event WHERE ${where}`,
      'JSONCompactEachRow',
      READ_TIMEOUT,
    );
    const [total, ...each] = (JSON.parse(text.toString('utf8')) as string[]).map(Number);
    return { total: total!, each };
  }

  async topValues(query: RuleQuery, field: string, limit: number) {
    const where = conditionOf(query);
    if (where === undefined) return [];
    const text = await this.#transport.run(
      'read',
      `SELECT tenant, ${textOf(EVENT_COLUMNS.field(field))} AS value, toString(count()) FROM event WHERE ${where}
       GROUP BY tenant, value ORDER BY count() DESC, tenant, value LIMIT ${numberLiteral(limit)}`,
      'JSONCompactEachRow',
      READ_TIMEOUT,
    );
    return text
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [tenant, value, count] = JSON.parse(line) as [string, string, string];
        return { tenant, value: String(decodeValue(value)), count: Number(count) };
      });
  }

  async eventsOf(refs: readonly { readonly tenant: string; readonly id: string; readonly time: number }[]) {
    const events: Event[] = [];
    for (let at = 0; at < refs.length; at += REFS)
      events.push(
        ...(await this.#byKey(
          refs.slice(at, at + REFS).map(({ tenant, id, time }) => [timeLiteral(time), tenant, id]),
        )),
      );
    return events;
  }

  #samples(keys: readonly Key[]): Promise<Event[]> {
    const newest = [...keys].sort((a, b) => Number(b[0]) - Number(a[0])).slice(0, SAMPLES);
    return this.#byKey(newest.map(([micros, tenant, id]) => [microsLiteral(Number(micros)), tenant, id]));
  }

  /** @param keys time as a literal, tenant, id */
  async #byKey(keys: readonly Key[]): Promise<Event[]> {
    if (keys.length === 0) return [];
    const each = keys.map(
      ([time, tenant, id]) =>
        `(tenant = ${stringLiteral(tenant)} AND time = ${time} AND id = ${idLiteral(id)})`,
    );
    const rows = await this.#transport.run(
      'read',
      `SELECT ${COLUMNS} FROM event WHERE expires >= today() AND (${each.join(' OR ')}) ORDER BY time DESC, id LIMIT ${keys.length}`,
      'RowBinary',
      READ_TIMEOUT,
    );
    return new RowReader(rows).all().map(({ event }) => event);
  }
}

function conditionOf({ tenants, range, where }: RuleQuery): string | undefined {
  const scope = whereOf({ tenants, range });
  return scope === undefined ? undefined : `${scope} AND (${where})`;
}

/** A field's value as one text, for telling values apart. */
function textOf({ encoded, direct }: FieldSql): string {
  return direct === undefined ? encoded : `if(${direct.has}, toString(${direct.column}), ${encoded})`;
}
