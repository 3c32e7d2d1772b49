import type { PullItem, PullPage, PullRun } from '../../connector.ts';
import { PullError } from '../../errors.ts';
import type { HttpAnswer } from '../../http-client.ts';
import { nextWindow, reachesNow, type Window, type WindowOptions, windowState } from '../../window.ts';

/** One page of a log that is asked for by time. */
export interface WindowPage {
  readonly items: readonly PullItem[];
  /** Where the next page is: an address or a cursor; undefined: the span is read. */
  readonly next: string | undefined;
}

/** A log that is asked for by time: one of several that a connector fetches. */
export interface TimedLog {
  /** Its name in the checkpoint. */
  readonly name: string;
  readonly window: WindowOptions;
  /** Fetches a page of a span. */
  page(window: Window): Promise<WindowPage>;
}

/** A span has more pages than this: the service goes in a circle, or the span is too long. */
const MAX_PAGES = 100_000;
/** Statuses with which services say that a page's cursor is too old. */
const CURSOR_GONE = new Set([400, 404, 410, 422]);

/**
 * Fetches logs that are asked for by time, span after span and page after page. A span half read goes on at
 * its next page after a crash; when the service does not know that page any more, the span is read again.
 */
export async function* pullWindows(
  run: Pick<PullRun<unknown>, 'checkpoint' | 'http' | 'signal'>,
  logs: readonly TimedLog[],
): AsyncGenerator<PullPage> {
  const kept = run.checkpoint;
  const states: Record<string, unknown> = { ...(typeof kept === 'object' && kept !== null ? kept : {}) };
  const covered = () => {
    const ats = logs.map(({ name }) => windowState(states[name])?.at);
    return ats.every((at) => at !== undefined) ? { coveredTo: Math.min(...(ats as number[])) } : {};
  };
  for (const log of logs) {
    let pages = 0;
    for (;;) {
      const now = run.http.serviceNow();
      const state = windowState(states[log.name]);
      const window = nextWindow(state, log.window, now);
      if (window === undefined) break;
      let page: WindowPage;
      try {
        page = await log.page(window);
      } catch (error) {
        if (window.next === undefined || pages > 0) throw error;
        if (!(error instanceof PullError) || !CURSOR_GONE.has(error.status ?? 0)) throw error;
        states[log.name] = { at: window.from };
        continue;
      }
      if (page.next !== undefined && page.next === window.next)
        throw new PullError(
          'VIGIE_PULL_BAD_ANSWER',
          `${log.name}: the service gives the same page again and again`,
        );
      if (++pages > MAX_PAGES)
        throw new PullError('VIGIE_PULL_BAD_ANSWER', `${log.name}: a span of time has no last page`);
      states[log.name] =
        page.next === undefined
          ? { at: window.to }
          : { at: state?.at ?? window.from, open: { from: window.from, to: window.to, next: page.next } };
      yield { items: page.items, checkpoint: { ...states }, ...covered() };
      if (page.next === undefined && reachesNow(window, log.window, now)) break;
    }
  }
}

/**
 * The address of a next page, as the service gave it. It must be where the log itself is: the credential goes
 * there with it.
 *
 * @throws PullError `VIGIE_PULL_BAD_ANSWER` when it points elsewhere
 */
export function nextUrl(next: string, base: URL): URL {
  let url: URL;
  try {
    url = new URL(next, base);
  } catch {
    throw new PullError('VIGIE_PULL_BAD_ANSWER', `${base.host} gives a next page that is no address`);
  }
  if (url.origin !== base.origin)
    throw new PullError(
      'VIGIE_PULL_BAD_ANSWER',
      `${base.host} gives a next page at another host, ${url.host}, which must not see the credential`,
    );
  return url;
}

/** RFC 3339 in UTC, to the millisecond. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Calls a service's API. */
export type Call = (url: URL, headers?: Readonly<Record<string, string>>) => Promise<HttpAnswer>;
