import { join, relative } from 'node:path';
import { filesBelow } from './files.ts';
import type { Part } from './part.ts';
import { readEventLog } from './read-event-log.ts';
import { Counts, percent, table } from './table.ts';

/** Every Windows event log is read, and its records are understood. */
export const eventLogs: Part = {
  name: 'evtx',
  title: 'Windows event logs are read',
  needs: 'evtx',
  run(context) {
    const crashes: string[] = [];
    const problems = new Counts();
    const outcomes = new Counts();
    const unknown = new Counts();
    const empty: string[] = [];
    const files = filesBelow(join(context.corpus, 'evtx'), '.evtx');
    let records = 0;
    const from = performance.now();
    for (const file of files) {
      const before = records;
      try {
        for (const { fields, outcome } of readEventLog(file, problems)) {
          records++;
          outcomes.add(outcome);
          if (outcome !== 'parsed')
            unknown.add(`${String(fields['winlog.channel'])} ${String(fields['event.code'])} (${outcome})`);
        }
      } catch (error) {
        crashes.push(`${relative(context.corpus, file)}: ${error instanceof Error ? error.stack : error}`);
      }
      if (records === before) empty.push(relative(context.corpus, file));
    }
    const seconds = (performance.now() - from) / 1000;
    const of = (name: string) => outcomes.top().find(([key]) => key === name)?.[1] ?? 0;
    return {
      lines: [
        ...table([
          ['files', 'records', 'parsed', 'partial', 'failed', 'unrecognised', 'records/s'],
          [
            files.length,
            records,
            percent(of('parsed'), records),
            percent(of('partial'), records),
            percent(of('failed'), records),
            percent(of('unrecognised'), records),
            Math.round(records / seconds),
          ],
        ]),
        ...problems.top().map(([code, n]) => `  damage reported: ${code}, ${n} times`),
        ...empty.map((file) => `  no record in ${file}`),
        ...(context.details ? ['', ...table([['not fully parsed', 'records'], ...unknown.top(30)])] : []),
      ],
      figures: [
        { name: 'evtx.readable', value: 1 - empty.length / Math.max(1, files.length) },
        {
          name: 'evtx.recognised',
          value: (records - of('unrecognised') - of('failed')) / Math.max(1, records),
        },
      ],
      crashes,
    };
  },
};
