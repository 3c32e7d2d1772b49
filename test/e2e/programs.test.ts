import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createClient, pages, VigieError } from '@vigie/client';
import type { IncidentSummary, WebhookNotice } from '@vigie/contracts/api';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let incident: IncidentSummary;
let receiver: Server;
let url: string;
const heard: { headers: IncomingMessage['headers']; body: string }[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    heard.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as { port: number };
  url = `http://127.0.0.1:${port}/hook`;
  vigie = await Vigie.start({ config: { webhooks: { allowHosts: [`127.0.0.1:${port}`] } } });
  await vigie.addTenant('acme', { name: 'ACME Hospital', language: 'fr', timeZone: 'Europe/Paris' });
});
afterAll(async () => {
  await vigie?.remove();
  receiver?.close();
});

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly responses?: Readonly<Record<string, unknown>>;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

test('the OpenAPI document is valid 3.1 and says everything', async () => {
  const document = await vigie.api.get<{ paths: Record<string, Record<string, Operation>> }>(
    '/api/openapi.json',
  );
  const { valid, errors } = await new Validator().validate(document as never);
  expect(valid, JSON.stringify(errors)).toBe(true);
  expect(document).toMatchObject({
    openapi: '3.1.0',
    components: { securitySchemes: { apiKey: { scheme: 'bearer' } } },
  });
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      method,
      operation,
    })),
  );
  expect(operations.length).toBeGreaterThan(100);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, path, method, operation } of operations) {
    expect(operation.tags, name).toHaveLength(1);
    expect(operation.security, name).toBeDefined();
    if (!path.startsWith('/api/') || operation.tags?.[0] === 'ingestion') continue;
    expect(operation.responses, name).toHaveProperty('default');
    if (method === 'post' && operation.security?.length !== 0)
      expect(
        operation.parameters?.map((one) => one.name),
        name,
      ).toContain('idempotency-key');
  }
});

test('a webhook tells of an incident that opens and closes; its secret is shown once', async () => {
  const { webhook, secret } = await vigie.api.ok<{ webhook: { id: string }; secret: string }>(
    'POST',
    '/api/webhooks',
    {
      tenant: 'acme',
      name: 'Tickets',
      url,
      kinds: ['incident.opened', 'incident.closed'],
    },
  );
  const token = await vigie.addSource('acme', 'servers');
  await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `<86>1 ${new Date().toISOString()} web1 useradd 900 - - new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
  });
  await until('the opening', () => heard.length === 1);
  const read = (index: number) =>
    new Webhook(secret).verify(
      heard[index]!.body,
      heard[index]!.headers as Record<string, string>,
    ) as WebhookNotice;
  const opened = read(0);
  expect(opened).toMatchObject({
    type: 'incident.opened',
    data: { tenant: 'acme', incident: { status: 'new' } },
  });
  await vigie.api.ok('PATCH', `/api/incidents/${opened.data.incident!.id}`, {
    status: 'closed',
    verdict: 'true-positive',
  });
  await until('the closing', () => heard.length === 2);
  expect(read(1)).toMatchObject({
    type: 'incident.closed',
    data: { incident: { verdict: 'true-positive' } },
  });
  // The receiver has it before it is noted that it has.
  const told = await until('both are noted', async () => {
    const { items } = await vigie.api.get<{ items: { state: string; status: number }[] }>(
      `/api/webhooks/${webhook.id}/deliveries`,
    );
    return items.every(({ state }) => state === 'sent') && items;
  });
  expect(told.map(({ status }) => status)).toEqual([204, 204]);
  expect(JSON.stringify(await vigie.api.get('/api/webhooks'))).not.toContain(secret);
  const inside = await vigie.api.call('PATCH', `/api/webhooks/${webhook.id}`, {
    url: 'https://127.0.0.1:9/',
  });
  expect([inside.status, JSON.stringify(inside.body)]).toEqual([
    400,
    expect.stringContaining('VIGIE_WEBHOOK_ADDRESS'),
  ]);
  [incident] = (await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?status=all')).items as [
    IncidentSummary,
  ];
});

describe('calls with a key', () => {
  const post = (key: string, body: object, as = vigie.run.key) =>
    fetch(`${vigie.run.url}/api/service-accounts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
  const names = async () =>
    (await vigie.api.get<{ items: { name: string }[] }>('/api/service-accounts')).items.map(
      ({ name }) => name,
    );

  test('are done once and answered alike, at the same time too; another body is refused; keys are each caller’s own', async () => {
    const body = { name: 'once', role: 'auditor', tenants: null };
    const first = await post('k1', body);
    const answer = await first.json();
    const other = await vigie.keyFor('provider-administrator', null);
    const again = await post('k1', body);
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    expect(await again.json()).toEqual(answer);
    expect((await names()).filter((name) => name === 'once')).toHaveLength(1);
    expect((await post('k1', { ...body, name: 'twice' })).status).toBe(422);
    expect(await names()).not.toContain('twice');
    // Another caller's key of the same name is another key.
    expect((await post('k1', { ...body, name: 'other' }, other.key)).status).toBe(201);

    const statuses = (
      await Promise.all(Array.from({ length: 8 }, () => post('k2', { ...body, name: 'raced' })))
    ).map(({ status }) => status);
    expect((await names()).filter((name) => name === 'raced')).toHaveLength(1);
    expect(statuses).toContain(201);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
  });

  test('what was refused is answered alike; nobody without an account has keys', async () => {
    const body = { tenant: 'nowhere', name: 'x', url: 'https://example.net/', kinds: ['incident.opened'] };
    const call = () =>
      fetch(`${vigie.run.url}/api/webhooks`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${vigie.run.key}`,
          'content-type': 'application/json',
          'idempotency-key': 'k3',
        },
        body: JSON.stringify(body),
      });
    expect((await call()).status).toBe(404);
    const again = await call();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([404, 'true']);
    expect((await post('k1', { name: 'once', role: 'auditor', tenants: null }, 'vkey_forged')).status).toBe(
      401,
    );
  });
});

describe('the client package', () => {
  test('reads a list to its end, page after page, each thing once', async () => {
    const client = createClient({ url: vigie.run.url, key: vigie.run.key });
    for (let n = 0; n < 7; n++) await vigie.addSource('acme', `more-${n}`);
    const ids: string[] = [];
    for await (const source of pages(client, '/api/sources', { tenant: 'acme', limit: 3 }))
      ids.push(source.id);
    const { items } = await vigie.api.get<{ items: { id: string }[] }>('/api/sources?tenant=acme');
    expect(ids).toEqual(items.map(({ id }) => id));
    const rules: string[] = [];
    for await (const rule of pages(client, '/api/rules', { limit: 40 })) rules.push(rule.id);
    expect(new Set(rules).size).toBe(rules.length);
    expect(rules.length).toBeGreaterThan(40);
    const forged = createClient({ url: vigie.run.url, key: 'vkey_forged' });
    await expect(pages(forged, '/api/tenants').next()).rejects.toThrow(VigieError);
  });

  test('repeats what failed for a passing reason, and a POST is still done once', async () => {
    const seen: (string | null)[] = [];
    const flaky: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      seen.push(request.headers.get('idempotency-key'));
      const answer = await fetch(request);
      // The call is carried out, and its answer is lost on the way.
      if (seen.length === 1) throw new TypeError('fetch failed');
      return answer;
    };
    const client = createClient({
      url: vigie.run.url,
      key: vigie.run.key,
      fetch: flaky,
      retry: { first: 10 },
    });
    const { data } = await client.POST('/api/service-accounts', {
      body: { name: 'lost', role: 'auditor', tenants: null },
    });
    expect(data?.name).toBe('lost');
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
    const { items } = await vigie.api.get<{ items: { name: string }[] }>('/api/service-accounts');
    expect(items.filter(({ name }) => name === 'lost')).toHaveLength(1);
  });

  test('honours Retry-After', async () => {
    let calls = 0;
    const busy: typeof fetch = async (input, init) => {
      calls++;
      return calls === 1
        ? new Response('{}', { status: 429, headers: { 'retry-after': '1' } })
        : fetch(input as Request, init);
    };
    const client = createClient({ url: vigie.run.url, key: vigie.run.key, fetch: busy, retry: { first: 1 } });
    const began = performance.now();
    const { response } = await client.GET('/api/health');
    expect(response.status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  });
});

describe('exports', () => {
  const download = async (path: string) => {
    const response = await fetch(`${vigie.run.url}${path}`, {
      headers: { authorization: `Bearer ${vigie.run.key}` },
    });
    return {
      status: response.status,
      headers: response.headers,
      body: Buffer.from(await response.arrayBuffer()),
    };
  };

  test('an incident as PDF in the tenant’s language, STIX, CSV and JSON', async () => {
    const at = `/api/incidents/${incident.id}/export?format=`;
    const pdf = await download(`${at}pdf`);
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(pdf.headers.get('content-disposition')).toBe(`attachment; filename="INC-${incident.id}.pdf"`);
    expect(pdf.body.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect(pdf.body.toString('latin1')).toMatch(/\/Lang \(fr\)/);
    const stix = JSON.parse((await download(`${at}stix`)).body.toString()) as {
      type: string;
      objects: { type: string }[];
    };
    expect(stix.type).toBe('bundle');
    expect(new Set(stix.objects.map(({ type }) => type))).toEqual(
      expect.objectContaining(new Set(['identity', 'incident', 'report'])),
    );
    expect((await download(`${at}csv`)).body.toString()).toMatch(/^\uFEFFincident,tenant,time/);
    expect(JSON.parse((await download(`${at}json`)).body.toString())).toMatchObject({ id: incident.id });
    const { items } = await vigie.api.get<{ items: { tenant: string; text: string }[] }>(
      '/api/audit?action=incidents.export',
    );
    expect(items.map(({ text }) => text)).toEqual(['json', 'csv', 'stix', 'pdf']);
    expect(items[0]!.tenant).toBe('acme');
  });

  test('lists with their filter', async () => {
    const closed = (await download('/api/incidents/export?status=closed&tenant=acme')).body.toString();
    expect(closed.split('\r\n')[1]).toContain(`INC-${incident.id},acme`);
    expect(
      (await download('/api/incidents/export?status=open&tenant=acme')).body.toString().split('\r\n'),
    ).toHaveLength(2);
    const range = `from=0&to=${Date.now() + 1000}`;
    const events = (await download(`/api/events/export?${range}&q=useradd&format=ndjson`)).body
      .toString()
      .trim()
      .split('\n');
    expect(events).toHaveLength(1);
    expect(JSON.parse(events[0]!)).toMatchObject({ tenant: 'acme', source: 'servers' });
    const columns = (
      await download(`/api/events/export?${range}&q=useradd&columns=host.name`)
    ).body.toString();
    expect(columns.split('\r\n')[0]).toBe('\uFEFFtime,tenant,source,host.name,id');
    expect((await download(`/api/events/export?${range}&q=a:(`)).status).toBe(400);
    for (const list of ['sources', 'assets', 'rules'])
      expect((await download(`/api/${list}/export`)).headers.get('content-type')).toBe(
        'text/csv; charset=utf-8',
      );
  });
});
