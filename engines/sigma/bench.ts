/**
 * Measures the matcher on one core, JSON parsing included; how its cost grows with the rules; loading; correlations.
 * Everything is in processor time, so that other programs on the machine disturb it little.
 *
 * Run from the project's root with VIGIE_CORPUS naming a folder of Sigma rules:
 * `npx esbuild engines/sigma/bench.ts --bundle --platform=node --format=esm --external:yaml
 * --outfile=.cache/sigma-bench.mjs && VIGIE_CORPUS=… node .cache/sigma-bench.mjs`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EcsFields } from '@vigie/contracts';
import type { SigmaRule } from './ast.ts';
import { CorrelationEngine } from './correlation/engine.ts';
import { compile, type Matcher } from './matcher.ts';
import { parseRuleFiles, readRuleFolder } from './node.ts';
import { parseRules } from './parse.ts';
import { windowsEvents } from './testing/windows-events.ts';
import { WINDOWS_TAXONOMY } from './testing/windows-taxonomy.ts';

const GROUPS = 10_000;
const UPDATES = 300_000;

const corpus = process.env['VIGIE_CORPUS'];
if (corpus === undefined) {
  console.error('VIGIE_CORPUS must name a folder of Sigma rules');
  process.exit(2);
}
const files = readRuleFolder(corpus);
let start = cpu();
const rules: SigmaRule[] = files.flatMap(({ path, text }) => parseRules(text, { file: path }).rules);
const parsed = cpu();
const matcher = compile(rules, { taxonomy: WINDOWS_TAXONOMY });
const compiled = cpu();
const { loaded, unmapped, rejected, unindexed } = matcher.report;
console.log(`rules ${rules.length}: parse ${ms(start, parsed)}, compile ${ms(parsed, compiled)}`);
console.log(
  `loaded ${loaded}, unmapped ${unmapped.length}, rejected ${rejected.length}, without witness ${unindexed}`,
);

measureLoading();
for (const event of windowsEvents(3000)) matcher.match(event);
const heap = process.memoryUsage();
console.log(`heap ${mb(heap.heapUsed)}, typed arrays ${mb(heap.arrayBuffers)}, rss ${mb(heap.rss)}`);

for (const filler of [0, 1200]) {
  const events = windowsEvents(40_000, 7, filler);
  const lines = events.map((event) => JSON.stringify(event));
  const size = lines.reduce((sum, line) => sum + line.length, 0) / lines.length;
  start = cpu();
  for (const event of events.slice(0, 2000)) matcher.match(event);
  const first = cpu();
  const counts = events.map((event) => matcher.countCandidates(event)).sort((a, b) => a - b);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  console.log(
    `events of ${Math.round(size)} B; first 2,000 ${ms(start, first)}; candidates mean ${mean.toFixed(1)},` +
      ` p50 ${counts[counts.length >> 1]}, p99 ${counts[Math.floor(counts.length * 0.99)]}`,
  );
  for (let round = 0; round < 3; round++) {
    start = cpu();
    let hits = 0;
    for (const line of lines) hits += matcher.match(JSON.parse(line) as EcsFields).length;
    const seconds = (cpu() - start) / 1000;
    start = cpu();
    for (const event of events) matcher.match(event);
    const bare = (cpu() - start) / 1000;
    console.log(
      `  ${Math.round(lines.length / seconds)} events/s with JSON.parse, ${Math.round(events.length / bare)} without; ${hits} matches`,
    );
  }
}

measureGrowth();
measureCorrelations();

/** Rules from a cache, as a program that starts again finds them. */
function measureLoading(): void {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    const cache = join(folder, 'rules.json');
    parseRuleFiles(files, cache);
    const begun = cpu();
    const { rules: cached } = parseRuleFiles(readRuleFolder(corpus!), cache);
    const read = cpu();
    compile(cached, { taxonomy: WINDOWS_TAXONOMY });
    console.log(`from the cache: read ${ms(begun, read)}, compile ${ms(read, cpu())}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of processor time a thousand events, the best of several rounds. */
function costOf(own: Matcher, events: readonly EcsFields[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const begun = cpu();
    for (const event of events) own.match(event);
    best = Math.min(best, cpu() - begun);
  }
  return (best / events.length) * 1000;
}

/** The cost of an event with a tenth of the rules and with all of them, both drawn evenly from those that are live. */
function measureGrowth(): void {
  const events = windowsEvents(20_000, 11);
  const live = matcher.rules;
  const few = compile(
    live.filter((_, index) => index % Math.ceil(live.length / 300) === 0),
    { taxonomy: WINDOWS_TAXONOMY },
  );
  const many = compile(live.slice(0, 3000), { taxonomy: WINDOWS_TAXONOMY });
  const [low, high] = [costOf(few, events), costOf(many, events)];
  console.log(
    `matching alone, a thousand events: ${low.toFixed(1)} ms with 300 rules (${few.report.loaded} live), ` +
      `${high.toFixed(1)} ms with 3,000 (${many.report.loaded} live): ${(high / low).toFixed(2)} times`,
  );
}

/** Updates a second of a count and of a count of different values, by group. */
function measureCorrelations(): void {
  const text = `title: logon
id: 6b1d2f0e-6f0c-4b53-9d3e-0f7a4c1f2b60
name: logon
logsource: { product: windows }
detection: { selection: { EventID: 4625 }, condition: selection }
---
title: many
correlation:
  type: TYPE
  rules: [logon]
  group-by: [source.ip]
  timespan: 5m
  condition: CONDITION
`;
  for (const [type, condition] of [
    ['event_count', '{ gte: 1000000 }'],
    ['value_count', '{ field: user.name, gte: 1000000 }'],
  ] as const) {
    const own = parseRules(text.replace('TYPE', type).replace('CONDITION', condition));
    const engine = new CorrelationEngine(own.correlations, { rules: own.rules, taxonomy: WINDOWS_TAXONOMY });
    const match = { rule: own.rules[0]!, matched: [] };
    const events = Array.from({ length: UPDATES }, (_, index) => ({
      id: String(index),
      time: 1_780_000_000_000 + index,
      fields: { 'source.ip': `group-${(index * 7919) % GROUPS}`, 'user.name': `user-${index % 97}` },
    }));
    for (const event of events.slice(0, 20_000)) engine.observe([match], event);
    const begun = cpu();
    for (const event of events.slice(20_000)) engine.observe([match], event);
    const spent = (cpu() - begun) / 1000;
    console.log(
      `correlation ${type}, ${GROUPS} groups: ${Math.round((UPDATES - 20_000) / spent)} updates/s` +
        (own.errors.length > 0 ? ` (${own.errors[0]!.message})` : ''),
    );
  }
}

/** Milliseconds of processor time of this process, both of its own and of the system. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1048576)} MB`;
}

function ms(from: number, to: number): string {
  return `${Math.round(to - from)} ms`;
}
