import type { WefMachineView, WefSetup, WefView } from '@vigie/contracts/api';
import type { WefBook } from '../api/index.ts';
import type { WefListening } from '../collect/index.ts';
import {
  DEFAULT_SUBSCRIPTION,
  queryList,
  queryProblem,
  subscriptionVersion,
  type WefSubscription,
} from '../collect/index.ts';
import type { PostgresWef, WefMachineRow } from '../storage/state/wef-store.ts';

/** All queries as Windows reads them, characters: machines take answers of half a megabyte in UTF-16. */
const MAX_QUERIES = 100_000;
/** A machine that was silent for so many of its heartbeats is late. */
const LATE_AFTER = 2.5;

/** What Windows Event Forwarding needs from the rest of the program. */
export interface WefServiceOptions {
  readonly store: PostgresWef;
  /** Undefined while the listener is off. */
  readonly listening: () => WefListening | undefined;
  /** What a source names as its senders; undefined: there is no such source. */
  readonly senders: (tenant: string, source: string) => readonly string[] | undefined;
  readonly now: () => number;
}

/** What machines are asked for and how they are, for people. */
export class WefService implements WefBook {
  readonly #options: WefServiceOptions;

  constructor(options: WefServiceOptions) {
    this.#options = options;
  }

  async get(tenant: string, source: string, all: boolean): Promise<WefView | undefined> {
    const { store, listening, senders } = this.#options;
    const named = senders(tenant, source);
    if (named === undefined) return undefined;
    const [own, rows] = await Promise.all([
      store.subscription(tenant, source),
      store.machines(tenant, source),
    ]);
    const subscription = own ?? DEFAULT_SUBSCRIPTION;
    const assigned = new Set(named.map((sender) => sender.toLowerCase()));
    const listener = listening();
    return {
      ...subscription,
      queries: [...subscription.queries],
      isDefault: own === undefined,
      port: listener?.port ?? null,
      authorities: (listener?.authorities ?? [])
        .map((authority) => ({ ...authority, assigned: assigned.has(authority.fingerprint) }))
        .filter((authority) => all || authority.assigned),
      machines: rows.length,
      ailing: rows.filter((row) => this.#stateOf(row, subscription) !== 'ok').length,
    };
  }

  problem(setup: WefSetup): string | undefined {
    for (const query of setup.queries) {
      const problem = queryProblem(query);
      if (problem !== undefined) return problem;
    }
    return queryList(setup).length > MAX_QUERIES ? 'the queries together are too long' : undefined;
  }

  put(tenant: string, source: string, setup: WefSetup): Promise<boolean> {
    return this.#options.store.put(tenant, source, setup);
  }

  reset(tenant: string, source: string): Promise<void> {
    return this.#options.store.reset(tenant, source);
  }

  async machines(tenant: string, source: string): Promise<WefMachineView[] | undefined> {
    const { store, listening, senders } = this.#options;
    if (senders(tenant, source) === undefined) return undefined;
    const [own, rows] = await Promise.all([
      store.subscription(tenant, source),
      store.machines(tenant, source),
    ]);
    const subscription = own ?? DEFAULT_SUBSCRIPTION;
    // Which authority a machine's is, is part of its version.
    const versions = new Set(
      (listening()?.authorities ?? []).map(({ thumbprint }) =>
        subscriptionVersion({ tenant, source }, subscription, thumbprint),
      ),
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.machine,
      certificate: row.certificate,
      address: row.address,
      state: this.#stateOf(row, subscription),
      current: row.version === null || versions.size === 0 ? null : versions.has(row.version),
      firstAt: row.first_at,
      lastAt: row.last_at,
      eventsAt: row.events_at,
      events: Number(row.events),
      problem: row.problem,
    }));
  }

  forget(tenant: string, source: string, id: string): Promise<boolean> {
    return this.#options.store.forget(tenant, source, id);
  }

  #stateOf(row: WefMachineRow, { heartbeatSeconds }: WefSubscription): WefMachineView['state'] {
    if (row.problem !== null) return 'ended';
    return this.#options.now() - row.last_at > heartbeatSeconds * 1000 * LATE_AFTER ? 'late' : 'ok';
  }
}
