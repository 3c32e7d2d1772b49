import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EcsFields } from '@vigie/contracts';
import { recordsOf } from './cloud-trail.ts';
import { filesBelow, foldersIn } from './files.ts';
import { LINE } from './lines.ts';
import { RECEIVED_AT, readEventLog, reader } from './read-event-log.ts';
import { Counts } from './table.ts';

/** An event of the corpus as it would be stored and judged. */
export interface CorpusEvent {
  /** Which part of the corpus it comes from. */
  readonly from: 'evtx' | 'regression' | 'cloudtrail' | 'documents' | 'lines';
  /** Flat ECS document. */
  readonly fields: EcsFields;
  /** Epoch milliseconds. */
  readonly time: number;
}

/**
 * The logs of the corpus as events: all records of its event logs and of its cloud trails, and every log of
 * `logs/sekoia` and `logs/wazuh-ini`. What the corpus lacks is left out.
 */
export function* corpusEvents(corpus: string): Generator<CorpusEvent> {
  const below = (folder: string, suffix: string) =>
    existsSync(join(corpus, folder)) ? filesBelow(join(corpus, folder), suffix) : [];
  const damage = new Counts();
  for (const [from, folder] of [
    ['evtx', 'evtx'],
    ['regression', 'sigma/regression_data'],
  ] as const)
    for (const file of below(folder, '.evtx'))
      for (const { fields, time } of readEventLog(file, damage)) yield { from, fields, time };
  for (const file of below('sigma/regression_data', '.raw'))
    for (const text of readFileSync(file, 'utf8').split('\n'))
      if (text.trim() !== '') yield eventOf('regression', text);
  const trails = existsSync(join(corpus, 'logs'))
    ? foldersIn(join(corpus, 'logs')).filter((name) => name.startsWith('aws-cloudtrail'))
    : [];
  for (const file of trails.flatMap((name) => below(join('logs', name), '.json')))
    for (const json of recordsOf(file)) {
      const { fields, time } = reader.read({ text: JSON.stringify(json), json, receivedAt: RECEIVED_AT });
      yield { from: 'cloudtrail', fields, time };
    }
  for (const file of below('logs/sekoia', '.json')) {
    const { input } = JSON.parse(readFileSync(file, 'utf8')) as { input?: { message?: unknown } };
    if (typeof input?.message === 'string') yield eventOf('documents', input.message);
  }
  for (const file of below('logs/wazuh-ini', '.ini'))
    for (const row of readFileSync(file, 'utf8').split(/\r?\n/)) {
      const text = LINE.exec(row)?.[1];
      if (text !== undefined) yield eventOf('lines', text);
    }
}

function eventOf(from: CorpusEvent['from'], text: string): CorpusEvent {
  const { fields, time } = reader.read({ text, receivedAt: RECEIVED_AT });
  return { from, fields, time };
}
