import type { EcsFields } from '@vigie/contracts';
import { toLong } from './types.ts';

/** Severities of syslog (RFC 5424, table 2), by number, in the words that logs use for `log.level`. */
export const SYSLOG_LEVELS = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'informational',
  'debug',
] as const;

/**
 * Writes a severity by syslog's scale: `event.severity` is the number, `log.level` its word.
 *
 * @returns whether `value` is a number from 0 to 7
 */
export function putSyslogSeverity(doc: EcsFields, value: unknown): boolean {
  const number = toLong(value);
  const level = number === undefined ? undefined : SYSLOG_LEVELS[number];
  if (number === undefined || level === undefined) return false;
  doc['event.severity'] = number;
  doc['log.level'] = level;
  return true;
}

/**
 * Writes a severity that a product gives as a number, a word or both words and numbers: a number is
 * `event.severity`, a word `log.level` in lower case. ECS leaves the scale to the source, so nothing is converted
 * from one to the other unless the product's own scale is given.
 *
 * @param scale the product's words with their numbers, in lower case (`{ low: 1, medium: 2, high: 3 }`)
 */
export function putSeverity(doc: EcsFields, value: unknown, scale?: Readonly<Record<string, number>>): void {
  const number = toLong(value);
  if (number !== undefined) {
    doc['event.severity'] = number;
    if (scale === undefined) return;
    const word = Object.keys(scale).find((name) => scale[name] === number);
    if (word !== undefined) doc['log.level'] = word;
    return;
  }
  if (typeof value !== 'string' || value === '' || value === '-' || value.length > 64) return;
  const word = value.toLowerCase();
  doc['log.level'] = word;
  if (scale !== undefined && Object.hasOwn(scale, word)) doc['event.severity'] = scale[word]!;
}

/** CEF's words for its scale of 0 to 10: each stands for the top of its range. */
export const CEF_SEVERITIES: Readonly<Record<string, number>> = {
  low: 3,
  medium: 6,
  high: 8,
  'very-high': 10,
};
