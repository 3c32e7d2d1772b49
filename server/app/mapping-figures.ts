import type { MappingFigures } from '@vigie/contracts/api';
import type { MappingTally } from './prepare/mapped.ts';

interface Figures {
  read: number;
  refused: number;
  failed: number;
  error: string | null;
  misfits: Map<string, { field: string; member: string; times: number; value: string }>;
}

const NONE: MappingFigures = { read: 0, refused: 0, failed: 0, error: null, misfits: [] };

/** What live mappings did since the start, by key. Mappings are kept by people, so their number is bounded. */
export class MappingFiguresBook {
  readonly #figures = new Map<string, Figures>();

  note(tallies: readonly MappingTally[]): void {
    for (const tally of tallies) {
      let own = this.#figures.get(tally.key);
      if (own === undefined) {
        own = { read: 0, refused: 0, failed: 0, error: null, misfits: new Map() };
        this.#figures.set(tally.key, own);
      }
      own.read += tally.read;
      own.refused += tally.refused;
      own.failed += tally.failed;
      own.error = tally.broken ?? tally.error ?? own.error;
      for (const misfit of tally.misfits) {
        const key = `${misfit.field}\0${misfit.member}`;
        const times = (own.misfits.get(key)?.times ?? 0) + misfit.times;
        own.misfits.set(key, { ...misfit, times });
      }
    }
  }

  of(key: string): MappingFigures {
    const own = this.#figures.get(key);
    if (own === undefined) return NONE;
    return { ...own, misfits: [...own.misfits.values()].sort((a, b) => b.times - a.times) };
  }

  /** Begins anew: another version is live, and what the last one did says nothing of it. */
  reset(key: string): void {
    this.#figures.delete(key);
  }
}
