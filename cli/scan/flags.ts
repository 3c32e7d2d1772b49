import { availableParallelism } from 'node:os';
import { LEVELS, type Level } from '@vigie/contracts';
import type { Status } from '@vigie/sigma';
import { parseIso } from '@vigie/sources/kit/dates.ts';
import { isTimeZone } from '@vigie/sources/kit/time-zone.ts';
import { InvalidArgumentError } from 'commander';
import { isStatus } from './rules.ts';

export const FORMATS = ['table', 'ndjson', 'json', 'csv', 'html', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

/** Options of `vigie scan` as the command line gives them. */
export interface ScanFlags {
  readonly rules: readonly string[];
  readonly format?: Format;
  readonly out?: string;
  readonly minLevel?: Level;
  readonly rulesStatus: readonly Status[];
  readonly from?: string;
  readonly to?: string;
  readonly tag: readonly string[];
  readonly exclude: readonly string[];
  readonly pipeline: readonly string[];
  readonly jobs?: number;
  readonly explain?: boolean;
  readonly attackLayer?: string;
  readonly timeZone: string;
  readonly failOn?: Level;
}

/** Collects an option that may be given several times, each time with values joined by commas. */
export function list(text: string, before: readonly string[]): readonly string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ];
}

/** Collects an option that may be given several times; its values may hold commas. */
export function each(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

export function format(text: string): Format {
  const found = FORMATS.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`expected one of ${FORMATS.join(', ')}`);
  return found;
}

export function level(text: string): Level {
  const found = LEVELS.find((name) => name === text.toLowerCase());
  if (found === undefined) throw new InvalidArgumentError(`expected one of ${LEVELS.join(', ')}`);
  return found;
}

export function statuses(text: string, before: readonly Status[]): readonly Status[] {
  return [
    ...before,
    ...text.split(',').map((item) => {
      const word = item.trim().toLowerCase();
      if (!isStatus(word))
        throw new InvalidArgumentError('expected stable, test, experimental, deprecated or unsupported');
      return word;
    }),
  ];
}

export function jobs(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 256)
    throw new InvalidArgumentError('expected a number from 1 to 256');
  return number;
}

export function timeZone(text: string): string {
  if (!isTimeZone(text)) throw new InvalidArgumentError('expected an IANA zone such as Europe/Paris');
  return text;
}

/** An instant of `--from` or `--to`, in the zone of the scan. @returns undefined for what is no date */
export function instant(text: string, zone: string): number | undefined {
  return parseIso(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text, zone);
}

/**
 * Bytes that a thread more has to read before it has paid for itself: each compiles rules and code anew (measured, see
 * bench/README.md: at 100 MB one thread is the faster, at 200 MB two).
 */
const BYTES_A_THREAD = 160_000_000;
/** How much a byte of a packed file grows to, roughly. */
const UNPACKED = 8;

/** Threads worth starting for what is to be read. */
export function usefulJobs(
  asked: number | undefined,
  units: readonly { readonly from: number; readonly to: number; readonly packed: boolean }[],
): number {
  if (asked !== undefined) return Math.max(1, Math.min(asked, units.length));
  const bytes = units.reduce((sum, { from, to, packed }) => sum + (to - from) * (packed ? UNPACKED : 1), 0);
  const worth = Math.ceil(bytes / BYTES_A_THREAD);
  return Math.max(1, Math.min(availableParallelism(), units.length, worth));
}
