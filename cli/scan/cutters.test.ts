import { describe, expect, it } from 'vitest';
import { archiveName, kindOf } from './content.ts';
import { CsvRows, csvHeader } from './csv-table.ts';
import { JsonCutter } from './json-cutter.ts';
import { LineCutter, TagCutter } from './line-cutter.ts';

interface Cutter {
  push(piece: Buffer, take: (text: string) => void): void;
  end(take: (text: string) => void): void;
}

/** What a cutter makes of a text given in pieces of a size. */
function cut(cutter: Cutter, text: string, size: number): string[] {
  const out: string[] = [];
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size)
    cutter.push(bytes.subarray(at, at + size), (item) => out.push(item));
  cutter.end((item) => out.push(item));
  return out;
}

describe.each([1, 2, 3, 7, 100_000])('in pieces of %i bytes', (size) => {
  it('cuts lines', () => {
    expect(cut(new LineCutter(), 'eins\r\nzwei é\n\ndrei', size)).toEqual(['eins', 'zwei é', '', 'drei']);
  });

  it('cuts JSON documents, whatever their layout', () => {
    const one = '{"a":"}{\\"","b":{"c":[{"d":1}]}}';
    const expected = [one, '{"é":2}'];
    expect(cut(new JsonCutter(), `[${one},\n{"é":2}]`, size)).toEqual(expected);
    expect(cut(new JsonCutter(), `${one}\n {"é":2}\n`, size)).toEqual(expected);
    expect(cut(new JsonCutter(), `  [ ${one} , {"é":2} `, size)).toEqual(expected);
  });

  it('cuts exported events', () => {
    expect(
      cut(
        new TagCutter(),
        '<?xml version="1.0"?><Events><Event a="1"><x/></Event>\n<Event>2</Event></Events>',
        size,
      ),
    ).toEqual(['<Event a="1"><x/></Event>', '<Event>2</Event>']);
  });
});

it('takes the list out of an envelope', () => {
  expect(cut(new JsonCutter(), '{ "Records": [ {"a":1}, {"a":{"b":2}} ] }', 100)).toEqual([
    '{"a":1}',
    '{"a":{"b":2}}',
  ]);
});

it('takes the hits out of what a search engine answers', () => {
  const answer = {
    took: 3,
    _shards: { total: 1 },
    hits: { total: { value: 2 }, hits: [{ a: 1 }, { b: 2 }] },
  };
  expect(
    cut(new JsonCutter(), JSON.stringify(answer, null, 2), 10_000).map((text) => JSON.parse(text)),
  ).toEqual(answer.hits.hits);
});

it('says what belongs to no whole document, and never holds more than a bounded part', () => {
  const cutter = new JsonCutter();
  const out: string[] = [];
  const take = (text: string) => out.push(text);
  cutter.push(Buffer.from('[{"a":1},{"open":"'), take);
  for (let i = 0; i < 20; i++) cutter.push(Buffer.alloc(1024 * 1024, 97), take);
  cutter.end(take);
  expect(out).toEqual(['{"a":1}']);
  expect(cutter.lost).toBeGreaterThan(16 * 1024 * 1024);
});

describe('what content is', () => {
  it.each([
    ['{"a":1}\n{"a":2}\n', 'lines'],
    ['{\n "a": 1\n}\n', 'json'],
    ['[\n {"a":1}]', 'json'],
    ['{"Records":[{"a":1}]}', 'json'],
    ['{"took":3,"hits":{"total":{"value":1},"hits":[{"_source":{}}]}}', 'json'],
    ['[Sat Mar 07 10:00:00 2026] [error] [client 192.0.2.1] x\n', 'lines'],
    ['<?xml version="1.0" encoding="utf-8"?><Events><Event>', 'xml'],
    ['EventID;Channel;Computer\n1;System;ws\n', 'csv'],
    ['1,2026/03/02 10:00:00,0012345,TRAFFIC,end\n1,2026/03/02 10:00:01,0012345,TRAFFIC,end\n', 'lines'],
    ['Mar  2 10:00:00 gate sshd[1]: a, b, c, d\n', 'lines'],
    ['Hello there, this is a note, with commas.\nAnother line.\n', 'lines'],
  ])('%j is %s', (text, kind) => {
    expect(kindOf(Buffer.from(text))).toBe(kind);
  });

  it.each([
    [
      'random bytes',
      Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + (i >> 8) * 31) & 255)),
      undefined,
    ],
    [
      'a tar archive',
      Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar'), Buffer.alloc(250)]),
      'a tar archive',
    ],
    ['xz data', Buffer.from('\u00fd7zXZ\u0000\u0000', 'latin1'), 'xz data'],
    ['a zip archive', Buffer.from('PK\u0003\u0004\u0014', 'latin1'), 'a zip archive inside another archive'],
  ])('%s are no log', (_name, bytes, archive) => {
    expect(archiveName(bytes)).toBe(archive);
    if (archive === undefined) expect(kindOf(bytes)).toBeUndefined();
  });

  it.each([
    [
      'another code page',
      Buffer.from(
        '2026-03-02 10:00:00 \u00cf\u00f0\u00e8\u00e2\u00e5\u00f2 \u00ec\u00e8\u00f0\n'.repeat(20),
        'latin1',
      ),
    ],
    ['colours', Buffer.from('\u001b[31merror\u001b[0m something\n'.repeat(20))],
    ['odd separators', Buffer.from('8=FIX\u00019=12\u000135=A\u001e\n'.repeat(20))],
  ])('%s are still lines', (_name, bytes) => {
    expect(kindOf(bytes)).toBe('lines');
  });

  it('reads rows by their header, names of prototypes included', () => {
    const header = csvHeader(Buffer.from('__proto__,constructor,EventID\na,b,"c ""d"""\n'));
    expect(header).toBe('__proto__,constructor,EventID');
    const row = new CsvRows(header!).row('a,b,"c ""d"""');
    expect(Object.entries(row)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['EventID', 'c "d"'],
    ]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });
});
