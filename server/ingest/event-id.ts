import { hash } from 'node:crypto';
import type { RawLog } from '@vigie/contracts';

/**
 * First half of an event's id: what the log says. A sender that repeats a log after a crash is recognised
 * by it, see {@link UncertainLogs}.
 */
export function contentDigest(raw: RawLog): string {
  return hash('sha256', `${raw.tenant}\0${raw.source}\0${raw.text}`, 'hex').slice(0, 16);
}

/**
 * Id of a log that arrived live: its content and the place it takes in the store, so that two equal lines
 * are two events.
 *
 * @param sequence number of the batch
 * @param index position in the batch, below 2^24
 */
export function liveId(digest: string, sequence: number, index: number): string {
  return digest + sequence.toString(16).padStart(10, '0').slice(-10) + index.toString(16).padStart(6, '0');
}

/** Id of a log that has an identity of its own: importing it again gives the same id. */
export function keyedId(raw: RawLog): string {
  return hash('sha256', `${raw.tenant}\0${raw.source}\0${raw.key}`, 'hex').slice(0, 32);
}
