import type { Event } from '@vigie/contracts';
import type { ExceptionDraft, ExceptionPreview } from '@vigie/contracts/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BRUTE_FORCE, DAY, ExceptionsBench, FAILED, person, SUDO } from './testing/exceptions.ts';

const bench = new ExceptionsBench();
const anna = person('analyst', 'all');

const sudo = (user: string, host = 'web01') =>
  `{{syslog}} ${host} sudo: ${user} : user NOT in sudoers ; TTY=pts/2 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/rsync`;
const failure = (ip: string, host = 'web01', user = 'admin') =>
  `{{syslog}} ${host} sshd[4{{n+100}}]: Failed password for ${user} from ${ip} port 4{{n+1000}} ssh2`;

/** Twelve nights of a backup account at acme, one at globex, a person once, and an attack. */
let attack: Event[];
beforeAll(async () => {
  await bench.open();
  const start = bench.now - 40 * DAY;
  const events: Event[] = [];
  for (let night = 0; night < 12; night++)
    for (let n = 0; n < 5; n++)
      events.push(
        bench.event(sudo('svc_backup', n < 4 ? 'files01' : 'web01'), start + night * 3 * DAY + n * 60_000),
      );
  events.push(bench.event(sudo('jdoe'), bench.now - 2 * DAY));
  events.push(bench.event(sudo('svc_backup'), bench.now - 2 * DAY, 'globex'));
  attack = Array.from({ length: 12 }, (_, n) =>
    bench.event(failure('203.0.113.9'), bench.now - DAY + n * 10_000),
  );
  events.push(...attack);
  await bench.store(events);
}, 120_000);
afterAll(() => bench.close());
beforeEach(() => bench.forget());

const draft = (fields: Record<string, string>, more: Partial<ExceptionDraft> = {}): ExceptionDraft => ({
  tenant: 'acme',
  rules: [SUDO],
  fields: Object.entries(fields).map(([field, value]) => ({ field, match: 'equals', values: [value] })),
  ...more,
});

async function preview(wanted: ExceptionDraft, event?: Event): Promise<ExceptionPreview> {
  const made = await bench.exceptions.preview(anna, wanted, event && { id: event.id, at: event.time });
  if (!('impact' in made)) throw new Error(made.message);
  return made;
}
const codes = ({ warnings }: ExceptionPreview) => warnings.map(({ code }) => code);

describe('the impact of a draft', () => {
  it('is what it would have silenced at the tenant in the last 30 days', async () => {
    const { impact, refusals, token, filter, title } = await preview(draft({ 'user.name': 'svc_backup' }));
    // Nights 4 to 11 are within the 30 days.
    expect(impact).toMatchObject({ total: 41, silenced: 40, complete: true });
    expect(impact.byRule).toEqual([
      expect.objectContaining({
        id: SUDO,
        kind: 'rule',
        total: 41,
        silenced: 40,
        method: 'sql',
        reason: null,
      }),
    ]);
    expect(impact.byDay).toHaveLength(8);
    expect(impact.byDay.every(({ count }) => count === 5)).toBe(true);
    expect(impact.byHost).toEqual([
      { tenant: 'acme', value: 'files01', count: 32 },
      { tenant: 'acme', value: 'web01', count: 8 },
    ]);
    expect(impact.byUser).toEqual([{ tenant: 'acme', value: 'svc_backup', count: 40 }]);
    expect(impact.alerts).toBe(16);
    expect(impact.samples).toHaveLength(10);
    expect(impact.samples.every(({ fields }) => fields['user.name'] === 'svc_backup')).toBe(true);
    expect(refusals).toEqual([]);
    expect(token).toEqual(expect.any(String));
    expect(title).toBe('svc_backup: Attempt to use sudo by a user who may not');
    expect(filter).toContain('condition: not selection');
  });

  it('says when nearly all, nothing, or nobody knows what would be silenced', async () => {
    const all = await preview(draft({ 'event.module': 'linux' }));
    expect(all.impact).toMatchObject({ total: 41, silenced: 41 });
    expect(codes(all)).toContain('everything');
    expect(codes(await preview(draft({ 'user.name': 'svc_backup' })))).toContain('everything');
    expect(codes(await preview(draft({ 'user.name': 'svc_backup', 'host.name': 'web01' })))).toEqual([]);
    expect(codes(await preview(draft({ 'user.name': 'svc_other' })))).toEqual(['no-effect']);
    const unseen = draft({ 'user.name': 'svc_other' }, { rules: ['61050751-dd68-4561-b2da-606b37aa1021'] });
    expect(codes(await preview(unseen))).toEqual(['no-history']);
  });

  it('says what its form means: for any rule, for all tenants, without “not”, of any value', async () => {
    const text = (condition: string, selection = '{ user.name: svc_backup }', rules = `[${SUDO}]`) =>
      `title: T\nlogsource: { product: linux }\nfilter:\n  rules: ${rules}\n  selection: ${selection}\n  condition: ${condition}\n`;
    const inclusive = await preview({ tenant: 'acme', filter: text('selection') });
    expect(inclusive.impact).toMatchObject({ total: 41, silenced: 1 });
    expect(codes(inclusive)).toEqual(['inclusive']);
    expect(codes(await preview({ tenant: null, filter: text('not selection') }))).toContain('all-tenants');
    expect((await preview({ tenant: null, filter: text('not selection') })).impact.silenced).toBe(41);
    await bench.state.db
      .insertInto('rule_hit')
      .values({ rule_id: SUDO, tenant: 'acme', hour: bench.now - DAY, hits: 3, last_at: bench.now })
      .execute();
    const any = await preview({ tenant: 'acme', filter: text('not selection', undefined, 'any') });
    expect(codes(any)).toEqual(expect.arrayContaining(['any-rule', 'correlation']));
    expect(any.impact.byRule.map(({ id }) => id)).toEqual(expect.arrayContaining([SUDO, FAILED]));
    expect(any.impact).toMatchObject({ silenced: 40 });
    const boundless = text('not selection', "{ user.name: '*' }", '[61050751-dd68-4561-b2da-606b37aa1021]');
    expect(codes(await preview({ tenant: 'acme', filter: boundless }))).toContain('everything');
  });

  it('tells which correlations would count less', async () => {
    const { warnings } = await preview(draft({ 'source.ip': '10.0.0.9' }, { rules: [FAILED] }));
    expect(warnings.find(({ code }) => code === 'correlation')?.message).toContain('"SSH brute force"');
  });

  it('says when the event it was made from is not among what it silences', async () => {
    const [event] = (await preview(draft({ 'user.name': 'svc_backup' }))).impact.samples;
    const ref = { ...event!, time: event!.at } as unknown as Event;
    expect(codes(await preview(draft({ 'user.name': 'svc_backup' }), ref))).not.toContain('misses-event');
    expect(codes(await preview(draft({ 'user.name': 'jdoe' }), ref))).toContain('misses-event');
  });

  it('is of the stored detections for a correlation', async () => {
    const other = Array.from({ length: 12 }, (_, n) =>
      bench.event(failure('198.51.100.4'), bench.now - DAY + n * 10_000),
    );
    for (const found of bench.detect([...attack, ...other]))
      if (found.ruleId === BRUTE_FORCE) await bench.incident(found, null);
    const { impact, filter } = await preview(
      draft({ 'source.ip': '198.51.100.4' }, { rules: [BRUTE_FORCE] }),
    );
    expect(impact).toMatchObject({ total: 2, silenced: 1, alerts: 1 });
    expect(impact.byRule).toMatchObject([{ method: 'detections', kind: 'correlation' }]);
    expect(filter).toContain('service: sshd');
  });

  it('refuses a draft that can’t be: unknown rules, fields that a correlation does not know', async () => {
    const problem = async (wanted: ExceptionDraft) => {
      const made = await bench.exceptions.preview(anna, wanted);
      return 'impact' in made ? undefined : made.message;
    };
    expect(await problem(draft({ 'user.name': 'x' }, { rules: ['nobody'] }))).toMatch(/no rule nobody/);
    expect(await problem(draft({ 'user.name': 'x' }, { rules: [BRUTE_FORCE] }))).toMatch(/groups by/);
    const foreign = `title: T\nlogsource: { product: windows }\nfilter:\n  rules: [${SUDO}]\n  s: { a: b }\n  condition: not s\n`;
    expect(await problem({ tenant: 'acme', filter: foreign })).toMatch(/does not cover/);
    expect(await problem({ tenant: 'acme', filter: '&a [*a' })).toBeDefined();
  });
});

describe('a draft that silences what is known to be true is refused', () => {
  it('for a case of the rule that must fire', async () => {
    const { refusals, token } = await preview(draft({ 'user.name': 'mallory' }));
    expect(refusals).toEqual([
      expect.objectContaining({ kind: 'case', ruleId: SUDO, name: 'not in sudoers' }),
    ]);
    expect(token).toBeNull();
  });

  it('for a case of a correlation that would not fire any more', async () => {
    const { refusals } = await preview(draft({ 'source.ip': '203.0.113.50' }, { rules: [FAILED] }));
    expect(refusals).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'case',
          ruleId: BRUTE_FORCE,
          name: 'fifteen failures within five minutes',
        }),
      ]),
    );
  });

  it('for an incident that a person has marked as a true positive', async () => {
    const [found] = bench.detect([(await newest('svc_backup'))!]);
    const id = await bench.incident(found!, 'true-positive');
    const { refusals, token } = await preview(draft({ 'user.name': 'svc_backup' }));
    expect(refusals).toEqual([
      {
        kind: 'incident',
        id,
        tenant: 'acme',
        title: 'An incident',
        ruleId: SUDO,
        ruleTitle: 'Attempt to use sudo by a user who may not',
        detections: 1,
      },
    ]);
    expect(token).toBeNull();
    expect((await preview(draft({ 'user.name': 'jdoe' }))).refusals).toEqual([]);
    expect((await preview(draft({ 'user.name': 'svc_backup' }, { tenant: 'globex' }))).refusals).toEqual([]);
    expect((await preview(draft({ 'user.name': 'svc_backup' }, { tenant: null }))).refusals).toHaveLength(1);
    await bench.state.db.updateTable('incident').set({ verdict: 'false-positive' }).execute();
    expect((await preview(draft({ 'user.name': 'svc_backup' }))).refusals).toEqual([]);
  });

  it('for an incident of a correlation that counted what would be silent', async () => {
    const found = bench.detect(attack).find(({ ruleId }) => ruleId === BRUTE_FORCE)!;
    const id = await bench.incident(found, 'true-positive');
    const silent = await preview(draft({ 'source.ip': '203.0.113.9' }, { rules: [FAILED] }));
    expect(silent.refusals).toEqual([expect.objectContaining({ kind: 'incident', id, ruleId: BRUTE_FORCE })]);
    const named = await preview(draft({ 'source.ip': '203.0.113.9' }, { rules: [BRUTE_FORCE] }));
    expect(named.refusals).toEqual([expect.objectContaining({ kind: 'incident', id })]);
    expect((await preview(draft({ 'source.ip': '203.0.113.10' }, { rules: [FAILED] }))).refusals).toEqual([]);
  });

  it('and says what it could not check', async () => {
    const gone = bench.event(sudo('svc_backup'), bench.now - 3 * DAY);
    const id = await bench.incident(bench.detect([gone])[0]!, 'true-positive');
    const { warnings, refusals } = await preview(
      draft({ 'user.name': 'svc_backup', 'host.name': 'files01' }),
    );
    expect(refusals).toEqual([]);
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'unchecked', message: expect.stringContaining(`INC-${id}`) }),
    ]);
  });
});

describe('suggestions', () => {
  it('propose what tells this case from others, with how common each is', async () => {
    const event = (await newest('svc_backup'))!;
    const made = await bench.exceptions.suggest({
      tenant: 'acme',
      rule: SUDO,
      event: { id: event.id, at: event.time },
    });
    if (!('candidates' in made)) throw new Error(made.message);
    expect(made.total).toBe(41);
    expect(made.event?.id).toBe(event.id);
    const by = new Map(made.candidates.map((one) => [one.field, one]));
    expect(by.get('user.name')).toMatchObject({ role: 'entity', chosen: true, values: ['svc_backup'] });
    expect(by.get('user.name')?.share).toBeCloseTo(40 / 41);
    expect(by.get('host.name')).toMatchObject({ role: 'entity', chosen: true });
    expect(by.get('event.reason')).toMatchObject({ role: 'matched', chosen: false });
    expect(by.has('event.original')).toBe(false);
  });

  it('take the newest of the tenant where nothing is shown', async () => {
    const made = await bench.exceptions.suggest({ tenant: 'globex', rule: SUDO });
    expect(made).toMatchObject({ total: 1, event: { tenant: 'globex' } });
    const none = await bench.exceptions.suggest({
      tenant: 'globex',
      rule: '61050751-dd68-4561-b2da-606b37aa1021',
    });
    expect(none).toMatchObject({ event: null, candidates: [] });
    expect(await bench.exceptions.suggest({ tenant: 'acme', rule: 'nobody' })).toMatchObject({
      code: 'not_found',
    });
  });

  it('are the group for a correlation', async () => {
    const found = bench.detect(attack).find(({ ruleId }) => ruleId === BRUTE_FORCE)!;
    await bench.incident(found, null);
    const made = await bench.exceptions.suggest({
      tenant: 'acme',
      rule: BRUTE_FORCE,
      detection: found.id,
    });
    expect(made).toMatchObject({
      rule: { kind: 'correlation' },
      total: 1,
      candidates: [
        { field: 'source.ip', values: ['203.0.113.9'], role: 'group', chosen: true, share: 1 },
        { field: 'host.name', values: ['web01'], role: 'group' },
      ],
    });
    expect(
      await bench.exceptions.suggest({ tenant: 'globex', rule: BRUTE_FORCE, detection: found.id }),
    ).toMatchObject({ candidates: [], total: 0 });
  });
});

async function newest(user: string): Promise<Event | undefined> {
  const { impact } = await preview(draft({ 'user.name': user }));
  const [sample] = impact.samples;
  return sample && { ...sample, time: sample.at };
}
