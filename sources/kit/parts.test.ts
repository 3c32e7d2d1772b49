import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { categorise, WHAT } from './categorise.ts';
import { checkDocument } from './check-document.ts';
import { addDerived } from './derive.ts';
import { extensionOf, putFile } from './file.ts';
import { hashName, putHash } from './hash.ts';
import { at, embedded, firstOf, object, objects, strings, text } from './json.ts';
import { parseMac } from './mac.ts';
import { putDirection, putDuration, putTotals, putTransport } from './network.ts';
import { putSeverity, putSyslogSeverity } from './severity.ts';
import { putTlsVersion } from './tls.ts';
import { outcomeOf, verdictOf } from './verdict.ts';

const written = (write: (doc: EcsFields) => unknown): EcsFields => {
  const doc: EcsFields = {};
  write(doc);
  return doc;
};

describe('parseMac', () => {
  it.each([
    ['00:0c:29:1a:2b:3c'],
    ['00-0C-29-1A-2B-3C'],
    ['000c.291a.2b3c'],
    ['000c291a2b3c'],
    ['0:c:29:1a:2b:3c'],
  ])('%s', (spelling) => {
    expect(parseMac(spelling)).toBe('00-0C-29-1A-2B-3C');
  });
  it('reads EUI-64', () => {
    expect(parseMac('00:0c:29:ff:fe:1a:2b:3c')).toBe('00-0C-29-FF-FE-1A-2B-3C');
  });
  it.each([
    '',
    '00:0c:29:1a:2b',
    '00:0c-29:1a:2b:3c',
    'zz:0c:29:1a:2b:3c',
    '192.0.2.100',
    '00:0c:29:1a:2b:3c:',
    '00:0c:29:1a:2b:3c:4d',
  ])('refuses %s', (spelling) => {
    expect(parseMac(spelling)).toBeUndefined();
  });
});

describe('small values', () => {
  it('splits TLS versions', () => {
    for (const [name, version, protocol] of [
      ['TLSv1.3', '1.3', 'tls'],
      ['TLS 1.2', '1.2', 'tls'],
      ['tls1_1', '1.1', 'tls'],
      ['SSLv3', '3', 'ssl'],
      ['DTLSv1.2', '1.2', 'dtls'],
    ] as const)
      expect(written((doc) => putTlsVersion(doc, name))).toEqual({
        'tls.version': version,
        'tls.version_protocol': protocol,
      });
    expect(putTlsVersion({}, 'none')).toBe(false);
  });
  it('knows digests by their length', () => {
    expect(hashName('a'.repeat(64))).toBe('sha256');
    expect(hashName('g'.repeat(64))).toBeUndefined();
    expect(hashName('a'.repeat(63))).toBeUndefined();
    expect(written((doc) => putHash(doc, 'file.hash', `${'AA:'.repeat(15)}BB`))).toEqual({
      'file.hash.md5': `${'aa'.repeat(15)}bb`,
    });
  });
  it('cuts paths', () => {
    expect(written((doc) => putFile(doc, 'C:\\Temp\\setup.EXE'))).toEqual({
      'file.path': 'C:\\Temp\\setup.EXE',
      'file.directory': 'C:\\Temp',
      'file.drive_letter': 'C',
      'file.name': 'setup.EXE',
      'file.extension': 'EXE',
    });
    expect(written((doc) => putFile(doc, '/etc/'))).toEqual({
      'file.path': '/etc/',
      'file.directory': '/etc',
    });
    expect(written((doc) => putFile(doc, '/x'))).toMatchObject({ 'file.directory': '/', 'file.name': 'x' });
    expect(written((doc) => putFile(doc, 'a.txt'))).toEqual({
      'file.name': 'a.txt',
      'file.extension': 'txt',
    });
    expect(extensionOf('.profile')).toBeUndefined();
  });
  it('writes transports by number and name', () => {
    expect(written((doc) => putTransport(doc, '58'))).toEqual({
      'network.iana_number': '58',
      'network.transport': 'ipv6-icmp',
    });
    expect(written((doc) => putTransport(doc, 'UDP'))).toEqual({ 'network.transport': 'udp' });
    expect(putTransport({}, '300')).toBe(false);
    expect(putTransport({}, '-')).toBe(false);
  });
  it('sums only what is known on both sides', () => {
    expect(
      written((doc) => {
        doc['source.bytes'] = 1;
        doc['destination.bytes'] = 2;
        doc['source.packets'] = 3;
        putTotals(doc);
      }),
    ).toMatchObject({ 'network.bytes': 3 });
    expect(
      written((doc) => {
        doc['source.packets'] = 3;
        putTotals(doc);
      }),
    ).toEqual({ 'source.packets': 3 });
  });
  it('counts durations in nanoseconds', () => {
    expect(written((doc) => putDuration(doc, '0.008'))).toEqual({ 'event.duration': 8_000_000 });
    expect(written((doc) => putDuration(doc, 82, 1e3))).toEqual({ 'event.duration': 82_000_000 });
    expect(putDuration({}, '-1')).toBeUndefined();
    expect(putDuration({}, 'x')).toBeUndefined();
    expect(putDuration({}, 1e12)).toBeUndefined();
  });
  it('knows words for directions', () => {
    expect(written((doc) => putDirection(doc, 'Outgoing'))).toEqual({ 'network.direction': 'outbound' });
    expect(putDirection({}, 'sideways')).toBe(false);
  });
  it('keeps numbers and words of severities apart', () => {
    expect(written((doc) => putSyslogSeverity(doc, '4'))).toEqual({
      'event.severity': 4,
      'log.level': 'warning',
    });
    expect(putSyslogSeverity({}, 9)).toBe(false);
    expect(written((doc) => putSeverity(doc, 'High', { low: 1, high: 3 }))).toEqual({
      'event.severity': 3,
      'log.level': 'high',
    });
    expect(written((doc) => putSeverity(doc, 3, { low: 1, high: 3 }))).toEqual({
      'event.severity': 3,
      'log.level': 'high',
    });
    expect(written((doc) => putSeverity(doc, 'odd'))).toEqual({ 'log.level': 'odd' });
    expect(written((doc) => putSeverity(doc, undefined))).toEqual({});
  });
  it('reads verdicts and outcomes', () => {
    expect(verdictOf('Reset_Both')).toBe('denied');
    expect(verdictOf('passthrough')).toBe('allowed');
    expect(verdictOf('constructor')).toBeUndefined();
    expect(outcomeOf('SUCCEEDED')).toBe('success');
    expect(outcomeOf('Denied')).toBe('failure');
    expect(outcomeOf('unknown')).toBe('unknown');
    expect(outcomeOf('maybe')).toBeUndefined();
  });
  it('has only categorisations that ECS allows', () => {
    for (const what of Object.values(WHAT))
      expect(checkDocument(written((doc) => categorise(doc, what)))).toEqual([]);
  });
});

describe('JSON', () => {
  it('reads members without reaching the prototype', () => {
    const json = JSON.parse('{"a":{"b":[1,{"c":"x"}]},"__proto__":{"p":1},"n":5,"e":""}') as Record<
      string,
      unknown
    >;
    expect(at(json, 'a', 'b')).toEqual([1, { c: 'x' }]);
    expect(at(json, 'constructor')).toBeUndefined();
    expect(at(json, 'a', 'x', 'y')).toBeUndefined();
    expect(text(json['n'])).toBe('5');
    expect(text(json['e'])).toBeUndefined();
    expect(firstOf(json, 'e', 'missing', 'n')).toBe(5);
    expect(objects(json['a'])).toHaveLength(1);
    expect(objects([1, {}, null, []])).toEqual([{}]);
    expect(strings(['a ', '', 3, {}])).toEqual(['a', '3']);
    expect(object([])).toBeUndefined();
  });
  it('reads JSON held as text', () => {
    expect(embedded('{"a":1}')).toEqual({ a: 1 });
    expect(embedded('{"a":')).toBeUndefined();
    expect(embedded('text')).toBeUndefined();
    expect(embedded(`[${'1,'.repeat(40_000)}1]`)).toBeUndefined();
  });
});

describe('addDerived', () => {
  it('adds parts of domains and agents, once and everywhere the same', () => {
    const doc: EcsFields = {
      'url.domain': 'www.example.com',
      'dns.question.name': 'mail.example.org',
      'user_agent.original': 'curl/8.5.0',
      'user_agent.name': 'kept',
      'host.name': 'srv.example.net',
    };
    addDerived(doc);
    expect(doc).toMatchObject({
      'url.registered_domain': 'example.com',
      'url.subdomain': 'www',
      'dns.question.top_level_domain': 'org',
      'user_agent.name': 'kept',
      'user_agent.version': '8.5.0',
      'related.hosts': ['www.example.com', 'mail.example.org', 'srv.example.net'],
    });
    expect(doc).not.toHaveProperty('host.registered_domain');
    const again = { ...doc };
    addDerived(again);
    expect(again).toEqual(doc);
  });
});
