import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { checkDocument } from './check-document.ts';
import { addDerived } from './derive.ts';
import { ecsField } from './ecs-types.ts';
import { parseIp, parsePort, splitHostPort } from './ip.ts';
import { put, putEndpoint, toBoolean, toLong } from './types.ts';
import { putUrl } from './url.ts';
import { parseAccount } from './user.ts';

describe('parseIp', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::', '::'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s', (text, expected) => {
    expect(parseIp(text)).toBe(expected);
  });
  it.each(['', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', 'host', '1:2', ':::', '1.2.3.4x', '12345'])(
    'refuses %s',
    (text) => {
      expect(parseIp(text)).toBeUndefined();
    },
  );
  it('splits hosts and ports', () => {
    expect(splitHostPort('192.0.2.1:80')).toEqual({ host: '192.0.2.1', port: 80 });
    expect(splitHostPort('[2001:db8::1]:443')).toEqual({ host: '2001:db8::1', port: 443 });
    expect(splitHostPort('2001:db8::1')).toEqual({ host: '2001:db8::1' });
    expect(splitHostPort('host:x')).toEqual({ host: 'host:x' });
    expect(parsePort('65536')).toBeUndefined();
  });
});

describe('put', () => {
  it('converts to the type of the field and spills what does not fit', () => {
    const doc: EcsFields = {};
    put(doc, 'source.port', '443');
    put(doc, 'source.ip', 'not an address', 'x.source');
    put(doc, 'user.id', 1001);
    put(doc, 'dns.resolved_ip', ['192.0.2.1', 'x'], 'x.resolved');
    put(doc, 'process.args', 'one');
    put(doc, 'source.bytes', '-');
    put(doc, 'http.response.status_code', {}, 'x.status');
    put(doc, 'vendor.flag', true);
    expect(doc).toEqual({
      'source.port': 443,
      'x.source': 'not an address',
      'user.id': '1001',
      'dns.resolved_ip': ['192.0.2.1'],
      'x.resolved': ['x'],
      'process.args': ['one'],
      'vendor.flag': true,
    });
    expect(checkDocument(doc)).toEqual([]);
  });
  it('refuses numbers that a double cannot hold', () => {
    expect(toLong('9007199254740993')).toBeUndefined();
    expect(toLong('0x1F')).toBe(31);
    expect(toLong('007')).toBe(7);
    expect(toLong('1.5')).toBeUndefined();
    expect(toBoolean('YES')).toBe(true);
    expect(toBoolean('maybe')).toBeUndefined();
  });
  it('tells addresses from names', () => {
    const doc: EcsFields = {};
    putEndpoint(doc, 'source', '192.0.2.1');
    putEndpoint(doc, 'destination', 'www.example.com');
    expect(doc).toEqual({
      'source.address': '192.0.2.1',
      'source.ip': '192.0.2.1',
      'destination.address': 'www.example.com',
      'destination.domain': 'www.example.com',
    });
  });
});

describe('putUrl', () => {
  const url = (text: string, authority = false): EcsFields => {
    const doc: EcsFields = {};
    putUrl(doc, text, 'url', authority);
    delete doc['url.original'];
    delete doc['url.full'];
    return doc;
  };
  it('splits without changing', () => {
    expect(url('https://bob:pw@www.example.com:8443/a/b.php?x=%27#top')).toEqual({
      'url.scheme': 'https',
      'url.username': 'bob',
      'url.password': 'pw',
      'url.domain': 'www.example.com',
      'url.port': 8443,
      'url.path': '/a/b.php',
      'url.extension': 'php',
      'url.query': 'x=%27',
      'url.fragment': 'top',
    });
    expect(url('/../../etc/passwd')).toEqual({ 'url.path': '/../../etc/passwd' });
    expect(url('example.org:443', true)).toEqual({ 'url.domain': 'example.org', 'url.port': 443 });
    expect(url('http://[2001:db8::1]:80/')).toMatchObject({
      'url.domain': '[2001:db8::1]',
      'url.port': 80,
    });
  });
});

describe('accounts and related', () => {
  it('splits account names', () => {
    expect(parseAccount('CORP\\alice')).toEqual({ name: 'alice', domain: 'CORP' });
    expect(parseAccount('CORP\\\\alice')).toEqual({ name: 'alice', domain: 'CORP' });
    expect(parseAccount('alice@example.com')).toEqual({
      name: 'alice',
      domain: 'example.com',
      email: 'alice@example.com',
    });
    expect(parseAccount('.\\bob')).toEqual({ name: 'bob' });
    expect(parseAccount('carol')).toEqual({ name: 'carol' });
  });
  it('gathers each value once, addresses as addresses', () => {
    const doc: EcsFields = {
      'source.ip': '192.0.2.1',
      'destination.ip': '192.0.2.1',
      'url.domain': '198.51.100.1',
      'host.name': 'web01',
      'user.name': 'alice',
      'user.target.name': 'bob',
      'file.hash.sha256': 'abc',
      'source.user.name': 'alice',
    };
    addDerived(doc);
    expect(doc).toMatchObject({
      'related.ip': ['192.0.2.1', '198.51.100.1'],
      'related.hosts': ['web01'],
      'related.user': ['alice', 'bob'],
      'related.hash': ['abc'],
    });
  });
});

describe('the ECS table', () => {
  it('knows nested reuse and lists', () => {
    expect(ecsField('source.geo.location')?.type).toBe('geo_point');
    expect(ecsField('process.parent.hash.sha256')?.type).toBe('keyword');
    expect(ecsField('threat.indicator.file.pe.imphash')?.type).toBe('keyword');
    expect(ecsField('event.category')?.list).toBe(true);
    expect(ecsField('event.duration')?.type).toBe('long');
    expect(ecsField('winlog.event_id')).toBeUndefined();
  });
  it('finds faults', () => {
    expect(
      checkDocument({
        'source.ip': 'x',
        'event.kind': 'odd',
        'event.category': 'web',
        'source.nonsense': 1,
        'source.port': '80',
      }),
    ).toHaveLength(5);
  });
});
