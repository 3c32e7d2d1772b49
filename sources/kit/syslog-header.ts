import {
  type DateContext,
  digits,
  instant,
  isDigit,
  monthAt,
  readFraction,
  readIso,
  readOffset,
  solveYear,
} from './dates.ts';

import type { SyslogHeader } from './source.ts';
import { parseStructuredData } from './structured-data.ts';
import { isHost, readHostAndTag, readTag } from './syslog-tag.ts';
import { fixedOffset, zonedToUtc } from './time-zone.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A line split into its syslog header and what the application wrote. */
export interface SyslogLine {
  readonly header: SyslogHeader;
  /** Where the message starts in the line. */
  readonly at: number;
  /** Whether the line began with a priority: then the header is certain, not inferred. */
  readonly certain: boolean;
}

const SPACE = 32;
const COLON = 58;
const OPEN = 91;

/**
 * Reads the syslog header of a line: RFC 5424, RFC 3164 and what is really sent under these names: no
 * priority (files), no year or one in either place, ISO timestamps in the old layout, no host, a host with
 * a colon after it, a tag alone. One pass by character codes, no backtracking.
 *
 * @returns `undefined` where the line has no header that can be told from text
 */
export function parseSyslog(text: string, context: DateContext): SyslogLine | undefined {
  const header: Mutable<SyslogHeader> = {};
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  // A relay's template may leave a blank in front; more of them are the indentation of a continued text.
  if (text.charCodeAt(i) === SPACE && text.charCodeAt(i + 1) !== SPACE) i++;
  i = skipOctetCount(text, i);
  const afterPriority = readPriority(text, i, header);
  const certain = afterPriority > i;
  i = afterPriority;
  while (certain && text.charCodeAt(i) === SPACE) i++;
  // RFC 5424 by its version digit; "1" alone is no version without a timestamp after it.
  if (text.charCodeAt(i) === 49 && text.charCodeAt(i + 1) === SPACE) {
    const modern = readModern(text, i + 2, header, context, certain);
    if (modern >= 0) return { header, at: modern, certain };
  }
  i = skipSequence(text, i);
  const start = i;
  const end = { at: i };
  const time = readTime(text, i, context, end);
  if (time !== undefined) {
    header.time = time;
    i = end.at;
    if (text.charCodeAt(i) === COLON) i++;
    while (text.charCodeAt(i) === SPACE) i++;
    i = readHostAndTag(text, i, header);
    if (!certain) {
      if (header.hostname === undefined && header.app === undefined) return undefined;
      // Application logs also begin with an ISO date and a blank: there only `host app[pid]:` is believed.
      if (text.charCodeAt(start + 4) === 45 && text.charCodeAt(start + 10) === SPACE && !hasProcess(header))
        return undefined;
    }
    return { header, at: skipMessageId(text, i), certain };
  }
  const tag = readTag(text, i, header, !certain);
  if (tag > i) return { header, at: tag, certain };
  if (!certain) return undefined;
  // `<30>host app[12]: message`: a header without time. Both parts must be there to believe it.
  const space = text.indexOf(' ', i);
  if (space > i && space - i < 256 && isHost(text, i, space)) {
    const message = readTag(text, space + 1, header, true);
    if (message > space + 1) {
      header.hostname = text.slice(i, space);
      return { header, at: message, certain };
    }
  }
  return { header, at: i, certain };
}

function hasProcess(header: SyslogHeader): boolean {
  return (
    header.hostname !== undefined &&
    header.procid !== undefined &&
    digits(header.procid, 0, header.procid.length) >= 0
  );
}

/** Solaris puts `[ID 800047 auth.notice] ` before the message. */
function skipMessageId(text: string, at: number): number {
  if (text.charCodeAt(at) !== OPEN || !text.startsWith('[ID ', at)) return at;
  const close = text.indexOf('] ', at);
  return close > 0 && close < at + 40 ? close + 2 : at;
}

/** RFC 6587 octet count in front of a priority (`123 <34>…`), as left in files by some relays. */
function skipOctetCount(text: string, at: number): number {
  let i = at;
  while (i < at + 7 && isDigit(text.charCodeAt(i))) i++;
  return i > at && text.charCodeAt(i) === SPACE && text.charCodeAt(i + 1) === 60 ? i + 1 : at;
}

function readPriority(text: string, at: number, header: Mutable<SyslogHeader>): number {
  if (text.charCodeAt(at) !== 60) return at;
  let i = at + 1;
  let priority = 0;
  while (i < at + 4 && isDigit(text.charCodeAt(i))) priority = priority * 10 + text.charCodeAt(i++) - 48;
  if (i === at + 1 || text.charCodeAt(i) !== 62 || priority > 191) return at;
  header.facility = priority >> 3;
  header.severity = priority & 7;
  return i + 1;
}

/** Everything after the version digit of RFC 5424; −1 where it does not hold. */
function readModern(
  text: string,
  at: number,
  header: Mutable<SyslogHeader>,
  context: DateContext,
  certain: boolean,
): number {
  let i = at;
  if (text.charCodeAt(i) === 45 && text.charCodeAt(i + 1) === SPACE && certain) i += 2;
  else {
    const end = { at: i };
    const time = readIso(text, i, context.timeZone, end);
    if (time === undefined || text.charCodeAt(end.at) !== SPACE)
      return certain ? readEpochLine(text, i, header) : -1;
    header.time = time;
    i = end.at + 1;
  }
  const parts: (string | undefined)[] = [];
  for (let part = 0; part < 4; part++) {
    // Some senders put CEF or LEEF where the application belongs: the message has begun.
    if (text.startsWith('CEF:', i) || text.startsWith('LEEF:', i)) break;
    const space = text.indexOf(' ', i);
    if (space < 0) {
      header.time = undefined;
      return -1;
    }
    const word = text.slice(i, space);
    parts.push(word === '-' || word === '' ? undefined : word);
    i = space + 1;
    // Some senders stop after the host or the application and go on with the message.
    if (part === 0 && text.charCodeAt(i) === 123) break;
  }
  [header.hostname, header.app, header.procid, header.msgid] = parts;
  if (text.charCodeAt(i) === OPEN) {
    const data = parseStructuredData(text, i);
    if (data !== undefined) {
      header.structured = data.elements;
      i = data.end;
    }
  } else if (text.charCodeAt(i) === 45 && (text.charCodeAt(i + 1) === SPACE || i + 1 === text.length)) i++;
  if (text.charCodeAt(i) === SPACE) i++;
  if (text.charCodeAt(i) === 0xfeff) i++;
  else if (text.startsWith('\u00ef\u00bb\u00bf', i)) i += 3;
  return i;
}

/** `<134>1 1772359200.123456789 host message`: a version, an epoch, a host and the message at once. */
function readEpochLine(text: string, at: number, header: Mutable<SyslogHeader>): number {
  const space = text.indexOf(' ', at);
  if (space < at + 10 || space > at + 22) return -1;
  const seconds = digits(text, at, at + 10);
  if (seconds < 0) return -1;
  const fraction = text.charCodeAt(at + 10) === 46 ? readFraction(text, at + 11) : { end: at + 10, ms: 0 };
  if (fraction.end !== space) return -1;
  header.time = seconds * 1000 + fraction.ms;
  const next = text.indexOf(' ', space + 1);
  if (next < 0) return -1;
  header.hostname = text.slice(space + 1, next);
  return next + 1;
}

/** Network devices number their lines (`4711: `) before the date. */
function skipSequence(text: string, at: number): number {
  let i = at;
  while (i < at + 11 && isDigit(text.charCodeAt(i))) i++;
  if (i === at || text.charCodeAt(i) !== COLON || text.charCodeAt(i + 1) !== SPACE)
    return skipClockMark(text, at);
  const after = skipClockMark(text, i + 2);
  return monthAt(text, after) >= 0 ? after : at;
}

/** `*` and `.` before a date say that the device's clock is not synchronised. */
function skipClockMark(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return (code === 42 || code === 46) && monthAt(text, at + 1) >= 0 ? at + 1 : at;
}

function readTime(text: string, at: number, context: DateContext, end: { at: number }): number | undefined {
  const code = text.charCodeAt(at);
  if (isDigit(code)) {
    const time = readIso(text, at, context.timeZone, end);
    if (time !== undefined) return time;
    const year = digits(text, at, at + 4);
    return year > 0 && text.charCodeAt(at + 4) === SPACE
      ? readOld(text, at + 5, context, end, year)
      : undefined;
  }
  return readOld(text, at, context, end, -1);
}

/** Abbreviations that mean zones of several continents. */
const AMBIGUOUS_ZONES: ReadonlySet<string> = new Set(
  'CST IST BST AST ADT HST AKST AKDT NST NDT HKT SGT PKT BRT BRST CLT NZST NZDT KST ACST ACDT AWST SAST'.split(
    ' ',
  ),
);

/** Whether a year ends at `at`: before a blank, or before a colon that an IPv6 address does not go on with. */
function isYearEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === SPACE || (code === COLON && text.charCodeAt(at + 1) === SPACE);
}

/** `Mar  1 10:00:00`, with a year after the day or after the time, a fraction and a zone if there are any. */
function readOld(
  text: string,
  at: number,
  context: DateContext,
  end: { at: number },
  knownYear: number,
): number | undefined {
  const month = monthAt(text, at);
  if (month < 0 || text.charCodeAt(at + 3) !== SPACE) return undefined;
  let i = at + 4;
  if (text.charCodeAt(i) === SPACE) i++;
  const dayEnd = isDigit(text.charCodeAt(i + 1)) ? i + 2 : i + 1;
  const day = digits(text, i, dayEnd);
  if (day < 1 || text.charCodeAt(dayEnd) !== SPACE) return undefined;
  i = dayEnd + 1;
  let year = knownYear;
  const wide = digits(text, i, i + 4);
  if (wide > 0 && text.charCodeAt(i + 4) === SPACE) {
    year = wide;
    i += 5;
  }
  if (text.charCodeAt(i + 2) !== COLON || text.charCodeAt(i + 5) !== COLON) return undefined;
  const hour = digits(text, i, i + 2);
  const minute = digits(text, i + 3, i + 5);
  const second = digits(text, i + 6, i + 8);
  i += 8;
  let fraction = 0;
  if (text.charCodeAt(i) === 46 && isDigit(text.charCodeAt(i + 1))) {
    const read = readFraction(text, i + 1);
    fraction = read.ms;
    i = read.end;
  }
  const late = text.charCodeAt(i) === SPACE ? digits(text, i + 1, i + 5) : -1;
  if (year < 0 && late >= 1970 && late < 2200 && isYearEnd(text, i + 5)) {
    year = late;
    i += 5;
  }
  let offset: number | undefined;
  end.at = i;
  const signed = text.charCodeAt(i) === 90 || text.charCodeAt(i) === 43 || text.charCodeAt(i) === 45;
  if (signed) offset = readOffset(text, i, end);
  else if (text.charCodeAt(i) === SPACE) {
    let stop = i + 1;
    while (stop < i + 6 && text.charCodeAt(stop) >= 65 && text.charCodeAt(stop) <= 90) stop++;
    const next = text.charCodeAt(stop);
    if (stop > i + 2 && (next === COLON || next === SPACE)) {
      const name = text.slice(i + 1, stop);
      offset = fixedOffset(name);
      // `CST:` is a zone as well, but one of three: it says nothing, and is no host's name. Cisco's devices, whose
      // messages begin with `%`, mean one of them, which their source knows.
      const isMute = next === COLON && AMBIGUOUS_ZONES.has(name) && !text.startsWith(': %', stop);
      if (offset !== undefined || isMute) end.at = stop;
    }
  }
  if (year < 0) {
    const zone = offset === undefined ? context.timeZone : 'UTC';
    const solved = solveYear(month, day, hour, minute, second, fraction, {
      timeZone: zone,
      receivedAt: context.receivedAt,
    });
    return solved === undefined ? undefined : solved - (offset ?? 0);
  }
  const local = instant(year, month, day, hour, minute, second, fraction);
  if (local === undefined) return undefined;
  return offset === undefined ? zonedToUtc(local, context.timeZone) : local - offset;
}
