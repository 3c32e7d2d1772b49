import type { EcsFields, Event } from '@vigie/contracts';
import { CorrelationEngine, compile, parseRules, type SigmaFilter, type Taxonomy } from '@vigie/sigma';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  composeFilter,
  escapeValue,
  isInclusive,
  misfit,
  readFilter,
  silencedPart,
} from './exception-filter.ts';
import { type ActiveException, LiveExceptions } from './exceptions.ts';

const TAXONOMY: Taxonomy = {
  name: 'test',
  logsources: [
    { product: 'linux', when: [{ 'event.module': 'linux' }] },
    { product: 'linux', service: 'sshd', when: [{ 'event.module': 'linux', 'event.dataset': 'sshd' }] },
  ],
  fields: [{ map: { User: 'user.name' } }],
};

const RULE = parseRules(
  'title: Failed sign-in\nid: r1\nname: failed\nlogsource: { product: linux, service: sshd }\ndetection:\n  selection: { event.outcome: failure }\n  condition: selection\n',
).rules[0]!;
const OTHER = parseRules(
  'title: Any sign-in\nid: r2\nlogsource: { product: linux, service: sshd }\ndetection:\n  selection: { event.action: sign-in }\n  condition: selection\n',
).rules[0]!;
const CORRELATION = parseRules(
  'title: Many failures\nid: c1\ncorrelation:\n  type: event_count\n  rules: [failed]\n  group-by: [source.ip]\n  timespan: 10m\n  condition: { gte: 3 }\n',
).correlations[0]!;

const NOON = Date.parse('2026-03-04T12:00:00Z');
let count = 0;
function event(fields: EcsFields, tenant = 'acme', receivedAt = NOON): Event {
  return {
    id: (++count).toString(16).padStart(32, '0'),
    tenant,
    source: 's',
    time: receivedAt,
    receivedAt,
    fields: {
      'event.module': 'linux',
      'event.dataset': 'sshd',
      'event.outcome': 'failure',
      'event.action': 'sign-in',
      ...fields,
    },
  };
}

function filterOf(text: string): SigmaFilter {
  const read = readFilter(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.filter;
}

const filter = (selection: string, rules = '[r1]', condition = 'not selection') =>
  filterOf(
    `title: T\nlogsource: { product: linux }\nfilter:\n  rules: ${rules}\n  selection: ${selection}\n  condition: ${condition}\n`,
  );

const exception = (id: string, more: Partial<ActiveException>): ActiveException => ({
  id,
  tenant: 'acme',
  filter: filter('{ user.name: svc_backup }'),
  from: 0,
  until: Number.POSITIVE_INFINITY,
  ...more,
});

let live: LiveExceptions;
let failures: string[];
beforeEach(() => {
  failures = [];
  live = new LiveExceptions({ taxonomy: TAXONOMY, onError: (id, error) => failures.push(`${id}: ${error}`) });
});

describe('what an exception silences', () => {
  it('is what its filter excludes, of the rules it names, and nothing else', () => {
    live.replace([exception('e', {})]);
    expect(live.silences(RULE, event({ 'user.name': 'svc_backup' }))).toBe(true);
    expect(live.silences(RULE, event({ 'user.name': 'SVC_BACKUP' }))).toBe(true);
    expect(live.silences(RULE, event({ 'user.name': 'svc_backup2' }))).toBe(false);
    expect(live.silences(RULE, event({}))).toBe(false);
    expect(live.silences(OTHER, event({ 'user.name': 'svc_backup' }))).toBe(false);
    expect(failures).toEqual([]);
  });

  it('follows the filter’s condition: without “not” the rule fires only where the filter holds', () => {
    live.replace([exception('e', { filter: filter('{ user.name: root }', '[r1]', 'selection') })]);
    expect(live.silences(RULE, event({ 'user.name': 'root' }))).toBe(false);
    expect(live.silences(RULE, event({ 'user.name': 'anna' }))).toBe(true);
    expect(isInclusive(filter('{ user.name: root }', '[r1]', 'selection'))).toBe(true);
    expect(isInclusive(filter('{ user.name: root }'))).toBe(false);
    expect(isInclusive(filter('{ user.name|neq: root }', '[r1]', 'selection'))).toBe(false);
  });

  it('resolves fields as the rule does, and takes every form of condition', () => {
    live.replace([
      exception('e', {
        filter: filterOf(
          'title: T\nlogsource: { product: linux }\nfilter:\n  rules: [failed]\n  filter_who: { User|startswith: svc_ }\n  filter_where:\n    source.ip|cidr: 10.0.0.0/8\n  condition: not all of filter_*\n',
        ),
      }),
    ]);
    expect(live.silences(RULE, event({ 'user.name': 'svc_a', 'source.ip': '10.1.1.1' }))).toBe(true);
    expect(live.silences(RULE, event({ 'user.name': 'svc_a', 'source.ip': '192.0.2.1' }))).toBe(false);
    expect(live.silences(RULE, event({ 'user.name': 'anna', 'source.ip': '10.1.1.1' }))).toBe(false);
  });

  it('is limited to its tenant; one of all tenants adds to each tenant’s own', () => {
    live.replace([
      exception('own', {}),
      exception('all', { tenant: null, filter: filter('{ user.name: scanner }') }),
    ]);
    const of = (user: string, tenant: string) => live.silences(RULE, event({ 'user.name': user }, tenant));
    expect(of('svc_backup', 'acme')).toBe(true);
    expect(of('svc_backup', 'globex')).toBe(false);
    expect(of('scanner', 'acme')).toBe(true);
    expect(of('scanner', 'globex')).toBe(true);
  });

  it('covers any rule of its logsource where it says so, but no correlation', () => {
    live.replace([exception('e', { filter: filter('{ user.name: svc_backup }', 'any') })]);
    expect(live.silences(RULE, event({ 'user.name': 'svc_backup' }))).toBe(true);
    expect(live.silences(OTHER, event({ 'user.name': 'svc_backup' }))).toBe(true);
    const narrow = filterOf(
      'title: T\nlogsource: { product: windows }\nfilter:\n  rules: any\n  selection: { user.name: svc_backup }\n  condition: not selection\n',
    );
    live.replace([exception('e', { filter: narrow })]);
    expect(live.silences(RULE, event({ 'user.name': 'svc_backup' }))).toBe(false);
  });

  it('begins and ends by when the event was received, without a reload', () => {
    live.replace([exception('e', { from: NOON, until: NOON + 1000 })]);
    const at = (time: number) => live.silences(RULE, event({ 'user.name': 'svc_backup' }, 'acme', time));
    expect([NOON - 1, NOON, NOON + 999, NOON + 1000].map(at)).toEqual([false, true, true, false]);
  });

  it('takes effect and loses it when the list is replaced', () => {
    const one = event({ 'user.name': 'svc_backup' });
    expect(live.silences(RULE, one)).toBe(false);
    live.replace([exception('e', {})]);
    expect(live.silences(RULE, one)).toBe(true);
    live.replace([]);
    expect(live.silences(RULE, one)).toBe(false);
  });
});

describe('correlations', () => {
  const engine = () =>
    new CorrelationEngine([CORRELATION], { rules: [RULE], taxonomy: TAXONOMY, lateness: 60_000 });

  it('do not count what is silenced of the rules they count', () => {
    live.replace([exception('e', {})]);
    const matcher = compile([RULE], { taxonomy: TAXONOMY });
    const fired = (users: readonly string[]) => {
      const correlations = engine();
      return users.flatMap((user, n) => {
        const one = event({ 'user.name': user, 'source.ip': '192.0.2.7' }, 'acme', NOON + n * 1000);
        const kept = matcher.match(one.fields).filter((match) => !live.silences(match.rule, one));
        return correlations.observe(kept, { id: one.id, time: one.time, fields: one.fields, scope: 'acme' });
      }).length;
    };
    expect(fired(['anna', 'bert', 'carl'])).toBe(1);
    expect(fired(['anna', 'svc_backup', 'bert'])).toBe(0);
    expect(fired(['anna', 'svc_backup', 'bert', 'carl'])).toBe(1);
  });

  it('can be silenced themselves by the values of their group', () => {
    live.replace([exception('e', { filter: filter('{ source.ip|cidr: 192.0.2.0/24 }', '[c1]') })]);
    const silenced = (ip: string, tenant: string) => {
      const correlations = engine();
      const found = [0, 1, 2].flatMap((n) => {
        const one = event({ 'source.ip': ip, 'user.name': 'anna' }, tenant, NOON + n);
        return correlations.observe([{ rule: RULE }], {
          id: one.id,
          time: one.time,
          fields: one.fields,
          scope: tenant,
        });
      });
      expect(found).toHaveLength(1);
      return live.silencesCorrelation(found[0]!, NOON);
    };
    expect(silenced('192.0.2.9', 'acme')).toBe(true);
    expect(silenced('198.51.100.9', 'acme')).toBe(false);
    expect(silenced('192.0.2.9', 'globex')).toBe(false);
    expect(live.silences(RULE, event({ 'source.ip': '192.0.2.9' }))).toBe(false);
  });

  it('refuse exceptions that look at more than their group', () => {
    expect(misfit(filter('{ source.ip: 192.0.2.9 }', '[c1]'), CORRELATION)).toBeUndefined();
    expect(misfit(filter('{ user.name: anna }', '[c1]'), CORRELATION)).toMatch(/groups by \(source\.ip\)/);
    expect(misfit(filter('[anna]', '[c1]'), CORRELATION)).toMatch(/keywords/);
    expect(misfit(filter('{ source.ip|fieldref: user.name }', '[c1]'), CORRELATION)).toBeDefined();
  });
});

describe('counts', () => {
  const hit = (at: number, tenant = 'acme') =>
    live.silences(RULE, event({ 'user.name': 'svc_backup' }, tenant, at));

  it('are by exception, rule, tenant and day, and of whole batches', () => {
    live.replace([exception('all', { tenant: null }), exception('own', {})]);
    hit(NOON);
    hit(NOON + 60_000);
    hit(NOON + 86_400_000, 'globex');
    expect(live.hasCounts).toBe(false);
    live.endBatch(1);
    live.endBatch(1);
    const counts = live.takeCounts();
    expect(counts).toEqual([
      {
        exception: 'all',
        rule: 'r1',
        tenant: 'acme',
        day: NOON - 43_200_000,
        hits: 2,
        lastAt: NOON + 60_000,
      },
      {
        exception: 'own',
        rule: 'r1',
        tenant: 'acme',
        day: NOON - 43_200_000,
        hits: 2,
        lastAt: NOON + 60_000,
      },
      {
        exception: 'all',
        rule: 'r1',
        tenant: 'globex',
        day: NOON + 43_200_000,
        hits: 1,
        lastAt: NOON + 86_400_000,
      },
    ]);
    expect(live.takeCounts()).toEqual([]);
    live.returnCounts(counts.slice(0, 1));
    hit(NOON + 2_000);
    live.endBatch(2);
    expect(live.takeCounts()).toMatchObject([
      { exception: 'all', hits: 3, lastAt: NOON + 60_000 },
      { hits: 1 },
    ]);
  });

  it('leave out batches that were counted before a restart', () => {
    live.replace([exception('e', {})]);
    live.resumeAfter(7);
    hit(NOON);
    live.endBatch(7);
    expect(live.takeCounts()).toEqual([]);
    hit(NOON);
    live.endBatch(8);
    expect(live.takeCounts()).toMatchObject([{ hits: 1 }]);
  });

  it('tell nothing of events outside of the exception’s time', () => {
    live.replace([exception('e', { until: NOON })]);
    hit(NOON);
    live.endBatch(1);
    expect(live.takeCounts()).toEqual([]);
  });
});

describe('filters', () => {
  it('are one Sigma filter without placeholders', () => {
    const problem = (text: string) => {
      const read = readFilter(text);
      return 'problem' in read ? read.problem : undefined;
    };
    const good =
      'title: T\nlogsource: { product: linux }\nfilter:\n  rules: [r1]\n  selection: { a: b }\n  condition: not selection\n';
    expect(problem(good)).toBeUndefined();
    expect(problem(`${good}---\n${good}`)).toMatch(/one Sigma filter/);
    expect(problem(good.replace('  rules: [r1]\n', ''))).toMatch(/rules/);
    expect(
      problem('title: T\nlogsource: { product: linux }\ndetection: { s: { a: b }, condition: s }'),
    ).toMatch(/one Sigma filter/);
    expect(problem(good.replace('{ a: b }', "{ a|expand: '%admins%' }"))).toMatch(/placeholders/);
    expect(problem(good.replace('not selection', 'not other'))).toMatch(/other/);
    expect(problem('{')).toBeDefined();
    expect(problem('')).toMatch(/one Sigma filter/);
  });

  // Both would outlast the test's own time many times over, were they read or tried to the end.
  it('refuse what is hostile', () => {
    const withValue = (value: string) =>
      readFilter(
        `title: T\nlogsource: { product: linux }\nfilter:\n  rules: [r1]\n  selection: { ${value} }\n  condition: not selection\n`,
      );
    expect(withValue(`a: ${'x'.repeat(10_000_000)}`)).toHaveProperty('problem');
    expect(withValue(`a: [${'x,'.repeat(2_000)}x]`)).toHaveProperty('problem');
    expect(withValue(`a: ${'['.repeat(5_000)}`)).toHaveProperty('problem');
    let bomb = 'x0: &x0 [a, a, a, a, a, a, a, a, a]\n';
    for (let n = 1; n < 9; n++)
      bomb += `x${n}: &x${n} [${Array.from({ length: 9 }, () => `*x${n - 1}`).join(', ')}]\n`;
    expect(readFilter(`${bomb}title: T\n`)).toHaveProperty('problem');
  });

  it('take a catastrophic pattern in bounded time, or refuse it', () => {
    const read = readFilter(
      "title: T\nlogsource: { product: linux }\nfilter:\n  rules: [r1]\n  selection: { user.name|re: '^(a+)+$' }\n  condition: not selection\n",
    );
    if ('problem' in read) return expect(read.problem).toMatch(/./);
    live.replace([exception('e', { filter: read.filter })]);
    expect(live.silences(RULE, event({ 'user.name': `${'a'.repeat(50_000)}!` }))).toBe(false);
  });

  it('named after an object’s own machinery are data', () => {
    live.replace([exception('e', { filter: filter("{ __proto__: x, 'constructor|exists': true }") })]);
    expect(live.silences(RULE, event({ 'user.name': 'x' }))).toBe(false);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('written from fields mean exactly the values given', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('a', 'B', '\\', '*', '?', '%', "'", '"', ':', '#', ' ', '\n', '-', '1', 'é', '{'),
      minLength: 1,
      maxLength: 12,
    });
    const quiet = (value: string) => ({
      title: `Quiet: ${value}`,
      logsource: { product: 'linux' },
      rules: ['r1'],
      fields: [{ field: 'process.command_line', match: 'equals' as const, values: [value] }],
    });
    fc.assert(
      fc.property(nasty, nasty, (value, other) => {
        live.replace([exception('e', { filter: filterOf(composeFilter(quiet(value))) })]);
        expect(live.silences(RULE, event({ 'process.command_line': value }))).toBe(true);
        expect(live.silences(RULE, event({ 'process.command_line': other }))).toBe(
          other.toLowerCase() === value.toLowerCase(),
        );
      }),
      { examples: [[' \n', 'a']] },
    );
    for (const value of [' \n', '\n', 'a \n\n', '\n a', `${'x'.repeat(60)}\n y`])
      expect(filterOf(composeFilter(quiet(value))).detection.selections[0]!.node).toMatchObject({
        values: [{ raw: value }],
      });
    expect(escapeValue('C:\\Windows\\System32\\*.exe')).toBe('C:\\Windows\\System32\\\\\\*.exe');
    expect(escapeValue('C:\\Program Files\\Backup\\agent.exe')).toBe('C:\\Program Files\\Backup\\agent.exe');
  });

  it('written from several fields ask for all of them, of several values for one', () => {
    const text = composeFilter({
      title: 'Backup',
      logsource: { product: 'linux', service: 'sshd' },
      rules: ['r1'],
      fields: [
        { field: 'user.name', match: 'equals', values: ['svc_a', '4688'] },
        { field: 'source.ip', match: 'cidr', values: ['10.0.0.0/8'] },
      ],
    });
    live.replace([exception('e', { filter: filterOf(text) })]);
    const of = (user: string, ip: string) =>
      live.silences(RULE, event({ 'user.name': user, 'source.ip': ip }));
    expect([of('svc_a', '10.1.2.3'), of('4688', '10.1.2.3')]).toEqual([true, true]);
    expect([of('svc_a', '192.0.2.1'), of('anna', '10.1.2.3')]).toEqual([false, false]);
  });

  it('joined to a rule find what is silenced of it', () => {
    const both = `title: R\nid: r\nlogsource: { product: linux }\ndetection:\n  selection: { event.outcome: failure }\n  other: { user.name: root }\n  condition: 1 of them\n`;
    const rule = parseRules(both).rules[0]!;
    const part = silencedPart(rule, filter('{ source.ip: 192.0.2.1 }', '[r]'));
    const matcher = compile([part], { taxonomy: TAXONOMY });
    const found = (fields: EcsFields) => matcher.match(event(fields).fields).length;
    expect(found({ 'source.ip': '192.0.2.1' })).toBe(1);
    expect(found({ 'source.ip': '192.0.2.1', 'event.outcome': 'success' })).toBe(0);
    expect(found({ 'source.ip': '192.0.2.1', 'event.outcome': 'success', 'user.name': 'root' })).toBe(1);
    expect(found({ 'source.ip': '192.0.2.2' })).toBe(0);
  });
});
