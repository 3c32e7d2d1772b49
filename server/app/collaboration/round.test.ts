import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { permissionsOf } from '@vigie/contracts/api';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FileVault, hashOfLink, placeholderFor, type WaitChange } from '../../collaboration/index.ts';
import { createMailRenderer } from '../../respond/mail/render.ts';
import { ConversationStore } from '../../storage/state/conversation-store.ts';
import { NoticeStore } from '../../storage/state/notice-store.ts';
import { PostgresOutbox } from '../../storage/state/outbox-store.ts';
import { RequestStore } from '../../storage/state/request-store.ts';
import { withSide } from '../../storage/state/side.ts';
import { openTestState, type TestState } from '../../storage/state/testing/test-state.ts';
import { LinkOutbox } from './link-outbox.ts';
import { RequestDesk } from './requests.ts';
import { CollaborationRound } from './round.ts';
import { Scanning } from './scanning.ts';
import { Teller } from './telling.ts';

const START = Date.parse('2026-03-04T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ANN = { id: 'ann', name: 'Ann' };
const QUESTION: Parameters<RequestDesk['ask']>[3] = {
  kind: 'question',
  text: 'Was this you?',
  choices: [],
  recipients: [{ name: 'Eve', email: 'eve@acme.example' }],
  dueAt: START + 10 * DAY,
  pauses: true,
};

let folder: string;
let state: TestState;
let now = START;
let store: RequestStore;
let notices: NoticeStore;
let outbox: LinkOutbox;
let desk: RequestDesk;
let round: CollaborationRound;
let changes: WaitChange[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-collaboration-'));
  state = await openTestState({ maxConnections: 4 });
  const clock = () => now;
  const { db } = state;
  store = new RequestStore(db);
  notices = new NoticeStore(db);
  outbox = new LinkOutbox(new PostgresOutbox(db), store, clock);
  const renderer = createMailRenderer({
    directory: fileURLToPath(new URL('../../../templates/mail', import.meta.url)),
    provider: { name: 'Watch' },
  });
  const tenant = () => ({ name: 'Acme', language: 'en' as const, timeZone: 'UTC' });
  const wakeMailer = () => undefined;
  const conversation = new ConversationStore(db);
  const teller = new Teller({
    notices,
    outbox: new PostgresOutbox(db),
    renderer,
    tenant,
    link: (id) => `https://vigie.example/incidents/${id}`,
    wakeMailer,
    publish: () => undefined,
    now: clock,
  });
  const log = { warn: (fields: object) => console.warn(fields) };
  desk = new RequestDesk({
    store,
    conversation,
    teller,
    renderer,
    accounts: { users: async () => [] },
    tenant,
    language: async () => 'en',
    provider: { name: 'Watch' },
    minded: () => [],
    answerPage: () => 'https://vigie.example/answer',
    wakeMailer,
    now: clock,
  });
  const vault = new FileVault(join(folder, 'attachments'), 1000);
  const scanning = new Scanning({ store: conversation, vault, scanners: [], teller, now: clock, log });
  round = new CollaborationRound({
    requests: store,
    desk,
    conversation,
    notices,
    vault,
    scanning,
    teller,
    wakeMailer,
    now: clock,
    log,
    every: DAY,
  });
  desk.onWait((change) => changes.push(change));
});
afterAll(async () => {
  await state?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  now = START;
  changes = [];
  const { db } = state;
  for (const table of ['tenant', 'account', 'outbox'] as const) await db.deleteFrom(table).execute();
  await sql`INSERT INTO tenant (id, name, language, time_zone, retention_days, created_at)
    VALUES ('acme', 'Acme', 'en', 'UTC', 30, 0)`.execute(db);
  await sql`INSERT INTO incident (id, tenant, title, level, level_rank, first_at, last_at, created_at, entities,
    techniques, alert_count, detection_count) VALUES (7, 'acme', 'Root shell', 'high', 3, 0, 0, 0, '[]', '{}', 1, 1)`.execute(
    db,
  );
  await sql`INSERT INTO account (id, email, name, role, password_hash, must_change_password, created_at)
    VALUES ('ann', 'ann@watch.example', 'Ann', 'analyst', '', false, 0)`.execute(db);
});

/** Sends what is due, as delivery does. */
async function deliver() {
  const mails = await outbox.claim(50, now, now + HOUR);
  for (const { id } of mails) await outbox.markSent(id, now, 'ok');
  return mails;
}
const tokenIn = (text: string) => /answer#(vlnk_\S+)/.exec(text)?.[1] ?? '';
const ask = async (more: object = {}) => {
  const id = await desk.ask('acme', 7, ANN, { ...QUESTION, ...more });
  if (typeof id !== 'string') throw new Error(id.message);
  return id;
};

describe('by the clock', () => {
  test('reminded once, a day before, with a link of its own; overdue is told once; then it ends', async () => {
    const id = await ask();
    const [first] = await deliver();
    expect(await desk.byLink(tokenIn(first!.text))).toMatchObject({ text: 'Was this you?' });

    now = QUESTION.dueAt - DAY - 1;
    await round.run();
    expect(await deliver()).toEqual([]);
    now = QUESTION.dueAt - DAY;
    await round.run();
    await round.run();
    const reminders = await deliver();
    expect(reminders.map(({ subject }) => subject)).toEqual([
      '[INC-7] Reminder: your answer is still missing',
    ]);
    const second = tokenIn(reminders[0]!.text);
    expect(second).not.toBe(tokenIn(first!.text));
    expect(await desk.byLink(second)).toBeDefined();

    now = QUESTION.dueAt + 1;
    await round.run();
    await round.run();
    const { items } = await notices.list('all', 'ann');
    expect(items.map(({ kind }) => kind)).toEqual(['overdue']);
    expect(await desk.byLink(second)).toBeDefined();

    now = QUESTION.dueAt + 7 * DAY + 1;
    expect(await desk.byLink(second)).toBeUndefined();
    await round.run();
    expect((await store.known('acme', id))?.request.state).toBe('expired');
    expect(changes.map(({ waiting }) => waiting)).toEqual([true, false]);
    expect(await desk.waits('acme', 7)).toEqual([{ from: START, to: now }]);
  });

  test('a decision can’t be made after its date, not even before anybody has looked', async () => {
    await ask({ kind: 'decision', title: 'Isolate', risk: 'low', approverRole: null, fourEyes: false });
    const [mail] = await deliver();
    const token = tokenIn(mail!.text);
    expect(await desk.byLink(token)).toMatchObject({ kind: 'decision', title: 'Isolate' });
    now = QUESTION.dueAt + 1;
    expect(await desk.byLink(token)).toBeUndefined();
    expect(await desk.answerByLink(token, { verdict: 'approve', text: '' })).toBeUndefined();
  });
});

test('the clocks stand still while anything is open, and are told of each change once', async () => {
  const one = await ask();
  now += HOUR;
  const two = await ask({ recipients: [{ name: 'Tom', email: 'tom@acme.example' }] });
  await ask({ pauses: false });
  const [mail] = (await deliver()).filter(({ to }) => to === 'tom@acme.example');
  now += HOUR;
  expect(await desk.answerByLink(tokenIn(mail!.text), { text: 'yes' })).toMatchObject({ done: true });
  expect(changes).toEqual([{ tenant: 'acme', incident: 7, waiting: true, at: START }]);
  now += HOUR;
  const provider = {
    kind: 'account',
    scope: 'all',
    role: 'analyst',
    permissions: permissionsOf('analyst'),
    email: '',
    mustChangePassword: false,
  } as const;
  expect(await desk.withdraw({ ...ANN, ...provider }, 'acme', one)).toBeUndefined();
  expect(changes.at(-1)).toEqual({ tenant: 'acme', incident: 7, waiting: false, at: now });
  expect((await store.known('acme', two))?.request.state).toBe('answered');
});

test('automation proposes, and is handed its own action back with what was decided', async () => {
  const decided: unknown[] = [];
  desk.onDecided((one) => decided.push(one));
  const action = { run: 'isolate', host: 'web01' };
  const wanted = { ...QUESTION, recipients: [...QUESTION.recipients], choices: [], title: 'Isolate web01' };
  const { kind: _kind, ...decision } = {
    ...wanted,
    risk: 'high',
    approverRole: null,
    fourEyes: false,
  } as const;
  const id = await desk.propose('acme', 7, { id: 'playbook', name: 'Playbook' }, decision, action);
  expect(await desk.propose('globex', 7, ANN, decision, action)).toBeUndefined();
  expect(await desk.decision('acme', id!)).toBeUndefined();
  const [mail] = await deliver();
  await desk.answerByLink(tokenIn(mail!.text), { verdict: 'approve', text: '' });
  const expected = {
    tenant: 'acme',
    incident: 7,
    id,
    state: 'approved',
    action,
    answers: [{ by: 'Eve', how: 'link' }],
  };
  expect(decided).toMatchObject([expected]);
  expect(await desk.decision('acme', id!)).toMatchObject(expected);
});

describe('links', () => {
  test('a token is in the sent mail alone; a placeholder in somebody else’s mail gets none', async () => {
    const id = await ask();
    const recipient = (await store.known('acme', id))!.recipients[0]!;
    const stolen = placeholderFor(recipient.id);
    await ask({ text: `see ${stolen}`, recipients: [{ name: 'Mallory', email: 'mallory@acme.example' }] });
    const stored = await state.db.selectFrom('outbox').select(['html', 'text']).execute();
    expect(JSON.stringify(stored)).not.toMatch(/vlnk_/);
    const mails = await deliver();
    const theirs = mails.find(({ to }) => to === 'mallory@acme.example')!;
    expect(theirs.text).toContain(stolen);
    const hashes = await state.db.selectFrom('client_request_link').select('token_hash').execute();
    expect(hashes).toHaveLength(2);
    const own = mails.find(({ to }) => to === 'eve@acme.example')!;
    expect(hashes.map(({ token_hash }) => token_hash)).toContainEqual(hashOfLink(tokenIn(own.text)));
  });

  test('two who answer with one link at once: one of them is taken', async () => {
    const id = await ask();
    const [mail] = await deliver();
    const token = tokenIn(mail!.text);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => desk.answerByLink(token, { text: `answer ${n}` })),
    );
    expect(answers.filter((one) => one !== undefined && 'done' in one)).toHaveLength(1);
    expect((await store.known('acme', id))?.answers).toHaveLength(1);
  });
});

test('row-level security: without a side, and for a client, nothing internal; no token for anybody', async () => {
  const conversation = new ConversationStore(state.db);
  const provider = { scope: 'all', side: 'provider' } as const;
  for (const audience of ['internal', 'client'] as const)
    await conversation.addComment(provider, {
      tenant: 'acme',
      incident: 7,
      audience,
      body: audience,
      author: { ...ANN, side: 'provider' },
      mentions: [],
      at: now,
    });
  const bodies = async (viewer: Parameters<ConversationStore['read']>[0]) =>
    (await conversation.read(viewer, 'acme', 7)).comments.map(({ body }) => body);
  expect(await bodies(provider)).toEqual(['internal', 'client']);
  expect(await bodies({ scope: ['acme'], side: 'provider' })).toEqual(['internal', 'client']);
  expect(await bodies({ scope: ['acme'], side: 'client' })).toEqual(['client']);
  expect(await bodies({ scope: ['globex'], side: 'provider' })).toEqual([]);
  const client = { scope: ['acme'], side: 'client' } as const;
  await expect(
    conversation.addComment(client, {
      tenant: 'acme',
      incident: 7,
      audience: 'internal',
      body: 'x',
      author: { id: 'eve', name: 'Eve', side: 'provider' },
      mentions: [],
      at: now,
    }),
  ).rejects.toThrow(/row-level security/);
  await expect(
    withSide(state.db, provider, (trx) => trx.selectFrom('client_request_link').selectAll().execute()),
  ).rejects.toThrow(/permission denied/);
  await expect(
    withSide(state.db, client, (trx) =>
      trx
        .insertInto('campaign_incident')
        .values({ tenant: 'acme', campaign_id: 'x', incident_id: 7, added_by: '', added_at: 0 })
        .execute(),
    ),
  ).rejects.toThrow(/row-level security/);
});
