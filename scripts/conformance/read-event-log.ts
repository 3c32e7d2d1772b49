import { readFileSync } from 'node:fs';
import type { JsonObject } from '@vigie/contracts';
import { readEvtx } from '@vigie/evtx';
import { createReader, REGISTRY, type ReadResult } from '@vigie/sources';
import type { Counts } from './table.ts';

/** The reader that the server uses, too. */
export const reader = createReader({ registry: REGISTRY });

/** Receive time given to every log: after all of the corpus, so that no date lies in the future. */
export const RECEIVED_AT = Date.UTC(2027, 0, 1);

/**
 * The records of a Windows event log as ECS documents, the way `vigie import` reads them.
 *
 * @param problems counts what is wrong with the file, by code
 */
export function* readEventLog(file: string, problems: Counts): Generator<ReadResult> {
  const bytes = readFileSync(file);
  for (const record of readEvtx(bytes, { onProblem: ({ code }) => problems.add(code) })) {
    const json = record.toJson() as JsonObject;
    yield reader.read({ text: JSON.stringify(json), json, receivedAt: RECEIVED_AT });
  }
}
