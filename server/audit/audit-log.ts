import { Batcher } from './batcher.ts';
import { Flood } from './flood.ts';
import type { AuditEntry, AuditStore } from './ports.ts';

/** How often what other parts noted is linked, milliseconds. */
const DRAIN_EVERY = 1_000;

/** Where the log writes what an operator should know. */
export interface AuditLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Writes the audit log. A call is noted before anything is done (`begin`) and linked into the chain before it is
 * answered (`finish`); a process that ends in between leaves the note, which becomes a record of unknown outcome.
 */
export class AuditLog {
  readonly #store: AuditStore;
  readonly #log: AuditLogger;
  readonly #now: () => number;
  readonly #begins: Batcher<AuditEntry, string>;
  readonly #ends: Batcher<{ readonly id?: string; readonly entry: AuditEntry }, undefined>;
  readonly #flood: Flood;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;

  constructor(options: {
    readonly store: AuditStore;
    readonly log: AuditLogger;
    readonly now: () => number;
  }) {
    this.#store = options.store;
    this.#log = options.log;
    this.#now = options.now;
    this.#flood = new Flood(options.now);
    this.#begins = new Batcher((entries) => this.#store.begin(entries));
    this.#ends = new Batcher(async (items) => {
      await this.#store.finish(items);
      return items.map(() => undefined);
    });
  }

  /** Links what an earlier process left, and begins to link what other parts note. */
  async start(): Promise<void> {
    const left = await this.#store.recover();
    if (left > 0) this.#log.warn({ left }, 'calls were under way when the last process ended');
    this.#timer = setInterval(() => void this.drain(), DRAIN_EVERY);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#begins.idle();
    await this.#ends.idle();
    await this.drain();
  }

  /**
   * Notes what is about to be done. Rejects when that can't be noted: then it must not be done. Of a flood of tries by
   * nobody known, no more is noted than is linked: undefined; should one of them do something, it is linked at its end.
   */
  async begin(entry: AuditEntry): Promise<string | undefined> {
    if (entry.actor.kind === 'nobody' && !this.#flood.takes(entry.who?.address ?? '')) return undefined;
    return this.#begins.add(entry);
  }

  /** Links an entry; resolves when it is durable. Tries of nobody known that did nothing may be counted only. */
  async finish(entry: AuditEntry, id?: string): Promise<void> {
    const tries = entry.actor.kind === 'nobody' && entry.outcome !== 'done';
    if (id === undefined && tries && !this.#flood.admits(entry.who?.address ?? '')) return;
    await this.#ends.add(id === undefined ? { entry } : { id, entry });
  }

  /** Something Vigie did by itself. A failure is logged: nobody waits for this. */
  note(action: string, more: Partial<Omit<AuditEntry, 'action' | 'actor'>> = {}): Promise<void> {
    return this.finish({
      at: this.#now(),
      tenant: null,
      actor: { kind: 'automation', id: null },
      action,
      object: null,
      outcome: 'done',
      status: null,
      ...more,
    }).catch((error: unknown) => this.#log.error({ err: error, action }, 'audit record not written'));
  }

  /** Links what other parts noted in transactions of their own. */
  drain(): Promise<void> {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async #drain(): Promise<void> {
    try {
      while ((await this.#store.drain()) > 0);
      const left = this.#flood.takeLeft();
      if (left > 0)
        await this.note('audit.suppressed', { about: { text: `${left} further calls of nobody known` } });
    } catch (error) {
      this.#log.warn({ err: error }, 'audit notes not linked yet');
    }
  }
}
