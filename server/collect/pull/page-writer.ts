import { hash } from 'node:crypto';
import type { RawLog } from '@vigie/contracts';
import { DEFAULT_LINE_LIMIT, decodeLimited } from '../raw-text.ts';
import type { PullPage } from './connector.ts';
import { PullError } from './errors.ts';
import type { Advance, ConnectorRecord, ConnectorStore, PullSink } from './ports.ts';

/** Logs handed to ingestion at once. */
const PART = 2_000;
/** Digests kept of items without a time of their own. */
const MAX_STRAYS = 2_000;
/** Largest checkpoint, characters of JSON. */
const MAX_CHECKPOINT = 256 * 1024;
/** Times before this, or so far ahead, are not believed when events are read; then neither are they here. */
const EARLIEST = Date.UTC(2000, 0, 1);
const AHEAD = 24 * 3_600_000;

/** Stores the pages of one fetch, and notes each once it is stored. */
export interface PageWriter {
  /** @returns false when the connector was changed meanwhile: the fetch is to end */
  write(page: PullPage): Promise<boolean>;
  readonly outdated: boolean;
  readonly warning: { readonly message: string; readonly advice: string } | undefined;
}

interface Options {
  readonly record: ConnectorRecord;
  readonly store: ConnectorStore;
  readonly sink: PullSink;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly backlog: () => Promise<void>;
}

/**
 * The order is that of durability: items are stored, then the checkpoint moves, then the service is told. A
 * crash between two of these repeats the page, and the items' own ids make the repeat add nothing.
 */
export function pageWriter(options: Options): PageWriter {
  const { record, store, sink, now, signal, backlog } = options;
  let current: Advance = {
    checkpoint: record.checkpoint,
    checkpointAt: record.checkpointAt,
    strays: record.strays,
    coveredTo: record.coveredTo,
    fetched: record.fetched,
    added: record.added,
  };
  let outdated = false;
  let warning: PageWriter['warning'];
  return {
    get outdated() {
      return outdated;
    },
    get warning() {
      return warning;
    },
    async write(page) {
      const receivedAt = now();
      const strays = new Set(current.strays);
      const logs: RawLog[] = [];
      for (const item of page.items) {
        const timed = item.at !== undefined && item.at > EARLIEST && item.at <= receivedAt + AHEAD;
        if (!timed) {
          const digest = hash('sha256', item.id, 'base64').slice(0, 16);
          if (strays.has(digest)) continue;
          strays.add(digest);
        }
        const bytes = Buffer.from(item.text);
        logs.push({
          tenant: record.tenant,
          source: record.source,
          transport: 'pull',
          receivedAt,
          ...decodeLimited(bytes, DEFAULT_LINE_LIMIT),
          length: bytes.length,
          key: `${record.type}:${item.id}`,
          fallbackTime: timed ? item.at! : current.checkpointAt,
        });
      }
      let added = 0;
      for (let from = 0; from < logs.length; from += PART) {
        await backlog();
        if (signal.aborted) return false;
        const stored = await untilAborted(sink.accept(logs.slice(from, from + PART)), signal);
        if (stored === undefined) return false;
        added += stored;
      }
      const next: Advance = {
        checkpoint: page.checkpoint === undefined ? current.checkpoint : page.checkpoint,
        checkpointAt: receivedAt,
        strays: [...strays].slice(-MAX_STRAYS),
        coveredTo: page.coveredTo ?? current.coveredTo,
        fetched: current.fetched + page.items.length,
        added: current.added + added,
      };
      if (JSON.stringify(next.checkpoint ?? null).length > MAX_CHECKPOINT)
        throw new PullError('VIGIE_PULL_BAD_ANSWER', 'the service’s cursor is too long to be kept');
      if (!(await store.advance(record, next))) {
        outdated = true;
        return false;
      }
      current = next;
      if (page.warning !== undefined)
        warning = { message: page.warning, advice: 'Fetching goes on; look at what was left out.' };
      await page.stored?.();
      return true;
    },
  };
}

/** The value, or undefined when the fetch is ended first: the logs are stored all the same, and come again. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve(undefined);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
