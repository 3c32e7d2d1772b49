import Fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { actionOf } from '../audit/actions.ts';
import { changesOf } from '../audit/redact.ts';
import { recordCalls } from './auditing.ts';
import type { AuditWriter } from './ports.ts';

/** An API of one route that counts how often it was carried out. */
async function api(audit: AuditWriter) {
  const app = Fastify() as unknown as FastifyInstance;
  let done = 0;
  app.decorateRequest('identity', null);
  recordCalls(app, audit, () => 1_790_000_000_000.5);
  app.post('/api/things', { config: { access: 'public' } as never }, async () => {
    done++;
    return { id: 'new' };
  });
  await app.ready();
  return {
    call: () => app.inject({ method: 'POST', url: '/api/things', payload: { name: 'x' } }),
    done: () => done,
  };
}

describe('calls are recorded', () => {
  it('nothing is done that can’t be noted', async () => {
    const { call, done } = await api({
      begin: () => Promise.reject(new Error('the disk is full')),
      finish: () => Promise.resolve(),
    });
    const answer = await call();
    expect([answer.statusCode, done()]).toEqual([503, 0]);
  });

  it('nothing is answered as done that could not be linked', async () => {
    const { call, done } = await api({
      begin: () => Promise.resolve('1'),
      finish: () => Promise.reject(new Error('the disk is full')),
    });
    const answer = await call();
    expect([answer.statusCode, done()]).toEqual([503, 1]);
    expect(answer.body).not.toContain('new');
  });

  it('it is noted before it is done, and linked before it is answered, by the same id', async () => {
    const seen: unknown[] = [];
    const { call } = await api({
      begin: async (entry) => {
        seen.push(['begin', entry.action, entry.outcome]);
        return '7';
      },
      finish: async (entry, id) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(['finish', id, entry.outcome, entry.object, entry.at]);
      },
    });
    expect((await call()).statusCode).toBe(200);
    expect(seen).toEqual([
      ['begin', 'things.add', 'unknown'],
      ['finish', '7', 'done', { kind: 'thing', id: 'new' }, 1_790_000_000_000],
    ]);
  });
});

it.each([
  ['POST', '/api/users', 'users.add', 'user'],
  ['PATCH', '/api/incidents/:id', 'incidents.change', 'incident'],
  ['POST', '/api/incidents/:id/merge', 'incidents.merge', 'incident'],
  ['PUT', '/api/sources/:tenant/:id/connector', 'sources.connector.set', 'source'],
  ['DELETE', '/api/session', 'session.sign-out', 'session'],
  ['POST', '/scim/v2/Users', 'scim.users.add', 'scim'],
  ['DELETE', '/scim/v2/Users/:id', 'scim.users.remove', 'scim'],
  ['POST', '/api/events/search', undefined, undefined],
  ['GET', '/api/users', undefined, undefined],
])('%s %s is called %s', (method, route, action, kind) => {
  expect(actionOf(method, route)).toEqual(action === undefined ? undefined : { action, kind });
});

describe('secrets are never written down', () => {
  it.each([
    [{ password: 'hunter2hunter2' }],
    [{ current: 'hunter2', next: 'hunter2hunter2' }],
    [{ secrets: { token: 'hunter2' } }],
    [{ settings: { clientSecret: 'hunter2', nested: [{ apiKey: 'hunter2' }] } }],
    [{ note: 'vkey_hunter2' }],
    [{ url: 'https://anna:hunter2@example.org/' }],
    [{ pem: '-----BEGIN PRIVATE KEY-----\nhunter2' }],
    [{ totpCode: 'hunter2', recoveryCode: 'hunter2' }],
    [{ items: [{ message: 'hunter2' }] }],
  ])('%j', (body) => {
    expect(JSON.stringify(changesOf(body))).not.toContain('hunter2');
  });

  it('what is large is cut', () => {
    const body = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, 'x'.repeat(5000)]));
    expect(JSON.stringify(changesOf(body)).length).toBeLessThan(12_000);
  });
});
