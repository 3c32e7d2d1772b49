import type { MaintenanceHours } from '@vigie/contracts/api';
import type { Mark } from './marks.ts';
import type { AutomatedAction, HandlingAnswer } from './ports.ts';

/**
 * Whether automation may do something to assets, all of which may be meant: a `never-isolate` refuses isolation (and
 * disabling, of an account), `call-first` refuses everything until a person has called, `no-scan` refuses scans, and
 * a maintenance window refuses what changes something outside of it.
 */
export function judgeHandling(marks: readonly Mark[], action: AutomatedAction, at: number): HandlingAnswer {
  const reasons: string[] = [];
  let call: HandlingAnswer['call'] = null;
  for (const { name, note, handling, phone, owner, maintenance } of marks) {
    const because = note === '' ? '' : ` (${note})`;
    const cutsOff = action === 'isolate' || action === 'disable';
    if (cutsOff && handling.includes('never-isolate'))
      reasons.push(`${name} must never be isolated${because}`);
    if (handling.includes('call-first') && action !== 'scan') {
      reasons.push(
        `${phone || owner || 'its owner'} must be called before anything is done to ${name}${because}`,
      );
      call ??= { phone, owner };
    }
    if (action === 'scan' && handling.includes('no-scan'))
      reasons.push(`${name} must not be scanned${because}`);
    if (action !== 'scan' && maintenance !== null && !within(maintenance, at))
      reasons.push(`${name} may be changed in its maintenance window only`);
  }
  return { allowed: reasons.length === 0, call, reasons };
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether an instant is within maintenance hours, on the wall clock of their zone. */
export function within({ days, from, to, timeZone }: MaintenanceHours, at: number): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const day = DAYS.indexOf(of('weekday')) + 1;
  const clock = `${of('hour')}:${of('minute')}`;
  if (from < to) return days.includes(day) && clock >= from && clock < to;
  // Over midnight: the window belongs to the day on which it begins.
  const before = day === 1 ? 7 : day - 1;
  return (days.includes(day) && clock >= from) || (days.includes(before) && clock < to);
}
