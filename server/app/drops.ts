import type { DropCounter, DropReason, SourceBinding } from '../collect/index.ts';

/** Counts of what was not kept as sent, by source and over all, since the start. */
export class Drops implements DropCounter {
  readonly #total: Record<string, number> = {};
  readonly #bySource = new Map<string, Record<string, number>>();

  count(reason: DropReason, binding: SourceBinding | undefined, lines: number): void {
    this.#total[reason] = (this.#total[reason] ?? 0) + lines;
    if (binding === undefined) return;
    const key = `${binding.tenant}/${binding.source}`;
    const counts = this.#bySource.get(key) ?? {};
    counts[reason] = (counts[reason] ?? 0) + lines;
    this.#bySource.set(key, counts);
  }

  get total(): Record<string, number> {
    return { ...this.#total };
  }

  of(tenant: string, source: string): Record<string, number> {
    return { ...this.#bySource.get(`${tenant}/${source}`) };
  }
}
