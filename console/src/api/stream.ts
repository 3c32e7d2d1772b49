import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

/** How fresh the page is: told by the server, or asked for every 15 s, or neither yet. */
export type Liveness = 'connecting' | 'live' | 'polling';

let liveness: Liveness = 'connecting';
const listeners = new Set<() => void>();

function setLiveness(next: Liveness): void {
  if (next === liveness) return;
  liveness = next;
  for (const listener of listeners) listener();
}

/** The present state of the stream, for the header. */
export function useLiveness(): Liveness {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => liveness,
  );
}

/**
 * Keeps the cache fresh while somebody is signed in. A message only says what changed; the data is fetched
 * again. Messages of one second are joined, so a storm of alerts costs one request, not hundreds.
 */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const changed = new Set<number>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: ['incidents'] });
      void client.invalidateQueries({ queryKey: ['clocks'] });
      void client.invalidateQueries({ queryKey: ['notices'] });
      for (const id of changed) void client.invalidateQueries({ queryKey: ['incident', id] });
      changed.clear();
    };
    const onIncident = (message: MessageEvent<string>) => {
      const id = incidentOf(message.data);
      if (id !== null) changed.add(id);
      timer ??= setTimeout(flush, 1000);
    };
    // The server ends the stream of a session that has ended or may do something else now.
    const renew = () => void client.invalidateQueries({ queryKey: ['session'] });
    let again = false;
    let stream: EventSource;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      stream = new EventSource('/api/stream');
      stream.addEventListener('open', () => {
        setLiveness('live');
        if (again) renew();
        again = true;
      });
      stream.addEventListener('error', () => {
        setLiveness('polling');
        // A browser tries again by itself after a broken connection, but never after an HTTP error.
        if (stream.readyState !== EventSource.CLOSED) return;
        renew();
        reopen = setTimeout(open, 15_000);
      });
      stream.addEventListener('incident', onIncident);
      stream.addEventListener('status', () => void client.invalidateQueries({ queryKey: ['status'] }));
    };
    open();
    const poll = setInterval(() => {
      if (liveness === 'live' || document.hidden) return;
      void client.invalidateQueries({ queryKey: ['incidents'] });
      void client.invalidateQueries({ queryKey: ['incident'] });
    }, 15_000);
    return () => {
      stream.close();
      clearInterval(poll);
      clearTimeout(timer);
      clearTimeout(reopen);
      setLiveness('connecting');
    };
  }, [client]);
}

function incidentOf(data: string): number | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null || !('id' in value)) return null;
    return typeof value.id === 'number' ? value.id : null;
  } catch {
    // Not JSON: the list is refreshed all the same, only the single incident is unknown.
    return null;
  }
}
