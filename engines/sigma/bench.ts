/**
 * Measures the matcher on one core, JSON parsing included.
 *
 * Run from the project's root with VIGIE_CORPUS naming a folder of Sigma rules:
 * `npx esbuild engines/sigma/bench.ts --bundle --platform=node --format=esm --external:yaml
 * --outfile=.cache/sigma-bench.mjs && VIGIE_CORPUS=… node .cache/sigma-bench.mjs`
 */
import type { EcsFields } from '@vigie/contracts';
import type { SigmaRule } from './ast.ts';
import { compile } from './matcher.ts';
import { readRuleFolder } from './node.ts';
import { parseRules } from './parse.ts';
import { windowsEvents } from './testing/windows-events.ts';
import { WINDOWS_TAXONOMY } from './testing/windows-taxonomy.ts';

const corpus = process.env['VIGIE_CORPUS'];
if (corpus === undefined) {
  console.error('VIGIE_CORPUS must name a folder of Sigma rules');
  process.exit(2);
}
const files = readRuleFolder(corpus);
let start = performance.now();
const rules: SigmaRule[] = files.flatMap(({ path, text }) => parseRules(text, { file: path }).rules);
const parsed = performance.now();
const matcher = compile(rules, { taxonomy: WINDOWS_TAXONOMY });
const compiled = performance.now();
const { loaded, unmapped, rejected, unindexed } = matcher.report;
console.log(`rules ${rules.length}: parse ${ms(start, parsed)}, compile ${ms(parsed, compiled)}`);
console.log(
  `loaded ${loaded}, unmapped ${unmapped.length}, rejected ${rejected.length}, without witness ${unindexed}`,
);

for (const event of windowsEvents(3000)) matcher.match(event);
const heap = process.memoryUsage();
console.log(`heap ${mb(heap.heapUsed)}, typed arrays ${mb(heap.arrayBuffers)}, rss ${mb(heap.rss)}`);

for (const filler of [0, 1200]) {
  const events = windowsEvents(40_000, 7, filler);
  const lines = events.map((event) => JSON.stringify(event));
  const size = lines.reduce((sum, line) => sum + line.length, 0) / lines.length;
  start = performance.now();
  for (const event of events.slice(0, 2000)) matcher.match(event);
  const first = performance.now();
  const counts = events.map((event) => matcher.countCandidates(event)).sort((a, b) => a - b);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  console.log(
    `events of ${Math.round(size)} B; first 2,000 ${ms(start, first)}; candidates mean ${mean.toFixed(1)},` +
      ` p50 ${counts[counts.length >> 1]}, p99 ${counts[Math.floor(counts.length * 0.99)]}`,
  );
  for (let round = 0; round < 3; round++) {
    start = performance.now();
    let hits = 0;
    for (const line of lines) hits += matcher.match(JSON.parse(line) as EcsFields).length;
    const seconds = (performance.now() - start) / 1000;
    start = performance.now();
    for (const event of events) matcher.match(event);
    const bare = (performance.now() - start) / 1000;
    console.log(
      `  ${Math.round(lines.length / seconds)} events/s with JSON.parse, ${Math.round(events.length / bare)} without; ${hits} matches`,
    );
  }
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1048576)} MB`;
}

function ms(from: number, to: number): string {
  return `${Math.round(to - from)} ms`;
}
