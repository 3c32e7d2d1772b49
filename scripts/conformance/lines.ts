import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesBelow } from './files.ts';
import type { Part } from './part.ts';
import { RECEIVED_AT, reader } from './read-event-log.ts';
import { Counts, percent, table } from './table.ts';
import { isOneOf, LINES } from './technologies.ts';

/** `log 1 pass = <the line>` in an INI file of decoder tests. */
export const LINE = /^log \d+ (?:pass|fail) ?= ?(.*)$/;

/** The part of all lines that has an outcome. */
function share(all: Counts, name: string): number {
  return (all.top().find(([outcome]) => outcome === name)?.[1] ?? 0) / Math.max(1, all.total);
}

/** Raw lines of many technologies: nothing crashes, nearly all are read, those of a known technology as it. */
export const lines: Part = {
  name: 'lines',
  title: 'Raw lines',
  needs: 'logs/wazuh-ini',
  run({ corpus }) {
    const crashes: string[] = [];
    const rows: (string | number)[][] = [];
    const all = new Counts();
    let known = 0;
    let right = 0;
    for (const file of filesBelow(join(corpus, 'logs/wazuh-ini'), '.ini')) {
      const name = basename(file, '.ini');
      const expected = Object.hasOwn(LINES, name) ? LINES[name] : undefined;
      let n = 0;
      let recognised = 0;
      let failed = 0;
      for (const row of readFileSync(file, 'utf8').split(/\r?\n/)) {
        const text = LINE.exec(row)?.[1];
        if (text === undefined) continue;
        n++;
        try {
          const { outcome, sourceType } = reader.read({ text, receivedAt: RECEIVED_AT });
          all.add(outcome);
          if (outcome === 'failed') failed++;
          if (expected !== undefined && isOneOf(sourceType, expected)) recognised++;
        } catch (error) {
          crashes.push(`${name}: ${error instanceof Error ? error.stack : String(error)}\n    ${text}`);
        }
      }
      if (expected === undefined) continue;
      known += n;
      right += recognised;
      rows.push([name, n, percent(recognised, n), failed]);
    }
    return {
      lines: [
        ...table([['file', 'lines', 'recognised', 'failed'], ...rows]),
        '',
        `all ${all.total} lines: ${all
          .top()
          .map(([outcome, n]) => `${n} ${outcome}`)
          .join(', ')}`,
      ],
      figures: [
        { name: 'lines.recognised', value: right / Math.max(1, known) },
        { name: 'lines.failed', value: -share(all, 'failed') },
        { name: 'lines.unread', value: -share(all, 'failed') - share(all, 'unrecognised') },
      ],
      crashes,
    };
  },
};
