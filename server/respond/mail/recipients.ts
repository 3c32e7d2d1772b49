import { LEVELS, type Level } from '@vigie/contracts';
import type { Contact, Language } from '@vigie/contracts/api';

/** A contact to tell, and from when on. */
export interface Recipient {
  readonly contact: Contact;
  /** Epoch milliseconds: `now`, or the start of the contact's next hours. */
  readonly notBefore: number;
}

const QUARTER = 15 * 60_000;
const SEARCH = 8 * 24 * 3_600_000;

/**
 * Chooses who is told. Contacts outside their hours are kept with the time at which their hours begin: a mail
 * may wait in the outbox, but nobody is left out.
 *
 * An address that occurs twice is told once, at the earliest time.
 *
 * @param contacts contacts of the tenant
 * @param subject level and kind of what happened; `now` in epoch milliseconds; IANA time zone of the tenant
 * @returns in the order of the contacts
 */
export function recipients(
  contacts: readonly Contact[],
  subject: {
    readonly level: Level;
    readonly kind: Contact['kinds'][number];
    readonly now: number;
    readonly timeZone: string;
  },
): Recipient[] {
  const rank = LEVELS.indexOf(subject.level);
  const chosen = new Map<string, Recipient>();
  for (const contact of contacts) {
    if (!contact.kinds.includes(subject.kind) || LEVELS.indexOf(contact.minLevel) > rank) continue;
    const notBefore = nextOpening(contact.hours, subject.now, subject.timeZone);
    if (notBefore === undefined) continue;
    const address = contact.email.toLowerCase();
    const other = chosen.get(address);
    if (other === undefined || notBefore < other.notBefore) chosen.set(address, { contact, notBefore });
  }
  return [...chosen.values()];
}

/** The language a contact is written to in: the first that they read, else their tenant's. */
export function languageOf(contact: Pick<Contact, 'languages'>, tenant: Language): Language {
  return contact.languages[0] ?? tenant;
}

/**
 * When a contact may next be written to. Hours are wall-clock hours of the zone, so they move with daylight
 * saving; `from` after `to` runs past midnight and belongs to the day on which it begins.
 *
 * @returns `now` inside the hours; `undefined` for hours that never come (`from` equal to `to`)
 */
export function nextOpening(hours: Contact['hours'], now: number, timeZone: string): number | undefined {
  if (hours === 'always') return now;
  const wall = wallClock(timeZone);
  if (within(hours, wall(now))) return now;
  // Zones are offset by whole quarters of an hour, so hours begin on a quarter.
  for (let at = (Math.floor(now / QUARTER) + 1) * QUARTER; at <= now + SEARCH; at += QUARTER)
    if (within(hours, wall(at))) return at;
  return undefined;
}

interface Wall {
  readonly hour: number;
  /** ISO weekday, Monday 1. */
  readonly day: number;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function wallClock(timeZone: string): (at: number) => Wall {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    hourCycle: 'h23',
    weekday: 'short',
  });
  return (at) => {
    let hour = 0;
    let day = 1;
    for (const part of format.formatToParts(at)) {
      if (part.type === 'hour') hour = Number(part.value);
      else if (part.type === 'weekday') day = DAYS.indexOf(part.value) + 1;
    }
    return { hour, day };
  };
}

function within(hours: Exclude<Contact['hours'], 'always'>, { hour, day }: Wall): boolean {
  const { from, to, days } = hours;
  if (from < to) return hour >= from && hour < to && days.includes(day);
  if (from === to) return false;
  if (hour >= from) return days.includes(day);
  return hour < to && days.includes(day === 1 ? 7 : day - 1);
}
