import { describe, expect, it } from 'vitest';
import { parseLocalDate } from './local-date.ts';

describe('dates in the language of the server', () => {
  it.each([
    ['Mar 01 2026 10:00:00 GMT', Date.UTC(2026, 2, 1, 10)],
    ['déc. 24 2025 23:59:59 GMT', Date.UTC(2025, 11, 24, 23, 59, 59)],
    ['Okt 3 2025 01:02:03', Date.UTC(2025, 9, 3, 1, 2, 3)],
    ['juil. 14 2025 01:02:03', Date.UTC(2025, 6, 14, 1, 2, 3)],
    ['juin 14 2025 01:02:03', Date.UTC(2025, 5, 14, 1, 2, 3)],
  ])('reads %s', (text, expected) => {
    expect(parseLocalDate(text)).toBe(expected);
  });

  it.each(['foo 01 2026 10:00:00', 'mars 41 2026 10:00:00', '', 'mar'.repeat(100)])('refuses %s', (text) => {
    expect(parseLocalDate(text)).toBeUndefined();
  });
});
