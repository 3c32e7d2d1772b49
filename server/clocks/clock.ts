import type { Level } from '@vigie/contracts';
import {
  CLOCK_KINDS,
  type ClockKind,
  type ClockState,
  type ClockView,
  type Contract,
} from '@vigie/contracts/api';
import { ALWAYS, type Calendar } from './calendar.ts';
import type { ClockEvent, ClockRecord, ClockTarget, Pause } from './ports.ts';

/** Kinds that wait with the client; telling them and taking the work up is ours alone, and the law waits for nobody. */
const PAUSING: ReadonlySet<string> = new Set(['contain', 'resolve']);

/**
 * When one promise runs out, with the pauses left out; null while a pause lasts that begins before.
 *
 * @param pauses in order, apart from each other
 */
export function deadline(target: ClockTarget, pauses: readonly Pause[], business: Calendar): number | null {
  const calendar = target.hours === 'business' ? business : ALWAYS;
  let at = target.from;
  let left = target.ms;
  for (const pause of pauses) {
    if (pause.to !== null && pause.to <= at) continue;
    const counted = calendar.between(at, Math.max(at, pause.from));
    if (left <= counted) break;
    if (pause.to === null) return null;
    left -= counted;
    at = Math.max(at, pause.to);
  }
  return calendar.add(at, left);
}

/** Time of a target used at an instant, without the pauses. */
export function usedBy(
  target: ClockTarget,
  pauses: readonly Pause[],
  at: number,
  business: Calendar,
): number {
  const calendar = target.hours === 'business' ? business : ALWAYS;
  let used = calendar.between(target.from, at);
  for (const pause of pauses)
    used -= calendar.between(Math.max(pause.from, target.from), Math.min(pause.to ?? at, at));
  return Math.max(0, used);
}

/**
 * The target that counts: the one that runs out first, or, during a pause, has the least left.
 *
 * A higher severity brings a target of its own that counts from the moment it was reached, because nobody can keep
 * a promise for evidence that was not there yet. The earlier target stays, because a worse incident never gives
 * more time; a lower severity takes nothing back.
 */
export function strictest(clock: ClockRecord, at: number, business: Calendar): ClockTarget {
  const rank = (target: ClockTarget) =>
    deadline(target, clock.pauses, business) ?? at + target.ms - usedBy(target, clock.pauses, at, business);
  return clock.targets.reduce((best, one) => (rank(one) < rank(best) ? one : best));
}

/** When the clock runs out; null: it is paused. */
export function dueOf(clock: ClockRecord, business: Calendar, share = 1): number | null {
  let due: number | null = null;
  for (const target of clock.targets) {
    const at = deadline({ ...target, ms: target.ms * share }, clock.pauses, business);
    if (at !== null && (due === null || at < due)) due = at;
  }
  return due;
}

/** The clocks of an incident that opens at a severity. */
export function clocksFor(
  contract: Contract,
  level: Level,
  incident: { readonly tenant: string; readonly id: number; readonly site: string | null },
  at: number,
  kinds: readonly ClockKind[] = CLOCK_KINDS,
): ClockRecord[] {
  const promised = contract.levels[level];
  if (promised === undefined) return [];
  return kinds.flatMap((kind) => {
    const seconds = promised[kind];
    if (seconds === null) return [];
    return [
      {
        tenant: incident.tenant,
        incident: incident.id,
        kind,
        basis: contract.name,
        site: incident.site,
        startedAt: at,
        targets: [{ level, from: at, ms: seconds * 1000, hours: promised.hours }],
        pauses: [],
        stoppedAt: null,
        breachedAt: null,
        cancelledAt: null,
        dueAt: null,
        warnAt: [...contract.warnAt].sort((a, b) => a - b),
        warned: [],
        nextAt: null,
      },
    ];
  });
}

/** Whether it still counts, or would after its pause. */
export function isOpen(clock: ClockRecord): boolean {
  return clock.stoppedAt === null && clock.cancelledAt === null;
}

/**
 * Brings a clock to an instant: notes the warnings and the breach that are due by then, and when to look next.
 * What was noted is never noted again, and a breach is never taken back.
 */
export function advance(clock: ClockRecord, now: number, business: Calendar): ClockEvent[] {
  if (!isOpen(clock)) {
    clock.nextAt = null;
    return [];
  }
  const events: ClockEvent[] = [];
  clock.dueAt = finite(dueOf(clock, business));
  const ahead: number[] = [];
  for (const share of clock.warnAt) {
    if (clock.warned.includes(share)) continue;
    const at = dueOf(clock, business, share);
    if (at === null || clock.breachedAt !== null) continue;
    if (at > now) ahead.push(at);
    else {
      clock.warned = [...clock.warned, share];
      const text = `${Math.round(share * 100)} % of the time for “${clock.kind}” is used`;
      events.push({ kind: clock.kind, at, event: 'warned', text, once: `warn ${share}` });
    }
  }
  if (clock.dueAt !== null && clock.breachedAt === null) {
    if (clock.dueAt > now) ahead.push(clock.dueAt);
    else {
      clock.breachedAt = clock.dueAt;
      const text = `The time for “${clock.kind}” has run out`;
      events.push({ kind: clock.kind, at: clock.dueAt, event: 'breached', text, once: 'breach' });
    }
  }
  clock.nextAt = ahead.length === 0 ? null : finite(Math.min(...ahead));
  return events;
}

/** Ends a clock: what it stands for is done. A breach before that is noted first. */
export function stop(clock: ClockRecord, at: number, business: Calendar, why: string): ClockEvent[] {
  if (!isOpen(clock)) return [];
  const events = advance(clock, at, business);
  endPause(clock, at);
  clock.stoppedAt = Math.max(at, clock.startedAt);
  clock.dueAt = finite(dueOf(clock, business));
  clock.nextAt = null;
  const text = `“${clock.kind}” done ${clock.breachedAt === null ? 'in time' : 'late'}: ${why}`;
  return [...events, { kind: clock.kind, at, event: 'stopped', text, once: null }];
}

/** Nothing is owed any more. */
export function cancel(clock: ClockRecord, at: number, business: Calendar, why: string): ClockEvent[] {
  if (!isOpen(clock)) return [];
  const events = advance(clock, at, business);
  clock.cancelledAt = at;
  clock.nextAt = null;
  return [
    ...events,
    { kind: clock.kind, at, event: 'cancelled', text: `“${clock.kind}” ended: ${why}`, once: null },
  ];
}

/** Stops the time of a clock that waits for the client. */
export function pause(clock: ClockRecord, at: number, business: Calendar): ClockEvent[] {
  if (!isOpen(clock) || !PAUSING.has(clock.kind) || clock.pauses.at(-1)?.to === null) return [];
  const events = advance(clock, at, business);
  clock.pauses = [...clock.pauses, { from: at, to: null, reason: 'waiting-for-client' }];
  return [
    ...events,
    { kind: clock.kind, at, event: 'paused', text: `“${clock.kind}” waits for the client`, once: null },
    ...advance(clock, at, business),
  ];
}

/** Lets it run on. */
export function resume(clock: ClockRecord, at: number, business: Calendar): ClockEvent[] {
  if (!isOpen(clock) || !endPause(clock, at)) return [];
  return [
    { kind: clock.kind, at, event: 'resumed', text: `“${clock.kind}” runs again`, once: null },
    ...advance(clock, at, business),
  ];
}

/** Takes up again what was done or ended too early; the time in between does not count. */
export function reopen(clock: ClockRecord, at: number, business: Calendar): ClockEvent[] {
  const since = clock.stoppedAt ?? clock.cancelledAt;
  if (since === null) return [];
  clock.stoppedAt = null;
  clock.cancelledAt = null;
  endPause(clock, since);
  clock.pauses = [...clock.pauses, { from: since, to: Math.max(at, since), reason: 'closed' }];
  return [
    {
      kind: clock.kind,
      at,
      event: 'resumed',
      text: `“${clock.kind}” runs again: the incident was reopened`,
      once: null,
    },
    ...advance(clock, at, business),
  ];
}

/** Adds the promise of another severity, which counts from `at` on; see {@link strictest}. */
export function tighten(
  clock: ClockRecord,
  target: ClockTarget,
  at: number,
  business: Calendar,
): ClockEvent[] {
  if (!isOpen(clock) || clock.targets.some((one) => one.level === target.level)) return [];
  const events = advance(clock, at, business);
  const before = clock.dueAt;
  clock.targets = [...clock.targets, target];
  const after = dueOf(clock, business);
  if (before === after || (before !== null && after !== null && after >= before))
    return [...events, ...advance(clock, at, business)];
  const text = `Severity ${target.level}: “${clock.kind}” is due earlier`;
  return [
    ...events,
    { kind: clock.kind, at, event: 'tightened', text, once: null },
    ...advance(clock, at, business),
  ];
}

function endPause(clock: ClockRecord, at: number): boolean {
  const last = clock.pauses.at(-1);
  if (last === undefined || last.to !== null) return false;
  clock.pauses = [...clock.pauses.slice(0, -1), { ...last, to: Math.max(at, last.from) }];
  return true;
}

/** State of a clock as people see it. */
export function stateOf(clock: ClockRecord): ClockState {
  if (clock.breachedAt !== null) return 'breached';
  if (clock.cancelledAt !== null) return 'cancelled';
  if (clock.stoppedAt !== null) return 'met';
  if (clock.dueAt === null) return 'paused';
  return clock.warned.length > 0 ? 'warned' : 'running';
}

/** A clock as it stands at an instant. @param site name of the site that `business` is of */
export function viewOf(
  clock: ClockRecord,
  now: number,
  business: Calendar,
  site: string | null = null,
): ClockView {
  const end = clock.stoppedAt ?? clock.cancelledAt ?? now;
  const target = strictest(clock, end, business);
  return {
    kind: clock.kind,
    state: stateOf(clock),
    basis: clock.basis,
    startedAt: clock.startedAt,
    dueAt: clock.dueAt,
    stoppedAt: clock.stoppedAt,
    breachedAt: clock.breachedAt,
    allowedMs: target.ms,
    usedMs: usedBy(target, clock.pauses, end, business),
    usedWithPausesMs: usedBy(target, [], end, business),
    hours: target.hours,
    site: target.hours === 'business' ? site : null,
    level: target.level,
    pauses: clock.pauses.map((each) => ({ ...each })),
    warned: [...clock.warned],
  };
}

/** JSON and `double precision` of JavaScript's side know no infinity: a calendar without hours never runs out. */
function finite(at: number | null): number | null {
  return at === null || Number.isFinite(at) ? at : null;
}
