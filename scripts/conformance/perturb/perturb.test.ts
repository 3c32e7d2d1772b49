import { describe, expect, it } from 'vitest';
import { CARRIAGES, keysOf } from './carriage.ts';
import { random } from './random.ts';
import { Clock } from './times.ts';
import { Substitution } from './values.ts';

const RAW =
  '<13>Mar  4 05:06:07 fw-paris-1 app[7]: user=jdurand from 192.0.2.8:51022 mac 02:00:5e:10:00:0a via ana.b@kestrelco.net file C:\\tmp\\budget_2.xlsx id 6f1d2c3b-0a1b-4c2d-8e3f-001122334455';
const DOCUMENT = {
  'user.name': 'jdurand',
  'user.email': 'ana.b@kestrelco.net',
  'source.ip': '192.0.2.8',
  'source.port': 51022,
  'host.name': 'fw-paris-1',
  'file.name': 'budget_2.xlsx',
  'event.action': 'app',
};

describe('other values', () => {
  it('stand in the log and in its document alike, and are the same in every run', () => {
    const substitution = new Substitution(RAW, [DOCUMENT], 1);
    const text = substitution.text(RAW);
    for (const value of [
      'jdurand',
      '192.0.2.8',
      '51022',
      'fw-paris-1',
      '02:00:5e:10:00:0a',
      'kestrelco',
      'budget_2',
      '6f1d2c3b',
    ])
      expect(text).not.toContain(value);
    const document = substitution.document(DOCUMENT) as Record<string, unknown>;
    for (const field of ['user.name', 'user.email', 'source.ip', 'source.port', 'host.name', 'file.name'])
      expect(text).toContain(String(document[field]));
    expect(typeof document['source.port']).toBe('number');
    expect(document['file.name']).toMatch(/\.xlsx$/);
    expect(new Substitution(RAW, [DOCUMENT], 1).text(RAW)).toBe(text);
    expect(new Substitution(RAW, [DOCUMENT], 2).text(RAW)).not.toBe(text);
  });

  it('leave what the log calls itself and its keys', () => {
    const raw = 'product=wall wall=3 user=wall host=localhost';
    const substitution = new Substitution(raw, [{ 'user.name': 'wall', 'host.name': 'localhost' }], 1);
    expect(substitution.text(raw)).toBe(raw);
  });
});

describe('moved times', () => {
  const move = (text: string, ...instants: string[]) => new Clock(instants, 26).move(text);
  it('keep their spelling', () => {
    expect(move('2026-03-04T05:06:07.123Z')).toBe('2025-09-03T05:06:07.123Z');
    expect(move('date=2026-03-04 time=05:06:07')).toBe('date=2025-09-03 time=05:06:07');
    expect(move('04/Mar/2026:05:06:07 +0100')).toBe('03/Sep/2025:05:06:07 +0100');
    expect(move('Wed Mar  4 05:06:07 2026')).toBe('Wed Sep  3 05:06:07 2025');
    expect(move('2026 Mar 14 05:06:07')).toBe('2025 Sep 13 05:06:07');
    expect(move('ts=1772600767123')).toBe('ts=1756875967123');
  });
  it('read 3/4 as the day that the log is known to speak of', () => {
    expect(move('3/4/2026 5:06', '2026-03-04T05:06:00Z')).toBe('9/3/2025 5:06');
    expect(move('3/4/2026 5:06', '2026-04-03T05:06:00Z')).toBe('3/10/2025 5:06');
  });
});

describe('other ways', () => {
  const way = (name: string, raw: string, optional = () => false) =>
    CARRIAGES.find((carriage) => carriage.name === name)!.apply(raw, random(5), optional);

  it('keep all of a log where they say so', () => {
    const json = { a: 1, b: { c: 'x', d: [1, 2] } };
    expect(JSON.parse(way('keys in another order', JSON.stringify(json))!)).toEqual(json);
    const line = 'a=1 b="x y" c=3 d=4 e=5 f=6 g=7 h=8';
    expect(
      way('keys in another order', line)!
        .split(/ (?=\w=)/)
        .sort(),
    ).toEqual(line.split(/ (?=\w=)/));
    expect(way('values in quotes', line)).toBe('a="1" b="x y" c="3" d="4" e="5" f="6" g="7" h="8"');
    expect(way('header of RFC 3164 in front', line)).toMatch(/^<134>.* a=1 b=/);
  });
  it('leave out what other logs do without, nothing else', () => {
    const json = JSON.stringify({
      id: 1,
      ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i])),
    });
    const kept = keysOf(way('fields left out', json, ((key: string) => key !== 'id') as () => boolean)!)!;
    expect(kept.has('id')).toBe(true);
    expect(kept.size).toBeLessThan(41);
    expect(way('fields left out', json)).toBe(json);
  });
  it('do not happen to logs that cannot come so', () => {
    expect(way('header of RFC 3164 in front', '<13>Mar  4 05:06:07 h a: b')).toBeUndefined();
    expect(way('without priority', 'no header')).toBeUndefined();
    expect(way('JSON over several lines', 'a=1')).toBeUndefined();
  });
});
