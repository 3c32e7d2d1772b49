/** Length of a slot, the unit in which a rhythm is counted: milliseconds. */
export const SLOT = 300_000;
const DAY = 86_400_000;
/** A tenant is known well enough to call something unusual after so long, milliseconds. */
export const LEARNING = DAY;
/** A rhythm older than this that still goes on daily is a routine, milliseconds. */
const ROUTINE_AGE = 7 * DAY;

/** What is unusual about one rule on one entity, from which everything below is built. */
export const SURPRISE = {
  /** The tenant has never seen this rule speak. */
  newAtTenant: 6,
  /** The rule is known, not on this entity. */
  newOnEntity: 3,
  /** Many more at once than ever before. */
  burst: 6,
} as const;

/** A burst has at least so many in a slot, and so many times the most that were seen before. */
const BURST = { least: 20, times: 4, usual: 5 };

/**
 * How often a rule speaks about an entity. Times are milliseconds. `entity` empty: anywhere at the tenant; `rule`
 * empty as well: the tenant itself.
 */
export interface Rhythm {
  readonly rule: string;
  readonly entity: string;
  readonly firstAt: number;
  lastAt: number;
  total: number;
  /** Slots in which it spoke at least once. */
  slots: number;
  /** UTC days on which it did. */
  days: number;
  /** Most in one finished slot. */
  peak: number;
  /** So far in the slot of `lastAt`. */
  inSlot: number;
  /** When it was last unusual, and how much. */
  signalAt: number | null;
  signal: number;
  signalTerm: Surprise['term'];
}

/** One reason why a detection is unusual. */
export interface Surprise {
  readonly score: number;
  readonly term: 'new at the tenant' | 'new on the entity' | 'rare' | 'burst' | 'usual';
}

/** A rhythm that has not begun. */
export function newRhythm(rule: string, entity: string, at: number): Rhythm {
  return {
    rule,
    entity,
    firstAt: at,
    lastAt: at,
    total: 0,
    slots: 0,
    days: 0,
    peak: 0,
    inSlot: 0,
    signalAt: null,
    signal: 0,
    signalTerm: 'usual',
  };
}

/** Counts one detection. Late ones count in the total and never move the clock back. */
export function beat(rhythm: Rhythm, at: number): void {
  const first = rhythm.total === 0;
  rhythm.total++;
  if (!first && at < rhythm.lastAt - (rhythm.lastAt % SLOT)) return;
  if (first || Math.floor(at / SLOT) !== Math.floor(rhythm.lastAt / SLOT)) {
    rhythm.peak = Math.max(rhythm.peak, rhythm.inSlot);
    rhythm.slots++;
    rhythm.inSlot = 0;
  }
  if (first || Math.floor(at / DAY) !== Math.floor(rhythm.lastAt / DAY)) rhythm.days++;
  rhythm.inSlot++;
  rhythm.lastAt = Math.max(rhythm.lastAt, at);
}

/**
 * Rarity of what a rhythm counts: half the negative logarithm of the share of slots in which the rule spoke, with
 * half a slot added (Jeffreys' prior), where that share is below 5 %; else 0.
 *
 * @param since when the tenant was first seen, milliseconds
 */
export function rarityOf(rhythm: Rhythm, since: number, at: number): number {
  const share = (rhythm.slots + 0.5) / Math.max(1, (at - since) / SLOT);
  return share < 0.05 ? -Math.log(share) / 2 : 0;
}

/**
 * What is left of a rarity after so long. A rule that speaks in a share p of the slots is expected p·n times in n
 * of them; half the negative logarithm of that is its rarity less half the logarithm of n. At 0 chance alone would
 * bring one such alert in the time between, above it fewer.
 *
 * @param rarity as {@link rarityOf} measures it
 * @param apart milliseconds
 */
export function beyondChance(rarity: number, apart: number): number {
  return rarity - Math.log(Math.max(1, apart / SLOT)) / 2;
}

/**
 * How unusual it is that this rule speaks now, judged by what was counted before now ({@link beat} comes after).
 *
 * @param on the rule on the entity
 * @param anywhere the rule at the tenant
 * @param since when the tenant was first seen, milliseconds
 */
export function surpriseOf(on: Rhythm, anywhere: Rhythm, since: number, at: number): Surprise {
  if (at - since < LEARNING) return { score: 0, term: 'usual' };
  if (anywhere.total === 0) return { score: SURPRISE.newAtTenant, term: 'new at the tenant' };
  const sameSlot = on.total > 0 && Math.floor(at / SLOT) <= Math.floor(on.lastAt / SLOT);
  const inSlot = sameSlot ? on.inSlot + 1 : 1;
  const peak = sameSlot ? on.peak : Math.max(on.peak, on.inSlot);
  if (inSlot >= BURST.least && inSlot > BURST.times * Math.max(peak, BURST.usual))
    return { score: SURPRISE.burst, term: 'burst' };
  // Within its slot a detection says nothing that the first of the slot has not said.
  if (sameSlot) return { score: 0, term: 'usual' };
  const rare = rarityOf(on, since, at);
  if (on.total === 0 && rare <= SURPRISE.newOnEntity)
    return { score: SURPRISE.newOnEntity, term: 'new on the entity' };
  return rare > 0
    ? { score: rare, term: on.total === 0 ? 'new on the entity' : 'rare' }
    : { score: 0, term: 'usual' };
}

/**
 * Whether a rule speaks about an entity as a matter of course: for a week or more, on most days, and not more at
 * once than four times what is usual for it.
 */
export function isRoutine(on: Rhythm, at: number): boolean {
  const age = at - on.firstAt;
  if (age < ROUTINE_AGE || on.slots < 14) return false;
  // What stopped for days and comes again is news.
  if (at - on.lastAt > 2 * DAY) return false;
  if (on.days < 0.7 * Math.floor(age / DAY)) return false;
  return on.inSlot <= BURST.times * Math.max(on.peak, BURST.usual);
}
