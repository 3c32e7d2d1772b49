import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCef } from './cef.ts';
import { byHeader, parseCsv } from './csv.ts';
import { parseKeyValue } from './key-value.ts';
import { parseLeef } from './leef.ts';
import { decodeXml, parseXml } from './xml.ts';

describe('parseKeyValue', () => {
  const read = (...args: Parameters<typeof parseKeyValue>) => Object.fromEntries(parseKeyValue(...args));
  it('reads bare and quoted values', () => {
    expect(read(`date=2026-03-01 msg="a b" user='x y' empty= last=1`)).toEqual({
      date: '2026-03-01',
      msg: 'a b',
      user: 'x y',
      empty: '',
      last: '1',
    });
  });
  it('reads escapes and leaves Windows paths alone', () => {
    expect(read('a="x \\"y\\" z" p="C:\\dir\\" q="\\\\srv\\share" r="say ""hi"""')).toEqual({
      a: 'x "y" z',
      p: 'C:\\dir\\',
      q: '\\srv\\share',
      r: 'say "hi"',
    });
  });
  it('reads other separators', () => {
    expect(read('a=1 2, b = "x, y" ,c=3', { separator: ',' })).toEqual({ a: '1 2', b: 'x, y', c: '3' });
    expect(read('a:1;b:2', { separator: ';', assign: ':' })).toEqual({ a: '1', b: '2' });
  });
  it('keeps repeated keys apart, and a value that is cut', () => {
    expect(read('a=1 a=2 b="cut')).toEqual({ a: '1', 'a#2': '2', b: 'cut' });
  });
  it('ends on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "'", '\\', '=', ' ', 'a', ',') }), (text) => {
        expect(parseKeyValue(text).size).toBeLessThanOrEqual(text.length);
        parseKeyValue(text, { separator: ',' });
      }),
    );
  });
});

describe('parseCsv', () => {
  it('reads quotes, doubled quotes and empty fields', () => {
    expect(parseCsv('a,"b,c","d ""e""",,f')).toEqual(['a', 'b,c', 'd "e"', '', 'f']);
    expect(parseCsv('a, "b" ,"cut')).toEqual(['a', 'b', 'cut']);
    expect(parseCsv('')).toEqual(['']);
  });
  it('reads back what a writer quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 20 }), (fields) => {
        expect(parseCsv(fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))).toEqual(fields);
      }),
    );
  });
  it('names fields by a header', () => {
    expect([...byHeader(['a', '', 'c'], ['1', '2', '', '4'])]).toEqual([['a', '1']]);
  });
});

describe('parseCef', () => {
  it('reads header and extension', () => {
    const cef = parseCef(
      'host CEF:0|Ven\\|dor|Prod|1.0|100|Name|7|src=192.0.2.1 msg=two words\\=x cs1Label=URL request=/a?b=c end=x\\ny',
    );
    expect(cef).toMatchObject({
      version: '0',
      vendor: 'Ven|dor',
      product: 'Prod',
      signatureId: '100',
      name: 'Name',
      severity: '7',
    });
    expect(Object.fromEntries(cef!.extension)).toEqual({
      src: '192.0.2.1',
      msg: 'two words=x',
      cs1Label: 'URL',
      request: '/a?b=c',
      end: 'x\ny',
    });
  });
  it('refuses what has no header', () => {
    expect(parseCef('CEF:0|a|b')).toBeUndefined();
    expect(parseCef('text')).toBeUndefined();
    expect(parseCef('CEF:0|a|b|1|2|n|3')?.extension.size).toBe(0);
  });
});

describe('parseLeef', () => {
  it('reads both versions', () => {
    expect(Object.fromEntries(parseLeef('LEEF:1.0|V|P|1|42|src=192.0.2.1\tmsg=a b')!.attributes)).toEqual({
      src: '192.0.2.1',
      msg: 'a b',
    });
    expect(Object.fromEntries(parseLeef('LEEF:2.0|V|P|1|42|^|a=1^b=2=3')!.attributes)).toEqual({
      a: '1',
      b: '2=3',
    });
    expect(Object.fromEntries(parseLeef('LEEF:2.0|V|P|1|42|0x7c|a=1|b=2')!.attributes)).toEqual({
      a: '1',
      b: '2',
    });
    expect(parseLeef('LEEF:1.0|V|P')).toBeUndefined();
  });
});

describe('parseXml', () => {
  it('reads elements, attributes, entities and CDATA', () => {
    const root = parseXml(
      `<?xml version="1.0"?><!-- c --><Event xmlns='u'><Data Name="a&amp;b">1 &lt; 2&#x41;</Data><E/><C><![CDATA[<raw>]]></C></Event>`,
    );
    expect(root).toMatchObject({ name: 'Event', attributes: { xmlns: 'u' } });
    expect(root?.children.map(({ name, text, attributes }) => [name, text, { ...attributes }])).toEqual([
      ['Data', '1 < 2A', { Name: 'a&b' }],
      ['E', '', {}],
      ['C', '<raw>', {}],
    ]);
  });
  it('refuses a DTD, custom entities stay text, depth is bounded', () => {
    expect(parseXml('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')).toBeUndefined();
    expect(decodeXml('&a;&#xD800;&#0;&amp')).toBe('&a;&#xD800;&#0;&amp');
    expect(parseXml('<a>'.repeat(100))).toBeUndefined();
    expect(parseXml('<a/>'.repeat(3))?.name).toBe('a');
  });
  it('gives what was read of a document that is cut, and never hangs', () => {
    expect(parseXml('<Event><System><EventID>4624</EventID><Comp')?.children[0]?.children[0]?.text).toBe(
      '4624',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', ' ', '=', '"', '!', '-', '&', ';', '[') }),
        (text) => {
          parseXml(text);
          return true;
        },
      ),
    );
  });
  it('keeps hostile names as data', () => {
    const root = parseXml('<a __proto__="x" constructor="y"/>');
    expect(root?.attributes['constructor']).toBe('y');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
