import { digits } from './dates.ts';
import { parseIp } from './ip.ts';
import type { SyslogHeader } from './source.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const SPACE = 32;
const COLON = 58;
const OPEN = 91;
const CLOSE = 93;
const MAX_TAG = 96;

const FORWARDED = 'Message forwarded from ';
const LEVELS = new Set(['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'WARNING', 'ERROR', 'CRITICAL', 'FATAL']);

/** Host and tag after the date; returns where the message starts. */
export function readHostAndTag(text: string, at: number, header: Mutable<SyslogHeader>): number {
  if (text.startsWith(FORWARDED, at)) {
    const start = at + FORWARDED.length;
    const colon = text.indexOf(': ', start);
    if (colon > 0 && isHost(text, start, colon)) {
      header.hostname = text.slice(start, colon);
      return readTag(text, colon + 2, header, false);
    }
  }
  const tag = readTag(text, at, header, true);
  if (tag > at) return tag;
  let space = text.indexOf(' ', at);
  if (space < 0) space = text.length;
  if (space === at || space - at > 255) return at;
  let stop = space;
  if (text.charCodeAt(space - 1) === COLON) {
    // `host: %MNEMONIC` and `192.0.2.1: text` are hosts; `app: text` is a tag without a host.
    const word = text.slice(at, space - 1);
    if (text.charCodeAt(space + 1) !== 37 && parseIp(word) === undefined)
      return readTag(text, at, header, false);
    stop = space - 1;
  }
  if (!isHost(text, at, stop)) return at;
  const word = text.slice(at, stop);
  if (LEVELS.has(word)) return at;
  header.hostname = word;
  let i = Math.min(space + 1, text.length);
  while (text.charCodeAt(i) === SPACE) i++;
  if (text.charCodeAt(i) === COLON && text.charCodeAt(i + 1) === SPACE) i += 2;
  i = skipFacilityWord(text, i);
  return readTag(text, i, header, false);
}

const FACILITY_WORD =
  /^(?:kern|user|mail|daemon|auth|authpriv|syslog|lpr|news|uucp|cron|ftp|local[0-7])\.(?:emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug) /;

/** Some relays write `auth.info` between host and tag. */
function skipFacilityWord(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 97 || code > 117) return at;
  const match = FACILITY_WORD.exec(text.slice(at, at + 20));
  return match === null ? at : at + match[0].length;
}

/**
 * Reads `app: `, `app[pid]: ` or `app[pid] ` at `at`; returns the start of the message, or `at` where there
 * is no tag.
 *
 * @param strict only with a numeric process id, where a bare word and colon would be too weak a sign
 */
export function readTag(text: string, at: number, header: Mutable<SyslogHeader>, strict: boolean): number {
  let i = at;
  // `%%01SHELL/5/LOGIN(s)[12]:` is Huawei's message, not a program with its process.
  if (text.charCodeAt(at) === 37 && text.charCodeAt(at + 1) === 37) return at;
  const limit = Math.min(text.length, at + MAX_TAG);
  let code = Number.NaN;
  while (i < limit) {
    code = text.charCodeAt(i);
    if (code === COLON || code === OPEN || code <= SPACE) break;
    if (code === 40) {
      // `polkitd(authority=local)[4711]`: anything may stand between the brackets.
      const close = text.indexOf(')', i);
      if (close > 0 && close < limit && text.slice(i, close).indexOf(' ') < 0) {
        i = close + 1;
        continue;
      }
    }
    if (!isTagCharacter(code)) return at;
    i++;
  }
  if (i === at || i >= limit) return at;
  const nameEnd = i;
  if (code === OPEN) {
    const close = text.indexOf(']', i);
    if (close < 0 || close - i > 64) return at;
    const procid = text.slice(i + 1, close);
    if (strict && digits(text, i + 1, close) < 0) return at;
    let next = close + 1;
    if (text.charCodeAt(next) === COLON) next++;
    else if (digits(text, i + 1, close) < 0 || text.charCodeAt(next) !== SPACE) return at;
    if (procid.indexOf(' ') >= 0) return at;
    header.app = text.slice(at, nameEnd);
    header.procid = procid;
    return text.charCodeAt(next) === SPACE ? next + 1 : next;
  }
  if (strict || code !== COLON || text.charCodeAt(at) === 37) return at;
  const after = text.charCodeAt(i + 1);
  if (after > SPACE) return at;
  header.app = text.slice(at, nameEnd);
  return i + 1 < text.length ? i + 2 : i + 1;
}

/** Letters, digits and `-_./@()+\#%~`: no `=`, `|`, quotes, braces or commas, which start payloads. */
function isTagCharacter(code: number): boolean {
  if ((code >= 97 && code <= 122) || (code >= 45 && code <= 57) || (code >= 64 && code <= 90)) return true;
  return (
    code === 95 ||
    code === CLOSE ||
    code === 40 ||
    code === 41 ||
    code === 43 ||
    code === 35 ||
    code === 37 ||
    code === 92 ||
    code === 126
  );
}

/** Host names and addresses: letters, digits, `.`, `-`, `_`, `:` (IPv6), `/`, `@` (source prefix) and brackets. */
export function isHost(text: string, from: number, to: number): boolean {
  if (to <= from) return false;
  const first = text.charCodeAt(from);
  // A bracket opens an address only before a hexadecimal digit or a colon, not before `[error]`.
  if (first === OPEN && (text.charCodeAt(to - 1) !== CLOSE || parseIp(text.slice(from, to)) === undefined))
    return false;
  if (first === 45 && to === from + 1) return false;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    const letter = (code >= 97 && code <= 122) || (code >= 64 && code <= 90);
    if (letter || (code >= 45 && code <= COLON) || code === 95 || code > 127) continue;
    if (code !== OPEN && code !== CLOSE && code !== 37) return false;
  }
  return true;
}
