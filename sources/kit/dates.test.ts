import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClf, parseDate, parseEpoch, parseIso, solveYear, toIso } from './dates.ts';
import { fixedOffset, isTimeZone, zonedToUtc } from './time-zone.ts';

const context = { timeZone: 'UTC', receivedAt: Date.UTC(2026, 2, 2, 12) };
const base = Date.UTC(2026, 2, 1, 10, 15, 30);

describe('parseIso', () => {
  it.each([
    ['2026-03-01T10:15:30Z', base],
    ['2026-03-01T10:15:30.5Z', base + 500],
    ['2026-03-01T10:15:30.123456Z', base + 123.456],
    ['2026-03-01T10:15:30.123456789Z', base + 123.456],
    ['2026-03-01T12:15:30+02:00', base],
    ['2026-03-01T05:15:30-0500', base],
    ['2026-03-01 11:15:30,250 +0100', base + 250],
    ['2026/03/01 10:15:30', base],
    ['2026-03-01T10:15Z', base - 30_000],
  ])('%s', (text, expected) => {
    expect(parseIso(text, 'UTC')).toBeCloseTo(expected, 3);
  });
  it.each(['2026-13-01T10:15:30Z', '2026-03-01', 'x', '2026-03-01T10:15:30Zx', '2026-03-0110:15:30', ''])(
    'refuses %s',
    (text) => {
      expect(parseIso(text, 'UTC')).toBeUndefined();
    },
  );
  it('reads back what toIso and Date write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
        expect(parseIso(new Date(ms).toISOString(), 'UTC')).toBe(ms);
        expect(toIso(ms)).toBe(new Date(ms).toISOString());
      }),
    );
  });
  it('keeps microseconds', () => {
    expect(toIso(parseIso('2026-03-01T10:15:30.000007Z', 'UTC')!)).toBe('2026-03-01T10:15:30.000007Z');
  });
});

describe('time zones', () => {
  it('agrees with Intl over a year, summer time included', () => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Paris',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2026, 11, 31) }), (ms) => {
        const utc = Math.floor(ms / 1000) * 1000;
        const wall = Date.parse(`${format.format(utc).replace(' ', 'T')}Z`);
        // The hour that occurs twice has two right answers.
        expect([utc, utc - 3_600_000, utc + 3_600_000]).toContain(zonedToUtc(wall, 'Europe/Paris'));
      }),
    );
    expect(zonedToUtc(Date.UTC(2026, 6, 1, 12), 'Europe/Paris')).toBe(Date.UTC(2026, 6, 1, 10));
    expect(zonedToUtc(Date.UTC(2026, 0, 1, 12), 'Europe/Paris')).toBe(Date.UTC(2026, 0, 1, 11));
    expect(zonedToUtc(Date.UTC(2026, 0, 1, 12), 'Asia/Kolkata')).toBe(Date.UTC(2026, 0, 1, 6, 30));
  });
  it('knows names, abbreviations and offsets', () => {
    expect(isTimeZone('Europe/Brussels')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(fixedOffset('CEST')).toBe(7_200_000);
    expect(fixedOffset('-05:30')).toBe(-19_800_000);
    expect(fixedOffset('Europe/Brussels')).toBeUndefined();
  });
});

describe('other formats', () => {
  it.each([
    ['01/Mar/2026:10:15:30 +0000', base],
    ['01/Mar/2026:11:15:30 +0100', base],
    ['Sun, 01 Mar 2026 11:15:30 +0100', base],
    ['Sun Mar  1 10:15:30 2026', base],
    ['Sun Mar 01 10:15:30.250000 2026', base + 250],
    ['Sun Mar  1 11:15:30 CET 2026', base],
    ['Mar 01 2026 10:15:30', base],
    ['Mar  1 10:15:30', base],
    ['1 Mar 2026 10:15:30', base],
    ['01-Mar-2026 10:15:30', base],
    ['03/01/2026 10:15:30 AM', base],
    ['3/1/2026 12:15:30 AM', base - 36_000_000],
    ['20/02/2026 10:15:30', Date.UTC(2026, 1, 20, 10, 15, 30)],
    ['01-03-2026 10:15:30', Date.UTC(2026, 0, 3, 10, 15, 30)],
    ['20260301T101530Z', base],
    ['20260301101530', base],
    ['1772360130', base],
    ['1772360130.250', base + 250],
    ['1772360130250', base + 250],
    ['1772360130250000', base + 250],
    ['1772360130250000000', base + 250],
    ['2026-03-01 10:15:30 UTC', base],
  ])('%s', (text, expected) => {
    expect(parseDate(text, context)).toBeCloseTo(expected, 2);
  });
  it.each(['', 'yesterday', '12:00', 'Mar', '99/99/2026 10:00:00', '0x1234567890', 'a:b:c'])(
    'refuses %s',
    (text) => {
      expect(parseDate(text, context)).toBeUndefined();
    },
  );
  it('never throws and is bounded for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const time = parseDate(text, context);
        expect(time === undefined || Number.isFinite(time)).toBe(true);
        parseClf(text, 'UTC');
        parseEpoch(text);
      }),
    );
  });
  it('gives 29 February a leap year and a clock that is ahead the new one', () => {
    expect(solveYear(1, 29, 1, 0, 0, 0, context)).toBe(Date.UTC(2024, 1, 29, 1));
    const eve = { timeZone: 'UTC', receivedAt: Date.UTC(2025, 11, 31, 23, 59) };
    expect(solveYear(0, 1, 0, 5, 0, 0, eve)).toBe(Date.UTC(2026, 0, 1, 0, 5));
  });
});
