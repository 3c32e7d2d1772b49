import type { Contact } from '@vigie/contracts/api';
import { describe, expect, test } from 'vitest';
import { languageOf, nextOpening, recipients } from './recipients.ts';

const office = { from: 8, to: 18, days: [1, 2, 3, 4, 5] };

function contact(email: string, change: Partial<Contact> = {}): Contact {
  return {
    name: email,
    email,
    minLevel: 'medium',
    kinds: ['incident'],
    functions: [],
    languages: [],
    hours: 'always',
    ...change,
  };
}

const at = (iso: string): number => Date.parse(iso);

describe('recipients', () => {
  const now = at('2026-03-04T10:00:00Z');
  const subject = { level: 'high', kind: 'incident', now, timeZone: 'Europe/Brussels' } as const;
  const emails = (contacts: Contact[], change = {}) =>
    recipients(contacts, { ...subject, ...change }).map(({ contact: { email } }) => email);

  test('are written to in the first language that they read, else in that of their tenant', () => {
    expect(languageOf(contact('a@example.com', { languages: ['nl', 'de'] }), 'fr')).toBe('nl');
    expect(languageOf(contact('a@example.com'), 'fr')).toBe('fr');
  });

  test('level is a floor', () => {
    const contacts = [
      contact('a@example.com', { minLevel: 'high' }),
      contact('b@example.com', { minLevel: 'critical' }),
      contact('c@example.com', { minLevel: 'informational' }),
    ];
    expect(emails(contacts)).toEqual(['a@example.com', 'c@example.com']);
    expect(emails(contacts, { level: 'critical' })).toHaveLength(3);
    expect(emails(contacts, { level: 'low' })).toEqual(['c@example.com']);
  });

  test('kind is chosen', () => {
    const contacts = [
      contact('a@example.com', { kinds: ['operations'] }),
      contact('b@example.com', { kinds: ['incident', 'operations'] }),
    ];
    expect(emails(contacts)).toEqual(['b@example.com']);
    expect(emails(contacts, { kind: 'operations' })).toEqual(['a@example.com', 'b@example.com']);
  });

  test('an address is told once, at its earliest time', () => {
    const night = at('2026-03-04T22:00:00Z');
    const found = recipients(
      [contact('A@example.com', { hours: office }), contact('a@example.com', { hours: 'always' })],
      { ...subject, now: night },
    );
    expect(found.map(({ notBefore }) => notBefore)).toEqual([night]);
  });

  test('outside the hours a contact is told when they begin, and never dropped', () => {
    const [found] = recipients([contact('a@example.com', { hours: office })], {
      ...subject,
      now: at('2026-03-06T17:00:00Z'), // Friday 18:00 in Brussels
    });
    expect(found?.notBefore).toBe(at('2026-03-09T07:00:00Z')); // Monday 08:00
  });
});

describe('hours', () => {
  const zone = 'Europe/Brussels';
  test('are wall-clock hours, across both changes of the clock', () => {
    // The clock springs forward on 29 March 2026: 08:00 is 07:00Z before and 06:00Z after.
    expect(nextOpening(office, at('2026-03-27T05:00:00Z'), zone)).toBe(at('2026-03-27T07:00:00Z'));
    expect(nextOpening(office, at('2026-03-28T12:00:00Z'), zone)).toBe(at('2026-03-30T06:00:00Z'));
    // and falls back on 25 October 2026.
    expect(nextOpening(office, at('2026-10-24T12:00:00Z'), zone)).toBe(at('2026-10-26T07:00:00Z'));
  });
  test('begin and end exactly', () => {
    expect(nextOpening(office, at('2026-03-04T07:00:00Z'), zone)).toBe(at('2026-03-04T07:00:00Z'));
    expect(nextOpening(office, at('2026-03-04T16:59:59Z'), zone)).toBe(at('2026-03-04T16:59:59Z'));
    expect(nextOpening(office, at('2026-03-04T17:00:00Z'), zone)).toBe(at('2026-03-05T07:00:00Z'));
  });
  test('past midnight belong to the day on which they begin', () => {
    const night = { from: 22, to: 6, days: [5] };
    const saturday3 = at('2026-03-07T02:00:00Z');
    expect(nextOpening(night, saturday3, zone)).toBe(saturday3);
    const friday3 = at('2026-03-06T02:00:00Z');
    expect(nextOpening(night, friday3, zone)).toBe(at('2026-03-06T21:00:00Z'));
  });
  test('in a zone with an offset of three quarters of an hour', () => {
    expect(nextOpening(office, at('2026-03-04T00:00:00Z'), 'Asia/Kathmandu')).toBe(
      at('2026-03-04T02:15:00Z'),
    );
  });
  test('a skipped hour opens at the next one', () => {
    // 02:00–03:00 does not exist on 29 March 2026 (a Sunday).
    expect(nextOpening({ from: 2, to: 3, days: [7] }, at('2026-03-28T23:30:00Z'), zone)).toBe(
      at('2026-04-05T00:00:00Z'),
    );
  });
  test('that never come give nothing', () => {
    expect(nextOpening({ from: 8, to: 8, days: [1] }, at('2026-03-04T00:00:00Z'), zone)).toBeUndefined();
  });
});
