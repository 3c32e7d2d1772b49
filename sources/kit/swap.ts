import type { EcsFields } from '@vigie/contracts';
import { parseIp } from './ip.ts';
import type { ReadResult } from './reader.ts';

/** One value of a log that stands for many others: an address, an account, a machine, a port, a day. */
export interface Swap {
  readonly kind: 'ip' | 'user' | 'host' | 'port';
  readonly from: string;
  readonly to: string;
}

/** Other names of each kind; what people and machines are really called: dots, dashes, digits, other alphabets. */
const USERS = ['jean-luc.m7', 'zoë_k', 'svc.backup-02', 'p0042x', 'мария.и', 'o-brien'] as const;
const HOSTS = ['web-07', 'PC0815', 'fr-par-db2'] as const;
const DOMAINS = ['web-07.lab.example.net', 'x1.corp-2.example.com', 'db2.paris.example.org'] as const;
const ADDRESSES = [
  '198.51.100.213',
  '203.0.113.87',
  '192.0.2.199',
  '198.51.100.6',
  '10.200.30.44',
  '172.20.9.131',
] as const;
const ADDRESSES_6 = ['2001:db8:7::1f', '2001:db8:0:9::b4', '2001:db8:ffff::77'] as const;

const USER_FIELD = /(?:^|\.)user\.(?:target\.|effective\.|changes\.)?name$/;
const HOST_FIELD = /^(?:host|observer)\.(?:name|hostname)$|^(?:source|destination|client|server)\.domain$/;
const PORT_FIELD = /^(?:source|destination|client|server)\.port$/;
const IP_FIELD = /^(?:(?:source|destination|client|server)\.(?:nat\.)?ip|host\.ip|observer\.ip)$/;
/** Names that mean something by themselves, so that another one is another event. */
const MEANINGFUL =
  /^(?:root|system|local service|network service|admin\w*|anonymous|guest|nobody|unknown|localhost|invalid|postfix|postgres|ftp|user|test|default|none|all|null|service|server|client|source|host|vpn|web|mail|file|proxy|firewall)$/i;

/** Whether a name means something by itself (`root`, `localhost`), so that another in its place is another event. */
export function isMeaningful(name: string): boolean {
  return MEANINGFUL.test(name);
}

const WORD = /[\p{L}\p{N}_]/u;

/** Whether `value` stands in `text`, and only as a whole word. */
function standsAlone(text: string, value: string): boolean {
  let at = text.indexOf(value);
  if (at < 0) return false;
  for (; at >= 0; at = text.indexOf(value, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + value.length] ?? ' ';
    if (
      WORD.test(before) ||
      WORD.test(after) ||
      before === '-' ||
      after === '-' ||
      before === '.' ||
      (after === '.' && WORD.test(text[at + value.length + 1] ?? ' '))
    )
      return false;
  }
  return true;
}

/** A key of JSON or of a pair is no value. */
function isKey(text: string, value: string): boolean {
  return (
    text.includes(`"${value}":`) ||
    text.includes(`${value}=`) ||
    text.includes(`"${value}" :`) ||
    text.includes(`<${value}`)
  );
}

/**
 * Chooses the swaps for one log from what was read of it: each value that a field holds and that stands in the log
 * as a whole word, with another of its kind.
 *
 * @param next random numbers from 0 to 1
 * @param v6 whether addresses may become IPv6: only in JSON, where nothing around them has to be read
 */
export function swapsFor(text: string, fields: EcsFields, next: () => number, v6: boolean): Swap[] {
  const swaps: Swap[] = [];
  const seen = new Set<string>();
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  const add = (kind: Swap['kind'], from: string, options: readonly string[]): void => {
    if (seen.has(from) || !standsAlone(text, from) || isKey(text, from)) return;
    const free = options.filter((option) => !seen.has(option) && !text.includes(option));
    if (free.length === 0) return;
    const to = pick(free);
    seen.add(from);
    seen.add(to);
    swaps.push({ kind, from, to });
  };
  for (const [field, value] of Object.entries(fields))
    for (const item of Array.isArray(value) ? value : [value]) {
      const from = String(item);
      if (
        IP_FIELD.test(field) &&
        /^\d+\.\d+\.\d+\.\d+$/.test(from) &&
        !/^(?:0|127|255|22[4-9]|23\d)\./.test(from)
      ) {
        const quoted = v6 && text.split(`"${from}"`).length === text.split(from).length;
        add('ip', from, quoted && next() < 0.5 ? ADDRESSES_6 : ADDRESSES);
      } else if (USER_FIELD.test(field) && /^[a-z][a-z0-9._-]{2,20}$/i.test(from) && !MEANINGFUL.test(from))
        add('user', from, USERS);
      else if (HOST_FIELD.test(field) && parseIp(from) === undefined && !MEANINGFUL.test(from)) {
        if (/^[a-z][a-z0-9-]{2,30}$/i.test(from)) add('host', from, HOSTS);
        else if (/^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+){2,4}$/i.test(from)) add('host', from, DOMAINS);
      } else if (PORT_FIELD.test(field) && /^\d{4,5}$/.test(from))
        add('port', from, ['49877', '5061', '33019', '61003']);
    }
  // Longest first, so that a name inside a longer one is not torn out of it.
  return swaps.sort((a, b) => b.from.length - a.from.length);
}

/** Replaces all values at once. */
export function swapText(text: string, swaps: readonly Swap[]): string {
  if (swaps.length === 0) return text;
  const by = new Map(swaps.map(({ from, to }) => [from, to]));
  const escaped = swaps.map(({ from }) => from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return text.replace(new RegExp(escaped.join('|'), 'g'), (found) => by.get(found)!);
}

/** Days of the samples in the spellings of dates, and another year, month and one-digit day in the same. */
const DAYS: readonly (readonly [from: RegExp, to: string])[] = [
  [/\b2026([-/.])03\1(02|01|03)(?=\D)/g, '2024$111$109'],
  [/\b(?:0[1-3])\/Mar\/2026/g, '09/Nov/2024'],
  [/\bMar {1,2}0?[1-3] 2026/g, 'Nov  9 2024'],
];

/** Sets every date of the log to another year, month and day; undefined where the log has none of these forms. */
export function otherDay(text: string): string | undefined {
  let out = text;
  for (const [from, to] of DAYS) out = out.replace(from, to);
  return out === text ? undefined : out;
}

/** Fields that say what shape a value has, not what it means. */
const BY_SHAPE =
  /(?:registered_domain|top_level_domain|subdomain)$|^related\.|^event\.original$|^network\.(?:type|direction|community_id)$|\.geo\.|\.as\.|^host\.hostname$|\.(?:email)$|^url\.|^message$/;

const values = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

/** What differs between the readings of a log and of the same log with other values, as people read it. */
export function differences(before: ReadResult, after: ReadResult, swaps: readonly Swap[]): string[] {
  if (after.sourceType !== before.sourceType)
    return [`read as ${String(after.sourceType)}, not as ${String(before.sourceType)}`];
  const faults: string[] = [];
  if (after.outcome !== before.outcome) faults.push(`${after.outcome}, not ${before.outcome}`);
  // A certificate's name is an account and, where it looks like one, a machine's: the second follows from its shape.
  const accounts = new Set(swaps.filter(({ kind }) => kind === 'user').map(({ from }) => from));
  const isNamed = (field: string): boolean =>
    /\.(?:domain|address)$|^related\.hosts$/.test(field) &&
    values(before.fields[field]).some((item) => accounts.has(item));
  for (const field of Object.keys(before.fields))
    if (!BY_SHAPE.test(field) && !isNamed(field) && after.fields[field] === undefined)
      faults.push(`${field} is gone`);
  for (const field of Object.keys(after.fields))
    if (!BY_SHAPE.test(field) && before.fields[field] === undefined)
      faults.push(`${field} = ${String(after.fields[field])} is new`);
  for (const { from, to } of swaps)
    for (const [field, value] of Object.entries(before.fields)) {
      if (field === 'event.original' || isNamed(field) || !values(value).includes(from)) continue;
      const now = values(after.fields[field]);
      if (!now.some((item) => item.toLowerCase() === to.toLowerCase()))
        faults.push(`${field} is ${now.join(',')}, not ${to} for ${from}`);
    }
  return faults;
}
