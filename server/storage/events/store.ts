import { type Event, type EventBatch, type EventQuery, eventKey, type TimeRange } from '@vigie/contracts';
import type { EventPage, SourceHour, SourceStats } from '../../detect/ports.ts';
import type { StorableBatch, StorableBlock } from '../../ingest/ports.ts';
import type { ComponentReport } from '../component.ts';
import { StorageError } from '../errors.ts';
import { toHex } from './address.ts';
import { BlockWriter } from './block-writer.ts';
import { ChdbProcess } from './chdb-process.ts';
import { ROW_COLUMNS } from './columns.ts';
import { READ_SECONDS } from './engine.ts';
import type { EventStoreOptions, SupervisedEventStore } from './options.ts';
import { RowReader, type StoredEvent } from './row-reader.ts';
import { ClickHouseRuleSearch } from './rule-search.ts';
import { migrate } from './schema.ts';
import { idLiteral, microsLiteral, numberLiteral, stringLiteral, timeLiteral } from './sql.ts';
import type { EventsTransport } from './transport.ts';
import { whereOf } from './where.ts';

const DEFAULT_RETENTION_DAYS = 365;
/** Answers of people's queries come within their own limit, which the engine looks at now and then, and a margin. */
const READ_TIMEOUT = (READ_SECONDS * 2 + 15) * 1000;
const INSERT_TIMEOUT = 120_000;
const ADMIN_TIMEOUT = 300_000;
/** Rewriting every part of a large store. */
const MUTATION_TIMEOUT = 6 * 3_600_000;
const MAX_PAGE = 10_000;
const MAX_BUCKETS = 10_000;
/** Rows of one step of {@link EventStore.batchesAfter}, roughly. */
const REPLAY_ROWS = 20_000;

const COLUMNS = ROW_COLUMNS.join(', ');
const HOUR = 3_600_000;

/**
 * Opens the event store: starts its process, brings the schema up to date.
 *
 * @throws `VIGIE_EVENTS_LOCKED`, `VIGIE_EVENTS_UNAVAILABLE`, `VIGIE_EVENTS_SCHEMA_NEWER`
 */
export async function openEventStore(options: EventStoreOptions): Promise<SupervisedEventStore> {
  const transport = await ChdbProcess.start(options);
  try {
    await migrate(transport);
    return await ClickHouseEventStore.open(transport, options.defaultRetentionDays ?? DEFAULT_RETENTION_DAYS);
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** The event store over a transport. */
class ClickHouseEventStore implements SupervisedEventStore {
  readonly ruleSearch: ClickHouseRuleSearch;
  readonly #transport: EventsTransport;
  readonly #defaultDays: number;
  readonly #retention = new Map<string, number>();
  readonly #writer = new BlockWriter();
  /** Batches up to this sequence may be stored, in whole or in part: their ids are read before an insert. */
  #reached = 0;
  /** The writer's buffer is in use until an insert ends, so inserts follow each other. */
  #inserting: Promise<void> = Promise.resolve();

  private constructor(transport: EventsTransport, defaultDays: number) {
    this.#transport = transport;
    this.ruleSearch = new ClickHouseRuleSearch(transport);
    this.#defaultDays = defaultDays;
  }

  static async open(transport: EventsTransport, defaultDays: number): Promise<ClickHouseEventStore> {
    const store = new ClickHouseEventStore(transport, defaultDays);
    store.#reached = await store.lastSequence();
    for (const [tenant, days] of await store.#rows<[string, number]>(
      'SELECT tenant, days FROM retention FINAL',
    ))
      store.#retention.set(tenant, days);
    return store;
  }

  get report(): ComponentReport {
    return this.#transport.report;
  }

  get pid(): number | undefined {
    return this.#transport.pid;
  }

  insert({ sequence, events }: EventBatch): Promise<void> {
    const encode = (skip: ReadonlySet<string>): StorableBlock => {
      const missing = skip.size === 0 ? events : events.filter((event) => !skip.has(eventKey(event)));
      return {
        rows: missing.length,
        bytes: this.#writer.write(missing, sequence, (tenant) => this.retentionDays(tenant)),
      };
    };
    return this.insertBatch({ sequence, block: async (skip) => encode(skip) });
  }

  insertBatch(batch: StorableBatch): Promise<void> {
    const done = this.#inserting.then(() => this.#insert(batch));
    this.#inserting = done.catch(() => undefined);
    return done;
  }

  async #insert({ sequence, block }: StorableBatch): Promise<void> {
    const skip = new Set<string>();
    if (sequence <= this.#reached)
      for (const [tenant, id] of await this.#rows<[string, string]>(
        `SELECT tenant, lower(hex(id)) FROM event WHERE sequence = ${numberLiteral(sequence)}`,
      ))
        skip.add(eventKey({ tenant, id }));
    const { rows, bytes } = await block(skip);
    if (rows === 0) return;
    this.#reached = Math.max(this.#reached, sequence);
    await this.#transport.insert('event', ROW_COLUMNS, bytes, INSERT_TIMEOUT);
  }

  async search(
    query: EventQuery,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<EventPage> {
    const limit = Math.trunc(page.limit);
    if (!(limit >= 1 && limit <= MAX_PAGE))
      throw new StorageError('VIGIE_EVENTS_QUERY_INVALID', `limit must be 1 to ${MAX_PAGE}`);
    let where = whereOf(query);
    if (where === undefined) return { items: [] };
    if (page.cursor !== undefined) where += ` AND ${after(page.cursor)}`;
    const rows = await this.#events(
      'read',
      `SELECT ${COLUMNS} FROM event WHERE ${where}
       ORDER BY time DESC, id DESC, tenant DESC LIMIT ${limit + 1}`,
      READ_TIMEOUT,
      partyOf(query.tenants),
    );
    const items = rows.slice(0, limit).map(({ event }) => event);
    const last = rows[limit - 1];
    return rows.length > limit && last ? { items, next: cursorOf(last) } : { items };
  }

  async histogram(query: EventQuery, buckets: number): Promise<number[]> {
    if (!(Number.isInteger(buckets) && buckets >= 1 && buckets <= MAX_BUCKETS))
      throw new StorageError('VIGIE_EVENTS_QUERY_INVALID', `buckets must be 1 to ${MAX_BUCKETS}`);
    const counts = new Array<number>(buckets).fill(0);
    const where = whereOf(query);
    if (where === undefined) return counts;
    const { from, to } = query.range;
    const micros = numberLiteral(Math.round(from * 1000));
    const width = Math.round((to - from) * 1000);
    // In floating point: the product of a long range in microseconds and the buckets may exceed 64 bits.
    const bucket = `least(toUInt32(floor((toUnixTimestamp64Micro(time) - ${micros}) * ${buckets}. / ${numberLiteral(width)})), ${buckets - 1})`;
    const rows = await this.#rows<[number, number]>(
      `SELECT ${bucket} AS bucket, toFloat64(count()) FROM event WHERE ${where} GROUP BY bucket`,
      'read',
      READ_TIMEOUT,
      partyOf(query.tenants),
    );
    for (const [index, count] of rows) counts[index] = count;
    return counts;
  }

  async get(tenant: string, id: string, time?: number): Promise<Event | undefined> {
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
    // The caller's time may have lost its microseconds on the way.
    const near =
      time === undefined ? '' : ` AND time >= ${timeLiteral(time - 1)} AND time <= ${timeLiteral(time + 1)}`;
    const [found] = await this.#events(
      'read',
      `SELECT ${COLUMNS} FROM event WHERE tenant = ${stringLiteral(tenant)} AND id = ${idLiteral(id)}${near}
       AND expires >= today() LIMIT 1`,
      READ_TIMEOUT,
      tenant,
    );
    return found?.event;
  }

  async existing(tenant: string, ids: readonly string[], range: TimeRange): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.#transport.run(
      'admin',
      `SELECT id FROM event WHERE tenant = ${stringLiteral(tenant)}
       AND time >= ${timeLiteral(range.from)} AND time <= ${timeLiteral(range.to)}
       AND id IN (${ids.map(idLiteral).join(',')})`,
      'RowBinary',
      ADMIN_TIMEOUT,
    );
    const found = new Set<string>();
    for (let at = 0; at < rows.length; at += 16) found.add(toHex(rows, at));
    return found;
  }

  async *batchesAfter(after: number): AsyncGenerator<EventBatch> {
    let reached = after;
    for (;;) {
      const counts = await this.#rows<[string, string]>(
        `SELECT toString(sequence), toString(count()) FROM event WHERE sequence > ${numberLiteral(reached)}
         GROUP BY sequence ORDER BY event.sequence LIMIT 1000`,
      );
      if (counts.length === 0) return;
      let rows = 0;
      let last = reached;
      for (const [sequence, count] of counts) {
        if (rows > 0 && rows + Number(count) > REPLAY_ROWS) break;
        rows += Number(count);
        last = Number(sequence);
      }
      yield* batchesOf(
        await this.#events(
          'admin',
          `SELECT ${COLUMNS} FROM event WHERE sequence > ${numberLiteral(reached)} AND sequence <= ${numberLiteral(last)}
           ORDER BY sequence, received, time, id`,
          ADMIN_TIMEOUT,
        ),
      );
      reached = last;
    }
  }

  async lastSequence(): Promise<number> {
    const [row] = await this.#rows<[string]>('SELECT toString(max(sequence)) FROM event');
    return Number(row?.[0] ?? 0);
  }

  async sourceStats(from: number): Promise<readonly SourceStats[]> {
    const start = Math.max(0, Math.floor(from));
    const nextHour = Math.ceil(start / HOUR) * HOUR;
    const at = (milliseconds: number) => `fromUnixTimestamp64Milli(${numberLiteral(milliseconds)}, 'UTC')`;
    const counts = `tenant, source, event_dataset AS dataset, count() AS events,
      countIf(position(tags, '_parsefailure') > 0) AS failures, max(received) AS last FROM event`;
    const group = 'GROUP BY tenant, source, event_dataset';
    // Whole hours come from the projection, the begun one from the rows.
    const rows = await this.#rows<[string, string, string, number, number, number]>(
      `SELECT tenant, source, dataset, toFloat64(sum(events)), toFloat64(sum(failures)),
         toFloat64(toUnixTimestamp64Milli(max(last)))
       FROM (
         SELECT ${counts} WHERE toStartOfHour(received) >= toDateTime(${nextHour / 1000}, 'UTC') ${group}
         UNION ALL
         SELECT ${counts} WHERE received >= ${at(start)} AND received < ${at(nextHour)} ${group}
       ) GROUP BY tenant, source, dataset ORDER BY tenant, source, dataset`,
    );
    return rows.map(([tenant, source, dataset, events, parseFailures, lastReceivedAt]) => ({
      tenant,
      source,
      dataset,
      events,
      parseFailures,
      lastReceivedAt,
    }));
  }

  async sourceHours(from: number): Promise<readonly SourceHour[]> {
    const start = Math.max(0, Math.floor(from / HOUR) * 3600);
    // Whole hours only, so the projection answers.
    const rows = await this.#rows<[string, string, string, number, number, number, number]>(
      `SELECT tenant, source, event_dataset, toFloat64(toUnixTimestamp(toStartOfHour(received))) / 3600 AS hour,
         toFloat64(count()), toFloat64(countIf(position(tags, '_parsefailure') > 0)),
         toFloat64(toUnixTimestamp64Milli(max(received)))
       FROM event WHERE toStartOfHour(received) >= toDateTime(${start}, 'UTC')
       GROUP BY tenant, source, event_dataset, toStartOfHour(received) ORDER BY hour, tenant, source, event_dataset`,
    );
    return rows.map(([tenant, source, dataset, hour, events, parseFailures, lastReceivedAt]) => ({
      tenant,
      source,
      dataset,
      hour,
      events,
      parseFailures,
      lastReceivedAt,
    }));
  }

  async setRetention(tenant: string, days: number): Promise<void> {
    if (!(Number.isInteger(days) && days >= 1 && days <= 36_500))
      throw new RangeError(`days must be 1 to 36500: ${days}`);
    if (this.#retention.get(tenant) === days) return;
    await this.#admin(
      `INSERT INTO retention VALUES (${stringLiteral(tenant)}, ${days}, ${numberLiteral(Date.now())})`,
      ADMIN_TIMEOUT,
    );
    // Before the rows are changed: what is inserted meanwhile carries the new term already.
    this.#retention.set(tenant, days);
    await this.#inserting;
    const expires = `toDate(least(65535, toUInt32(toDate(received)) + ${days}))`;
    await this.#admin(
      `ALTER TABLE event UPDATE expires = ${expires}
       WHERE tenant = ${stringLiteral(tenant)} AND expires != ${expires} SETTINGS mutations_sync = 1`,
      MUTATION_TIMEOUT,
    );
  }

  async eraseTenant(tenant: string): Promise<void> {
    await this.#inserting;
    await this.#admin(
      `ALTER TABLE event DELETE WHERE tenant = ${stringLiteral(tenant)} SETTINGS mutations_sync = 1`,
      MUTATION_TIMEOUT,
    );
    await this.#admin(
      `ALTER TABLE retention DELETE WHERE tenant = ${stringLiteral(tenant)} SETTINGS mutations_sync = 1`,
      ADMIN_TIMEOUT,
    );
    this.#retention.delete(tenant);
  }

  async status(): Promise<{ readonly rows: number; readonly bytes: number }> {
    const [row] = await this.#rows<[number, number]>(
      `SELECT toFloat64(sum(rows)), toFloat64(sum(bytes_on_disk)) FROM system.parts
       WHERE database = currentDatabase() AND table = 'event' AND active`,
    );
    return { rows: row?.[0] ?? 0, bytes: row?.[1] ?? 0 };
  }

  close(): Promise<void> {
    return this.#inserting.then(() => this.#transport.close());
  }

  retentionDays(tenant: string): number {
    return this.#retention.get(tenant) ?? this.#defaultDays;
  }

  #admin(sql: string, timeout: number): Promise<Buffer> {
    return this.#transport.run('admin', sql, 'JSONCompactEachRow', timeout);
  }

  async #rows<Row>(
    sql: string,
    lane: 'read' | 'admin' = 'admin',
    timeout = ADMIN_TIMEOUT,
    party?: string,
  ): Promise<Row[]> {
    const text = (await this.#transport.run(lane, sql, 'JSONCompactEachRow', timeout, party)).toString(
      'utf8',
    );
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Row);
  }

  async #events(
    lane: 'read' | 'admin',
    sql: string,
    timeout: number,
    party?: string,
  ): Promise<StoredEvent[]> {
    return new RowReader(await this.#transport.run(lane, sql, 'RowBinary', timeout, party)).all();
  }
}

/** Who is searched for, as far as the event store knows: those who see the same tenants wait for each other. */
function partyOf(tenants: readonly string[]): string {
  return [...tenants].sort().join(' ');
}

function* batchesOf(rows: readonly StoredEvent[]): Generator<EventBatch> {
  let start = 0;
  for (let end = 1; end <= rows.length; end++) {
    const { sequence } = rows[start]!;
    if (rows[end]?.sequence === sequence) continue;
    yield { sequence, events: rows.slice(start, end).map(({ event }) => event) };
    start = end;
  }
}

/** Where a page ended: microseconds, id and tenant, since an id is unique within its tenant only. */
function cursorOf({ micros, event }: StoredEvent): string {
  return Buffer.from(`${micros}:${event.id}:${event.tenant}`).toString('base64url');
}

function after(cursor: string): string {
  const match = /^(-?\d{1,17}):([0-9a-f]{32}):(.*)$/s.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!match) throw new StorageError('VIGIE_EVENTS_QUERY_INVALID', 'not a cursor of this search');
  const time = microsLiteral(Number(match[1]));
  const id = idLiteral(match[2]!);
  const tenant = stringLiteral(match[3]!);
  return `time <= ${time} AND (time < ${time} OR id < ${id} OR (id = ${id} AND tenant < ${tenant}))`;
}
