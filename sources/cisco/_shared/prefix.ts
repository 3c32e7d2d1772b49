import { type DateContext, parseDate, readIso } from '../../kit/dates.ts';
import { isHost } from '../../kit/syslog-tag.ts';
import { fixedOffset } from '../../kit/time-zone.ts';
import { toLong } from '../../kit/types.ts';

/** What stands between the syslog header and `%FACILITY-SEVERITY-MNEMONIC`. */
export interface Prefix {
  /** The device's own clock, epoch milliseconds. */
  readonly time?: number;
  readonly host?: string;
  /** Number of the line (`service sequence-numbers`). */
  readonly sequence?: number;
  /** The date began with the year, as only NX-OS writes it. */
  readonly yearFirst?: boolean;
  /** Node of an IOS XR router (`RP/0/RSP0/CPU0`). */
  readonly node?: string;
  readonly process?: string;
  readonly pid?: number;
}

const DATE =
  /[*.]?(?:(\d{4}) )?([A-Z][a-z]{2}) {1,2}(\d{1,2})(?: (\d{4}))? (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?: ([A-Za-z]{2,5}(?:[+-]\d{1,2}(?::?\d{2})?)?)(?=[: ]|$))?/y;
const NODE = /((?:[A-Z]{1,4}|\d{1,3})\/[\w/]{1,24}CPU\d{1,2}):/y;
const PROCESS = /^([A-Za-z_][\w.-]{0,40})\[(\d{1,10})\]$/;
const UPTIME = /^(?:\d{1,4}:\d{2}:\d{2}(?:\.\d{1,6})?|(?:\d{1,4}[ywdhm]){1,4})$/;
/**
 * Zone names that administrators give (`clock timezone CST -6 0`) and that mean more than one offset somewhere, or
 * stand in no list of fixed ones: the usual meaning, in minutes east of UTC.
 */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['AKST', -540],
  ['AKDT', -480],
  ['AST', -240],
  ['ADT', -180],
  ['ART', -180],
  ['BRT', -180],
  ['BST', 60],
  ['CLT', -240],
  ['CST', -360],
  ['GST', 240],
  ['HKT', 480],
  ['HST', -600],
  ['ICT', 420],
  ['IST', 330],
  ['KST', 540],
  ['MYT', 480],
  ['NZDT', 780],
  ['NZST', 720],
  ['PHT', 480],
  ['PKT', 300],
  ['SAST', 120],
  ['SGT', 480],
  ['TRT', 180],
  ['WIB', 420],
  ['AWST', 480],
]);

/**
 * Offset of a zone's name as administrators use it, in milliseconds east of UTC. A source with a zone of its own
 * (`timeZone` is not UTC) knows better: there such a name says nothing.
 */
export function usualOffset(zone: string, context: DateContext): number | undefined {
  const minutes = context.timeZone === 'UTC' ? ZONES.get(zone.toUpperCase()) : undefined;
  return minutes === undefined ? undefined : minutes * 60_000;
}

/** Whether a word that stands where a host may stand is the name of a zone: one of those that devices are set to. */
export function isZoneName(word: string): boolean {
  if (word.length > 6) return false;
  const name = word.toUpperCase();
  return ZONES.has(name) || fixedOffset(name) !== undefined;
}

/** What is longer than this before the mnemonic is no header. */
const LONGEST = 400;

/**
 * Reads what a device and the relays before it put in front of the mnemonic, in any order that `logging
 * origin-id`, `service sequence-numbers` and `service timestamps` can give it: `6705: sw1: *Feb 17
 * 13:40:03.673 CET: `. Of several dates the last one is the device's own.
 *
 * @param to where the mnemonic begins
 */
export function readPrefix(text: string, to: number, context: DateContext): Prefix {
  const found: { -readonly [K in keyof Prefix]: Prefix[K] } = {};
  if (to > LONGEST) return found;
  let i = 0;
  while (i < to) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 58) {
      i++;
      continue;
    }
    DATE.lastIndex = i;
    const date = DATE.exec(text);
    if (date !== null && DATE.lastIndex <= to) {
      const year = date[1] ?? date[4];
      let zone = date[6] ?? '';
      // `10:00:00 relay `: a word that a blank follows is a zone only where it is the name of one.
      if (zone !== '' && text.charCodeAt(DATE.lastIndex) === 32 && !isZoneName(zone)) {
        DATE.lastIndex -= zone.length;
        zone = '';
      }
      const time = parseDate(
        `${date[2]} ${date[3]}${year === undefined ? '' : ` ${year}`} ${date[5]} ${zone}`,
        context,
      );
      if (time !== undefined) {
        found.time = time - (usualOffset(zone, context) ?? 0);
        if (date[1] !== undefined) found.yearFirst = true;
        i = DATE.lastIndex;
        continue;
      }
    }
    if (code >= 48 && code <= 57 && text.charCodeAt(i + 4) === 45) {
      const end = { at: i };
      const time = readIso(text, i, context.timeZone, end);
      if (time !== undefined) {
        found.time = time;
        i = end.at;
        continue;
      }
    }
    NODE.lastIndex = i;
    const node = NODE.exec(text);
    if (node !== null && NODE.lastIndex <= to) {
      found.node = node[1];
      i = NODE.lastIndex;
      continue;
    }
    let end = i;
    while (end < to && text.charCodeAt(end) > 32) end++;
    let stop = end;
    while (stop > i && text.charCodeAt(stop - 1) === 58) stop--;
    readWord(text.slice(i, stop), found);
    i = end;
  }
  return found;
}

function readWord(word: string, found: { -readonly [K in keyof Prefix]: Prefix[K] }): void {
  const code = word.charCodeAt(0);
  if (code === 37 || UPTIME.test(word)) return;
  const number = code >= 48 && code <= 57 ? toLong(word) : undefined;
  if (number !== undefined) {
    found.sequence = number;
    return;
  }
  const process = PROCESS.exec(word);
  if (process !== null) {
    found.process = process[1];
    found.pid = Number(process[2]);
  } else if (isHost(word, 0, word.length)) found.host = word;
}
