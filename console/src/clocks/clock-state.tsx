import type { ClockView, ClockState as State } from '@vigie/contracts/api';
import { bothZones, distance, duration } from '../ui/time.ts';
import { useNow } from '../ui/time-view.tsx';
import css from './clocks.module.css';
import { t } from './strings.ts';

/** Hour-glass half full, nearly empty, bars, cross, tick, dash: apart without colour. */
const SHAPES: Record<State, string> = {
  running: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM8 4v4.200l2.800 1.600',
  warned: 'M8 1.400 15.400 14.400H.6zM8 6v3.600M8 11.600v.6',
  paused: 'M5 2.500v11M11 2.500v11',
  breached: 'M5.100 1h5.800L15 5.100v5.800L10.900 15H5.100L1 10.900V5.100zM5.500 5.500l5 5M10.500 5.500l-5 5',
  met: 'M2.500 8.500 6.500 12.500 13.500 4',
  cancelled: 'M3 8h10',
};

/** State of a clock as shape, word and colour. */
export function ClockState({ state }: { state: State }) {
  return (
    <span className={css.state} data-state={state}>
      <Shape state={state} />
      {t.state[state]}
    </span>
  );
}

/** What a queue says of an incident's clocks: how long the next one has left, or how long it is over. */
export function TimeLeft({ state, dueAt }: { state: State; dueAt: number | null }) {
  const left = (dueAt ?? 0) - Math.max(useNow(), Date.now());
  const told = dueAt !== null && state !== 'paused' && (left >= 0 || state === 'breached');
  return (
    <span
      className={css.timeLeft}
      data-state={state}
      title={dueAt === null ? t.state[state] : `${t.state[state]}. ${t.due}: ${bothZones(dueAt)}`}
    >
      <Shape state={state} />
      {told && <span className="visually-hidden">{t.state[state]} </span>}
      {!told ? t.state[state] : left >= 0 ? t.left(duration(left)) : t.over(duration(-left))}
    </span>
  );
}

function Shape({ state }: { state: State }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="13"
      height="13"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={SHAPES[state]} />
    </svg>
  );
}

/** Time left, over, or taken. */
export function Remaining({ clock }: { clock: ClockView }) {
  const now = Math.max(useNow(), Date.now());
  const title = clock.dueAt === null ? undefined : `${t.due}: ${bothZones(clock.dueAt)}`;
  return (
    <span className={css.remaining} title={title} data-testid="clock-remaining">
      {remainingText(clock, now)}
    </span>
  );
}

function remainingText(clock: ClockView, now: number): string {
  if (clock.stoppedAt !== null) return t.doneAfter(distance(clock.usedMs));
  if (clock.state === 'cancelled') return '–';
  if (clock.dueAt === null) return t.left(distance(Math.max(0, clock.allowedMs - clock.usedMs)));
  const left = clock.dueAt - now;
  return left >= 0 ? t.left(distance(left)) : t.over(distance(-left));
}

/** The used part of the time, drawn. */
export function Used({ clock }: { clock: ClockView }) {
  const share = Math.min(1, clock.usedMs / Math.max(1, clock.allowedMs));
  return (
    <svg
      className={css.used}
      data-state={clock.state}
      viewBox="0 0 100 3"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect width="100" height="3" className={css.track} />
      <rect width={share * 100} height="3" fill="currentColor" />
    </svg>
  );
}
