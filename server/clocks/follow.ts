import type { Level } from '@vigie/contracts';
import { CLOCK_KINDS, type ClockKind, type Contract } from '@vigie/contracts/api';
import type { Calendar } from './calendar.ts';
import { cancel, clocksFor, isOpen, pause, reopen, resume, stop, tighten } from './clock.ts';
import type { ClockEvent, ClockRecord, FeedEntry } from './ports.ts';

/** What the rules must know of an incident beside its clocks. */
export interface Followed {
  readonly tenant: string;
  readonly id: number;
  readonly status: string;
  readonly owned: boolean;
  readonly verdict: string | null;
  /** Site whose hours count for clocks that start. */
  readonly site: string | null;
}

/**
 * What one change of an incident does to its clocks:
 *
 * | change | clocks |
 * |---|---|
 * | opened | those of its severity start |
 * | another severity | its promises count from now on, beside the earlier ones |
 * | the client's mail was taken by their server | notify stops |
 * | an owner, or any status but new | acknowledge stops |
 * | waiting-for-client | contain and resolve pause |
 * | contained | contain stops |
 * | closed | contain and resolve stop; notify ends where there was nothing to tell of |
 * | went into another incident | all end |
 * | reopened | what closing stopped runs again |
 *
 * @param clocks changed in place; new ones are added
 */
export function follow(
  clocks: ClockRecord[],
  entry: FeedEntry,
  incident: Followed,
  contract: Contract | null,
  business: Calendar,
): ClockEvent[] {
  const { at } = entry;
  const of = (kind: ClockKind) => clocks.find((clock) => clock.kind === kind);
  const contractual = clocks.filter(({ kind }) => (CLOCK_KINDS as readonly string[]).includes(kind));
  const done = (kind: ClockKind, why: string): ClockEvent[] => {
    const clock = of(kind);
    return clock === undefined ? [] : stop(clock, at, business, why);
  };
  const start = (fresh: ClockRecord[]): ClockEvent[] =>
    fresh.map((clock) => {
      clocks.push(clock);
      return { kind: clock.kind, at, event: 'started', text: `“${clock.kind}” started`, once: 'start' };
    });

  switch (entry.what) {
    case 'opened':
      if (contract === null || contractual.length > 0) return [];
      return start(clocksFor(contract, entry.value as Level, incident, at));
    case 'level':
      return raised(entry.value as Level);
    case 'told':
      return done('notify', 'the client’s mail server took our mail');
    case 'owner':
      return done('acknowledge', 'somebody took it');
    case 'status':
      return status(entry.value);
  }

  function raised(level: Level): ClockEvent[] {
    if (contract === null) return [];
    const events: ClockEvent[] = [];
    const missing: ClockKind[] = [];
    for (const wanted of clocksFor(contract, level, incident, at)) {
      const kind = wanted.kind as ClockKind;
      const clock = of(kind);
      if (clock !== undefined) events.push(...tighten(clock, wanted.targets[0]!, at, business));
      else if (!isDone(kind)) missing.push(kind);
    }
    return [...events, ...start(clocksFor(contract, level, incident, at, missing))];
  }

  /** Whether what a kind stands for is there already, so that no clock has to begin. */
  function isDone(kind: ClockKind): boolean {
    if (incident.status === 'closed') return true;
    if (kind === 'acknowledge') return incident.owned || incident.status !== 'new';
    return kind === 'contain' && incident.status === 'contained';
  }

  function status(value: string): ClockEvent[] {
    if (value === 'merged')
      return contractual.flatMap((clock) =>
        cancel(clock, at, business, 'the incident went into another one'),
      );
    const events: ClockEvent[] = [];
    if (value !== 'new') events.push(...done('acknowledge', `status ${value}`));
    if (value === 'closed') {
      for (const kind of ['contain', 'resolve'] as const)
        events.push(...done(kind, 'the incident was closed'));
      const notify = of('notify');
      if (notify !== undefined && incident.verdict !== null && incident.verdict !== 'true-positive')
        events.push(...cancel(notify, at, business, 'there was nothing to tell of'));
      return events;
    }
    const resolved = of('resolve')?.stoppedAt;
    for (const kind of ['contain', 'resolve'] as const) {
      const clock = of(kind);
      if (clock === undefined || isOpen(clock)) continue;
      // What was contained before it was closed stays so.
      const byClosing = kind === 'resolve' || clock.cancelledAt !== null || clock.stoppedAt === resolved;
      if (byClosing) events.push(...reopen(clock, at, business));
    }
    if (value === 'contained') events.push(...done('contain', 'status contained'));
    for (const clock of contractual)
      events.push(...(value === 'waiting-for-client' ? pause : resume)(clock, at, business));
    return events;
  }
}
