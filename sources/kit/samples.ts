import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from './reader.ts';

/** Receive time of every sample: fills in missing years, so that expected documents do not change. */
export const SAMPLE_RECEIVED_AT = Date.UTC(2026, 2, 2, 12, 0, 0);

/** One file in `samples/`, with its logs and the file that holds the documents expected of them. */
export interface Sample {
  /** `<vendor>.<product>` of the folder. */
  readonly source: string;
  readonly name: string;
  readonly file: string;
  readonly expectedFile: string;
  readonly logs: readonly Readable[];
  /** Whether the file holds many logs, so that a list of documents is expected. */
  readonly many: boolean;
}

/**
 * Reads a source's samples:
 * - `<case>.log`: one log, the whole file without its last line break.
 * - `<case>.lines.log`: one log a line.
 * - `<case>.json`: one JSON object, delivered parsed as an HTTP transport would.
 * - `<case>.ndjson`: one such object a line.
 *
 * The expected documents stand beside it in `<case>.expected.json`, nested, without `event.original`,
 * `event.ingested` and `ecs.version`, which the runner checks by itself.
 *
 * @param root the `sources` folder
 */
export function readSamples(root: string, source: string): Sample[] {
  const [vendor, product] = source.split('.') as [string, string];
  const folder = join(root, vendor, product, 'samples');
  if (!existsSync(folder)) return [];
  const samples: Sample[] = [];
  for (const entry of readdirSync(folder).sort()) {
    if (entry.endsWith('.expected.json')) continue;
    const match = /^(.+?)(\.lines\.log|\.log|\.ndjson|\.json)$/.exec(entry);
    if (match === null)
      throw new Error(`${folder}/${entry}: samples end in .log, .lines.log, .json or .ndjson`);
    const [, name, kind] = match as unknown as [string, string, string];
    const file = join(folder, entry);
    const content = readFileSync(file, 'utf8').replace(/\n$/, '');
    const many = kind === '.lines.log' || kind === '.ndjson';
    const isJson = kind === '.json' || kind === '.ndjson';
    const texts = many ? content.split('\n').filter((line) => line !== '') : [content];
    const logs = texts.map((text) => ({
      text,
      receivedAt: SAMPLE_RECEIVED_AT,
      ...(isJson ? { json: JSON.parse(text) } : {}),
    }));
    samples.push({ source, name, file, expectedFile: join(folder, `${name}.expected.json`), logs, many });
  }
  return samples;
}
