import type { Level } from '@vigie/contracts';
import type { ExplainedNode, explain } from '@vigie/sigma';
import { ago, counted, paint, paintLevel, printTable, safe } from '../../output.ts';
import type { AttackNames } from '../rules.ts';
import { BY_SEVERITY, type ScanResult } from '../scan.ts';
import type { Count, Summary, Timeline } from '../summary.ts';

const BARS = '▁▂▃▄▅▆▇█';
/** Problems listed one by one. */
const LISTED = 20;
/** Detections shown with their reasons. */
const EXPLAINED = 50;

/** Prints what was found for people: rules by severity, techniques, when, where, who, and what was not read. */
export function printReport(
  result: ScanResult,
  summary: Summary,
  attack: AttackNames,
  explained: boolean,
): void {
  const out = (text = ''): void => void process.stdout.write(`${text}\n`);
  if (summary.detections === 0) out(paint('Nothing was detected.', 'bold'));
  else {
    out();
    printTable(
      summary.rules,
      [
        { title: 'LEVEL', value: (r) => paintLevel(r.level) },
        { title: 'COUNT', value: (r) => String(r.count), right: true },
        { title: 'RULE', value: (r) => safe(r.title), max: 70 },
        { title: 'TECHNIQUES', value: (r) => safe(r.techniques.join(' ')), max: 30 },
        { title: 'FIRST', value: (r) => shortTime(r.first) },
        { title: 'LAST', value: (r) => shortTime(r.last) },
        { title: 'HOSTS', value: (r) => String(r.hosts), right: true },
      ],
      '',
    );
    printTechniques(summary, attack, out);
    if (summary.timeline !== null) printTimeline(summary.timeline, out);
    printCounts('Hosts', summary.hosts, out);
    printCounts('Users', summary.users, out);
    if (explained) printExplanations(result, out);
  }
  printProblems(summary, out);
  out();
  const found = BY_SEVERITY.filter((level) => summary.levels[level] > 0)
    .map((level) => `${summary.levels[level].toLocaleString('en')} ${paintLevel(level)}`)
    .join(', ');
  out(
    `${paint(counted(summary.detections, 'detection'), 'bold')}${found === '' ? '' : ` (${found})`} by ${summary.rules.length} of ${summary.rules_loaded.toLocaleString('en')} rules`,
  );
  const { events, files, seconds, bytes } = summary;
  const speed = seconds > 0 ? `, ${Math.round(events / seconds).toLocaleString('en')} a second` : '';
  out(
    `${counted(events, 'event')} of ${counted(files, 'file')} (${size(bytes)}) in ${seconds.toFixed(1)} s${speed}`,
  );
  if (summary.first !== null && summary.last !== null)
    out(paint(`Events from ${shortTime(summary.first)} to ${shortTime(summary.last)} UTC`, 'dim'));
}

function printTechniques(summary: Summary, attack: AttackNames, out: (text?: string) => void): void {
  if (summary.techniques.length === 0) return;
  out();
  out(paint('ATT&CK', 'bold'));
  const shown = new Set<string>();
  for (const tactic of attack.tactics) {
    const own = summary.techniques.filter(({ tactics }) => tactics.includes(tactic.key));
    if (own.length === 0) continue;
    for (const { id } of own) shown.add(id);
    out(`  ${tactic.name.padEnd(21)} ${own.slice(0, 6).map(label).join(', ')}${more(own.length - 6)}`);
  }
  const others = summary.techniques.filter(({ id }) => !shown.has(id));
  if (others.length > 0)
    out(`  ${'Other'.padEnd(21)} ${others.slice(0, 6).map(label).join(', ')}${more(others.length - 6)}`);
}

function label({ id, name, count }: { id: string; name: string; count: number }): string {
  // A technique that the shipped ATT&CK does not know has its id for a name.
  return `${name === id ? id : `${id} ${safe(name)}`} ${paint(`×${count}`, 'dim')}`;
}

function more(count: number): string {
  return count > 0 ? paint(` and ${count} more`, 'dim') : '';
}

function printTimeline(timeline: Timeline, out: (text?: string) => void): void {
  out();
  out(`${paint('When', 'bold')} ${paint(`(one bar is ${ago(timeline.step)})`, 'dim')}`);
  for (const level of BY_SEVERITY) {
    const counts = timeline.levels[level];
    if (counts.some((count) => count > 0)) out(`  ${paintLevel(level.padEnd(13))} ${sparkline(counts)}`);
  }
  out(paint(`  ${''.padEnd(13)} ${shortTime(timeline.from)} – ${shortTime(timeline.to)}`, 'dim'));
  for (const { from, to, count } of timeline.bursts)
    out(`  burst of ${count.toLocaleString('en')} detections ${shortTime(from)} – ${shortTime(to)}`);
}

/** Counts as bars, by the root of their part of the largest, so that small ones stay visible. */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts
    .map((count) => (count === 0 ? ' ' : BARS[Math.min(7, Math.floor(Math.sqrt(count / most) * 7.99))]!))
    .join('');
}

function printCounts(title: string, counts: readonly Count[], out: (text?: string) => void): void {
  if (counts.length === 0) return;
  out();
  out(paint(title, 'bold'));
  const most = counts[0]!.count;
  for (const { name, count } of counts)
    out(
      `  ${String(count).padStart(7)}  ${'█'.repeat(Math.max(1, Math.round((count / most) * 20))).padEnd(20)}  ${safe(name).slice(0, 80)}`,
    );
}

function printExplanations(result: ScanResult, out: (text?: string) => void): void {
  out();
  out(paint('Why', 'bold'));
  const rank = (index: number): number =>
    BY_SEVERITY.indexOf(result.labels[result.rows[index]!.label]!.level as Level);
  const order = [...result.rows.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
  for (const index of order.slice(0, EXPLAINED)) {
    const row = result.rows[index]!;
    const { title, level } = result.labels[row.label]!;
    out(`${paintLevel(level)} ${safe(title)} ${paint(safe(`${row.path} ${row.record}`), 'dim')}`);
    const { explanation } = JSON.parse(`{${row.body()}}`) as { explanation?: ReturnType<typeof explain> };
    for (const node of explanation?.conditions ?? []) printNode(node, 1, out);
  }
  if (order.length > EXPLAINED)
    out(paint(`… ${order.length - EXPLAINED} more; --format ndjson --explain gives all`, 'dim'));
}

function printNode(node: ExplainedNode, depth: number, out: (text?: string) => void): void {
  const indent = '  '.repeat(depth);
  const mark = node.holds ? paint('✓', 'green') : paint('✗', 'dim');
  if (node.kind === 'item') {
    const on = node.values.find(({ holds, on: found }) => holds && found !== undefined);
    const what = node.text === '' ? 'keywords' : node.text;
    const found = on?.on ?? node.present[0];
    out(
      `${indent}${mark} ${safe(what)}: ${safe((on?.raw ?? node.values.map(({ raw }) => raw).join(', ')).slice(0, 80))}${
        found === undefined ? '' : paint(`  ← ${safe(`${found.name} = ${found.text}`).slice(0, 160)}`, 'dim')
      }`,
    );
    return;
  }
  const name = node.kind === 'selection' ? node.name : node.kind === 'of' ? node.text : node.kind;
  out(`${indent}${mark} ${safe(name)}`);
  // What did not hold is only of interest where nothing else explains the verdict.
  for (const item of node.items) if (item.holds || node.kind === 'not') printNode(item, depth + 1, out);
}

function printProblems(summary: Summary, out: (text?: string) => void): void {
  if (summary.problems.length === 0 && summary.unrecognised === 0) return;
  out();
  out(paint('Not read, or not fully', 'bold'));
  for (const { path, message } of summary.problems.slice(0, LISTED))
    out(`  ${safe(path)}: ${safe(message).slice(0, 200)}`);
  if (summary.problems.length > LISTED)
    out(`  … and ${summary.problems.length - LISTED} more; --json lists all`);
  if (summary.unrecognised > 0)
    out(`  ${counted(summary.unrecognised, 'log')} of no known technology, searched by their own fields`);
}

function shortTime(text: string): string {
  return text.slice(0, 19).replace('T', ' ');
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(0)} KiB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
