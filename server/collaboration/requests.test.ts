import { describe, expect, test } from 'vitest';
import { isTelling } from './indicators.ts';
import { hashOfLink, LINK_PLACEHOLDER, newLinkToken, placeholderFor } from './links.ts';
import { mayRemindAt } from './reminders.ts';
import { type Judged, judgeAnswers, judgeProposal, refusalOf } from './requests.ts';
import { joinWaits } from './waits.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const decision: Judged = {
  kind: 'decision',
  state: 'open',
  choices: [],
  needed: 2,
  dueAt: 10 * DAY,
  askedByEmail: 'ann@soc.example',
};
const approve = { verdict: 'approve', text: '' } as const;
const by = (person: string, verdict: 'approve' | 'refuse' = 'approve', choice: string | null = null) => ({
  person,
  verdict,
  choice,
});

describe('decisions', () => {
  test('four eyes are two people: one person twice is one', () => {
    expect(judgeAnswers(decision, [by('eve')])).toBe('open');
    expect(judgeAnswers(decision, [by('eve'), by('eve')])).toBe('open');
    expect(judgeAnswers(decision, [by('eve'), by('tom')])).toBe('approved');
    expect(refusalOf(decision, approve, 'eve', [by('eve')], 0)?.code).toBe('twice');
  });

  test('one refusal refuses; two who approve different ways have not approved one', () => {
    expect(judgeAnswers(decision, [by('eve'), by('tom', 'refuse')])).toBe('refused');
    expect(judgeAnswers(decision, [by('eve', 'approve', 'a'), by('tom', 'approve', 'b')])).toBe('refused');
  });

  test('nobody approves what they proposed, too late, or without saying which way', () => {
    expect(refusalOf(decision, approve, 'ann@soc.example', [], 0)?.code).toBe('own');
    expect(refusalOf(decision, approve, 'eve', [], decision.dueAt + 1)?.code).toBe('closed');
    expect(refusalOf({ ...decision, state: 'withdrawn' }, approve, 'eve', [], 0)?.code).toBe('closed');
    expect(refusalOf(decision, { text: 'yes' }, 'eve', [], 0)?.code).toBe('invalid');
    const ways = { ...decision, choices: ['now', 'tonight'] };
    expect(refusalOf(ways, approve, 'eve', [], 0)?.code).toBe('invalid');
    expect(refusalOf(ways, { ...approve, choice: 'never' }, 'eve', [], 0)?.code).toBe('invalid');
    expect(refusalOf(ways, { ...approve, choice: 'tonight' }, 'eve', [], 0)).toBeUndefined();
  });

  test('one that nobody, or too few, could approve is not proposed', () => {
    const wanted = { kind: 'decision', dueAt: DAY, choices: [], approverRole: null, needed: 2 } as const;
    expect(judgeProposal({ ...wanted, recipients: [{ email: 'a@x' }] }, 0)).toMatch(/only one/);
    expect(judgeProposal({ ...wanted, recipients: [{ email: 'a@x' }, { email: 'A@X' }] }, 0)).toMatch(
      /twice/,
    );
    expect(judgeProposal({ ...wanted, recipients: [{ email: 'a@x' }, { email: 'b@x' }] }, 0)).toBeUndefined();
    expect(judgeProposal({ ...wanted, needed: 1, recipients: [] }, 0)).toMatch(/nobody/);
    expect(judgeProposal({ ...wanted, dueAt: 0, recipients: [] }, DAY)).toMatch(/future/);
  });
});

test('a question is answered once, some days late if need be', () => {
  const question: Judged = { ...decision, kind: 'question', needed: 1, choices: ['Yes', 'No'] };
  expect(refusalOf(question, { choice: 'Yes', text: '' }, 'eve', [], 16 * DAY)).toBeUndefined();
  expect(refusalOf(question, { choice: 'Yes', text: '' }, 'eve', [], 18 * DAY)?.code).toBe('closed');
  expect(refusalOf(question, { text: '' }, 'eve', [], 0)?.code).toBe('invalid');
  expect(judgeAnswers(question, [{ person: 'eve', verdict: null, choice: 'Yes' }])).toBe('answered');
});

test('reminders: a day before, or at three quarters of a short time', () => {
  expect(mayRemindAt({ askedAt: 0, dueAt: 10 * DAY })).toBe(9 * DAY);
  expect(mayRemindAt({ askedAt: 0, dueAt: 4 * HOUR })).toBe(3 * HOUR);
});

test('times of waiting are joined, so that a clock stops once', () => {
  expect(
    joinWaits([
      { from: 50, to: 60 },
      { from: 0, to: 10 },
      { from: 5, to: 20 },
      { from: 55, to: null },
      { from: 70, to: 80 },
    ]),
  ).toEqual([
    { from: 0, to: 20 },
    { from: 50, to: null },
  ]);
});

test('a token is stored as its hash, and a placeholder is no token', () => {
  const token = newLinkToken();
  expect(hashOfLink(token)).toHaveLength(32);
  const placeholder = placeholderFor('0d9b2a5e-5a1e-4c88-9c4e-1f0e6f1d2c3b');
  expect(placeholder).toMatch(LINK_PLACEHOLDER);
  for (const guess of [placeholder, '', 'vlnk_', `${token}x`, `${token}\n`])
    expect(hashOfLink(guess), guess).toBeUndefined();
});

test('what every network has of its own ties no two clients together', () => {
  for (const address of ['10.1.2.3', '192.168.0.1', '127.0.0.1', 'fe80::1', 'fd00::1', 'web01'])
    expect(isTelling('address', address), address).toBe(false);
  expect(isTelling('address', '203.0.113.7')).toBe(true);
  expect(isTelling('domain', 'dc01.corp')).toBe(false);
  expect(isTelling('domain', 'evil.example')).toBe(true);
  expect(isTelling('hash', 'd41d8cd98f00b204e9800998ecf8427e')).toBe(false);
});
