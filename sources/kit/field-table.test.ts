import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { parseCef } from './cef.ts';
import { cefTable, labelled, putCef } from './cef-fields.ts';
import { checkDocument } from './check-document.ts';
import { fieldTable, isHostName } from './field-table.ts';
import { parseLeef } from './leef.ts';
import { leefTable, putLeef } from './leef-fields.ts';

const TABLE = fieldTable(
  'acme.wall.',
  `
  src      source             endpoint
  nat      source.nat.ip      ip?
  spt      source.port        port
  mac      source.mac         mac
  sent     source.bytes       long
  to       email.to.address   list
  rule     rule.id            text+
  hash     file.hash          hash
  path     file               file
  proto    network.transport  transport
  when     event.start        date
  ok       tls.resumed        boolean
  score    event.risk_score   float
  user     user               account
  secret   user.name          own
  a.b      host.name          domain
`,
);

function put(pairs: Record<string, string>): EcsFields {
  const doc: EcsFields = {};
  for (const [key, value] of Object.entries(pairs)) TABLE.put(doc, key, value);
  return doc;
}

describe('fieldTable', () => {
  it('writes values in the types of ECS', () => {
    const doc = put({
      src: '192.0.2.1',
      spt: '443',
      mac: '00:0c:29:1a:2b:3c',
      sent: '12',
      to: 'a@example.com; b@example.com',
      hash: 'D41D8CD98F00B204E9800998ECF8427E',
      path: 'C:\\Temp\\a.exe',
      proto: '6',
      when: '2026-03-01T10:00:00+01:00',
      ok: 'yes',
      score: '7.5',
      user: 'CORP\\alice',
    });
    expect(doc).toMatchObject({
      'source.ip': '192.0.2.1',
      'source.port': 443,
      'source.mac': '00-0C-29-1A-2B-3C',
      'email.to.address': ['a@example.com', 'b@example.com'],
      'file.hash.md5': 'd41d8cd98f00b204e9800998ecf8427e',
      'file.name': 'a.exe',
      'network.transport': 'tcp',
      'network.iana_number': '6',
      'event.start': '2026-03-01T09:00:00.000Z',
      'tls.resumed': true,
      'user.name': 'alice',
      'user.domain': 'CORP',
    });
    expect(checkDocument(doc)).toEqual([]);
  });
  it('keeps below the vendor what does not fit, is not known, or is asked for there', () => {
    expect(put({ spt: 'https', sent: 'much', mac: 'none', odd: '1', rule: '7', nat: 'x' })).toEqual({
      'acme.wall.spt': 'https',
      'acme.wall.sent': 'much',
      'acme.wall.mac': 'none',
      'acme.wall.odd': '1',
      'rule.id': '7',
      'acme.wall.rule': '7',
      'acme.wall.nat': 'x',
    });
  });
  it('knows what stands for nothing, and leaves to the parser what is its own', () => {
    expect(put({ nat: '0.0.0.0', secret: 'x' })).toEqual({});
  });
  it('tells addresses from names', () => {
    expect(put({ src: 'pc-7.example.org' })).toEqual({
      'source.address': 'pc-7.example.org',
      'source.domain': 'pc-7.example.org',
    });
    expect(put({ src: 'not a host' })).toEqual({ 'acme.wall.src': 'not a host' });
    expect(['a', 'a.b', '*.example.com', 'SRV_1'].map(isHostName)).toEqual([true, true, true, true]);
    expect(['', '1234', '-a', 'a b', '.a', 'a/b'].some(isHostName)).toBe(false);
  });
  it('reads JSON by dotted path', () => {
    const doc: EcsFields = {};
    TABLE.putObject(doc, { src: '192.0.2.9', a: { b: 'host1' }, list: [1, 2], deep: { x: true }, rule: 5 });
    expect(doc).toEqual({
      'source.address': '192.0.2.9',
      'source.ip': '192.0.2.9',
      'host.name': 'host1',
      'acme.wall.list': [1, 2],
      'acme.wall.deep.x': true,
      'rule.id': '5',
      'acme.wall.rule': 5,
    });
  });
  it('refuses a table that is wrong', () => {
    expect(() => fieldTable('x.', 'a b')).toThrow('three columns');
    expect(() => fieldTable('x.', 'a b texts')).toThrow('unknown kind');
    expect(() => fieldTable('x.', 'a b text\na c text')).toThrow('twice');
  });
});

const INPUT = { timeZone: 'UTC', receivedAt: Date.UTC(2026, 2, 2) };

describe('putCef', () => {
  const cef = (extension: string) => parseCef(`CEF:0|Acme|Wall|2.1|100|Deny|8|${extension}`)!;
  it('reads the dictionary, under which `in` flows to the destination', () => {
    const doc: EcsFields = {};
    putCef(
      doc,
      cef(
        'rt=Mar 01 2026 10:00:00 src=192.0.2.1 spt=1 dst=198.51.100.2 in=5 out=7 act=deny suser=alice outcome=Failed deviceDirection=1 proto=TCP unknownKey=x',
      ),
      cefTable('acme.wall.'),
      INPUT,
    );
    expect(doc).toMatchObject({
      '@timestamp': '2026-03-01T10:00:00.000Z',
      'observer.vendor': 'Acme',
      'observer.version': '2.1',
      'event.code': '100',
      'event.severity': 8,
      'event.outcome': 'failure',
      'source.bytes': 5,
      'destination.bytes': 7,
      'network.bytes': 12,
      'network.direction': 'outbound',
      'network.transport': 'tcp',
      'source.user.name': 'alice',
      'acme.wall.unknownKey': 'x',
    });
    expect(checkDocument(doc)).toEqual([]);
  });
  it('names custom columns by their labels, and lets a vendor mean something else', () => {
    const extension = cef('cs1Label=Rule Name cs1=Outbound cs2=bare act=drop').extension;
    expect([...labelled(extension)]).toEqual([
      ['Rule_Name', 'Outbound'],
      ['cs2', 'bare'],
      ['act', 'drop'],
    ]);
    const doc: EcsFields = {};
    const table = cefTable('acme.wall.', 'Rule_Name rule.name text\nact rule.category text');
    putCef(doc, cef('cs1Label=Rule Name cs1=Outbound act=drop'), table, INPUT);
    expect(doc).toMatchObject({ 'rule.name': 'Outbound', 'rule.category': 'drop' });
    expect(doc).not.toHaveProperty('event.action');
  });
});

describe('putLeef', () => {
  it('reads the predefined attributes', () => {
    const leef = parseLeef(
      'LEEF:2.0|Acme|Wall|3|login|^|src=192.0.2.1^usrName=bob^sev=4^srcBytes=1^dstBytes=2^extra=y^devTime=Mar 01 2026 10:00:00',
    )!;
    const doc: EcsFields = {};
    putLeef(doc, leef, leefTable('acme.wall.'), INPUT);
    expect(doc).toMatchObject({
      '@timestamp': '2026-03-01T10:00:00.000Z',
      'source.ip': '192.0.2.1',
      'user.name': 'bob',
      'event.severity': 4,
      'event.code': 'login',
      'network.bytes': 3,
      'acme.wall.extra': 'y',
    });
  });
});
