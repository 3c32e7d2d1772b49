/**
 * Sources that don't exist, over weeks that pass in seconds: shows how long it takes to miss one, and how often
 * one is missed that is there. Used by a test and by `npm run bench:watch`.
 */
import { OpenHour, Skip, SourceHistory } from './history.ts';
import {
  type AlertKind,
  type Finding,
  judgeHour,
  judgeMoment,
  type Lesson,
  SHORT_HOURS,
  study,
} from './judge.ts';
import { DAY, HOUR, ZoneClock } from './slots.ts';

const MINUTE = 60_000;

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Poisson variate; the normal approximation above 50. */
export function poisson(mean: number, random: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** How a source speaks: events in the minute that begins at `at`. Called once a minute, in order. */
export type Rhythm = (at: number, random: () => number) => number;

/** What happens to it from an instant on. */
export type Fault = (events: number, random: () => number) => number;

export interface Simulation {
  readonly rhythm: Rhythm;
  readonly zone: string;
  readonly seed: number;
  readonly start: number;
  /** Weeks in which nothing is wrong. */
  readonly weeks: number;
  /** Then this happens, for as long as `faultHours`. */
  readonly fault?: Fault;
  readonly faultAt?: number;
  readonly faultHours?: number;
}

export interface Outcome {
  /** Alerts while nothing was wrong, by kind; one counts until it is over for an hour. */
  readonly falseAlarms: readonly { readonly kind: AlertKind; readonly at: number }[];
  /** Milliseconds from the fault to the first alert of each kind. */
  readonly detected: ReadonlyMap<AlertKind, number>;
}

/** Lets time pass, minute by minute, with a look at the source every minute. */
export function simulate({
  rhythm,
  zone,
  seed,
  start,
  weeks,
  fault,
  faultAt,
  faultHours = 72,
}: Simulation): Outcome {
  const random = randomOf(seed);
  const clock = new ZoneClock(zone);
  const history = new SourceHistory();
  const healthy = start + weeks * 7 * DAY;
  const broken = fault === undefined ? Number.POSITIVE_INFINITY : (faultAt ?? healthy);
  const end = fault === undefined ? healthy : broken + faultHours * HOUR;
  const falseAlarms: { kind: AlertKind; at: number }[] = [];
  const detected = new Map<AlertKind, number>();
  const lastHeld = new Map<AlertKind, number>();
  let open = new OpenHour(Math.floor(start / HOUR));
  let lesson: Lesson | undefined;
  let ofHour: Finding[] = [];
  let lastAt: number | undefined;
  let total = 0;
  let silent = false;
  let quietVolume = Math.floor(start / HOUR) - 1;
  for (let at = start; at < end; at += MINUTE) {
    const hour = Math.floor(at / HOUR);
    if (hour !== open.hour) {
      const record = open.record(Number.NaN, silent ? Skip.silent : 0);
      history.set(open.hour, record);
      ofHour = lesson === undefined ? [] : judgeHour(lesson, clock, history);
      if (ofHour.some(({ kind }) => kind.startsWith('volume')))
        history.set(open.hour, { ...record, skip: record.skip | Skip.volume });
      else {
        // What was over soon is learnt, as the watcher does.
        if (hour - 1 - quietVolume <= SHORT_HOURS) history.unskip(Skip.volume, quietVolume + 1);
        quietVolume = open.hour;
      }
      // Every third hour is enough to learn from weeks.
      if (lesson === undefined || hour % 3 === 0)
        lesson = study(history, clock, history.oldest, history.oldest);
      open = new OpenHour(hour);
    }
    const plain = rhythm(at, random);
    const events = at >= broken && fault !== undefined ? fault(plain, random) : plain;
    if (events > 0) {
      // Many events fill the minute, a few come somewhere in it.
      const instants = Math.min(events, 3);
      const times = Array.from({ length: instants }, () => at + Math.floor(random() * MINUTE)).sort(
        (a, b) => a - b,
      );
      for (const [index, time] of times.entries()) open.note(time, index === 0 ? events - instants + 1 : 1);
      lastAt = times.at(-1)!;
      total += events;
    }
    if (lesson === undefined) continue;
    const now = at + MINUTE;
    const findings = [
      ...judgeMoment(lesson, clock, { at: now, lastAt, excusedUntil: start, total, delay: undefined }),
      ...ofHour,
    ];
    silent = findings.some(({ kind }) => kind === 'silent');
    for (const { kind } of findings) {
      if (at >= broken) {
        if (!detected.has(kind) && (lastHeld.get(kind) ?? 0) < broken - HOUR)
          detected.set(kind, now - broken);
      } else if (now - (lastHeld.get(kind) ?? Number.NEGATIVE_INFINITY) > HOUR)
        falseAlarms.push({ kind, at: now });
      lastHeld.set(kind, now);
    }
  }
  return { falseAlarms, detected };
}
