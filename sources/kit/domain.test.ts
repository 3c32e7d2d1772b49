import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';
import { domainParts, putDomainParts } from './domain.ts';

describe('domainParts', () => {
  it('cuts names by the public suffix list', () => {
    expect(domainParts('www.example.co.uk')).toEqual({
      registered: 'example.co.uk',
      topLevel: 'co.uk',
      subdomain: 'www',
    });
    expect(domainParts('Example.COM.')).toEqual({ registered: 'example.com', topLevel: 'com' });
    expect(domainParts('_ldap._tcp.dc1.example.org')).toMatchObject({ subdomain: '_ldap._tcp.dc1' });
  });
  it.each([
    '192.0.2.1',
    '2001:db8::1',
    'localhost',
    'srv.corp.local',
    'com',
    'co.uk',
    '',
    '.',
    'a..b.com',
    'a b.com',
  ])('has no parts for %s', (host) => {
    expect(domainParts(host)).toBeUndefined();
  });
  it('refuses names longer than DNS has', () => {
    expect(domainParts(`${'a.'.repeat(200)}com`)).toBeUndefined();
  });
  it('leaves what the parser has written alone', () => {
    const doc: EcsFields = { 'url.subdomain': 'kept' };
    putDomainParts(doc, 'url', 'www.example.net');
    expect(doc).toEqual({
      'url.subdomain': 'kept',
      'url.registered_domain': 'example.net',
      'url.top_level_domain': 'net',
    });
  });
});

describe('BoundedCache', () => {
  it('makes a value once and keeps what is asked for', () => {
    const cache = new BoundedCache<{ n: number }>(2);
    let made = 0;
    const make = (): { n: number } => ({ n: ++made });
    const first = cache.get('a', make);
    expect(cache.get('a', make)).toBe(first);
    cache.get('b', make);
    cache.get('c', make);
    // `a` is in the old generation: asked for again, it stays.
    expect(cache.get('a', make)).toBe(first);
    cache.get('d', make);
    expect(cache.get('a', make)).toBe(first);
    expect(made).toBe(4);
  });
  it('never holds more than two generations', () => {
    const cache = new BoundedCache<object>(100);
    for (let i = 0; i < 10_000; i++) cache.get(`key ${i}`, () => ({}));
    expect(cache.size).toBeLessThanOrEqual(200);
  });
  it('does not keep long keys', () => {
    const cache = new BoundedCache<object>(100);
    cache.get('x'.repeat(5_000), () => ({}));
    expect(cache.size).toBe(0);
  });
});
