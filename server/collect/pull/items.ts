import { memberBytes, nestsDeeper, values } from '../http/json-scan.ts';
import { PullError } from './errors.ts';

/** Objects in objects that are read. */
const DEEPEST = 64;

/** One element of an answer: its own bytes, so that nothing of it is lost, and what they say. */
export interface JsonItem {
  readonly text: string;
  readonly value: unknown;
}

/**
 * The JSON of an answer.
 *
 * @throws PullError `VIGIE_PULL_BAD_ANSWER` when it is cut, damaged, or something else
 */
export function readJson(body: Buffer, what: string): unknown {
  const text = body.toString('utf8');
  if (nestsDeeper(text, DEEPEST)) throw bad(what, 'is nested too deeply');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold anything.
    throw bad(what, body.length === 0 ? 'is empty' : 'is no JSON, or cut');
  }
}

/** @throws PullError `VIGIE_PULL_BAD_ANSWER` when it is no object */
export function readObject(body: Buffer, what: string): Record<string, unknown> {
  const value = readJson(body, what);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(what, 'is no object');
  return value as Record<string, unknown>;
}

/**
 * The elements of the list in an answer, as they were sent: numbers keep all their digits.
 *
 * @param path names that lead to the list; empty: the answer is the list
 * @throws PullError `VIGIE_PULL_BAD_ANSWER` when there is no list
 */
export function listItems(body: Buffer, path: readonly string[], what: string): JsonItem[] {
  readJson(body, what);
  let bytes: Buffer | undefined = body;
  for (const name of path) {
    bytes = bytes === undefined ? undefined : memberBytes(bytes, name);
    if (bytes === undefined) throw bad(what, `has no "${path.join('.')}"`);
  }
  if (bytes === undefined || String.fromCharCode(bytes.toString('latin1').trimStart().charCodeAt(0)) !== '[')
    throw bad(what, path.length === 0 ? 'is no list' : `has no list "${path.join('.')}"`);
  return [...values(bytes, true)].map(({ start, end }) => {
    const text = bytes.toString('utf8', start, end);
    return { text, value: JSON.parse(text) as unknown };
  });
}

/** A text member of an element, or undefined. */
export function textOf(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const member = (value as Record<string, unknown>)[name];
  return typeof member === 'string' && member !== ''
    ? member
    : typeof member === 'number'
      ? String(member)
      : undefined;
}

/** Epoch milliseconds of an RFC 3339 text, or of a number of seconds, milliseconds, microseconds or nanoseconds. */
export function instantOf(value: string | number | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = typeof value === 'number' ? value : /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  if (number !== undefined) {
    const ms =
      number < 1e11 ? number * 1000 : number < 1e14 ? number : number < 1e17 ? number / 1e3 : number / 1e6;
    return ms > 0 && ms < 253_402_300_800_000 ? ms : undefined;
  }
  // A date without a zone, as Office 365 has it, is UTC.
  const text = String(value);
  const at = Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) || !text.includes('T') ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function bad(what: string, why: string): PullError {
  return new PullError('VIGIE_PULL_BAD_ANSWER', `the answer of ${what} ${why}`);
}
