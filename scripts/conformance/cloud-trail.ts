import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@vigie/contracts';
import { filesBelow, foldersIn } from './files.ts';
import type { Part } from './part.ts';
import { RECEIVED_AT, reader } from './read-event-log.ts';
import { Counts, percent, table } from './table.ts';

/** AWS CloudTrail files, record by record. */
export const cloudTrail: Part = {
  name: 'cloudtrail',
  title: 'AWS CloudTrail records',
  needs: 'logs',
  run({ corpus }) {
    const crashes: string[] = [];
    const outcomes = new Counts();
    const folders = foldersIn(join(corpus, 'logs')).filter((name) => name.startsWith('aws-cloudtrail'));
    let right = 0;
    for (const file of folders.flatMap((name) => filesBelow(join(corpus, 'logs', name), '.json')))
      for (const json of recordsOf(file))
        try {
          const read = reader.read({ text: JSON.stringify(json), json, receivedAt: RECEIVED_AT });
          outcomes.add(read.outcome);
          if (read.sourceType === 'aws.cloudtrail' && read.outcome === 'parsed') right++;
        } catch (error) {
          crashes.push(`${file}: ${error instanceof Error ? error.stack : String(error)}`);
        }
    const total = outcomes.total;
    return {
      lines: table([
        ['records', ...outcomes.top().map(([outcome]) => outcome)],
        [total, ...outcomes.top().map(([, n]) => percent(n, total))],
      ]),
      figures: [{ name: 'cloudtrail.parsed', value: right / Math.max(1, total) }],
      crashes,
    };
  },
};

/** The records of a CloudTrail file: a delivery of many, or one record by itself. */
export function recordsOf(file: string): readonly JsonObject[] {
  const value = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
  return Array.isArray(value['Records']) ? (value['Records'] as JsonObject[]) : [value];
}
