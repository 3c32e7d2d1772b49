import type { ExceptionDetail, ExceptionQuery, NewException } from '@vigie/contracts/api';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExceptionProblem, Identity } from '../api/index.ts';
import { ExceptionStore } from '../storage/state/exception-store.ts';
import { ExceptionCounts } from './exception-counts.ts';
import { BRUTE_FORCE, DAY, ExceptionsBench, FAILED, person, SUDO } from './testing/exceptions.ts';

const bench = new ExceptionsBench();
const anna = person('analyst', 'all');
const arno = person('analyst', ['acme'], 'arno');
const gus = person('analyst', ['globex'], 'gus');
const reader = person('client-reader', ['acme'], 'rita');

beforeAll(() => bench.open(), 120_000);
afterAll(() => bench.close());
beforeEach(() => bench.forget());

const filter = (user: string, rules = `[${SUDO}]`) =>
  `title: Quiet for ${user}\nlogsource: { product: linux }\nfilter:\n  rules: ${rules}\n  selection: { user.name: ${user} }\n  condition: not selection\n`;

const REASON = 'The backup runs as this account every night';

async function token(who: Identity, tenant: string | null, text: string): Promise<string> {
  const made = await bench.exceptions.preview(who, { tenant, filter: text });
  if (!('impact' in made) || made.token === null) throw new Error(JSON.stringify(made));
  return made.token;
}

async function add(
  who: Identity,
  tenant: string | null,
  text: string,
  more: Partial<NewException> = {},
): Promise<ExceptionDetail | ExceptionProblem> {
  return bench.exceptions.add(who, {
    tenant,
    filter: text,
    token: more.token ?? (await token(who, tenant, text)),
    reason: REASON,
    owner: 'me',
    ...more,
  });
}

async function saved(...parts: Parameters<typeof add>): Promise<ExceptionDetail> {
  const made = await add(...parts);
  if (!('silenced' in made)) throw new Error(made.message);
  return made;
}

const query = (more: Partial<ExceptionQuery> = {}): ExceptionQuery => ({
  state: 'active',
  sort: 'ends',
  limit: 50,
  ...more,
});
const titles = async (who: Identity, more: Partial<ExceptionQuery> = {}) =>
  (await bench.exceptions.list(who, query(more))).items.map(({ title }) => title);

describe('saving', () => {
  it('puts it in force at once, for events received from now on, at its tenant only', async () => {
    const before = bench.event(sudo('svc_backup'), bench.now - 1);
    const made = await saved(anna, 'acme', filter('svc_backup'));
    expect(made).toMatchObject({
      tenant: 'acme',
      title: 'Quiet for svc_backup',
      state: 'active',
      rules: [{ id: SUDO, kind: 'rule' }],
      reason: REASON,
      owner: { id: 'anna', name: 'Anna' },
      createdAt: bench.now,
      expiresAt: bench.now + 90 * DAY,
      endsSoon: false,
      mayChange: true,
      silenced: { hits: 0, lastAt: null },
      previewed: { total: 0, silenced: 0 },
      changes: [{ actor: 'Anna', kind: 'created', text: REASON }],
    });
    const of = (user: string, tenant: string) =>
      bench.detect([bench.event(sudo(user), bench.now, tenant)]).length;
    expect(of('svc_backup', 'acme')).toBe(0);
    expect(of('svc_backup', 'globex')).toBe(1);
    expect(of('jdoe', 'acme')).toBe(1);
    expect(bench.detect([before])).toHaveLength(1);
  });

  it('needs the preview of exactly this, by the same person, within the hour', async () => {
    const text = filter('svc_backup');
    const shown = await token(anna, 'acme', text);
    expect(await add(anna, 'globex', text, { token: shown })).toMatchObject({ code: 'stale' });
    expect(await add(anna, null, text, { token: shown })).toMatchObject({ code: 'stale' });
    expect(await add(anna, 'acme', filter('svc_other'), { token: shown })).toMatchObject({ code: 'stale' });
    expect(await add(arno, 'acme', text, { token: shown })).toMatchObject({ code: 'stale' });
    const [body = '', signature = ''] = shown.split('.');
    const forged = Buffer.from(
      Buffer.from(body, 'base64url').toString().replace('"acme"', '"globex"'),
    ).toString('base64url');
    expect(await add(anna, 'globex', text, { token: `${forged}.${signature}` })).toMatchObject({
      code: 'stale',
    });
    for (const garbage of ['x', '.', 'a.b.c', `${body}.`, `.${signature}`])
      expect(await add(anna, 'acme', text, { token: garbage })).toMatchObject({ code: 'stale' });
    bench.now += 3_600_000;
    expect(await add(anna, 'acme', text, { token: shown })).toMatchObject({ code: 'stale' });
    expect((await bench.exceptions.list(anna, query({ state: 'all' }))).total).toBe(0);
  });

  it('is refused when an incident was marked true positive since the preview', async () => {
    const text = filter('svc_backup');
    const shown = await token(anna, 'acme', text);
    const event = bench.event(sudo('svc_backup'), bench.now - DAY);
    await bench.store([event]);
    const id = await bench.incident(bench.detect([event])[0]!, 'true-positive');
    expect(await add(anna, 'acme', text, { token: shown })).toMatchObject({
      code: 'silences',
      refusals: [{ kind: 'incident', id }],
    });
    expect(await add(anna, 'globex', text)).toMatchObject({ state: 'active' });
  });

  it('needs an owner who may see the tenant, and an end within a year', async () => {
    const problem = async (more: Partial<NewException>, tenant: string | null = 'acme', who = anna) => {
      const made = await add(who, tenant, filter('svc_backup'), more);
      return 'code' in made ? made.message : undefined;
    };
    expect(await problem({ owner: 'gus@example.org' })).toMatch(/must be a user who may see acme/);
    expect(await problem({ owner: 'nobody' })).toMatch(/must be a user/);
    expect(await problem({ owner: 'arno' }, null)).toMatch(/all tenants/);
    expect(await problem({ owner: 'me' }, 'acme', { ...anna, kind: 'key', id: 'k' })).toMatch(/API key/);
    expect(await problem({ expiresAt: bench.now })).toMatch(/future/);
    expect(await problem({ expiresAt: bench.now + 366 * DAY })).toMatch(/365 days/);
    const made = await saved(anna, 'acme', filter('svc_backup'), {
      owner: 'Arno@Example.org',
      expiresAt: bench.now + 365 * DAY,
    });
    expect(made).toMatchObject({ owner: { id: 'arno' }, expiresAt: bench.now + 365 * DAY });
  });
});

describe('ending', () => {
  it('comes by itself, without a reload', async () => {
    await saved(anna, 'acme', filter('svc_backup'), { expiresAt: bench.now + DAY });
    const at = (time: number) => bench.detect([bench.event(sudo('svc_backup'), time)]).length;
    expect([at(bench.now), at(bench.now + DAY - 1), at(bench.now + DAY)]).toEqual([0, 0, 1]);
    expect((await bench.exceptions.list(anna, query())).items[0]?.endsSoon).toBe(true);
    bench.now += DAY;
    expect(await titles(anna)).toEqual([]);
    expect((await bench.exceptions.list(anna, query({ state: 'expired' }))).states).toEqual({
      active: 0,
      expired: 1,
      revoked: 0,
    });
  });

  it('comes when it is revoked; what was received before stays silent', async () => {
    const { id } = await saved(anna, 'acme', filter('svc_backup'));
    const waiting = bench.event(sudo('svc_backup'), bench.now);
    bench.now += 1000;
    const ended = await bench.exceptions.revoke(arno, id, 'the account is gone');
    expect(ended).toMatchObject({
      state: 'revoked',
      revokedAt: bench.now,
      changes: [{ kind: 'created' }, { kind: 'revoked', actor: 'arno', text: 'the account is gone' }],
    });
    expect(bench.detect([waiting])).toHaveLength(0);
    expect(bench.detect([bench.event(sudo('svc_backup'), bench.now)])).toHaveLength(1);
    expect(await bench.exceptions.revoke(anna, id, 'again')).toMatchObject({ code: 'ended' });
    expect(await bench.exceptions.extend(anna, id, bench.now + 9 * DAY, 'again')).toMatchObject({
      code: 'ended',
    });
  });

  it('is moved by an extension, unless that would silence what was marked true since', async () => {
    const { id, expiresAt } = await saved(anna, 'acme', filter('svc_backup'), { expiresAt: bench.now + DAY });
    expect(await bench.exceptions.extend(anna, id, expiresAt - 1, 'shorter')).toMatchObject({
      code: 'invalid',
    });
    expect(await bench.exceptions.extend(anna, id, bench.now + 400 * DAY, 'long')).toMatchObject({
      code: 'invalid',
    });
    expect(await bench.exceptions.extend(anna, id, bench.now + 30 * DAY, 'still needed')).toMatchObject({
      expiresAt: bench.now + 30 * DAY,
      changes: [{ kind: 'created' }, { kind: 'extended' }],
    });
    expect(bench.detect([bench.event(sudo('svc_backup'), bench.now + 2 * DAY)])).toHaveLength(0);
    const event = bench.event(sudo('svc_backup'), bench.now - DAY);
    await bench.store([event]);
    await bench.incident(bench.detect([event])[0]!, 'true-positive');
    expect(await bench.exceptions.extend(anna, id, bench.now + 60 * DAY, 'more')).toMatchObject({
      code: 'silences',
    });
  });

  it('of one whose rule is gone works all the same, and the list says so', async () => {
    const { id } = await saved(anna, 'acme', filter('svc_backup'));
    const rules = new Map(bench.rules.rules);
    const all = bench.rules;
    rules.delete(SUDO);
    bench.rules = { ...all, rules };
    try {
      expect(await bench.exceptions.get(anna, id)).toMatchObject({ rules: [], unknownRules: [SUDO] });
      expect(await bench.exceptions.revoke(anna, id, 'gone')).toMatchObject({ state: 'revoked' });
    } finally {
      bench.rules = all;
    }
  });
});

describe('what somebody sees', () => {
  beforeEach(async () => {
    await saved(anna, 'acme', filter('svc_a'), { expiresAt: bench.now + 20 * DAY });
    await saved(anna, 'globex', filter('svc_g'));
    await saved(anna, null, filter('globex_scanner'), { expiresAt: bench.now + 5 * DAY });
  });

  it('is of their tenants; of those for all tenants, nothing that may name others', async () => {
    expect(await titles(anna)).toEqual(['Quiet for globex_scanner', 'Quiet for svc_a', 'Quiet for svc_g']);
    for (const who of [arno, reader]) {
      const { items } = await bench.exceptions.list(who, query());
      expect(items.map(({ title }) => title)).toEqual(['An exception for all clients', 'Quiet for svc_a']);
      expect(items[0]).toMatchObject({
        tenant: null,
        rules: [{ id: SUDO }],
        reason: null,
        owner: null,
        filter: null,
        mayChange: false,
      });
      expect(JSON.stringify(items)).not.toContain('globex');
      const detail = await bench.exceptions.get(who, items[0]!.id);
      expect(detail).toMatchObject({ changes: [], previewed: null });
      expect(JSON.stringify(detail)).not.toContain('globex');
    }
    expect(await titles(arno, { q: 'globex' })).toEqual([]);
    const [theirs] = (await bench.exceptions.list(gus, query({ q: 'svc_g' }))).items;
    expect(theirs).toMatchObject({ tenant: 'globex', mayChange: true });
    expect(await bench.exceptions.get(arno, theirs!.id)).toBeUndefined();
    expect(await bench.exceptions.revoke(arno, theirs!.id, 'mine')).toMatchObject({ code: 'not_found' });
    expect((await bench.exceptions.list(reader, query({ q: 'svc_a' }))).items[0]?.mayChange).toBe(false);
  });

  it('one for all tenants is the provider’s to change', async () => {
    const [shared] = (await bench.exceptions.list(arno, query())).items;
    expect(await bench.exceptions.revoke(arno, shared!.id, 'not here')).toMatchObject({ code: 'forbidden' });
    expect(await bench.exceptions.extend(arno, shared!.id, bench.now + 40 * DAY, 'more')).toMatchObject({
      code: 'forbidden',
    });
  });

  it('can be narrowed by tenant, rule, state and words, and comes in pages', async () => {
    await saved(anna, 'acme', filter('svc_any', 'any'));
    expect(await titles(anna, { tenant: 'acme' })).toEqual([
      'Quiet for globex_scanner',
      'Quiet for svc_a',
      'Quiet for svc_any',
    ]);
    expect(await titles(anna, { rule: FAILED })).toEqual(['Quiet for svc_any']);
    expect(await titles(anna, { rule: BRUTE_FORCE })).toEqual([]);
    expect(await titles(anna, { rule: SUDO, q: 'SVC_ANY' })).toEqual(['Quiet for svc_any']);
    const first = await bench.exceptions.list(anna, query({ limit: 3 }));
    expect(first).toMatchObject({ total: 4, next: '3' });
    const rest = await bench.exceptions.list(anna, query({ limit: 3, cursor: first.next! }));
    expect(rest.items).toHaveLength(1);
    expect(rest.next).toBeUndefined();
  });
});

describe('counting', () => {
  it('tells what was silenced at the reader’s tenants, once over a crash', async () => {
    const shared = await saved(anna, null, filter('svc_backup'));
    const store = new ExceptionStore(bench.state.db);
    const log = { warn: (fields: object) => void bench.warnings.push(JSON.stringify(fields)) };
    const counts = new ExceptionCounts({ store, live: bench.live, log, every: 1 });
    await counts.resume(10);
    const batch = (tenant: string, at: number) =>
      bench.detect([0, 1, 2].map((n) => bench.event(sudo('svc_backup'), at + n, tenant)));
    batch('acme', bench.now);
    counts.endBatch(11);
    batch('globex', bench.now);
    counts.endBatch(12);
    await counts.store();
    batch('acme', bench.now + DAY);
    // A crash here: this batch had not ended, so it is judged again, and so are those before it.
    const after = new ExceptionCounts({ store, live: bench.live, log, every: 1 });
    bench.live.endBatch(0);
    await after.resume(12);
    batch('globex', bench.now);
    after.endBatch(12);
    batch('acme', bench.now + DAY);
    after.endBatch(13);
    await after.store();
    after.close();
    expect(await bench.exceptions.get(anna, shared.id)).toMatchObject({
      silenced: { hits: 9, lastAt: bench.now + DAY + 2 },
      byRule: [{ ruleId: SUDO, count: 9 }],
      byTenant: [
        { tenant: 'acme', count: 6 },
        { tenant: 'globex', count: 3 },
      ],
    });
    expect((await bench.exceptions.get(anna, shared.id))?.byDay.map(({ count }) => count)).toEqual([6, 3]);
    expect((await bench.exceptions.list(gus, query())).items[0]?.silenced).toEqual({
      hits: 3,
      lastAt: bench.now + 2,
    });
    expect(bench.warnings).toEqual([]);
  });

  it('keeps counts that could not be stored for the next time', async () => {
    await saved(anna, 'acme', filter('svc_backup'));
    const store = new ExceptionStore(bench.state.db);
    const counts = new ExceptionCounts({ store, live: bench.live, log: { warn: () => undefined } });
    await counts.resume(0);
    bench.live.endBatch(0);
    bench.detect([bench.event(sudo('svc_backup'), bench.now)]);
    counts.endBatch(1);
    const { db } = bench.state;
    await sql`ALTER TABLE exception_hit RENAME TO hidden`.execute(db);
    await expect(counts.store()).rejects.toThrow(/exception_hit/);
    await sql`ALTER TABLE hidden RENAME TO exception_hit`.execute(db);
    bench.detect([bench.event(sudo('svc_backup'), bench.now)]);
    counts.endBatch(2);
    await counts.store();
    counts.close();
    expect((await bench.exceptions.list(anna, query())).items[0]?.silenced.hits).toBe(2);
  });
});

function sudo(user: string): string {
  return `{{syslog}} web01 sudo: ${user} : user NOT in sudoers ; TTY=pts/2 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/rsync`;
}
