import { MappingDefinition, type MappingDefinitionInput } from '@vigie/contracts/mapping.ts';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../../registry.generated.ts';
import { createReader } from '../reader.ts';
import { checkMapping, compileMapping, mappingSet, tryMapping } from './index.ts';

const reader = createReader({ registry: REGISTRY });
const RECEIVED = Date.UTC(2026, 2, 1, 12);
const AT = { timeZone: 'UTC', receivedAt: RECEIVED };

const DOOR: MappingDefinitionInput = {
  id: 'acme.door',
  name: 'Acme door controller',
  format: { kind: 'json' },
  signatures: [{ kind: 'members', members: ['door', 'badge'] }],
  fields: [
    { field: '@timestamp', from: ['time'] },
    { field: 'user.name', from: ['badge.holder'], lowercase: true },
    { field: 'user.id', from: ['badge.id', 'badge.number'] },
    { field: 'event.outcome', from: ['result'], values: { GRANTED: 'success', DENIED: 'failure' } },
    { field: 'event.type', from: ['result'], values: { granted: 'allowed', denied: 'denied' } },
    { field: 'source', from: ['controller'], as: 'host-port' },
    { field: 'event.action', from: ['event'], lowercase: true },
    { field: 'event.severity', from: ['level'] },
  ],
  constants: [
    { field: 'event.kind', value: 'event' },
    { field: 'event.category', value: ['authentication'] },
    { field: 'event.type', value: 'start' },
    { field: 'observer.vendor', value: 'Acme' },
  ],
};
const LINE =
  '{"event":"ENTRY","time":"2026-03-01T10:00:00+01:00","door":"North 2","badge":{"holder":"Ana.RUIZ","number":4711},"result":"DENIED","controller":"192.0.2.7:4050","level":"loud","zones":["a","b"]}';

const make = (input: MappingDefinitionInput) => compileMapping(MappingDefinition.parse(input));
const read = (input: MappingDefinitionInput, text: string, sourceType = input.id) => {
  const compiled = make(input);
  return {
    ...reader.read({ text, receivedAt: RECEIVED }, { sourceType, mappings: mappingSet([compiled]) }),
    compiled,
  };
};

describe('a mapping', () => {
  it('makes an ECS event of a line, and keeps what is not mapped below its id', () => {
    const { fields, outcome, sourceType, compiled } = read(DOOR, LINE);
    expect({ outcome, sourceType }).toEqual({ outcome: 'parsed', sourceType: 'acme.door' });
    expect(fields).toMatchObject({
      '@timestamp': '2026-03-01T09:00:00.000Z',
      'user.name': 'ana.ruiz',
      'user.id': '4711',
      'event.outcome': 'failure',
      'event.type': ['denied', 'start'],
      'event.category': ['authentication'],
      'event.action': 'entry',
      'event.kind': 'event',
      'event.module': 'acme',
      'event.dataset': 'acme.door',
      'event.original': LINE,
      'source.ip': '192.0.2.7',
      'source.address': '192.0.2.7',
      'source.port': 4050,
      'observer.vendor': 'Acme',
      'related.user': ['ana.ruiz'],
      // Not mapped, translated, and of a wrong type.
      'acme.door.door': 'North 2',
      'acme.door.zones': ['a', 'b'],
      'acme.door.result': 'DENIED',
      'acme.door.level': 'loud',
    });
    expect(fields).not.toHaveProperty(['acme.door.badge.number']);
    expect(fields).not.toHaveProperty(['event.severity']);
    expect(compiled.take()).toEqual({
      id: 'acme.door',
      read: 1,
      refused: 0,
      failed: 0,
      misfits: [{ field: 'event.severity', member: 'level', times: 1, value: 'loud' }],
    });
    expect(compiled.take()).toBeUndefined();
  });

  it('is found by its signature, and what it does not fit is read as before', () => {
    const compiled = make(DOOR);
    const mappings = mappingSet([compiled]);
    expect(reader.read({ text: LINE, receivedAt: RECEIVED }, { mappings }).sourceType).toBe('acme.door');
    const other = reader.read({ text: '{"door":"North 2"}', receivedAt: RECEIVED }, { mappings });
    expect(other.sourceType).not.toBe('acme.door');
    const sshd = '<86>Mar  1 10:00:00 web01 sshd[1]: Accepted password for root from 192.0.2.1 port 4 ssh2';
    expect(
      reader.read({ text: sshd, receivedAt: RECEIVED }, { sourceType: 'acme.door', mappings }).sourceType,
    ).toBe('linux.sshd');
    expect(compiled.take()).toMatchObject({ read: 1, refused: 1, failed: 0 });
  });

  it('reads the whole document where it looks like a shipper’s envelope', () => {
    // `event` with `time` is also how a Splunk collector wraps a log.
    const result = tryMapping(make(DOOR), reader, LINE, AT);
    expect(result).toMatchObject({ outcome: 'read', recognised: true });
    expect(result.fields['event.action']).toBe('entry');
    expect(result.rules).toContainEqual({ rule: 7, state: 'misfit', member: 'level', value: 'loud' });
    expect(result.rules).toContainEqual({ rule: 2, state: 'written', member: 'badge.number', value: 4711 });
    expect(result.members).toContainEqual({ path: 'badge.holder', value: 'Ana.RUIZ' });
    expect(result.faults).toEqual([]);
  });

  it('reads paths with places, all items, and escaped names', () => {
    const { fields } = read(
      {
        id: 'acme.tree',
        name: 'Tree',
        format: { kind: 'json' },
        fields: [
          { field: 'user.name', from: ['people[1].name'] },
          { field: 'host.ip', from: ['people[].ip'] },
          { field: 'rule.name', from: ['odd\\.name.x'] },
          { field: 'acme.count', from: ['n'], type: 'long' },
        ],
      },
      '{"people":[{"name":"ana","ip":"192.0.2.1"},{"name":"bob","ip":"192.0.2.2"}],"odd.name":{"x":"r"},"odd":{"name":{"y":1}},"n":"12"}',
    );
    expect(fields).toMatchObject({
      'user.name': 'bob',
      'host.ip': ['192.0.2.1', '192.0.2.2'],
      'rule.name': 'r',
      'acme.count': 12,
      'acme.tree.odd.name.y': 1,
      'acme.tree.people.name': ['ana', 'bob'],
    });
    expect(fields).not.toHaveProperty(['acme.tree.people.ip']);
  });

  it.each([
    [
      'key-value',
      { kind: 'key-value', separator: ';' },
      '<13>Mar  1 10:00:00 gate1 doorctl: src=192.0.2.9; who=Ana Ruiz; at=01/03/2026 10:00:05',
    ],
    [
      'csv',
      { kind: 'csv', columns: ['src', 'who', 'at'] },
      '<13>Mar  1 10:00:00 gate1 doorctl: 192.0.2.9,"Ana Ruiz",01/03/2026 10:00:05',
    ],
    [
      'delimited',
      { kind: 'delimited', separator: '||', columns: ['src', 'who', 'at'] },
      '192.0.2.9||Ana Ruiz||01/03/2026 10:00:05',
    ],
    ['cef', { kind: 'cef' }, 'CEF:0|Acme|Door|1|7|Entry|3|src=192.0.2.9 who=Ana Ruiz at=01/03/2026 10:00:05'],
    ['leef', { kind: 'leef' }, 'LEEF:1.0|Acme|Door|1|7|src=192.0.2.9\twho=Ana Ruiz\tat=01/03/2026 10:00:05'],
    ['json', { kind: 'json' }, 'DOOR {"src":"192.0.2.9","who":"Ana Ruiz","at":"01/03/2026 10:00:05"}'],
  ] as [string, MappingDefinitionInput['format'], string][])('reads %s', (name, format, text) => {
    const { fields, sourceType } = read(
      {
        id: 'acme.gate',
        name: 'Gate',
        format,
        ...(name === 'json' ? { after: 'DOOR ' } : {}),
        fields: [
          { field: 'source.ip', from: ['src'] },
          { field: 'user.full_name', from: ['who'] },
          { field: '@timestamp', from: ['at'], date: 'DD/MM/YYYY HH:mm:ss', zone: 'Europe/Paris' },
        ],
      },
      text,
    );
    expect(sourceType).toBe('acme.gate');
    expect(fields).toMatchObject({
      'source.ip': '192.0.2.9',
      'source.address': '192.0.2.9',
      'user.full_name': 'Ana Ruiz',
      '@timestamp': '2026-03-01T09:00:05.000Z',
    });
  });

  it('survives hostile members', () => {
    const text =
      '{"door":1,"badge":2,"__proto__":{"polluted":1},"constructor":{"prototype":{"x":1}},"result":["GRANTED",{"a":1}],"time":1e999}';
    const { fields } = read(DOOR, text);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(fields['event.original']).toBe(text);
    expect(fields['acme.door.__proto__.polluted']).toBe(1);
  });

  it('costs linear time for long lines', () => {
    const compiled = make({
      ...DOOR,
      fields: DOOR.fields!.map((f) => ({ ...f, from: ['a[].b[].c', ...f.from] })),
    });
    const text = `{"door":1,"badge":2,"a":[${'{"b":[{"c":{}}]},'.repeat(5_000)}{}],"k":${'{"k":'.repeat(200)}1${'}'.repeat(200)}}`;
    const { sourceType } = reader.read({ text, receivedAt: RECEIVED }, { mappings: mappingSet([compiled]) });
    expect(sourceType).toBe('acme.door');
  });
});

describe('checkMapping', () => {
  const problems = (change: Partial<MappingDefinitionInput>) =>
    checkMapping(MappingDefinition.parse({ ...DOOR, ...change }), (id) => id === 'nginx.access')
      .filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => `${path}: ${message}`);

  it('finds nothing wrong with a good one', () => {
    expect(problems({})).toEqual([]);
  });

  it.each<[string, Partial<MappingDefinitionInput>, RegExp]>([
    ['an id that comes with Vigie', { id: 'nginx.access' }, /^id: .*comes with Vigie/],
    ['an id below a name of ECS', { id: 'source.door' }, /^id: "source" is a name of ECS/],
    [
      'a misspelt field',
      { fields: [{ field: 'source.ipp', from: ['a'] }] },
      /source\.ipp is not a field of ECS/,
    ],
    ['a reserved field', { fields: [{ field: 'event.original', from: ['a'] }] }, /written by Vigie itself/],
    [
      'a bad path',
      { fields: [{ field: 'user.name', from: ['a..b'] }] },
      /fields\.0\.from\.0: .*a name is missing/,
    ],
    [
      'a place in key=value',
      { format: { kind: 'key-value' }, signatures: [], fields: [{ field: 'user.name', from: ['a[0]'] }] },
      /only JSON has lists/,
    ],
    [
      'a column that is not there',
      {
        format: { kind: 'csv', columns: ['a'] },
        signatures: [],
        fields: [{ field: 'user.name', from: ['b'] }],
      },
      /there is no column b/,
    ],
    [
      'a category that ECS does not have',
      { constants: [{ field: 'event.category', value: 'doors' }] },
      /event\.category may not be "doors"/,
    ],
    [
      'a word of a table that ECS does not have',
      { fields: [{ field: 'event.outcome', from: ['r'], values: { x: 'good' } }] },
      /event\.outcome may not be "good"/,
    ],
    [
      'a constant of the wrong type',
      { constants: [{ field: 'source.ip', value: 'door' }] },
      /source\.ip is ip in ECS/,
    ],
    [
      'a date pattern without a day',
      { fields: [{ field: '@timestamp', from: ['t'], date: 'YYYY-MM' }] },
      /needs a year/,
    ],
    [
      'a zone',
      { fields: [{ field: '@timestamp', from: ['t'], zone: 'Mars/Base' }] },
      /Mars\/Base is no time zone/,
    ],
    [
      'a date of a field that is none',
      { fields: [{ field: 'user.name', from: ['t'], date: 'iso' }] },
      /user\.name is no date/,
    ],
    [
      'two rules of one field',
      {
        fields: [
          { field: 'user.name', from: ['a'] },
          { field: 'user.name', from: ['b'] },
        ],
      },
      /written by rule 1 already/,
    ],
    [
      'host:port of a field',
      { fields: [{ field: 'user.name', from: ['a'], as: 'host-port' }] },
      /takes a name such as source/,
    ],
    ['nothing', { fields: [] }, /nothing is mapped/],
  ])('refuses %s', (_, change, message) => {
    expect(problems(change).join('\n')).toMatch(message);
    // What comes with Vigie is not the compiler's to know.
    if (change.id !== 'nginx.access') expect(() => make({ ...DOOR, ...change })).toThrow();
  });
});
