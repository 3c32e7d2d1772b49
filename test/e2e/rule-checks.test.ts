import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CheckThread } from '../../server/app/checking/check-thread.ts';

const INSTALLATION = join(import.meta.dirname, '..', '..');
const rule = (values: number) => `
title: Values by the thousand
id: 7f0c6a2e-1f8c-4f64-8a53-9e5b0c1d0001
status: test
logsource: { product: linux, service: sshd }
detection:
  selection:
    user.name|contains:
${Array.from({ length: values }, (_, n) => `      - sailor${n}`).join('\n')}
  condition: selection
level: low
`;

let limit = 60_000;
let checks: CheckThread;
beforeAll(() => {
  checks = new CheckThread({
    threadPath: join(INSTALLATION, 'dist', 'check-thread.js'),
    thread: { installation: INSTALLATION },
    log: { warn: () => undefined },
    waiting: 3,
    get limit() {
      return limit;
    },
  });
});
afterAll(() => checks.close());

test('a text that takes too long is given up with its thread; the next one is checked by another', async () => {
  limit = 1;
  await expect(checks.check({ text: rule(20_000) })).rejects.toMatchObject({
    code: 'VIGIE_RULES_CHECK_TIMEOUT',
    statusCode: 422,
  });
  expect(checks.figures.timedOut).toBe(1);
  limit = 60_000;
  const check = await checks.check({ text: rule(2) });
  expect(check).toMatchObject({ ok: true, subject: { title: 'Values by the thousand' } });
});

test('texts beyond those that may wait are turned away, and the thread of the caller stays free', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => checks.check({ text: rule(3_000) })));
  clearInterval(timer);
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toMatchObject([
    { code: 'VIGIE_RULES_CHECK_BUSY', statusCode: 429 },
    { code: 'VIGIE_RULES_CHECK_BUSY', statusCode: 429 },
  ]);
  expect(turns).toBeGreaterThan(3);
  expect(checks.figures.busy).toBe(2);
});

test('rules in force, as they are adapted, are what a text is checked beside', async () => {
  const text = `
title: Counted
id: 7f0c6a2e-1f8c-4f64-8a53-9e5b0c1d0002
status: test
correlation:
  type: event_count
  rules: [lantern]
  group-by: [host.name]
  timespan: 5m
  condition: { gte: 3 }
`;
  const lantern =
    'title: Lantern\nname: lantern\nlogsource: { product: linux, service: sshd }\ndetection:\n  s: { Sailor: anna }\n  condition: s\n';
  const event = { fields: { 'user.name': 'anna', 'event.module': 'linux', 'event.dataset': 'linux.sshd' } };
  const why = () => checks.explain({ text }, { ...event, source: 'stored' });
  expect(await why()).toEqual({ invalid: 'there is no rule "lantern"' });
  checks.setRules([{ origin: 'pier', path: 'lantern.yml', text: lantern }], {
    pipelines: [
      {
        origin: 'pier',
        name: 'pier.yml',
        text: 'transformations:\n  - type: field_name_mapping\n    mapping: { Sailor: user.name }\n',
      },
    ],
    placeholders: {},
  });
  expect(await why()).toMatchObject({ rules: [{ title: 'Lantern', matches: true }] });
  expect(await checks.title({ text })).toBe('Counted');
  expect(await checks.vet({ text })).toBeGreaterThanOrEqual(0);
});
