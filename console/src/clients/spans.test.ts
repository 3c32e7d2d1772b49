import { expect, test } from 'vitest';
import { daysText, readDays, readSpans, spansText } from './spans.ts';

test('spans of a day are read as they are written', () => {
  const spans = readSpans('8:00–12:00, 13:30-18:00');
  expect(spans).toEqual([
    { from: '08:00', to: '12:00' },
    { from: '13:30', to: '18:00' },
  ]);
  expect(spansText(spans!)).toBe('08:00–12:00, 13:30–18:00');
  expect(readSpans('  ')).toEqual([]);
  for (const wrong of ['8–12', '25:00–26:00', '08:00–08:00', '08:00'])
    expect(readSpans(wrong)).toBeUndefined();
});

test('days have a date and perhaps a name', () => {
  const days = readDays('2026-12-31 Inventory\n\n2027-01-02');
  expect(days).toEqual([
    { date: '2026-12-31', name: 'Inventory' },
    { date: '2027-01-02', name: '' },
  ]);
  expect(daysText(days!)).toBe('2026-12-31 Inventory\n2027-01-02');
  expect(readDays('31.12.2026')).toBeUndefined();
});
