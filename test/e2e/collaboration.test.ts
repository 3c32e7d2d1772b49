import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type {
  AssetPage,
  AttachmentView,
  AuditPage,
  CampaignView,
  ConversationView,
  IncidentCampaigns,
  IncidentOwners,
  IncidentSummary,
  IncidentView,
  LinkedRequest,
  MailDetail,
  MailView,
  NoticeList,
} from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClamdStandIn, EICAR } from '../../server/collaboration/testing/clamd-stand-in.ts';
import { CLAMD, RealClamd } from '../../server/collaboration/testing/real-clamd.ts';
import { account, type SignedIn } from '../support/account.ts';
import { Api } from '../support/api.ts';
import { MailServer, type TakenMail } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const DAY = 86_400_000;
/** What is written down of the machine that the incidents are about. */
const MIND = 'Booking server, ask the quay first';
/** Only ever written where the provider alone may read. */
const SECRET = 'zirconium-42';

let mails: MailServer;
let scanner: ClamdStandIn | RealClamd;
let vigie: Vigie;
let ann: SignedIn;
let bob: SignedIn;
let eve: SignedIn;
let tom: SignedIn;
let rita: SignedIn;
let stranger: SignedIn;
let incident: number;
let other: number;

const path = (rest = '') => `/api/incidents/${incident}${rest}`;
const talk = (api: Api) => api.get<ConversationView>(path('/conversation'));
const tomorrow = () => Date.now() + DAY;

async function incidentOf(tenant: string): Promise<number> {
  const token = await vigie.addSource(tenant, 'servers');
  await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: Array.from(
      { length: 12 },
      (_, n) =>
        `<38>1 ${new Date(Date.now() - 60_000 + n * 1000).toISOString()} web01 sshd ${900 + n} - - Failed password for invalid user admin from 203.0.113.77 port ${40_000 + n} ssh2`,
    )
      .concat(
        `<86>1 ${new Date().toISOString()} web01 useradd 901 - - new user: name=helper, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
      )
      .join('\n'),
  });
  const [one] = await until(`an incident of ${tenant}`, async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(`/api/incidents?tenant=${tenant}`);
    return items.length > 0 && items;
  });
  return one!.id;
}

beforeAll(async () => {
  mails = await new MailServer().open();
  scanner = CLAMD === undefined ? await ClamdStandIn.start() : await RealClamd.start(CLAMD);
  vigie = await Vigie.start({
    config: {
      mail: mails.settings,
      provider: { name: 'Watch', email: 'soc@watch.example', phone: '+32 2 555 01 99' },
      attachments: { maxBytes: 200_000, clamd: scanner.address },
      requests: { checkMs: 200 },
    },
  });
  await vigie.freeLoopback();
  await vigie.addTenant('harbour', {
    name: 'Port de Harbour',
    language: 'fr',
    contacts: [
      { name: 'Chloé', email: 'chloe@harbour.example', minLevel: 'critical' },
      { name: 'Tom', email: 'tom@harbour.example', minLevel: 'critical' },
    ],
  });
  await vigie.addTenant('globex', { name: 'Globex Holding' });
  ann = await account(vigie, { name: 'Ann', email: 'ann@watch.example', role: 'analyst', tenants: null });
  bob = await account(vigie, { name: 'Bob', email: 'bob@watch.example', role: 'analyst', tenants: null });
  eve = await account(vigie, {
    name: 'Eve',
    email: 'eve@harbour.example',
    role: 'client-responder',
    tenants: ['harbour'],
  });
  tom = await account(vigie, {
    name: 'Tom',
    email: 'tom@harbour.example',
    role: 'client-responder',
    tenants: ['harbour'],
  });
  rita = await account(vigie, {
    name: 'Rita',
    email: 'rita@harbour.example',
    role: 'client-reader',
    tenants: ['harbour'],
  });
  stranger = await account(vigie, {
    name: 'Gus',
    email: 'gus@globex.example',
    role: 'client-administrator',
    tenants: ['globex'],
  });
  await vigie.api.ok('PUT', '/api/assets', {
    items: [{ tenant: 'harbour', kind: 'host', name: 'web01', note: MIND, handling: ['never-isolate'] }],
  });
  incident = await incidentOf('harbour');
  other = await incidentOf('globex');
  await vigie.settled();
});
afterAll(async () => {
  await vigie?.remove();
  await mails?.close();
  await scanner?.remove();
});

function upload(api: Api, name: string, body: Buffer | string, more = ''): Promise<Response> {
  return fetch(`${api.url}${path(`/attachments?name=${encodeURIComponent(name)}${more}`)}`, {
    method: 'POST',
    headers: { ...api.headers, 'content-type': 'application/octet-stream' },
    body,
  });
}

/** Uploads and waits until it was looked at. */
async function attach(api: Api, name: string, body: Buffer | string, more = ''): Promise<AttachmentView> {
  const answer = await upload(api, name, body, more);
  expect(answer.status, await answer.clone().text()).toBe(201);
  const { id } = ((await answer.json()) as ConversationView).attachments.at(-1)!;
  return until(`${name} to be scanned`, async () =>
    (await talk(api)).attachments.find((one) => one.id === id && one.scan.state !== 'pending'),
  );
}

const mailTo = (to: string, about: RegExp, after = 0): Promise<TakenMail> =>
  until(`a mail to ${to}`, () =>
    mails.mails.slice(after).find((mail) => mail.to.includes(to) && about.test(mail.subject)),
  );

/** What the link in a mail does, as the page behind it does it. */
function follow(mail: TakenMail): Api {
  const link = /https?:\/\/\S+\/answer#(\S+)/.exec(mail.text);
  expect(link, mail.text).not.toBeNull();
  expect(mail.html).toContain(link![0]);
  return new Api(vigie.run.url, undefined, { authorization: `Link ${link![1]}` });
}

describe('conversation', () => {
  test('the API never gives an internal comment to a client identity', async () => {
    await ann.api.ok('POST', path('/comments'), { body: `${SECRET} in a comment`, mentions: [bob.id] });
    await ann.api.ok('PATCH', path(), { comment: `${SECRET} in a note` });
    const file = await attach(ann.api, `${SECRET}.txt`, `${SECRET} in a file`);
    const hidden = (await talk(ann.api)).comments.at(-1)!;
    expect(hidden).toMatchObject({ audience: 'internal', body: `${SECRET} in a comment` });
    expect(file.audience).toBe('internal');
    await mailTo('bob@watch.example', /Ann/);

    const key = await vigie.keyFor('client-administrator', ['harbour']);
    for (const client of [eve.api, rita.api, key]) {
      const outbox = await client.get<{ items: MailView[] }>('/api/outbox?limit=200');
      const seen = [
        await client.get(path()),
        await talk(client),
        await client.get('/api/notices'),
        await client.get('/api/incidents?status=all&q=zirconium'),
        outbox,
        ...(await Promise.all(outbox.items.map(({ id }) => client.get<MailDetail>(`/api/outbox/${id}`)))),
      ];
      expect(JSON.stringify(seen)).not.toContain(SECRET);
      expect((await client.call('GET', path(`/comments/${hidden.id}/history`))).status).toBe(404);
      expect((await client.call('GET', path(`/attachments/${file.id}`))).status).toBe(404);
    }
    expect((await eve.api.call('PATCH', path(`/comments/${hidden.id}`), { body: 'mine' })).status).toBe(404);
    expect((await eve.api.call('DELETE', path(`/attachments/${file.id}`))).status).toBe(404);
    const story = await ann.api.get<IncidentView>(path());
    expect(JSON.stringify(story.timeline)).toContain(`${SECRET} in a note`);
    // One of the provider's own who is confined to this client is still one of the provider's own.
    const desk = await vigie.keyFor('analyst', ['harbour']);
    expect(JSON.stringify(await talk(desk))).toContain(`${SECRET} in a comment`);
    expect(JSON.stringify(await desk.get(path()))).toContain(`${SECRET} in a note`);
    expect((await desk.call('GET', path('/campaigns'))).status).toBe(403);
  });

  test('mass assignment: a client’s comment is visible to its own people, whatever it says it is', async () => {
    const view = await eve.api.ok<ConversationView>('POST', path('/comments'), {
      body: 'We see it too',
      audience: 'internal',
    });
    expect(view.comments.at(-1)).toMatchObject({
      audience: 'client',
      author: { name: 'Eve', side: 'client' },
    });
    for (const more of [{ author: 'Ann' }, { tenant: 'globex' }, { authorSide: 'provider' }])
      expect((await eve.api.call('POST', path('/comments'), { body: 'x', ...more })).status).toBe(400);
    const { items } = await ann.api.get<NoticeList>('/api/notices');
    expect(items).toContainEqual(expect.objectContaining({ kind: 'client-comment', actor: 'Eve' }));
  });

  test('IDOR: the same ids under another tenant’s incident, or by another tenant, are not found', async () => {
    const mine = (await talk(ann.api)).comments[0]!;
    const theirs = `/api/incidents/${other}/comments/${mine.id}`;
    expect((await ann.api.call('PATCH', theirs, { body: 'x' })).status).toBe(404);
    expect((await stranger.api.call('GET', `${theirs}/history`)).status).toBe(404);
    expect((await stranger.api.call('GET', path('/conversation'))).status).toBe(404);
  });

  test('edited with its history, deleted with a mark, and by its author only', async () => {
    const { comments } = await ann.api.ok<ConversationView>('POST', path('/comments'), {
      body: 'First wording',
      audience: 'client',
    });
    const { id } = comments.at(-1)!;
    const one = path(`/comments/${id}`);
    expect((await bob.api.call('PATCH', one, { body: 'not mine' })).status).toBe(403);
    expect((await eve.api.call('DELETE', one)).status).toBe(403);
    const edited = await ann.api.ok<ConversationView>('PATCH', one, { body: 'Second wording' });
    expect(edited.comments.at(-1)).toMatchObject({ body: 'Second wording', editedAt: expect.any(Number) });
    expect(await eve.api.get(`${one}/history`)).toMatchObject({
      items: [{ body: 'First wording', by: 'Ann' }, { body: 'Second wording' }],
    });
    await ann.api.ok('DELETE', one);
    const seen = await talk(eve.api);
    expect(seen.comments.find((comment) => comment.id === id)).toMatchObject({
      body: '',
      deleted: { by: 'Ann' },
      mayEdit: false,
    });
    expect(JSON.stringify(seen)).not.toContain('wording');
    expect((await eve.api.call('GET', `${one}/history`)).status).toBe(404);
    expect((await ann.api.call('PATCH', one, { body: 'back' })).status).toBe(409);
  });

  test('who is mentioned may read it, and hears of it by mail and in the console', async () => {
    const people = (await talk(ann.api)).people.map(({ name }) => name);
    expect(people).toEqual(expect.arrayContaining(['Bob', 'Eve', 'Tom']));
    const internal = { body: '@Eve look', mentions: [eve.id] };
    expect((await ann.api.call('POST', path('/comments'), internal)).status).toBe(400);
    // Who works for the provider is known to a client only from having met them.
    expect((await talk(eve.api)).people.map(({ name }) => name)).not.toContain('Bob');
    const unknown = { body: '@Bob', mentions: [bob.id] };
    expect((await eve.api.call('POST', path('/comments'), unknown)).status).toBe(400);
    expect(
      (await ann.api.call('POST', path('/comments'), { body: 'x', mentions: [stranger.id] })).status,
    ).toBe(400);

    await ann.api.ok('POST', path('/comments'), {
      body: '@Eve please look at **web01**',
      audience: 'client',
      mentions: [eve.id],
    });
    const mail = await mailTo('eve@harbour.example', /mentionné/);
    expect(mail.text).toContain('please look at');
    const list = await eve.api.get<NoticeList>('/api/notices');
    expect(list.items[0]).toMatchObject({ kind: 'mention', actor: 'Ann', incident, readAt: null });
    await eve.api.ok('POST', '/api/notices/read', { ids: [list.items[0]!.id] });
    expect((await eve.api.get<NoticeList>('/api/notices')).unread).toBe(list.unread - 1);
    // Another's list is not to be read or cleared.
    await tom.api.ok('POST', '/api/notices/read', {});
    await ann.api.ok('POST', path('/comments'), { body: '@Eve', audience: 'client', mentions: [eve.id] });
    await tom.api.ok('POST', '/api/notices/read', {});
    expect((await eve.api.get<NoticeList>('/api/notices')).unread).toBeGreaterThan(0);
  });
});

describe('files', () => {
  const download = async (api: Api, id: string, more = '') => {
    const answer = await fetch(`${api.url}${path(`/attachments/${id}${more}`)}`, { headers: api.headers });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  };
  const onDisk = async () => {
    const folder = join(vigie.data, 'attachments', 'harbour');
    const names = await readdir(folder);
    return Promise.all(names.map(async (name) => ({ name, ...(await stat(join(folder, name))) })));
  };

  test.each([
    ['stored script in HTML', 'page.html', '<!doctype html><script>alert(document.cookie)</script>'],
    ['stored script in SVG', 'logo.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['a name that leaves its folder', '../../../../etc/cron.d/x', 'x'],
    ['a name that breaks the header', 'a"; filename="b.exe\r\nx-evil: 1', 'x'],
    ['a name that turns the direction of reading', 'invoice\u202efdp.exe', 'x'],
  ])('%s: saved as it is, shown by nobody', async (_name, name, content) => {
    const file = await attach(eve.api, name, content);
    expect(file.name).not.toMatch(/[/\\"\p{Cc}\p{Cf}]/u);
    const { status, headers, body } = await download(ann.api, file.id);
    expect(status).toBe(200);
    expect(body.toString()).toBe(content);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[^"]*"; filename\*=UTF-8''/);
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-evil')).toBeNull();
    for (const { name: stored, mode } of await onDisk()) {
      expect(stored).toMatch(/^[0-9a-f]{32}$/);
      expect(mode & 0o777).toBe(0o600);
    }
  });

  test('an infected file is the analysts’ alone, and after a warning', async () => {
    const file = await attach(eve.api, 'eicar.com', EICAR);
    expect(file.scan).toMatchObject({ state: 'infected', detail: expect.stringContaining('Eicar') });
    expect(file.mayDownload).toBe(false);
    expect((await download(eve.api, file.id, '?warned=yes')).status).toBe(403);
    expect((await download(ann.api, file.id)).status).toBe(409);
    expect((await download(ann.api, file.id, '?warned=yes')).status).toBe(200);
    expect((await eve.api.get<NoticeList>('/api/notices')).items[0]).toMatchObject({ kind: 'infected' });
  });

  test('zip bomb: it is kept as the small file that it is, and nothing unpacks it', async () => {
    const bomb = zipOf('bomb.bin', Buffer.alloc(40 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(120_000);
    const file = await attach(eve.api, 'bomb.zip', bomb);
    expect(file).toMatchObject({ type: 'application/zip', size: bomb.length });
    const sizes = await onDisk();
    expect(Math.max(...sizes.map(({ size }) => size))).toBeLessThan(200_001);
    expect((await download(ann.api, file.id)).body.equals(bomb)).toBe(true);
  });

  test('too large, said or not: refused, and nothing is left on disk', async () => {
    const before = (await onDisk()).length;
    expect((await upload(eve.api, 'large.bin', Buffer.alloc(200_001))).status).toBe(413);
    const unsaid = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(50_000));
      },
    });
    const answer = fetch(`${vigie.run.url}${path('/attachments?name=endless')}`, {
      method: 'POST',
      headers: { ...eve.api.headers, 'content-type': 'application/octet-stream' },
      body: unsaid,
      duplex: 'half',
    } as RequestInit);
    // The server hangs up on whoever goes on sending; whether the answer arrives before that is a race.
    const status = await answer.then(
      (response) => response.status,
      () => 413,
    );
    expect(status).toBe(413);
    await until('the rest to go', async () => (await onDisk()).length === before);
  });

  test('a reader sends nothing, and a deleted file leaves its mark', async () => {
    expect((await upload(rita.api, 'x.txt', 'x')).status).toBe(403);
    const file = await attach(eve.api, 'wrong.txt', 'not for you');
    const before = (await onDisk()).length;
    expect((await bob.api.call('DELETE', path(`/attachments/${file.id}`))).status).toBe(403);
    await eve.api.ok('DELETE', path(`/attachments/${file.id}`));
    expect((await onDisk()).length).toBe(before - 1);
    const { attachments } = await talk(ann.api);
    expect(attachments.find(({ id }) => id === file.id)).toMatchObject({ deleted: { by: 'Eve' } });
    expect((await download(ann.api, file.id)).status).toBe(409);
  });
});

describe('questions', () => {
  test('answered by the link of the mail, once; asking twice for the page changes nothing', async () => {
    const asked = await ann.api.ok<ConversationView>('POST', path('/questions'), {
      text: 'A new account “helper” was made on web01.\n\nWas this you?',
      choices: ['Yes', 'No', 'I don’t know'],
      recipients: [{ name: 'Chloé', email: 'chloe@harbour.example' }],
      dueAt: tomorrow(),
    });
    expect(asked.waitingSince).toEqual(expect.any(Number));
    expect(await ann.api.get(path())).toMatchObject({ status: 'waiting-for-client' });
    const mail = await mailTo('chloe@harbour.example', /Question/);
    expect(mail.subject).toBe(`[INC-${incident}] Question : merci de répondre`);
    const text = mail.text.replace(/\s+/g, ' ');
    for (const part of ['Was this you?', 'Yes; No; I don’t know', 'Port de Harbour', 'Bonjour Chloé'])
      expect(text).toContain(part);
    expect(mail.html).not.toMatch(/<img/);

    // What people see of the mail in the outbox holds no token.
    const link = follow(mail);
    const token = link.headers['authorization']!.slice('Link '.length);
    const outbox = await vigie.api.get<{ items: MailView[] }>('/api/outbox?tenant=harbour&limit=200');
    for (const { id } of outbox.items)
      expect(JSON.stringify(await vigie.api.get(`/api/outbox/${id}`))).not.toContain(token);

    for (let n = 0; n < 3; n++)
      expect(await link.get<LinkedRequest>('/api/answer')).toEqual({
        kind: 'question',
        provider: 'Watch',
        tenant: 'Port de Harbour',
        language: 'fr',
        timeZone: 'UTC',
        title: null,
        text: 'A new account “helper” was made on web01.\n\nWas this you?',
        choices: ['Yes', 'No', 'I don’t know'],
        risk: null,
        dueAt: asked.requests.at(-1)!.dueAt,
        // Nothing of the incident, its machines included: who is asked may be who it is about.
        mind: [],
        recipient: 'Chloé',
        phone: '+32 2 555 01 99',
      });
    expect(mail.text).not.toContain(MIND);
    expect((await talk(eve.api)).requests.at(-1)).toMatchObject({ state: 'open', answers: [] });
    expect((await link.call('POST', '/api/answer', { choice: 'Perhaps' })).status).toBe(400);
    await link.ok('POST', '/api/answer', { choice: 'No', text: 'Nobody of ours.' });
    for (const method of ['GET', 'POST'])
      expect(
        (await link.call(method, '/api/answer', method === 'POST' ? { choice: 'Yes' } : undefined)).status,
      ).toBe(404);
    const view = await talk(ann.api);
    expect(view.waitingSince).toBeNull();
    expect(await ann.api.get(path())).toMatchObject({ status: 'in-progress' });
    expect(view.requests.at(-1)).toMatchObject({
      state: 'answered',
      recipients: [{ link: 'used' }],
      answers: [
        { by: 'Chloé', how: 'link', email: 'chloe@harbour.example', choice: 'No', text: 'Nobody of ours.' },
      ],
    });
    expect((await ann.api.get<NoticeList>('/api/notices')).items[0]).toMatchObject({
      kind: 'answer',
      actor: 'Chloé',
    });
  });

  test('withdrawn or revoked, a link is good for nothing', async () => {
    const ask = async (to: string) => {
      const after = mails.mails.length;
      const view = await ann.api.ok<ConversationView>('POST', path('/questions'), {
        text: 'Who has the key of the server room?',
        recipients: [{ name: 'Tom', email: to }],
        dueAt: tomorrow(),
      });
      return { request: view.requests.at(-1)!, link: follow(await mailTo(to, /Question/, after)) };
    };
    const revoked = await ask('tom@harbour.example');
    const recipient = revoked.request.recipients[0]!;
    expect((await eve.api.call('POST', path(`/requests/${revoked.request.id}/withdraw`), {})).status).toBe(
      403,
    );
    await bob.api.ok('POST', path(`/requests/${revoked.request.id}/recipients/${recipient.id}/revoke`), {});
    expect((await revoked.link.call('GET', '/api/answer')).status).toBe(404);
    const withdrawn = await ask('tom@harbour.example');
    await bob.api.ok('POST', path(`/requests/${withdrawn.request.id}/withdraw`), {});
    expect((await withdrawn.link.call('POST', '/api/answer', { text: 'me' })).status).toBe(404);
    const { requests } = await talk(ann.api);
    expect(requests.find(({ id }) => id === withdrawn.request.id)).toMatchObject({
      state: 'withdrawn',
      answers: [],
    });
    await bob.api.ok('POST', path(`/requests/${revoked.request.id}/withdraw`), {});
  });

  test('only contacts and people of the client are asked: nobody mails the client’s say to themselves', async () => {
    for (const email of ['ann.private@mail.example', 'bob@watch.example', 'gus@globex.example'])
      expect(
        (
          await ann.api.call('POST', path('/questions'), {
            text: 'Was this you?',
            recipients: [{ name: 'X', email }],
            dueAt: tomorrow(),
          })
        ).status,
        email,
      ).toBe(400);
    expect(
      (
        await eve.api.call('POST', path('/questions'), {
          text: 'Was this you?',
          recipients: [{ name: 'Chloé', email: 'chloe@harbour.example' }],
          dueAt: tomorrow(),
        })
      ).status,
    ).toBe(403);
  });
});

describe('decisions', () => {
  const propose = async (more: object = {}) => {
    const view = await ann.api.ok<ConversationView>('POST', path('/decisions'), {
      title: 'Take web01 off the network',
      text: 'The booking page is away for about an hour.',
      risk: 'high',
      recipients: [{ name: 'Tom', email: 'tom@harbour.example' }],
      dueAt: tomorrow(),
      ...more,
    });
    return view.requests.at(-1)!;
  };
  const say = (api: Api, id: string, answer: object) =>
    api.call(`POST`, path(`/requests/${id}/answer`), answer);
  const stateOf = async (id: string) => (await talk(ann.api)).requests.find((one) => one.id === id);

  test('four eyes: link and session of one person are one; a second approves', async () => {
    const after = mails.mails.length;
    const { id } = await propose({ fourEyes: true });
    const mail = await mailTo('tom@harbour.example', /Décision/, after);
    const link = follow(mail);
    // Whoever decides learns what must be minded of the machine, in the mail and behind its link.
    for (const part of [mail.text, mail.html]) expect(part).toContain(MIND);
    expect((await link.get<LinkedRequest>('/api/answer')).mind).toMatchObject([
      { name: 'web01', note: MIND, handling: ['never-isolate'] },
    ]);
    await link.ok('POST', '/api/answer', { verdict: 'approve' });
    expect(await stateOf(id)).toMatchObject({ state: 'open', answers: [{ by: 'Tom', how: 'link' }] });
    expect((await say(tom.api, id, { verdict: 'approve' })).status).toBe(409);
    expect((await say(eve.api, id, { verdict: 'approve' })).status).toBe(200);
    expect(await stateOf(id)).toMatchObject({
      state: 'approved',
      answers: [{ how: 'link' }, { by: 'Eve', how: 'session' }],
    });
    expect((await say(eve.api, id, { verdict: 'refuse' })).status).toBe(409);
    // The record of an answer by link says whose it was, and their own administrators can read it.
    const record = { object: { kind: 'incident', id: String(incident) }, tenant: 'harbour' };
    const { items } = await vigie.api.get<AuditPage>('/api/audit?action=answer.add');
    expect(items).toContainEqual(
      expect.objectContaining({
        ...record,
        object: expect.objectContaining(record.object),
        actor: expect.objectContaining({ kind: 'nobody', name: 'Tom', email: 'tom@harbour.example' }),
      }),
    );
  });

  test('race: one person who approves many times at once, by link and session, is one of four eyes', async () => {
    const after = mails.mails.length;
    const { id } = await propose({ fourEyes: true });
    const link = follow(await mailTo('tom@harbour.example', /Décision/, after));
    const approve = { verdict: 'approve' };
    const said = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        n % 2 === 0 ? link.call('POST', '/api/answer', approve) : say(tom.api, id, approve),
      ),
    );
    expect(said.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(said.every(({ status }) => [200, 404, 409].includes(status))).toBe(true);
    const state = await stateOf(id);
    expect(state).toMatchObject({ state: 'open' });
    expect(state!.answers).toHaveLength(1);
  });

  test('a decision for whoever is signed in: they hear of it in the console', async () => {
    const { id } = await propose({ recipients: [], title: 'Close port 22' });
    const { items } = await eve.api.get<NoticeList>('/api/notices');
    expect(items[0]).toMatchObject({
      kind: 'asked',
      actor: 'Ann',
      excerpt: expect.stringContaining('Close port 22'),
    });
    expect(JSON.stringify(await rita.api.get('/api/notices'))).not.toContain('Close port 22');
    expect((await say(eve.api, id, { verdict: 'approve' })).status).toBe(200);
    const alone = { title: 'x', text: 'nobody there', risk: 'low', recipients: [], dueAt: tomorrow() };
    expect(
      (await ann.api.call('POST', `/api/incidents/${other}/decisions`, { ...alone, fourEyes: true })).status,
    ).toBe(400);
  });

  test('neither the provider, nor a reader, nor a key approves in the client’s name', async () => {
    const { id } = await propose({ approverRole: null });
    for (const api of [
      ann.api,
      bob.api,
      rita.api,
      eve.api,
      vigie.api,
      await vigie.keyFor('client-responder', ['harbour']),
    ])
      expect((await say(api, id, { verdict: 'approve' })).status).toBe(403);
    expect((await say(stranger.api, id, { verdict: 'approve' })).status).toBe(404);
    expect((await say(tom.api, id, { verdict: 'refuse', text: 'Not before six.' })).status).toBe(200);
    expect(await stateOf(id)).toMatchObject({ state: 'refused', answers: [{ verdict: 'refuse' }] });
    expect((await ann.api.get<NoticeList>('/api/notices')).items[0]).toMatchObject({ kind: 'refused' });
  });
});

describe('comments on assets', () => {
  const news = async (api: Api) =>
    (await api.get<NoticeList>('/api/notices')).items.filter(({ kind }) => kind === 'asset-comment');
  const say = async (api: Api, text: string) => {
    const { items } = await vigie.api.get<AssetPage>('/api/assets?tenant=harbour&kind=host&q=web01');
    const { status } = await api.call('POST', `/api/assets/harbour/${items[0]!.id}/comments`, { text });
    return { status, id: items[0]!.id };
  };

  test('who works on an incident hears of what a client says about its machine, and of nothing else', async () => {
    // Nobody has the incident: whoever may take it hears of it, nobody of the client’s, nobody else’s.
    expect((await say(stranger.api, 'mine now')).status).toBe(404);
    expect((await say(rita.api, 'a reader writes')).status).toBe(403);
    const { status, id } = await say(eve.api, 'Being replaced on Monday');
    expect(status).toBe(204);
    for (const { api } of [ann, bob])
      expect(await news(api)).toMatchObject([
        { tenant: 'harbour', incident, asset: id, actor: 'Eve', excerpt: 'web01: Being replaced on Monday' },
      ]);
    for (const { api } of [eve, tom, rita, stranger]) expect(await news(api)).toEqual([]);
    const story = JSON.stringify((await ann.api.get<IncidentView>(path())).timeline);
    expect(story).toContain('Comment on the asset web01');
    // The words stand with the asset alone, so that erasing it takes them away.
    expect(story).not.toContain('Monday');

    // Somebody has it: they alone, and not of their own words.
    await ann.api.ok('PATCH', path(), { owner: 'me' });
    await say(ann.api, 'Thank you');
    await say(tom.api, 'Or on Tuesday');
    expect((await news(ann.api)).map(({ excerpt }) => excerpt)).toEqual([
      'web01: Or on Tuesday',
      'web01: Being replaced on Monday',
    ]);
    expect(await news(bob.api)).toHaveLength(1);
    // Erased, nothing of what was said about it is left in anybody’s news.
    await vigie.api.ok('POST', `/api/assets/harbour/${id}/erase`);
    for (const { api } of [ann, bob]) expect(await news(api)).toEqual([]);
  });
});

describe('handing over', () => {
  test('many at once are one mail, and nobody of a client can be given an incident', async () => {
    for (const { id } of [eve, rita, stranger])
      expect((await ann.api.call('PATCH', path(), { owner: id })).status).toBe(404);
    const owners = await ann.api.get<IncidentOwners>('/api/incidents/owners');
    expect(owners.items.map(({ name }) => name)).not.toContain('Eve');
    const after = mails.mails.length;
    await ann.api.ok('POST', '/api/incidents/bulk', { ids: [incident, other], change: { owner: bob.id } });
    const mail = await mailTo('bob@watch.example', /Ann gave you 2 incidents/, after);
    for (const part of [mail.text, mail.html])
      for (const said of [`INC-${incident} · Port de Harbour`, `INC-${other} · Globex Holding`, 'owner=me'])
        expect(part).toContain(said);
    // What one takes oneself is no mail, and a client’s outbox shows none of the provider’s own.
    await ann.api.ok('PATCH', path(), { owner: 'me' });
    expect(mails.mails.slice(after).filter(({ subject }) => subject.includes('gave'))).toHaveLength(1);
    expect(JSON.stringify(await eve.api.get('/api/outbox?limit=200'))).not.toContain('gave you');
    const { items } = await bob.api.get<NoticeList>('/api/notices');
    expect(
      items
        .slice(0, 3)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['assigned', 'assigned', 'handed-on']);
  });
});

describe('campaigns', () => {
  test('no client sees another’s data, the campaign, or who else is in it', async () => {
    const { suggestions } = await ann.api.get<IncidentCampaigns>(path('/campaigns'));
    expect(suggestions[0]).toMatchObject({ tenant: 'globex', incident: other });
    expect(suggestions[0]!.shared).toContainEqual({ kind: 'address', value: '203.0.113.77', weight: 5 });
    const campaign = await ann.api.ok<CampaignView>('POST', '/api/campaigns', {
      name: 'Operation Zircon',
      note: 'helper accounts at harbours and holdings',
      incidents: [incident, other],
    });
    expect(campaign.members.map(({ tenant }) => tenant).sort()).toEqual(['globex', 'harbour']);
    expect(await ann.api.get(path('/campaigns'))).toMatchObject({
      campaigns: [{ id: campaign.id }],
      suggestions: [],
    });

    const key = await vigie.keyFor('client-administrator', ['harbour']);
    for (const client of [eve.api, key]) {
      for (const closed of ['/api/campaigns', `/api/campaigns/${campaign.id}`, path('/campaigns')])
        expect((await client.call('GET', closed)).status).toBe(403);
      expect((await client.call('PATCH', `/api/campaigns/${campaign.id}`, { add: [incident] })).status).toBe(
        403,
      );
      const seen = [
        await client.get(path()),
        await talk(client),
        await client.get('/api/notices'),
        await client.get('/api/incidents?status=all'),
      ];
      expect(JSON.stringify(seen)).not.toMatch(/Zircon|globex|Globex|helper accounts/);
    }
  });
});

test('guessing links is slowed down, and does not keep a good one from working', async () => {
  const after = mails.mails.length;
  await ann.api.ok('POST', path('/questions'), {
    text: 'Is the backup of web01 there?',
    recipients: [{ name: 'Chloé', email: 'chloe@harbour.example' }],
    dueAt: tomorrow(),
  });
  const link = follow(await mailTo('chloe@harbour.example', /Question/, after));
  const nobody = new Api(vigie.run.url, undefined, { authorization: `Link vlnk_${'A'.repeat(43)}` });
  const answers: number[] = [];
  for (let n = 0; n < 40; n++) answers.push((await nobody.call('GET', '/api/answer')).status);
  expect(answers[0]).toBe(404);
  expect(answers.at(-1)).toBe(429);
  await link.ok('POST', '/api/answer', { text: 'Yes, of last night.' });
});

/** A ZIP archive of one file (PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16). */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content, { level: 9 });
  const file = Buffer.alloc(30);
  file.writeUInt32LE(0x04034b50, 0);
  file.writeUInt16LE(20, 4);
  file.writeUInt16LE(8, 8);
  file.writeUInt32LE(packed.length, 18);
  file.writeUInt32LE(content.length, 22);
  file.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 6);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const directory = Buffer.concat([entry, Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([file, Buffer.from(name), packed, directory, end]);
}
