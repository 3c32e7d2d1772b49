import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DigestOutbox } from '../../respond/digest.ts';
import { createFlood, type FloodRule } from '../../respond/mail/flood.ts';
import { createMailRenderer } from '../../respond/mail/render.ts';
import { ClientStore } from './client-store.ts';
import { PostgresOutboxView } from './incident-store.ts';
import { PostgresNotify } from './notify-store.ts';
import { PostgresDigests } from './outbox-flood.ts';
import { PostgresOutbox } from './outbox-store.ts';
import { addTenants, openTestState, type TestState } from './testing/test-state.ts';

const MINUTE = 60_000;
const RULE: FloodRule = { after: 2, within: 60 * MINUTE, hold: 15 * MINUTE, urgent: 'high' };
const FLOOD = createFlood(RULE);
const NIA = 'nia@acme.example';
const MEDIUM = 2;
const HIGH = 3;
const START = 1_800_000_000_000;

let state: TestState;
let now: number;
/** What the writing of a digest throws. */
let broken: Error | undefined;
const complaints: string[] = [];

beforeAll(async () => {
  state = await openTestState();
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  now = START;
  broken = undefined;
  await state.db.deleteFrom('outbox').execute();
  await state.db.deleteFrom('tenant').execute();
  await addTenants(state.db, ['acme', 'globex']);
});

const renderer = createMailRenderer({
  directory: join(import.meta.dirname, '../../../templates/mail'),
  provider: { name: 'Watch' },
});
const outbox = () =>
  new DigestOutbox({
    outbox: new PostgresOutbox(state.db, FLOOD),
    digests: new PostgresDigests(state.db),
    renderer: {
      render: (...of) => (broken === undefined ? renderer.render(...of) : Promise.reject(broken)),
    },
    about: (tenant) => ({ name: tenant ?? 'Watch', timeZone: 'Europe/Paris' }),
    language: async () => 'fr',
    link: (incident) => `https://vigie.example/incidents/${incident ?? ''}`,
    log: { info: () => {}, warn: () => {}, error: (_fields, message) => complaints.push(message) },
  });
const shown = async () =>
  (
    await new PostgresOutboxView(
      state.db,
      () => now,
      () => {},
    ).list('all', { limit: 100 })
  ).items;
/** Hands out what is due, and has the mail server take it. */
async function sent() {
  const mails = await outbox().claim(50, now, now + MINUTE);
  for (const { id } of mails) await outbox().markSent(id, now, '250 OK');
  return mails;
}
const subjects = async () => (await sent()).map(({ subject }) => subject).sort();

/** A mail of an incident. */
function tell(number: number, rank: number, { to = NIA, tenant = 'acme', subject = `INC-${number}` } = {}) {
  const mail = { key: `${tenant}:${number}:${rank}:${to}`, to, notBefore: now };
  const texts = { subject, html: `<p>${number}</p>`, text: `${number}` };
  return new PostgresNotify(state.db, FLOOD).queue(tenant, number, rank, now, [{ ...mail, ...texts }]);
}

test('no mail waits until the contract has the client told, or longer', async () => {
  const promise = (minutes: number) =>
    new ClientStore(state.db).saveProfile('all', 'acme', {
      businessHours: null,
      holidays: { country: null, region: null, extra: [], worked: [] },
      contract: {
        name: 'Watch',
        levels: {
          medium: {
            notify: minutes * 60,
            acknowledge: null,
            contain: null,
            resolve: null,
            hours: 'business',
          },
        },
        warnAt: [0.5],
      },
    });
  const opened = async (createdAt: number) => {
    const { id } = await state.db
      .insertInto('incident')
      .values({
        tenant: 'acme',
        title: 'Password guessing',
        level: 'medium',
        level_rank: MEDIUM,
        first_at: createdAt,
        last_at: createdAt,
        created_at: createdAt,
        entities: '[]',
        techniques: [],
        alert_count: 1,
        detection_count: 1,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await tell(id, MEDIUM);
    return (await shown()).find(({ subject }) => subject === `INC-${id}`)!.held;
  };
  expect([await opened(now), await opened(now), await opened(now)]).toEqual([false, false, true]);
  await promise(15);
  expect(await opened(now)).toBe(false);
  await promise(30);
  expect(await opened(now)).toBe(true);
  // It was found late: what was promised is nearer.
  expect(await opened(now - 20 * MINUTE)).toBe(false);
});

test('the first ones go at once, the rest come as one mail after the wait, what is urgent never waits', async () => {
  for (let n = 1; n <= 6; n++) {
    await tell(n, MEDIUM);
    now += 1000;
  }
  await tell(7, HIGH);
  // Who is written to elsewhere, or about another client, is in no flood; case makes no other address.
  await tell(8, MEDIUM, { to: 'noe@acme.example' });
  await tell(9, MEDIUM, { tenant: 'globex' });
  await tell(10, MEDIUM, { to: NIA.toUpperCase() });
  expect(await subjects()).toEqual(['INC-1', 'INC-2', 'INC-7', 'INC-8', 'INC-9']);
  const waiting = (await shown()).filter(({ held }) => held);
  expect(waiting.map(({ subject }) => subject).sort()).toEqual([
    'INC-10',
    'INC-3',
    'INC-4',
    'INC-5',
    'INC-6',
  ]);
  // All of them until the first of them has waited long enough.
  const due = START + 2000 + RULE.hold;
  for (const mail of waiting) expect(mail.nextAttemptAt).toBe(due);
  expect(await outbox().nextDueAt()).toBe(due);
  now = due - 1;
  expect(await subjects()).toEqual([]);

  now = due;
  const [digest, ...others] = await sent();
  expect(others).toEqual([]);
  expect(digest!.subject).toBe('5 messages au sujet de acme');
  for (const n of [3, 4, 5, 6, 10]) {
    expect(digest!.text).toContain(`INC-${n}\nhttps://vigie.example/incidents/${n}\n`);
    expect(digest!.html).toContain(`href="https://vigie.example/incidents/${n}"`);
  }
  // Each counts as sent, in the mail that it came in.
  const items = await shown();
  for (const { subject, state: is, digest: within, sentAt } of items)
    expect([subject, is, within, sentAt], subject).toEqual([
      subject,
      'sent',
      waiting.some((mail) => mail.subject === subject) ? digest!.id : null,
      expect.any(Number),
    ]);
  expect(await outbox().nextDueAt()).toBeUndefined();
  // The digest is a mail like another: the flood goes on for as long as it does.
  await tell(11, MEDIUM);
  await tell(12, MEDIUM);
  expect(await subjects()).toEqual([]);
  now += 3 * 60 * MINUTE;
  expect(await subjects()).toEqual(['2 messages au sujet de acme']);
});

test('written at the same moment, they are a flood as well (race)', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, n) => tell(n, MEDIUM)));
  expect(await subjects()).toHaveLength(2);
  const direct = new PostgresOutbox(state.db, FLOOD);
  await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      direct.queue({
        tenant: null,
        incidentId: null,
        kind: 'mention',
        uniqueKey: `mention ${n}`,
        recipient: NIA,
        subject: `mention ${n}`,
        html: '',
        text: '',
        now,
      }),
    ),
  );
  expect(await subjects()).toHaveLength(2);
});

test('one that waited alone comes as it is; nothing waits where the rule is off', async () => {
  for (let n = 1; n <= 3; n++) await tell(n, MEDIUM);
  expect(await subjects()).toEqual(['INC-1', 'INC-2']);
  now += RULE.hold;
  expect(await subjects()).toEqual(['INC-3']);
  const off = new PostgresNotify(state.db, createFlood({ ...RULE, after: 0 }));
  for (let n = 4; n <= 9; n++)
    await off.queue('acme', n, MEDIUM, now, [
      { key: `off ${n}`, to: NIA, notBefore: now, subject: `${n}`, html: '', text: '' },
    ]);
  expect(await subjects()).toHaveLength(6);
});

test('sent now, one leaves the wait; a digest that is given up takes those in it along, and brings them back', async () => {
  for (let n = 1; n <= 5; n++) await tell(n, MEDIUM);
  await subjects();
  const view = new PostgresOutboxView(
    state.db,
    () => now,
    () => {},
  );
  const three = (await shown()).find(({ subject }) => subject === 'INC-3')!;
  expect(await view.retry('all', three.id)).toBe(true);
  expect(await subjects()).toEqual(['INC-3']);

  now += RULE.hold;
  const [digest] = await outbox().claim(50, now, now + MINUTE);
  await outbox().markDead(digest!.id, '550 no such mailbox');
  const states = async () =>
    (await shown()).filter((mail) => mail.digest === digest!.id).map((mail) => [mail.state, mail.lastError]);
  expect(await states()).toEqual([
    ['dead', '550 no such mailbox'],
    ['dead', '550 no such mailbox'],
  ]);
  await view.retry('all', digest!.id);
  expect(await subjects()).toEqual([digest!.subject]);
  expect(await states()).toEqual([
    ['sent', null],
    ['sent', null],
  ]);
});

test('what can’t be written as one goes mail by mail, and whoever delivers goes on', async () => {
  for (let n = 1; n <= 4; n++) await tell(n, MEDIUM);
  await subjects();
  broken = new Error('a template is broken');
  now += RULE.hold;
  expect(await subjects()).toEqual(['INC-3', 'INC-4']);
  expect(complaints).toHaveLength(1);
});

test('what a log says is text in a digest, and its addresses can’t be clicked', async () => {
  const subject = 'INC-9 <img src=x onerror=alert(1)> http://evil.example/login {{ provider.name }}';
  for (let n = 1; n <= 4; n++) await tell(n, MEDIUM, { subject });
  await subjects();
  now += RULE.hold;
  const [digest] = await sent();
  expect(digest!.html).not.toContain('<img src=x');
  expect(digest!.html).toContain('&lt;img src=x');
  expect(digest!.text).toContain('{{ provider.name }}');
  for (const text of [digest!.html, digest!.text]) expect(text).not.toContain('http://evil.example');
});
