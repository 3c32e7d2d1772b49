import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AddressGuard, isPublic } from './address-guard.ts';
import { HttpClient } from './http-client.ts';
import { Redactor } from './secret.ts';

const guard = new AddressGuard([]);

describe('what a tenant’s connector may not reach', () => {
  test.each([
    'http://api.example.org/', // in clear
    'ftp://api.example.org/',
    'file:///etc/passwd',
    'https://user:pass@api.example.org/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/', // the same, as a number
    'https://0x7f000001/',
    'https://017700000001/',
    'https://0/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[64:ff9b::a9fe:a9fe]/', // NAT64
    'https://[2002:a9fe:a9fe::]/', // 6to4
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/', // metadata of AWS over IPv6
    'https://169.254.169.254/latest/meta-data/',
    'https://168.63.129.16/', // Azure's platform
    'https://100.100.100.200/', // Alibaba's metadata
    'https://192.168.1.1/',
    'https://10.0.0.1:6443/',
    'https://172.31.255.255/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
  ])('%s', (address) => {
    expect(() => guard.check(new URL(address))).toThrow(
      expect.objectContaining({ code: 'VIGIE_PULL_ADDRESS' }),
    );
  });

  test('public addresses and names are open', () => {
    for (const address of ['https://example.org/', 'https://8.8.8.8/', 'https://[2606:4700::1111]/'])
      expect(() => guard.check(new URL(address))).not.toThrow();
    expect(isPublic('not an address')).toBe(false);
  });

  test('what is allowed to one tenant is closed to the others, and to whoever names it in an address', () => {
    const open = new AddressGuard(['acme=10.0.0.5:8089', '10.0.0.6', 'acme-2=10.0.0.7']);
    const reaches = (tenant: string | null, url: string) => {
      try {
        open.of(tenant).check(new URL(url));
        return true;
      } catch {
        return false;
      }
    };
    expect(reaches('acme', 'https://10.0.0.5:8089/')).toBe(true);
    expect(reaches('acme', 'https://10.0.0.6/')).toBe(true);
    for (const [tenant, url] of [
      ['globex', 'https://10.0.0.5:8089/'],
      [null, 'https://10.0.0.5:8089/'],
      ['null', 'https://10.0.0.5:8089/'],
      ['acme', 'https://10.0.0.5/'],
      ['acme', 'https://10.0.0.7/'],
      ['2', 'https://10.0.0.7/'],
    ] as const)
      expect(reaches(tenant, url), `${tenant} ${url}`).toBe(false);
    expect(open.of('globex').accepts(new URL('https://10.0.0.5:8089/'), '10.0.0.5')).toBe(false);
    expect(open.of('acme').accepts(new URL('https://10.0.0.5:8089/'), '10.0.0.5')).toBe(true);
  });

  test('what the operator allows is allowed, by name or address, and with its port only where it is given', () => {
    const open = new AddressGuard(['127.0.0.1:8443', 'Vault.Internal', '[::1]:9000']);
    for (const address of ['https://127.0.0.1:8443/', 'http://vault.internal:80/', 'http://[::1]:9000/'])
      expect(() => open.check(new URL(address))).not.toThrow();
    for (const address of ['https://127.0.0.1:8444/', 'https://127.0.0.1/', 'http://[::1]:9001/'])
      expect(() => open.check(new URL(address))).toThrow();
  });
});

describe('names that mean an address in here', () => {
  let hits = 0;
  const server = createServer((_, response) => {
    hits++;
    response.end('{}');
  });
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  afterAll(() => {
    server.close();
  });

  const client = (addresses: readonly string[][]) => {
    let asked = 0;
    return new HttpClient({
      guard: new AddressGuard([], async () =>
        addresses[Math.min(asked++, addresses.length - 1)]!.map((address) => ({ address, family: 4 })),
      ),
      redactor: new Redactor(),
      now: Date.now,
      signal: new AbortController().signal,
    });
  };
  const url = () => new URL(`https://rebind.example.org:${(server.address() as AddressInfo).port}/`);

  test.each([
    ['at once', [['127.0.0.1']]],
    ['beside a public one', [['8.8.8.8', '169.254.169.254']]],
    ['the second time it is asked', [['127.0.0.1'], ['8.8.8.8']]],
  ])('%s: nothing is connected to', async (_, addresses) => {
    await expect(client(addresses).send({ url: url() })).rejects.toMatchObject({
      code: 'VIGIE_PULL_ADDRESS',
    });
    expect(hits).toBe(0);
  });
});
