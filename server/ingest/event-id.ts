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
  return digest + sequenceDigits(sequence) + index.toString(16).padStart(6, '0');
}

/**
 * The position of an event in its batch, as its id says.
 *
 * @returns undefined for a log with an identity of its own, which says nothing of its place
 */
export function placeOf(id: string, sequence: number): number | undefined {
  return id.startsWith(sequenceDigits(sequence), 16) ? Number.parseInt(id.slice(26), 16) : undefined;
}

function sequenceDigits(sequence: number): string {
  return sequence.toString(16).padStart(10, '0').slice(-10);
}

/** Id of a log that has an identity of its own: importing it again gives the same id. */
export function keyedId(raw: RawLog): string {
  return hash('sha256', `${raw.tenant}\0${raw.source}\0${raw.key}`, 'hex').slice(0, 32);
}
