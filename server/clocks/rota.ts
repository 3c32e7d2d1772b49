import type { DutyView, RotaMember, RotaSetup } from '@vigie/contracts/api';
import { addDays, dateAt, daysBetween, instantOf, minutesOf, weekdayOf } from './wall.ts';

/** Somebody else for a time. */
export interface Override {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly member: RotaMember;
  /** When it was entered: the last one wins. */
  readonly at: number;
}

interface Duty extends Omit<DutyView, 'member'> {
  readonly member: RotaMember | null;
}

/**
 * Who is on call from one instant to another, gaps included, in order and without holes. Of shifts that overlap, the
 * one that began last counts.
 */
export function plan(setup: RotaSetup, overrides: readonly Override[], from: number, to: number): DutyView[] {
  const shifts = shiftsBetween(setup, from, to);
  const marks = new Set([from, to]);
  for (const each of [...shifts, ...overrides])
    for (const at of [each.from, each.to]) if (at > from && at < to) marks.add(at);
  const edges = [...marks].sort((a, b) => a - b);
  const newest = [...overrides].sort((a, b) => b.at - a.at);
  const duties: Duty[] = [];
  for (const [place, at] of edges.slice(0, -1).entries()) {
    const end = edges[place + 1]!;
    const shift = shifts.filter((each) => each.from <= at && at < each.to).at(-1);
    const override = newest.find((each) => each.from <= at && at < each.to);
    const duty: Duty = {
      from: at,
      to: end,
      shift: shift?.name ?? null,
      member: override?.member ?? shift?.member ?? null,
      override: override?.id ?? null,
    };
    const last = duties.at(-1);
    if (last !== undefined && alike(last, duty)) duties[duties.length - 1] = { ...last, to: end };
    else duties.push(duty);
  }
  return duties;
}

/** Who is on call at an instant; undefined: nobody. */
export function onCall(setup: RotaSetup, overrides: readonly Override[], at: number): RotaMember | undefined {
  return plan(setup, overrides, at, at + 1)[0]?.member ?? undefined;
}

/** The next stretch with somebody else than now. */
export function nextDuty(duties: readonly DutyView[]): DutyView | null {
  const now = duties[0];
  return duties.find((duty) => duty.member !== null && duty.member.email !== now?.member?.email) ?? null;
}

function alike(a: Duty, b: Duty): boolean {
  return a.member?.email === b.member?.email && a.shift === b.shift && a.override === b.override;
}

/** Shifts that touch a stretch of time, in the order of their begin. */
function shiftsBetween(setup: RotaSetup, from: number, to: number) {
  const { timeZone, rotationDays, startsOn, members } = setup;
  const found: { from: number; to: number; name: string; member: RotaMember }[] = [];
  // A shift that began the day before may still run.
  const last = dateAt(to, timeZone);
  for (let date = addDays(dateAt(from, timeZone), -1); date <= last; date = addDays(date, 1)) {
    const turn = Math.floor(daysBetween(startsOn, date) / rotationDays);
    for (const shift of setup.shifts) {
      if (!shift.days.includes(weekdayOf(date))) continue;
      const begin = minutesOf(shift.from);
      const end = minutesOf(shift.to);
      const until = instantOf(date, end > begin ? end : end + 1440, timeZone);
      const since = instantOf(date, begin, timeZone);
      if (until <= from || since >= to || until <= since) continue;
      const size = shift.members.length;
      // Before the rota's first day it turns backwards.
      const member = members[shift.members[((turn % size) + size) % size]!]!;
      found.push({ from: since, to: until, name: shift.name, member });
    }
  }
  return found.sort((a, b) => a.from - b.from);
}
