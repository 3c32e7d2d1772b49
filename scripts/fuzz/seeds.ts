import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real inputs to change: texts of rules and pipelines, and event logs. */
export interface Seeds {
  readonly rules: readonly string[];
  readonly logs: readonly Uint8Array[];
}

/** Most seeds of one kind, evenly chosen: more would only take memory. */
const MOST = 400;
const LARGEST = 200_000;

/**
 * Our own rules, and those and the logs of a corpus (`sigma/rules`, `evtx`) where one is given.
 *
 * @param root the project's folder
 */
export function readSeeds(root: string, corpus: string | undefined): Seeds {
  const folders = [join(root, 'detections', 'sigma'), ...(corpus ? [join(corpus, 'sigma', 'rules')] : [])];
  const rules = folders
    .flatMap((folder) => chosen(folder, /\.ya?ml$/))
    .map((path) => readFileSync(path, 'utf8'));
  const logs = corpus ? chosen(join(corpus, 'evtx'), /\.evtx$/).map((path) => readFileSync(path)) : [];
  return {
    rules: rules.filter((text) => text.length < LARGEST),
    logs: logs.filter((bytes) => bytes.length < LARGEST),
  };
}

function chosen(folder: string, name: RegExp): string[] {
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .sort();
  const step = Math.max(1, Math.floor(all.length / MOST));
  return all.filter((_path, index) => index % step === 0).map((path) => join(folder, path));
}
