import { describe, expect, test } from 'vitest';
import { wellnessOf } from './wellness.ts';

type Source = Parameters<typeof wellnessOf>[2][number];
const source = (silentForMs: number | null = null): Source => ({
  enabled: true,
  health: {
    rate: 1,
    lastSeenAt: 1,
    silentForMs,
    events24h: 1,
    parseFailures24h: 0,
    recent: [],
    technologies: [],
    drops: {},
    usualRate: null,
    alerts: [],
    maintenance: false,
  },
});
const incident = (more: object = {}) =>
  ({ id: 7, title: 'Theft', level: 'high', status: 'new', verdict: null, ...more }) as const;

describe('whether all is well', () => {
  test('a serious incident that goes on comes before everything else', () => {
    expect(wellnessOf([incident()], 2, [source(5)])).toMatchObject({ state: 'serious', incident: { id: 7 } });
  });

  test.each([{ status: 'contained' }, { verdict: 'false-positive' }, { level: 'medium' }])(
    'one that is %j is not serious',
    (more) => {
      expect(wellnessOf([incident(more)], 0, [source()])).toEqual({ state: 'working', count: 1 });
    },
  );

  test('what waits for the reader comes before a silent source, and that before what others look after', () => {
    const others = [incident({ level: 'low' })];
    expect(wellnessOf(others, 1, [source(5)])).toEqual({ state: 'asked', count: 1 });
    expect(wellnessOf(others, 0, [source(5), source()])).toEqual({ state: 'blind', count: 1 });
  });

  test('nobody is told that all is well while nothing is watched', () => {
    expect(wellnessOf([], 0, [])).toEqual({ state: 'unwatched' });
    expect(wellnessOf([], 0, [{ ...source(), enabled: false }])).toEqual({ state: 'unwatched' });
    expect(wellnessOf([], 0, [source(), source()])).toEqual({ state: 'well', count: 2 });
  });
});
