import type { IncidentSummary, IncidentView, VerdictHistory } from '@vigie/contracts/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let incident: IncidentSummary;
let client: Api;
/** A person of the client `acme`, signed in with a cookie. */
let session: (method: string, path: string, body?: object) => Promise<Response>;

beforeAll(async () => {
  vigie = await Vigie.start();
  await vigie.addTenant('acme');
  await vigie.addTenant('globex');
  const token = await vigie.addSource('acme', 'servers');
  await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `<86>1 ${new Date().toISOString()} db1 useradd 900 - - new user: name=helper, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
  });
  [incident] = (await until('the incident', async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents');
    return items.length > 0 && items;
  })) as [IncidentSummary];
  client = await vigie.keyFor('client-responder', ['acme']);
  session = await signedIn(['acme']);
});
afterAll(() => vigie?.remove());

async function signedIn(tenants: string[] | null) {
  const email = `person-${Math.random().toString(36).slice(2)}@example.org`;
  const password = 'a lamp above the harbour';
  await vigie.api.ok('POST', '/api/users', {
    email,
    name: 'Cleo',
    role: tenants === null ? 'analyst' : 'client-responder',
    tenants,
    password,
  });
  const headers = { 'content-type': 'application/json', origin: vigie.run.url };
  const answer = await fetch(`${vigie.run.url}/api/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ email, password }),
  });
  const cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
  return (method: string, path: string, body?: object) =>
    fetch(vigie.run.url + path, {
      method,
      headers: { ...headers, cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

const path = () => `/api/incidents/${incident.id}`;
const view = () => vigie.api.get<IncidentView>(path());

test('mass assignment: a change sets what it may and nothing else', async () => {
  const before = await view();
  const { status } = await vigie.api.call('PATCH', path(), {
    comment: 'looked at it',
    urgency: 999,
    confidence: 1,
    criticality: 3,
    tenant: 'globex',
    due_at: 1,
    createdAt: 0,
  });
  expect(status).toBe(200);
  expect(await view()).toMatchObject({
    tenant: 'acme',
    urgency: { score: before.urgency.score },
    createdAt: before.createdAt,
  });
});

test('a verdict’s reason must be one of its own, “other” needs a note, and rules at fault a false positive', async () => {
  const refused = async (body: object) => (await vigie.api.call('POST', `${path()}/verdicts`, body)).status;
  expect(await refused({ verdict: 'true-positive', reason: 'rule-too-broad' })).toBe(400);
  expect(await refused({ verdict: 'true-positive' })).toBe(400);
  expect(await refused({ verdict: 'false-positive', reason: 'other' })).toBe(400);
  expect(await refused({ verdict: 'true-positive', reason: 'attempt', rules: ['x'] })).toBe(400);
  expect(await refused({ verdict: 'true-positive', reason: 'attempt', alerts: ['guessed'] })).toBe(404);
  expect((await view()).verdict).toBeNull();
});

test('the client disagrees, and both are kept; the provider can’t speak for the client', async () => {
  await vigie.api.ok('POST', `${path()}/verdicts`, {
    verdict: 'benign-true-positive',
    reason: 'administration',
    note: '<img src=x onerror=alert(1)>',
  });
  const { items, mayReply } = await client.get<VerdictHistory>(`${path()}/verdicts`);
  // The provider's note is its own; the client is told the reason.
  expect(items).toMatchObject([{ side: 'provider', reason: 'administration', note: '' }]);
  expect(await vigie.api.get(`${path()}/verdicts`)).toMatchObject({
    items: [{ note: '<img src=x onerror=alert(1)>' }],
  });
  expect(mayReply).toBe(true);
  const replies = `/api/verdicts/acme/${items[0]!.id}/replies`;
  expect((await vigie.api.call('POST', replies, { agrees: false, comment: 'no' })).status).toBe(403);
  expect((await client.call('POST', replies, { agrees: false })).status).toBe(400);
  const stranger = await vigie.keyFor('client-responder', ['globex']);
  expect((await stranger.call('POST', replies, { agrees: true })).status).toBe(404);
  await client.ok('POST', replies, { agrees: false, comment: 'nobody of ours did this' });
  await vigie.api.ok('POST', `${path()}/verdicts`, { verdict: 'true-positive', reason: 'attack-stopped' });
  const after = await vigie.api.get<VerdictHistory>(`${path()}/verdicts`);
  expect(after.items).toMatchObject([
    { verdict: 'benign-true-positive', replies: [{ agrees: false, comment: 'nobody of ours did this' }] },
    { verdict: 'true-positive', replies: [] },
  ]);
  expect((await view()).verdict).toBe('true-positive');
});

test('IDOR: a view of another tenant can’t be made, changed or removed by a signed-in person of the client', async () => {
  const other = await signedIn(null);
  const made = (await (
    await other('POST', '/api/views', { name: 'globex night', shared: true, query: { tenant: 'globex' } })
  ).json()) as { id: string };
  expect((await session('POST', '/api/views', { name: 'v', query: { tenant: 'globex' } })).status).toBe(404);
  expect((await session('PATCH', `/api/views/${made.id}`, { name: 'mine' })).status).toBe(404);
  expect((await session('DELETE', `/api/views/${made.id}`, {})).status).toBe(404);
  expect(await (await session('GET', '/api/views')).text()).not.toContain('globex');
  expect((await other('DELETE', `/api/views/${made.id}`, {})).status).toBe(204);
  expect((await session('POST', '/api/views', { name: 'v', query: { sort: 'age', evil: 1 } })).status).toBe(
    400,
  );
});

test('what others change is told to open consoles, and shown as changed to who looked before', async () => {
  expect((await session('POST', `${path()}/seen`, {})).status).toBe(204);
  const stream = await vigie.api.open('GET', '/api/stream', new AbortController().signal);
  const heard = (async () => {
    for await (const chunk of stream.body!) {
      const text = Buffer.from(chunk).toString();
      if (text.includes('event: incident')) return text;
    }
    return '';
  })();
  await vigie.api.ok('POST', '/api/incidents/bulk', {
    ids: [incident.id],
    change: { comment: 'called the ward' },
  });
  expect(await heard).toContain(`"id":${incident.id}`);
  // What the provider says to itself is no news to the client; what is meant for the client is.
  expect(await (await session('GET', '/api/incidents?changed=yes')).json()).toMatchObject({ items: [] });
  await vigie.api.ok('POST', `${path()}/comments`, { body: 'we called the ward', audience: 'client' });
  const { items } = (await (await session('GET', '/api/incidents?changed=yes')).json()) as {
    items: IncidentSummary[];
  };
  expect(items).toMatchObject([{ id: incident.id, changed: { comments: 1 } }]);
});
