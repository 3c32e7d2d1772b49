import { describe, expect, it } from 'vitest';
import { isZoneName, readPrefix, usualOffset } from './prefix.ts';

const UTC = { timeZone: 'UTC', receivedAt: Date.parse('2026-03-05T00:00:00Z') };
const read = (prefix: string, context = UTC): ReturnType<typeof readPrefix> =>
  readPrefix(`${prefix}%SYS-5-CONFIG_I: x`, prefix.length, context);
const at = (text: string): number => Date.parse(text);

describe('readPrefix', () => {
  it.each([
    ['', {}],
    ['*Mar  1 10:00:00.123: ', { time: at('2026-03-01T10:00:00.123Z') }],
    ['4711: Mar  1 10:00:00: ', { sequence: 4711, time: at('2026-03-01T10:00:00Z') }],
    ['4711: sw1: .Mar  1 10:00:00 CET: ', { sequence: 4711, host: 'sw1', time: at('2026-03-01T09:00:00Z') }],
    [': 2026 Mar  1 10:00:00 UTC: ', { time: at('2026-03-01T10:00:00Z'), yearFirst: true }],
    ['Mar 1 2026 10:00:00 fw1 : ', { time: at('2026-03-01T10:00:00Z'), host: 'fw1' }],
    [
      'Mar  1 10:00:09 relay 17: Mar  1 10:00:00.5: ',
      { host: 'relay', sequence: 17, time: at('2026-03-01T10:00:00.5Z') },
    ],
    [
      'RP/0/RSP0/CPU0:Mar  1 10:00:00.866 : tcp[399]: ',
      { node: 'RP/0/RSP0/CPU0', time: at('2026-03-01T10:00:00.866Z'), process: 'tcp', pid: 399 },
    ],
    ['2026-03-01T10:00:00Z fw1 ', { time: at('2026-03-01T10:00:00Z'), host: 'fw1' }],
    ['1w2d: ', {}],
    ['00:00:47: ', {}],
    ['%$ VDC-2 %$ ', { host: 'VDC-2' }],
  ])('%j', (prefix, expected) => {
    expect(read(prefix)).toEqual(expected);
  });

  it('believes names of zones that mean several only where the source has no zone of its own', () => {
    expect(read('Mar  1 10:00:00 CST: ').time).toBe(at('2026-03-01T16:00:00Z'));
    expect(read('Mar  1 10:00:00 CST: ', { ...UTC, timeZone: 'Asia/Shanghai' }).time).toBe(
      at('2026-03-01T02:00:00Z'),
    );
    expect(usualOffset('BRT', UTC)).toBe(-3 * 3_600_000);
    expect(usualOffset('sw1', UTC)).toBeUndefined();
  });
  it('tells zones from hosts', () => {
    expect(['CST', 'gmt', 'UTC', 'BRT'].every(isZoneName)).toBe(true);
    expect(['sw1', 'router', 'CORE', 'GMTSERVER'].some(isZoneName)).toBe(false);
  });
  it('does not search a long text', () => {
    expect(read('a '.repeat(300))).toEqual({});
  });
});
