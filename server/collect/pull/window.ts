/** How a service's log is asked for by time. Milliseconds. */
export interface WindowOptions {
  /** How far back the first fetch goes. */
  readonly lookBack: number;
  /** Items may appear this late behind others: what was asked for is asked for again so far back. */
  readonly overlap: number;
  /** The newest moments are left for the next fetch: the service may still be sorting them. */
  readonly lag: number;
  /** Longest span of one question; longer than the overlap. */
  readonly span: number;
  /** Older items the service does not have. */
  readonly retention?: number;
}

/** Where a fetch by time stands: everything before `at` was fetched; a span half fetched has its next page. */
export interface WindowState {
  readonly at: number;
  readonly open?: { readonly from: number; readonly to: number; readonly next: string };
}

export interface Window {
  readonly from: number;
  readonly to: number;
  /** Page to go on with; undefined: the first. */
  readonly next?: string;
}

/** Reads a checkpoint back; what is none counts as no checkpoint. */
export function windowState(checkpoint: unknown): WindowState | undefined {
  if (typeof checkpoint !== 'object' || checkpoint === null) return undefined;
  const { at, open } = checkpoint as { at?: unknown; open?: Partial<Window> };
  if (typeof at !== 'number' || !Number.isFinite(at)) return undefined;
  return typeof open === 'object' &&
    typeof open.from === 'number' &&
    typeof open.to === 'number' &&
    typeof open.next === 'string'
    ? { at, open: { from: open.from, to: open.to, next: open.next } }
    : { at };
}

/**
 * The next span to ask for.
 *
 * @param now by the service's clock, so that a wrong one here leaves no gap
 * @returns undefined: nothing to ask for yet
 */
export function nextWindow(
  state: WindowState | undefined,
  options: WindowOptions,
  now: number,
): Window | undefined {
  if (state?.open !== undefined) return state.open;
  const latest = now - options.lag;
  const oldest = options.retention === undefined ? 0 : now - options.retention;
  // A clock that was set back must not stop fetching until it has caught up.
  const begin = Math.min(state?.at ?? latest - options.lookBack, latest);
  const from = Math.max(oldest, begin - (state === undefined ? 0 : options.overlap));
  const to = Math.min(latest, from + options.span);
  return to > from ? { from, to } : undefined;
}

/** What came in while the last span was read is left for the next fetch, milliseconds. */
const REST = 5 * 60_000;

/** Whether a window reaches the newest that may be asked for, or nearly so. */
export function reachesNow(window: Window, options: WindowOptions, now: number): boolean {
  return window.to >= now - options.lag - REST;
}
