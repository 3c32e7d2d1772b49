import { useSyncExternalStore } from 'react';
import { ui } from './strings.ts';
import { bothZones, clockText, duration, localText, preciseText, rowText } from './time.ts';

const AS = { full: localText, clock: clockText, precise: preciseText, row: rowText };

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** The present, moving every 15 s; one timer for all ages on the page. */
export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        now = Date.now();
        for (const each of listeners) each();
      }, 15_000);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    () => now,
  );
}

/** `4 min` since an instant; local time and UTC on hover. `suffix` adds "ago". */
export function Age({ at, suffix = false }: { at: number | null; suffix?: boolean }) {
  const present = useNow();
  if (at === null) return <span className="muted">{ui.never}</span>;
  const past = Math.max(present, Date.now()) - at;
  const text =
    past < -1000
      ? ui.in(duration(past))
      : past < 1000
        ? ui.now
        : suffix
          ? ui.ago(duration(past))
          : duration(past);
  return (
    <time dateTime={new Date(at).toISOString()} title={bothZones(at)}>
      {text}
    </time>
  );
}

/** An absolute time in the reader's zone; UTC on hover. */
export function At({ at, as = 'full' }: { at: number | null; as?: keyof typeof AS }) {
  if (at === null) return <span className="muted">–</span>;
  const text = AS[as](at);
  return (
    <time dateTime={new Date(at).toISOString()} title={bothZones(at)}>
      {text}
    </time>
  );
}
