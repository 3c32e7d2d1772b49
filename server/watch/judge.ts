import { Skip, type SourceHistory } from './history.ts';
import {
  type DailyWorst,
  dailyWorst,
  damping,
  ratio,
  SHARE_EVENTS,
  usualDelay,
  usualFailing,
  wholeDay,
} from './measures.ts';
import {
  learn,
  NOT_FOR_RHYTHM,
  NOT_FOR_VOLUME,
  type Profile,
  usualActivity,
  usualEvents,
} from './profile.ts';
import { DAY, HOUR, type ZoneClock } from './slots.ts';
import { threshold } from './thresholds.ts';

const MINUTE = 60_000;

/** What can be wrong with a source. */
export const ALERT_KINDS = ['silent', 'volume-high', 'volume-low', 'parse-failures', 'clock'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** No silence is told before it has lasted this long. */
const LEAST_SILENCE = 5 * MINUTE;
/** A silence of at least so many minutes with events that should have been. */
const LEAST_QUIET = 5;
/** Events before a source is known well enough to be missed. */
const KNOWN_EVENTS = 20;
/** Days before anything is said of volume: a week has to be seen. */
const VOLUME_DAYS = 7;
/** Days before the length of a silence by itself means anything: two weekends have to be seen. */
const GAP_DAYS = 14;

/**
 * An unusual volume that lasts no longer, in hours, and that nobody called a fault, is learnt: it is how this
 * source is. So each of its oddities is told once.
 */
export const SHORT_HOURS = 4;

/** What a source has taught, and from when on it is unusual. */
export interface Lesson {
  readonly rhythm: Profile;
  readonly volume: Profile;
  readonly worst: DailyWorst;
  /** From when on each measure is unusual; Infinity: not yet known. */
  readonly limits: {
    readonly [Measure in keyof DailyWorst]: number;
  };
  /** Usual median delay, milliseconds, and usual share of failures; NaN while unknown. */
  readonly delay: number;
  readonly failing: number;
  /** Longest silence that was seen and not told as one, milliseconds. */
  readonly longest: number;
}

/** Learns from a history; done once an hour. @param from see {@link dailyWorst} */
export function study(history: SourceHistory, clock: ZoneClock, from: number, volumeFrom: number): Lesson {
  const rhythm = learn(history, clock, from, NOT_FOR_RHYTHM);
  const volume = learn(history, clock, volumeFrom, NOT_FOR_VOLUME);
  const worst = dailyWorst(history, clock, { rhythm, volume }, from, volumeFrom);
  const failing = usualFailing(history, from);
  const weekSeen = volume.days >= VOLUME_DAYS;
  const level = (list: readonly number[], floor: number) =>
    weekSeen ? threshold(list, floor) : Number.POSITIVE_INFINITY;
  return {
    rhythm,
    volume,
    worst,
    limits: {
      gap: rhythm.days >= GAP_DAYS ? threshold(worst.gap, LEAST_SILENCE) : Number.POSITIVE_INFINITY,
      quiet: threshold(worst.quiet, LEAST_QUIET),
      more: level(worst.more, Math.LN2),
      less: level(worst.less, Math.log(2.5)),
      moreDay: level(worst.moreDay, Math.LN2),
      lessDay: level(worst.lessDay, Math.log(2.5)),
      failing: Math.max(threshold(worst.failing, 0), (Number.isNaN(failing) ? 0 : failing) + 0.05),
      drift: threshold(worst.drift, 2 * MINUTE),
    },
    delay: usualDelay(history, from),
    failing,
    longest: Math.max(0, ...worst.gap),
  };
}

/** What is known of a source at this moment. */
export interface Now {
  readonly at: number;
  /** Time of the last event; undefined: there never was one. */
  readonly lastAt: number | undefined;
  /** Silence before this moment is explained: by a start of Vigie, or the end of planned maintenance. */
  readonly excusedUntil: number;
  /** Events since the source is known. */
  readonly total: number;
  /** Delay (receipt minus event time) of the last hour's events, milliseconds; undefined with too few. */
  readonly delay: { readonly p5: number; readonly p50: number; readonly p95: number } | undefined;
}

/** Something unusual, with the figures that a person is told. */
export interface Finding {
  readonly kind: AlertKind;
  /** When it began, as well as can be said. */
  readonly since: number;
  readonly facts: Readonly<Record<string, number>>;
}

/** How long a source may be silent from its last event on, milliseconds; Infinity: for ever. */
export function patience(lesson: Lesson, clock: ZoneClock, from: number): number {
  const { limits, rhythm } = lesson;
  let bound = limits.gap;
  if (Number.isFinite(limits.quiet))
    bound = Math.min(bound, timeForActivity(rhythm, clock, from, limits.quiet));
  else bound = Math.min(bound, firstDays(lesson));
  return Math.max(LEAST_SILENCE, bound);
}

/** When so much activity should have been seen, milliseconds from `from` on; at most 60 days are looked at. */
function timeForActivity(profile: Profile, clock: ZoneClock, from: number, activity: number): number {
  let left = activity;
  for (let at = from; at < from + 60 * DAY; ) {
    const next = (Math.floor(at / HOUR) + 1) * HOUR;
    const here = usualActivity(profile, clock, at, next);
    if (here >= left) return at + ((next - at) * left) / here - from;
    left -= here;
    at = next;
  }
  return Number.POSITIVE_INFINITY;
}

/** Whether a source is silent, or its clock off, at this moment. */
export function judgeMoment(lesson: Lesson, clock: ZoneClock, now: Now): Finding[] {
  const findings: Finding[] = [];
  const silence = judgeSilence(lesson, clock, now);
  if (silence !== undefined) findings.push(silence);
  const off = clockOffset(now, lesson);
  if (off !== undefined) findings.push(off);
  return findings;
}

function judgeSilence(
  lesson: Lesson,
  clock: ZoneClock,
  { at, lastAt, total, excusedUntil }: Now,
): Finding | undefined {
  if (lastAt === undefined || total < KNOWN_EVENTS) return undefined;
  const from = Math.max(lastAt, excusedUntil);
  if (at - from < LEAST_SILENCE) return undefined;
  const { limits, rhythm } = lesson;
  const missed = Number.isFinite(limits.quiet)
    ? usualActivity(rhythm, clock, from, at) > limits.quiet
    : at - from > firstDays(lesson);
  if (!missed && at - from <= limits.gap) return undefined;
  return {
    kind: 'silent',
    since: lastAt,
    facts: {
      silentForMs: at - lastAt,
      allowedMs: Math.min(at - from, patience(lesson, clock, from)),
      missed: round(usualEvents(lesson.volume, clock, lastAt, at)),
    },
  };
}

/** The first days: a source that never rests is missed after two hours, any other after a day and some. */
function firstDays({ rhythm, longest }: Lesson): number {
  return Math.max((rhythm.continuous ? 2 : 26) * HOUR, 3 * longest);
}

/**
 * What was unusual about the hour that has just ended, and about the day if it ended with it. The lesson must not
 * have learnt from that hour yet; what this says holds until the next hour has ended.
 */
export function judgeHour(lesson: Lesson, clock: ZoneClock, history: SourceHistory): Finding[] {
  const findings: Finding[] = [];
  const { limits, volume, failing } = lesson;
  const hour = history.newest;
  const end = (hour + 1) * HOUR;
  const spans: {
    events: number;
    failures: number;
    usual: number;
    least: number;
    most: number;
    length: number;
    damp: number;
    day: boolean;
  }[] = [];
  const slot = volume.slots[clock.slot(hour)];
  const events = history.value('events', hour);
  if (history.learns(hour, ~Skip.volume & NOT_FOR_VOLUME))
    spans.push({
      events,
      failures: history.value('failures', hour),
      usual: slot?.events ?? Number.NaN,
      least: slot?.least ?? Number.NaN,
      most: slot?.most ?? Number.NaN,
      length: HOUR,
      damp: damping(volume),
      day: false,
    });
  // The last whole day counts until the next one is whole.
  const day = wholeDay(history, clock, volume, clock.day(hour + 1) - 1);
  if (day !== undefined)
    spans.push({ ...day, least: day.usual, most: day.usual, length: DAY, damp: 20, day: true });
  for (const span of spans) {
    const since = span.day ? day!.end * HOUR - DAY : end - HOUR;
    const more = ratio(span.events, span.most, span.damp);
    const less = -ratio(span.events, span.least, span.damp);
    const has = (kind: AlertKind) => findings.some((finding) => finding.kind === kind);
    const volumes = (kind: AlertKind): Finding => ({
      kind,
      since,
      facts: {
        events: span.events,
        usual: round(span.usual),
        times: Math.round((100 * span.events) / Math.max(1, span.usual)) / 100,
        hours: span.length / HOUR,
      },
    });
    if (more > (span.day ? limits.moreDay : limits.more) && !has('volume-high'))
      findings.push(volumes('volume-high'));
    if (less > (span.day ? limits.lessDay : limits.less) && !has('volume-low'))
      findings.push(volumes('volume-low'));
    const share = span.failures / Math.max(1, span.events);
    // A whole day speaks where no hour has enough events.
    if (
      span.events >= SHARE_EVENTS &&
      share > limits.failing &&
      !(span.day && events >= SHARE_EVENTS) &&
      !has('parse-failures')
    )
      findings.push({
        kind: 'parse-failures',
        since,
        facts: {
          share: round(share),
          usualShare: round(failing),
          failures: span.failures,
          events: span.events,
        },
      });
  }
  return findings;
}

/** How near to a multiple of half an hour a difference must be to be taken for a wrong time zone. */
const ZONE_TOLERANCE = 90_000;

/**
 * A steady difference of whole or half hours between a device's clock and ours, as a wrong time zone makes it.
 *
 * @returns milliseconds that the device is ahead, a multiple of half an hour; undefined: it is no such difference
 */
export function zoneOffset(delay: {
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
}): number | undefined {
  const halves = Math.round(-delay.p50 / (HOUR / 2));
  if (halves === 0 || Math.abs(halves) > 28) return undefined;
  const steady = delay.p95 - delay.p5 < 5 * MINUTE;
  return steady && Math.abs(-delay.p50 - halves * (HOUR / 2)) <= ZONE_TOLERANCE
    ? (halves * HOUR) / 2
    : undefined;
}

/** Ahead of our clock by more than this is wrong in itself: nothing is received before it happens. */
const AHEAD = 60_000;

function clockOffset({ at, delay }: Now, lesson: Lesson): Finding | undefined {
  if (delay === undefined) return undefined;
  const zone = zoneOffset(delay);
  const usual = Number.isNaN(lesson.delay) ? 0 : lesson.delay;
  const jumped = Math.abs(delay.p50 - usual) > lesson.limits.drift;
  if (zone === undefined && delay.p50 > -AHEAD && !jumped) return undefined;
  return {
    kind: 'clock',
    since: at - HOUR,
    facts: {
      delayMs: Math.round(delay.p50),
      usualMs: Math.round(usual),
      ...(zone === undefined ? {} : { zoneMs: zone }),
    },
  };
}

const round = (value: number) => (Number.isNaN(value) ? 0 : Math.round(value * 1000) / 1000);
