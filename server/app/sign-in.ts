import { readFileSync } from 'node:fs';
import { ROLE_TABLE, type Role } from '@vigie/contracts/api';
import { type OutwardFetch, Provisioning, SecondFactors, SingleSignOn } from '../access/index.ts';
import { HttpClient } from '../collect/pull/http-client.ts';
import { AddressGuard } from '../collect/pull/index.ts';
import { Redactor } from '../collect/pull/secret.ts';
import { PostgresSignIn } from '../storage/state/sign-in-store.ts';
import { PostgresSso } from '../storage/state/sso-store.ts';
import type { Base } from './parts/base.ts';
import type { Storage } from './parts/storage.ts';

/** An identity provider answers in seconds, and in kilobytes. */
const LIMITS = { headTimeout: 10_000, wholeTimeout: 20_000, maxBody: 1024 * 1024 };

/** Signing in by more than a password, wired to its tables and to the way out. */
export function createSignIn(base: Base, { db, vault, changes }: Storage) {
  const { now, publicUrl } = base;
  const store = new PostgresSignIn(db, vault, now);
  const ssoStore = new PostgresSso(db, vault, changes, now);
  return {
    secondFactors: new SecondFactors({ store, flows: store, publicUrl, now }),
    sso: new SingleSignOn({ store: ssoStore, flows: store, fetch: outward(base), publicUrl, mayGive, now }),
    ssoStore,
    provisioning: new Provisioning({ store: ssoStore, publicUrl, mayGive, least }),
  };
}

/** A client's identity provider gives a client's roles; the provider's gives the provider's own. */
function mayGive(tenant: string | null, role: Role): boolean {
  return ROLE_TABLE[role].side === (tenant === null ? 'provider' : 'client');
}

/** The role of each side that changes nothing. */
function least(tenant: string | null): Role {
  return tenant === null ? 'auditor' : 'client-reader';
}

/** The way to identity providers is the way to services that connectors fetch from, with the same guard. */
function outward(base: Base): OutwardFetch {
  const { config } = base.options;
  const guard = new AddressGuard(config.pull.allowHosts);
  const ca = config.pull.ca === undefined ? undefined : readFileSync(config.pull.ca, 'utf8');
  const ended = new AbortController();
  base.onStop(() => ended.abort());
  return async (url, { tenant, method, headers, body }) => {
    const client = new HttpClient({
      guard: guard.of(tenant),
      ...(ca === undefined ? {} : { ca }),
      limits: LIMITS,
      redactor: new Redactor(),
      now: base.now,
      signal: ended.signal,
    });
    try {
      const answer = await client.send({
        method: method === 'POST' ? 'POST' : 'GET',
        url: new URL(url),
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return new Response(new Uint8Array(answer.body), {
        status: answer.status,
        headers: plain(answer.headers),
      });
    } finally {
      client.close();
    }
  };
}

/** The body has been unpacked already. */
function plain(headers: Readonly<Record<string, string | undefined>>): Headers {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && name !== 'content-encoding' && name !== 'content-length')
      kept.set(name, value);
  return kept;
}
