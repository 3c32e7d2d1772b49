import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { compareDocuments } from './compare.ts';
import { judge } from './differences.ts';
import { DIFFERENCES } from './reasoned-differences.ts';

const judged = (expected: object, found: EcsFields, raw = '', technology = 'Acme/wall') => {
  const { missing, extra, other, aside } = judge(technology, raw, compareDocuments(expected, found));
  return {
    counted: [...missing, ...extra, ...other].map(({ field }) => field).sort(),
    aside: aside.map(({ id }) => id).sort(),
  };
};

describe('the reasoned differences', () => {
  it('each have a name of their own and a reason', () => {
    expect(new Set(DIFFERENCES.map(({ id }) => id)).size).toBe(DIFFERENCES.length);
    for (const { reason } of DIFFERENCES) expect(reason.length).toBeGreaterThan(30);
  });
  it('leave a wrong value, a missing value and an invented one to be counted', () => {
    expect(judged({ source: { ip: '192.0.2.1' } }, { 'source.ip': '192.0.2.2' }).counted).toEqual([
      'source.ip',
    ]);
    expect(judged({ source: { port: 5 } }, {}).counted).toEqual(['source.port']);
    expect(judged({}, { 'rule.name': 'invented' }, 'a log without it').counted).toEqual(['rule.name']);
  });
  it('set aside what the log states and the corpus leaves out', () => {
    expect(judged({}, { 'rule.name': 'Block Malware' }, 'rule="block malware"')).toEqual({
      counted: [],
      aside: ['stated by the log'],
    });
  });
  it('count a value that stands in another field than expected, on both sides', () => {
    expect(judged({ service: { name: 'agent7' } }, { 'rule.name': 'agent7' }, 'x=agent7').counted).toEqual([
      'rule.name',
      'service.name',
    ]);
  });
  it('compare categorisation only where the corpus has one', () => {
    expect(judged({}, { 'event.kind': 'event', 'event.category': ['web'] }).counted).toEqual([]);
    expect(judged({ event: { category: ['file'] } }, { 'event.category': ['web'] }).counted).toEqual([
      'event.category',
    ]);
    expect(
      judged({ event: { category: ['file'] } }, { 'event.category': ['file', 'network'] }).counted,
    ).toEqual([]);
  });
  it('take MAC addresses by value', () => {
    expect(judged({ source: { mac: 'aa:bb:cc:dd:ee:ff' } }, { 'source.mac': 'AA-BB-CC-DD-EE-FF' })).toEqual({
      counted: [],
      aside: ['MAC notation'],
    });
    expect(
      judged({ source: { mac: 'aa:bb:cc:dd:ee:00' } }, { 'source.mac': 'AA-BB-CC-DD-EE-FF' }).counted,
    ).toEqual(['source.mac']);
  });
  it('apply to their own technology', () => {
    const expected = { process: { thread: { id: 7 } } };
    const raw = '{"winlog":{"process":{"thread":{"id":7}}}}';
    expect(judged(expected, {}, raw, 'Windows/windows').counted).toEqual([]);
    expect(judged(expected, {}, raw, 'Acme/wall').counted).toEqual(['process.thread.id']);
  });
  it('count a value that is right by nobody', () => {
    const bounced = 'to=<nora@example.org>, status=bounced';
    expect(
      judged({ event: { outcome: 'success' } }, { 'event.outcome': 'failure' }, bounced, 'Postfix/postfix')
        .counted,
    ).toEqual([]);
    expect(
      judged(
        { event: { outcome: 'success' } },
        { 'event.outcome': 'failure' },
        'status=sent',
        'Postfix/postfix',
      ).counted,
    ).toEqual(['event.outcome']);
    expect(
      judged({ user: { name: 'ada' } }, { 'user.name': 'bob' }, '  ada  ', 'IBM/ibm-aix').counted,
    ).toEqual(['user.name']);
    expect(judged({ host: { name: 'fw1' } }, {}, 'fw1', 'Palo Alto Networks/paloalto-ngfw').counted).toEqual([
      'host.name',
    ]);
  });
});
