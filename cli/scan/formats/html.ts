import { createHash } from 'node:crypto';
import { counted } from '../../output.ts';
import type { AttackNames } from '../rules.ts';
import { BY_SEVERITY, type ResultRow, type ScanResult } from '../scan.ts';
import { iso, type Summary, type Timeline } from '../summary.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { size } from './table.ts';

/** Detections listed in the page, the most severe first; a browser could not hold more with their events. */
const LISTED = 5000;
/** Characters of one event in the page. */
const EVENT = 8000;

/**
 * The result as one page that needs no network: timeline, ATT&CK matrix, a table with filters, and every
 * detection's event.
 *
 * Everything that comes from logs or rules is data in the page: escaped in its markup, and put in by the
 * script as text only. The page's policy allows nothing but its own style and script, by their hashes.
 */
export function* html(
  result: ScanResult,
  summary: Summary,
  attack: AttackNames,
  version: string,
): Generator<string> {
  const policy = [
    "default-src 'none'",
    `style-src '${hash(PAGE_STYLE)}'`,
    `script-src '${hash(PAGE_SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vigie scan: ${summary.detections} detections</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Vigie scan</h1>
<p>${counted(summary.detections, 'detection')} in ${counted(summary.events, 'event')} of ${counted(summary.files, 'file')} (${size(summary.bytes)})${
    summary.first === null || summary.last === null
      ? ''
      : `, from ${escapeHtml(minute(summary.first))} to ${escapeHtml(minute(summary.last))} UTC`
  }</p>
<ul class="levels">${BY_SEVERITY.map(
    (level) =>
      `<li><button type="button" class="${level}" data-level="${level}" aria-pressed="false"><b>${summary.levels[level].toLocaleString('en')}</b> ${level}</button></li>`,
  ).join('')}</ul>
</header>
<main>
${summary.timeline === null ? '' : timeline(summary.timeline)}
${matrix(summary, attack)}
${result.rows.length === 0 ? '<p>Nothing was detected.</p>' : `<section><h2>Rules</h2>${rulesTable(summary)}</section>`}
${counts('Hosts', summary)}
<section${result.rows.length === 0 ? ' hidden' : ''}>
<h2>Detections</h2>
${result.rows.length > LISTED ? `<p class="note">The ${LISTED.toLocaleString('en')} most severe of ${result.rows.length.toLocaleString('en')} detections are listed; NDJSON and CSV hold all.</p>` : ''}
<form id="filters" role="search">
<label>Search <input id="search" type="search" placeholder="rule, host, user, value" autocomplete="off"></label>
<output id="shown"></output>
<button type="reset">Clear filters</button>
</form>
<div class="scroll"><table id="detections"><thead><tr><th>Time (UTC)</th><th>Level</th><th>Rule</th><th>Host</th><th>User</th><th>File</th><th>Record</th></tr></thead><tbody></tbody></table></div>
<button type="button" id="more" hidden>Show more</button>
</section>
${problems(summary)}
</main>
<footer>Vigie ${escapeHtml(version)}. ATT&amp;CK® is a registered trademark of The MITRE Corporation.</footer>
<script type="application/json" id="data">[`;
  let first = true;
  for (const row of mostSevere(result)) {
    yield `${first ? '' : ','}\n${dataOf(row, result)}`;
    first = false;
  }
  yield `\n]</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Text as HTML, also inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** JSON inside a script element: no `<` can end the element or begin a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function mostSevere({ rows, labels }: ScanResult): readonly ResultRow[] {
  if (rows.length <= LISTED) return rows;
  const rank = (row: ResultRow): number => BY_SEVERITY.indexOf(labels[row.label]!.level);
  return rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => rank(a.row) - rank(b.row) || a.index - b.index)
    .slice(0, LISTED)
    .sort((a, b) => a.index - b.index)
    .map(({ row }) => row);
}

function dataOf(row: ResultRow, result: ScanResult): string {
  const { title, level, tags } = result.labels[row.label]!;
  const { fields, event, events } = JSON.parse(`{${row.body()}}`) as Record<string, unknown>;
  const detail = JSON.stringify(events ?? event, null, 1);
  return scriptJson([
    iso(row.time).slice(0, 19).replace('T', ' '),
    level,
    title,
    row.host ?? '',
    row.user ?? '',
    row.path,
    row.record,
    tags.join(' '),
    fields,
    detail.length > EVENT ? `${detail.slice(0, EVENT)}…` : detail,
  ]);
}

function timeline({ levels, from, to, bursts }: Timeline): string {
  const spans = levels.critical.length;
  const totals = Array.from({ length: spans }, (_, i) =>
    BY_SEVERITY.reduce((sum, level) => sum + levels[level][i]!, 0),
  );
  const most = Math.max(1, ...totals);
  // By the root, so that a single detection stays visible beside a burst.
  const height = (count: number): number => (count === 0 ? 0 : Math.max(2, Math.sqrt(count / most) * 100));
  const bars = totals
    .map((total, i) => {
      let y = 100;
      const parts = BY_SEVERITY.map((level) => {
        const count = levels[level][i]!;
        if (count === 0) return '';
        const h = (height(total) * count) / total;
        y -= h;
        return `<rect class="${level}" x="${i * 10}" y="${y.toFixed(2)}" width="9" height="${h.toFixed(2)}"></rect>`;
      }).join('');
      return `<g><title>${total} detections</title>${parts}</g>`;
    })
    .join('');
  const list = bursts
    .map(
      (burst) =>
        `<li>${burst.count.toLocaleString('en')} detections, ${escapeHtml(minute(burst.from))} – ${escapeHtml(minute(burst.to))}</li>`,
    )
    .join('');
  return `<section><h2>Timeline</h2><svg class="timeline" viewBox="0 0 ${spans * 10} 100" preserveAspectRatio="none" role="img" aria-label="Detections over time">${bars}</svg><p class="axis"><span>${escapeHtml(minute(from))}</span><span>${escapeHtml(minute(to))}</span></p>${list === '' ? '' : `<h3>Bursts</h3><ul>${list}</ul>`}</section>`;
}

function matrix(summary: Summary, attack: AttackNames): string {
  if (summary.techniques.length === 0) return '';
  const known = attack.tactics
    .map((tactic) => ({
      name: tactic.name,
      techniques: summary.techniques.filter(({ tactics }) => tactics.includes(tactic.key)),
    }))
    .filter(({ techniques }) => techniques.length > 0);
  const other = summary.techniques.filter(({ tactics }) => tactics.length === 0);
  const columns = other.length > 0 ? [...known, { name: 'Other', techniques: other }] : known;
  return `<section><h2>ATT&amp;CK</h2><div class="matrix scroll">${columns
    .map(
      ({ name, techniques }) =>
        `<div><h3>${escapeHtml(name)}</h3>${techniques
          .map(
            ({ id, name: technique, count, level }) =>
              `<button type="button" class="${level}" data-technique="${escapeHtml(id.toLowerCase())}" aria-pressed="false"><b>${escapeHtml(id)}</b> ${escapeHtml(technique)} <i>${count.toLocaleString('en')}</i></button>`,
          )
          .join('')}</div>`,
    )
    .join('')}</div></section>`;
}

function rulesTable(summary: Summary): string {
  const rows = summary.rules.map(
    ({ title, level, count, techniques, first, last, hosts }) =>
      `<tr><td><span class="tag ${level}">${level}</span></td><td class="number">${count.toLocaleString('en')}</td><td>${escapeHtml(title)}</td><td>${escapeHtml(techniques.join(' '))}</td><td>${escapeHtml(minute(first))}</td><td>${escapeHtml(minute(last))}</td><td class="number">${hosts}</td></tr>`,
  );
  return `<div class="scroll low"><table><thead><tr><th>Level</th><th>Count</th><th>Rule</th><th>Techniques</th><th>First</th><th>Last</th><th>Hosts</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function counts(title: string, summary: Summary): string {
  const part = (name: string, list: Summary['hosts']): string =>
    list.length === 0
      ? ''
      : `<div><h2>${name}</h2><table>${list
          .map(
            (item) =>
              `<tr><td class="number">${item.count.toLocaleString('en')}</td><td><button type="button" class="link" data-search="${escapeHtml(item.name)}">${escapeHtml(item.name)}</button></td></tr>`,
          )
          .join('')}</table></div>`;
  const both = part(title, summary.hosts) + part('Users', summary.users);
  return both === '' ? '' : `<section class="pair">${both}</section>`;
}

function problems(summary: Summary): string {
  if (summary.problems.length === 0) return '';
  const items = summary.problems
    .slice(0, 500)
    .map(({ path, message }) => `<li>${escapeHtml(path)}: ${escapeHtml(message)}</li>`);
  return `<section><h2>Not read, or not fully</h2><ul>${items.join('')}</ul></section>`;
}

function minute(text: string): string {
  return text.slice(0, 19).replace('T', ' ');
}
