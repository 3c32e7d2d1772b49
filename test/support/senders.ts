import { setTimeout as sleep } from 'node:timers/promises';

/** What one sender was told: lines by the answer that acknowledged them. */
export interface Sent {
  readonly acknowledged: readonly string[];
  /** Answers and broken connections after which a batch was sent again. */
  readonly repeats: number;
}

/** Sends one batch; returns the lines that were not taken and must be sent again. */
export type Push = (lines: readonly string[]) => Promise<readonly string[]>;

/** Longest wait for an answer, as shippers have it. */
const PATIENCE = 60_000;

/** `POST /api/ingest/{source}`: a batch is taken as a whole. */
export function ndjsonPush(url: () => string, source: string, token: string): Push {
  return async (lines) => {
    const response = await fetch(`${url()}/api/ingest/${source}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: lines.map((message) => `${JSON.stringify({ message })}\n`).join(''),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return [];
  };
}

/** Elasticsearch's `_bulk`: every item has an answer of its own. */
export function bulkPush(url: () => string, token: string): Push {
  return async (lines) => {
    const response = await fetch(`${url()}/_bulk`, {
      method: 'POST',
      headers: {
        authorization: `ApiKey ${Buffer.from(`id:${token}`).toString('base64')}`,
        'content-type': 'application/x-ndjson',
      },
      body: lines.map((message) => `{"create":{"_index":"logs"}}\n${JSON.stringify({ message })}\n`).join(''),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    const { items } = JSON.parse(text) as { items: { create: { status: number } }[] };
    if (items.length !== lines.length) throw new Error(`${items.length} answers to ${lines.length} items`);
    return lines.filter((_line, index) => items[index]!.create.status >= 300);
  };
}

/** Sends batches one after the other, each until all of it was acknowledged. */
export async function sendAll(
  push: Push,
  batches: Iterable<readonly string[]>,
  pause: () => number,
): Promise<Sent> {
  const acknowledged: string[] = [];
  let repeats = 0;
  for (const batch of batches) {
    let left = batch;
    const end = Date.now() + 120_000;
    while (left.length > 0) {
      try {
        const refused = await push(left);
        const again = new Set(refused);
        for (const line of left) if (!again.has(line)) acknowledged.push(line);
        left = refused;
      } catch (error) {
        if (Date.now() > end) throw new Error('a batch was not taken for two minutes', { cause: error });
        repeats++;
        await sleep(50 + 200 * Math.min(repeats, 3));
      }
    }
    await sleep(pause());
  }
  return { acknowledged, repeats };
}
