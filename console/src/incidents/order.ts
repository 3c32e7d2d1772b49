/** What is on the screen while the queue lives on, and what is held back. */
export interface Settled {
  /** Numbers of the incidents shown, in the order shown. */
  readonly shown: readonly number[];
  /** Incidents that would stand among those shown. */
  readonly waiting: number;
  /** Those shown would stand in another order. */
  readonly moved: boolean;
}

/**
 * Lets a list live on without a row moving under somebody's cursor: what is shown stays where it is, also when it has
 * left the list; what is new at the end is added there; what is new among the shown waits to be asked for. Pure.
 *
 * @param shown what is on the screen
 * @param fresh the list as it is now
 * @param done what the person has dealt with: it goes when it is no longer in the list
 */
export function settle(
  shown: readonly number[],
  fresh: readonly number[],
  done: ReadonlySet<number>,
): Settled {
  const place = new Map(fresh.map((id, index) => [id, index]));
  const kept = shown.filter((id) => place.has(id) || !done.has(id));
  const places = kept.flatMap((id) => place.get(id) ?? []);
  const last = Math.max(-1, ...places);
  const known = new Set(kept);
  return {
    shown: [...kept, ...fresh.slice(last + 1).filter((id) => !known.has(id))],
    waiting: fresh.slice(0, last + 1).filter((id) => !known.has(id)).length,
    moved: places.some((at, index) => index > 0 && at < places[index - 1]!),
  };
}

let remembered: readonly number[] = [];

/** Remembers the queue as it was shown last, for going from incident to incident. */
export function rememberQueue(ids: readonly number[]): void {
  remembered = ids;
}

/** The incident after (1) or before (-1) one in the queue as it was shown last. */
export function neighbourOf(id: number, step: 1 | -1): number | undefined {
  const at = remembered.indexOf(id);
  return at < 0 ? (step === 1 ? remembered[0] : undefined) : remembered[at + step];
}
