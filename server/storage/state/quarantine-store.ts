import { createHash } from 'node:crypto';
import type { RawLog, Transport } from '@vigie/contracts';
import type { QuarantineView } from '@vigie/contracts/api';
import { type Kysely, sql } from 'kysely';
import type { QuarantineStore } from '../../api/ports.ts';
import type { Quarantine } from '../../collect/ports.ts';
import type { Directory } from './directory.ts';
import type { Database } from './schema.ts';

/** Lines kept of one sender; more are counted. */
const HELD = 2000;
/** Senders remembered; a flood of forged addresses must not fill the disk. */
const MAX_SENDERS = 5000;
const MAX_LINE = 8192;
/** Characters of all lines kept together, whoever sent them; of more, the lines are counted only. */
const MAX_KEPT = 256 * 1024 * 1024;
const FLUSH_EVERY = 1000;

/** Senders that aren't acknowledged while they wait keep what they have and send it then: nothing to replay. */
const KEPT_BY_SENDER: ReadonlySet<string> = new Set(['lumberjack', 'wef']);

/** What is kept of a sender: lines, and their characters. */
interface Kept {
  lines: number;
  size: number;
}

interface Waiting {
  readonly transport: Transport;
  readonly address: string;
  name: string;
  first: number;
  last: number;
  lines: number;
  readonly texts: { text: string; at: number }[];
}

/** Holds the lines of unknown senders in memory for a moment and writes them in groups, so it never blocks. */
export class PostgresQuarantine implements Quarantine, QuarantineStore {
  readonly #db: Kysely<Database>;
  readonly #directory: Directory;
  readonly #replay: (logs: readonly RawLog[]) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #waiting = new Map<string, Waiting>();
  readonly #known = new Map<string, Kept>();
  /** Characters of all lines, those in memory included. */
  #size = 0;
  readonly #most: number;
  /** Reads what an earlier process has kept, once. */
  #counted: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(
    db: Kysely<Database>,
    directory: Directory,
    replay: (logs: readonly RawLog[]) => Promise<void>,
    onError: (error: unknown) => void,
    most = MAX_KEPT,
  ) {
    this.#db = db;
    this.#most = most;
    this.#directory = directory;
    this.#replay = replay;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.flush().catch(onError), FLUSH_EVERY);
    this.#timer.unref();
  }

  hold(
    sender: { readonly transport: Transport; readonly address: string; readonly name?: string },
    text: string,
    receivedAt: number,
  ): void {
    const id = createHash('sha256')
      .update(`${sender.transport}\0${sender.address}\0${sender.name ?? ''}`)
      .digest('hex')
      .slice(0, 24);
    let entry = this.#waiting.get(id);
    if (entry === undefined) {
      if (!this.#known.has(id) && this.#known.size + this.#waiting.size >= MAX_SENDERS) return;
      entry = {
        transport: sender.transport,
        address: sender.address,
        name: sender.name ?? '',
        first: receivedAt,
        last: receivedAt,
        lines: 0,
        texts: [],
      };
      this.#waiting.set(id, entry);
    }
    entry.last = receivedAt;
    entry.lines++;
    const kept = text.slice(0, MAX_LINE).replaceAll('\0', '\uFFFD');
    if ((this.#known.get(id)?.lines ?? 0) + entry.texts.length >= HELD) return;
    // Addresses can be forged by the thousand, and each of them has its lines.
    if (this.#size + kept.length > this.#most) return;
    this.#size += kept.length;
    entry.texts.push({ text: kept, at: receivedAt });
  }

  async #count(): Promise<void> {
    const rows = await this.#db
      .selectFrom('quarantine as q')
      .leftJoin('quarantine_line as l', 'l.quarantine_id', 'q.id')
      .select([
        'q.id',
        sql<string>`count(l.id)`.as('lines'),
        sql<string>`coalesce(sum(length(l.text)), 0)`.as('size'),
      ])
      .groupBy('q.id')
      .execute();
    for (const { id, lines, size } of rows) {
      this.#known.set(id, { lines: Number(lines), size: Number(size) });
      this.#size += Number(size);
    }
  }

  /** Writes what is held in memory. */
  async flush(): Promise<void> {
    // What can't be counted now is counted with the next try.
    this.#counted ??= this.#count().catch((error: unknown) => {
      this.#counted = undefined;
      throw error;
    });
    await this.#counted;
    const waiting = this.#waiting;
    if (waiting.size === 0) return;
    this.#waiting = new Map();
    try {
      await this.#db.transaction().execute(async (trx) => {
        for (const [id, entry] of waiting) {
          await trx
            .insertInto('quarantine')
            .values({
              id,
              transport: entry.transport,
              address: entry.address,
              name: entry.name,
              first_seen_at: entry.first,
              last_seen_at: entry.last,
              lines: entry.lines,
            })
            .onConflict((oc) =>
              oc
                .column('id')
                .doUpdateSet({ last_seen_at: entry.last, lines: sql`quarantine.lines + ${entry.lines}` }),
            )
            .execute();
          if (entry.texts.length > 0)
            await trx
              .insertInto('quarantine_line')
              .values(
                entry.texts.map((line) => ({ quarantine_id: id, text: line.text, received_at: line.at })),
              )
              .execute();
        }
      });
      for (const [id, { texts }] of waiting) {
        const kept = this.#known.get(id) ?? { lines: 0, size: 0 };
        kept.lines += texts.length;
        kept.size += sizeOf(texts);
        this.#known.set(id, kept);
      }
    } catch (error) {
      // Kept for the next try; new lines of the same senders have begun entries of their own.
      for (const [id, entry] of waiting) {
        const newer = this.#waiting.get(id);
        if (newer === undefined) this.#waiting.set(id, entry);
        else {
          newer.first = entry.first;
          newer.lines += entry.lines;
          const again = entry.texts.slice(0, HELD - newer.texts.length);
          this.#size -= sizeOf(entry.texts) - sizeOf(again);
          newer.texts.unshift(...again);
        }
      }
      throw error;
    }
  }

  async list(): Promise<QuarantineView[]> {
    await this.flush();
    const rows = await this.#db
      .selectFrom('quarantine as q')
      .selectAll('q')
      .select((eb) => [
        eb
          .selectFrom('quarantine_line')
          .whereRef('quarantine_id', '=', 'q.id')
          .select((e) => e.fn.countAll<string>().as('n'))
          .as('held'),
        sql<
          string[] | null
        >`(SELECT array_agg(text ORDER BY id DESC) FROM (SELECT id, text FROM quarantine_line WHERE quarantine_id = q.id ORDER BY id DESC LIMIT 5) l)`.as(
          'samples',
        ),
      ])
      .orderBy('last_seen_at', 'desc')
      .limit(1000)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      transport: row.transport,
      sender: row.name === '' ? row.address : `${row.name} (${row.address})`,
      firstSeenAt: row.first_seen_at,
      lastSeenAt: row.last_seen_at,
      lines: Number(row.lines),
      held: Number(row.held),
      samples: row.samples ?? [],
    }));
  }

  async assign(id: string, tenant: string, source: string): Promise<number | undefined> {
    await this.flush();
    const entry = await this.#db.selectFrom('quarantine').selectAll().where('id', '=', id).executeTakeFirst();
    const target = this.#directory.source(tenant, source);
    if (entry === undefined || target === undefined) return undefined;
    const sender = entry.name === '' ? entry.address : entry.name;
    if (!target.addresses.includes(sender))
      await this.#db
        .updateTable('source')
        .set({ addresses: [...target.addresses, sender] })
        .where('tenant', '=', tenant)
        .where('id', '=', source)
        .execute();
    await this.#directory.reload();
    if (KEPT_BY_SENDER.has(entry.transport)) {
      await this.remove(id);
      return 0;
    }
    const lines = await this.#db
      .selectFrom('quarantine_line')
      .selectAll()
      .where('quarantine_id', '=', id)
      .orderBy('id')
      .execute();
    const logs = lines.map(
      (line): RawLog => ({
        tenant,
        source,
        transport: entry.transport as Transport,
        receivedAt: line.received_at,
        peer: entry.address,
        text: line.text,
        length: Buffer.byteLength(line.text),
      }),
    );
    await this.#replay(logs);
    await this.remove(id);
    return logs.length;
  }

  async remove(id: string): Promise<boolean> {
    this.#size -= sizeOf(this.#waiting.get(id)?.texts ?? []) + (this.#known.get(id)?.size ?? 0);
    this.#waiting.delete(id);
    this.#known.delete(id);
    const result = await this.#db.deleteFrom('quarantine').where('id', '=', id).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush().catch(this.#onError);
  }
}

function sizeOf(texts: readonly { readonly text: string }[]): number {
  return texts.reduce((sum, { text }) => sum + text.length, 0);
}
