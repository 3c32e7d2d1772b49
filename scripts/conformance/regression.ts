import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReadResult } from '@vigie/sources';
import { parse } from 'yaml';
import { corpusRules } from './corpus-rules.ts';
import { filesBelow } from './files.ts';
import type { Part } from './part.ts';
import { RECEIVED_AT, readEventLog, reader } from './read-event-log.ts';
import { Counts, percent, table } from './table.ts';

interface Info {
  readonly rule_metadata?: readonly { readonly id: string; readonly title: string }[];
  readonly regression_tests_info?: readonly { readonly match_count?: number }[];
}

/** Each case names the rule that must fire on its events. */
export const regression: Part = {
  name: 'regression',
  title: 'Detection recall: each case fires its own rule',
  needs: 'sigma/regression_data',
  run(context) {
    const { set, thrown } = corpusRules(context);
    const problems = new Counts();
    const missed: string[] = [];
    const miscounted: string[] = [];
    const others = new Counts();
    let cases = 0;
    let detected = 0;
    let records = 0;
    let otherHits = 0;
    /** Other rules that fire, with the cases on which so many do. */
    const crowd = new Counts();
    const noisy: [string, number, number, string][] = [];
    for (const infoFile of filesBelow(join(context.corpus, 'sigma/regression_data'), 'info.yml')) {
      const folder = dirname(infoFile);
      const info = parse(readFileSync(infoFile, 'utf8')) as Info;
      const events = [...readCase(folder, problems)];
      records += events.length;
      const hits = new Counts();
      for (const { fields } of events)
        for (const { rule } of set.matcher.match(fields)) hits.add(rule.id ?? rule.title);
      for (const { id, title } of info.rule_metadata ?? []) {
        cases++;
        const times = hits.top().find(([rule]) => rule === id)?.[1] ?? 0;
        if (times > 0) detected++;
        else {
          const known = set.rules.get(id);
          missed.push(
            `${title} (${known === undefined ? 'no such rule' : (known.problem ?? known.state)}; ${events.length} events as ${kinds(events)})`,
          );
        }
        const expected = info.regression_tests_info?.[0]?.match_count;
        if (expected !== undefined && times > 0 && times !== expected)
          miscounted.push(`${title}: ${times} times, not ${expected}`);
      }
      const own = new Set(info.rule_metadata?.map(({ id }) => id));
      const foreign = hits.top().filter(([rule]) => !own.has(rule));
      otherHits += foreign.length;
      crowd.add(foreign.length >= 5 ? '5 or more' : String(foreign.length));
      if (foreign.length > 0)
        noisy.push([
          info.rule_metadata?.[0]?.title ?? folder,
          events.length,
          foreign.length,
          foreign.map(([rule]) => set.rules.get(rule)?.rule.title ?? rule).join('; '),
        ]);
      for (const [rule] of foreign) others.add(set.rules.get(rule)?.rule.title ?? rule);
    }
    return {
      lines: [
        ...table([
          ['cases', 'detected', 'recall', 'other count', 'events', 'other rules a case'],
          [
            cases,
            detected,
            percent(detected, cases),
            miscounted.length,
            records,
            (otherHits / Math.max(1, cases)).toFixed(1),
          ],
        ]),
        ...missed.map((line) => `  missed: ${line}`),
        ...miscounted.map((line) => `  fired ${line}`),
        '',
        ...table([['other rules that fire', 'cases'], ...crowd.top().sort((a, b) => (a[0] < b[0] ? -1 : 1))]),
        '',
        ...table([
          ['case', 'events', 'other rules'],
          ...noisy.sort((a, b) => b[2] - a[2]).map(([title, n, others]) => [title, n, others]),
        ]),
        ...(context.details ? ['', ...noisy.map(([title, , , names]) => `  ${title}: ${names}`)] : []),
        ...(context.details ? ['', ...table([['also fired', 'cases'], ...others.top(25)])] : []),
      ],
      figures: [{ name: 'regression.recall', value: detected / Math.max(1, cases) }],
      crashes: [...thrown].map(([rule, message]) => `rule ${rule} threw: ${message}`),
    };
  },
};

/** The events of a case: event logs, or plain lines. */
function* readCase(folder: string, problems: Counts): Generator<ReadResult> {
  for (const file of filesBelow(folder, '.evtx')) yield* readEventLog(file, problems);
  for (const file of filesBelow(folder, '.raw'))
    for (const text of readFileSync(file, 'utf8').split('\n'))
      if (text.trim() !== '') yield reader.read({ text, receivedAt: RECEIVED_AT });
}

function kinds(events: readonly ReadResult[]): string {
  const names = new Counts();
  for (const { sourceType, outcome, fields } of events)
    names.add(`${sourceType ?? 'unrecognised'}/${outcome}/${String(fields['event.code'] ?? '–')}`);
  return names
    .top(3)
    .map(([name]) => name)
    .join(', ');
}
