import type { AlertKind, Finding } from './judge.ts';
import { DAY, HOUR } from './slots.ts';

const MINUTE = 60_000;

/** An operational alert as it is kept. Instants are epoch milliseconds. */
export interface SourceAlert {
  readonly id: string;
  readonly tenant: string;
  readonly source: string;
  readonly kind: AlertKind;
  readonly state: 'open' | 'recovered' | 'accepted' | 'ended';
  readonly since: number;
  readonly openedAt: number;
  readonly updatedAt: number;
  /** The source has been itself since then; recovery is said when that has lasted. */
  readonly clearSince: number | null;
  readonly recoveredAt: number | null;
  /** Times it was opened again soon after it had recovered. */
  readonly flaps: number;
  /** Somebody was told of it. */
  readonly told: boolean;
  readonly acknowledged: { readonly by: string; readonly at: number; readonly note: string } | null;
  readonly facts: Readonly<Record<string, number>>;
}

/** What became of an alert: who is told depends on it. */
export interface Step {
  readonly alert: SourceAlert;
  readonly change: 'opened' | 'reopened' | 'updated' | 'recovered' | 'none';
}

/** How long a source has to be itself before we say so. Doubles with every relapse, up to a day. */
const STEADY: Readonly<Record<AlertKind, number>> = {
  silent: 5 * MINUTE,
  'volume-high': 30 * MINUTE,
  'volume-low': 30 * MINUTE,
  'parse-failures': 30 * MINUTE,
  clock: 30 * MINUTE,
};
/** A relapse within this time after recovery opens the same alert again; doubles with every relapse. */
const RELAPSE = 6 * HOUR;
/** Figures of an open alert are written at most so often. */
const UPDATE_EVERY = 5 * MINUTE;
/** Relapses of which people hear; then they are spared until it stays well. */
export const TOLD_FLAPS = 1;

/** How long a source has to be itself before its alert recovers, milliseconds. */
export function steadyFor(kind: AlertKind, flaps: number): number {
  return Math.min(DAY, STEADY[kind] * 2 ** Math.min(flaps, 12));
}

/**
 * One look at one kind of alert of one source.
 *
 * @param last the newest alert of this kind, open or not
 * @param finding what is unusual now; undefined: nothing
 * @param newId makes the id of a new alert
 */
export function step(
  last: SourceAlert | undefined,
  finding: Finding | undefined,
  key: { readonly tenant: string; readonly source: string },
  now: number,
  newId: () => string,
): Step | undefined {
  const open = last?.state === 'open' ? last : undefined;
  if (open === undefined) {
    if (finding === undefined) return undefined;
    const relapse =
      last?.state === 'recovered' &&
      last.recoveredAt !== null &&
      now - last.updatedAt < Math.min(2 * DAY, RELAPSE * 2 ** Math.min(last.flaps, 6));
    if (relapse)
      return {
        change: 'reopened',
        alert: {
          ...last,
          state: 'open',
          flaps: last.flaps + 1,
          updatedAt: now,
          clearSince: null,
          recoveredAt: null,
          facts: finding.facts,
        },
      };
    return {
      change: 'opened',
      alert: {
        ...key,
        id: newId(),
        kind: finding.kind,
        state: 'open',
        since: finding.since,
        openedAt: now,
        updatedAt: now,
        clearSince: null,
        recoveredAt: null,
        flaps: 0,
        told: false,
        acknowledged: null,
        facts: finding.facts,
      },
    };
  }
  if (finding !== undefined) {
    const back = open.clearSince !== null;
    if (!back && now - open.updatedAt < UPDATE_EVERY) return { change: 'none', alert: open };
    return { change: 'updated', alert: { ...open, clearSince: null, updatedAt: now, facts: finding.facts } };
  }
  if (open.clearSince === null)
    return { change: 'updated', alert: { ...open, clearSince: now, updatedAt: now } };
  if (now - open.clearSince < steadyFor(open.kind, open.flaps)) return { change: 'none', alert: open };
  return {
    change: 'recovered',
    alert: { ...open, state: 'recovered', recoveredAt: open.clearSince, updatedAt: now },
  };
}

/** Whether people hear of a change: of relapses, and of the recovery from them, only the first. */
export function isTold({ alert, change }: Step): boolean {
  switch (change) {
    case 'opened':
      return true;
    case 'reopened':
      return alert.flaps <= TOLD_FLAPS && alert.acknowledged === null;
    case 'recovered':
      return alert.told && alert.flaps <= TOLD_FLAPS;
    default:
      return false;
  }
}

/** Duration in words: the two largest units. */
export function lasting(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(milliseconds) / MINUTE));
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ');
}

/** An alert as a sentence. @param zone suggestion for a wrong time zone */
export function describe(kind: AlertKind, facts: Readonly<Record<string, number>>, zone?: string): string {
  const span = facts['hours'] === 24 ? 'in a day' : 'in an hour';
  switch (kind) {
    case 'silent':
      return `silent for ${lasting(facts['silentForMs'] ?? 0)}; after ${lasting(facts['allowedMs'] ?? 0)} that is unusual for it`;
    case 'volume-high':
      return `${facts['events']} events ${span}, ${facts['times']} times the usual ${Math.round(facts['usual'] ?? 0)}`;
    case 'volume-low':
      return `only ${facts['events']} events ${span}, where ${Math.round(facts['usual'] ?? 0)} are usual`;
    case 'parse-failures':
      return `${percent(facts['share'])} of its logs can't be read (${facts['failures']} of ${facts['events']}), where ${percent(facts['usualShare'])} is usual`;
    case 'clock': {
      const zoneMs = facts['zoneMs'];
      const delay = facts['delayMs'] ?? 0;
      if (zoneMs !== undefined)
        return `its clock is ${lasting(zoneMs)} ${zoneMs > 0 ? 'ahead' : 'behind'}: probably a time-zone setting; ${zone === undefined ? 'check the zone of the device' : `set the source's time zone to ${zone}`}`;
      if (delay < 0) return `its clock is ${lasting(delay)} ahead of ours`;
      return `its events arrive ${lasting(delay)} after their own time, where ${lasting(facts['usualMs'] ?? 0)} is usual: its clock is behind, or its logs are held up`;
    }
  }
}

const percent = (share: number | undefined) => `${Math.round((share ?? 0) * 1000) / 10} %`;
