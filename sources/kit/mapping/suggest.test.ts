import { MappingDefinition } from '@vigie/contracts/mapping.ts';
import { describe, expect, it } from 'vitest';
import { checkMapping } from './check.ts';
import { suggestMapping } from './suggest.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const doors = Array.from({ length: 20 }, (_, i) =>
  JSON.stringify({
    ts: 1_772_355_600 + i,
    doorName: `North ${i % 3}`,
    readerMac: '00:0c:29:1a:2b:3c',
    clientIp: `192.0.2.${i + 1}`,
    badge: { id: 4_000 + i, holder: i % 2 === 0 ? 'ana.ruiz' : 'bob' },
    result: i % 4 === 0 ? 'ACCESS_DENIED' : 'ACCESS_GRANTED',
    firmware: '2.1.0',
    nothing: null,
  }),
);

describe('suggestMapping', () => {
  it('proposes fields from names and values, and says why', () => {
    const suggestion = suggestMapping(doors, NOW)!;
    expect(suggestion.format).toEqual({ kind: 'json' });
    const byField = Object.fromEntries(
      suggestion.fields.map(({ rule, reason }) => [rule.field, { rule, reason }]),
    );
    expect(byField['source.ip']).toEqual({
      rule: { field: 'source.ip', from: ['clientIp'] },
      reason: 'looks like an address in 20 of 20 lines, and its name says source',
    });
    expect(byField['@timestamp']?.rule).toMatchObject({ from: ['ts'], date: 'epoch' });
    expect(byField['user.id']?.rule.from).toEqual(['badge.id']);
    expect(byField['user']?.rule).toMatchObject({ from: ['badge.holder'], as: 'account' });
    expect(byField['observer.mac']?.rule.from).toEqual(['readerMac']);
    expect(byField['observer.version']?.rule.from).toEqual(['firmware']);
    expect(byField['event.outcome']?.rule.values).toEqual({
      ACCESS_DENIED: 'failure',
      ACCESS_GRANTED: 'success',
    });
    expect(byField['event.type']?.rule.values).toEqual({
      ACCESS_DENIED: 'denied',
      ACCESS_GRANTED: 'allowed',
    });
    expect(suggestion.constants).toMatchObject([
      { constant: { field: 'event.category', value: ['authentication'] } },
    ]);
    expect(suggestion.signatures[0]?.signature).toMatchObject({ kind: 'members' });
    const mapping = MappingDefinition.parse({
      id: 'acme.door',
      name: 'Door',
      format: suggestion.format,
      signatures: suggestion.signatures.map(({ signature }) => signature),
      fields: suggestion.fields.map(({ rule }) => rule),
      constants: suggestion.constants.map(({ constant }) => constant),
    });
    expect(checkMapping(mapping).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    [
      'key-value',
      Array.from(
        { length: 5 },
        (_, i) => `<13>Mar  1 10:00:0${i} gate1 gatectl: src=192.0.2.${i} dst=198.51.100.4 dpt=443 user=ana`,
      ),
      { kind: 'key-value', separator: ' ', assign: '=' },
    ],
    ['cef', ['CEF:0|Acme|Door|1|7|Entry|3|src=192.0.2.9 suser=ana'], { kind: 'cef' }],
    ['leef', ['LEEF:1.0|Acme|Door|1|7|src=192.0.2.9\tusrName=ana'], { kind: 'leef' }],
    [
      'csv with a header',
      ['when;client_ip;who', '2026-03-01 10:00:00;192.0.2.1;ana', '2026-03-01 10:00:01;192.0.2.2;bob'],
      { kind: 'csv', separator: ';', columns: ['when', 'client_ip', 'who'] },
    ],
    [
      'JSON behind text',
      ['gate said {"src":"192.0.2.1"}', 'gate said {"src":"192.0.2.2"}'],
      { kind: 'json' },
    ],
  ])('recognises %s', (_, lines, format) => {
    const suggestion = suggestMapping(lines, NOW)!;
    expect(suggestion.format).toEqual(format);
    expect(suggestion.fields.map(({ rule }) => rule.field)).toContain('source.ip');
  });

  it('proposes nothing for prose, and concludes nothing from a name that the values contradict', () => {
    expect(suggestMapping(['the door opened', 'the door closed again'], NOW)).toBeUndefined();
    const suggestion = suggestMapping(['{"src_ip":"unknown","port":"north","time":"soon"}'], NOW)!;
    const fields = suggestion.fields.map(({ rule }) => rule.field);
    for (const field of ['source.ip', 'destination.port', '@timestamp']) expect(fields).not.toContain(field);
  });
});
