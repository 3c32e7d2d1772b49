import type { MaintenanceWhen } from '@vigie/contracts/api';
import { DAY, ZoneClock } from './slots.ts';

/** Planned maintenance as it is kept. */
export interface Maintenance {
  readonly id: string;
  readonly tenant: string;
  /** Null: every source of the tenant. */
  readonly source: string | null;
  readonly when: MaintenanceWhen;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly endedBy: string | null;
  readonly endedAt: number | null;
}

const MINUTE = 60_000;
const clocks = new Map<string, ZoneClock>();

/** Whether maintenance goes on at an instant. */
export function goesOn({ when, endedAt, createdAt }: Maintenance, at: number): boolean {
  if ((endedAt !== null && at >= endedAt) || (when.kind === 'weekly' && at < createdAt)) return false;
  if (when.kind === 'once') return at >= when.from && at < when.to;
  let clock = clocks.get(when.timeZone);
  if (clock === undefined) {
    clock = new ZoneClock(when.timeZone);
    clocks.set(when.timeZone, clock);
  }
  const wall = at + clock.offset(at) * MINUTE;
  const minute = Math.floor(wall / MINUTE) % 1440;
  // 1 January 1970 was a Thursday, ISO day 4.
  const day = ((Math.floor(wall / DAY) + 3) % 7) + 1;
  const from = minutesOf(when.from);
  const to = minutesOf(when.to);
  if (from < to) return when.days.includes(day) && minute >= from && minute < to;
  // Past midnight: it belongs to the day on which it begins.
  if (minute >= from) return when.days.includes(day);
  return minute < to && when.days.includes(day === 1 ? 7 : day - 1);
}

/** The maintenance that goes on for a source, if any. */
export function maintenanceOf(
  windows: readonly Maintenance[],
  tenant: string,
  source: string,
  at: number,
): Maintenance | undefined {
  return windows.find(
    (one) => one.tenant === tenant && (one.source === null || one.source === source) && goesOn(one, at),
  );
}

/** Whether it is over for good. */
export function isOver({ when, endedAt }: Maintenance, at: number): boolean {
  return (endedAt !== null && at >= endedAt) || (when.kind === 'once' && at >= when.to);
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}
