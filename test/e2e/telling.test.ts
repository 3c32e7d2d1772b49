import type {
  AttachedStep,
  IncidentClocks,
  IncidentProcedures,
  IncidentSummary,
  IncidentView,
  MailView,
  NewTelling,
  SessionView,
  StepTelling,
  UserView,
} from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, type SignedIn } from '../support/account.ts';
import type { Answer, Api } from '../support/api.ts';
import { MailServer, type TakenMail } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

/** A day of the week that is not today anywhere, so that its hours are still to come. */
const LATER = ((new Date().getUTCDay() + 2) % 7) + 1;
const RANSOMWARE = 'ransomware';

let mails: MailServer;
let vigie: Vigie;
let ann: SignedIn;
let eve: SignedIn;
let rita: SignedIn;
let stranger: SignedIn;
let incident: number;
let other: number;

/** Logs that open an incident, of one host. */
async function incidentOf(tenant: string): Promise<number> {
  const token = await vigie.addSource(tenant, 'servers');
  const at = (n: number) => new Date(Date.now() - 60_000 + n * 1000).toISOString();
  const guesses = Array.from(
    { length: 12 },
    (_, n) =>
      `<38>1 ${at(n)} web01 sshd ${900 + n} - - Failed password for invalid user admin from 203.0.113.77 port ${40_000 + n} ssh2`,
  );
  await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: guesses.join('\n'),
  });
  const [one] = await until(`an incident of ${tenant}`, async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(`/api/incidents?tenant=${tenant}`);
    return items.length > 0 && items;
  });
  return one!.id;
}

const base = (id = incident) => `/api/incidents/${id}/procedures`;
const at = (step: string, id = incident) => `${base(id)}/${RANSOMWARE}/steps/${step}/telling`;
const look = (step: string, api: Api = ann.api) => api.get<StepTelling>(at(step));
type Refusal = { error: { code: string; message: string } };
const tell = (
  step: string,
  body: unknown,
  api: Api = ann.api,
): Promise<Answer<IncidentProcedures & Refusal>> => api.call('POST', at(step), body);
const mailTo = (to: string[], messages: object, more: object = {}) => ({
  how: 'mail',
  seen: 0,
  to,
  messages,
  ...more,
});
async function stepOf(id: string, api: Api = ann.api): Promise<AttachedStep> {
  const { attached } = await api.get<IncidentProcedures>(base());
  return attached.find((one) => one.id === RANSOMWARE)!.content.find((step) => step.id === id)!;
}
const arrived = (address: string): Promise<TakenMail> =>
  until(`a mail to ${address}`, () => mails.mails.find(({ to }) => to.includes(address)) ?? false);

beforeAll(async () => {
  mails = await new MailServer().open();
  vigie = await Vigie.start({
    config: {
      mail: mails.settings,
      provider: { name: 'Watch', email: 'soc@watch.example', phone: '+33 1 99' },
    },
  });
  await vigie.freeLoopback();
  await vigie.addTenant('harbour', {
    name: 'Port de Harbour',
    language: 'fr',
    timeZone: 'Europe/Paris',
    contacts: [
      {
        name: 'Klara Blum',
        email: 'klara@harbour.example',
        phone: '+49 30 5550100',
        minLevel: 'critical',
        kinds: ['incident'],
        functions: ['client-management'],
        languages: ['de', 'fr'],
      },
      {
        name: 'Luc Petit',
        email: 'luc@harbour.example',
        minLevel: 'critical',
        functions: ['client-management'],
        hours: { from: 0, to: 24, days: [LATER] },
      },
      { name: 'Police', email: 'desk@police.example', minLevel: 'critical', functions: ['police'] },
      { name: 'Rose', email: 'rose@harbour.example', minLevel: 'critical', functions: ['regulator-liaison'] },
    ],
  });
  await vigie.addTenant('globex', {
    contacts: [
      { name: 'Gus', email: 'gus@globex.example', minLevel: 'critical', functions: ['client-management'] },
    ],
  });
  const hour = { notify: 3600 };
  await vigie.api.ok('PUT', '/api/tenants/harbour/profile', {
    contract: {
      name: 'Gold',
      levels: { low: hour, medium: hour, high: hour, critical: hour, informational: hour },
    },
  });
  const who = (name: string, role: string, tenants: string[] | null, domain: string) =>
    account(vigie, { name, email: `${name.toLowerCase()}@${domain}`, role, tenants });
  ann = await who('Ann', 'analyst', null, 'watch.example');
  await who('Max', 'soc-manager', null, 'watch.example');
  eve = await who('Eve', 'client-responder', ['harbour'], 'harbour.example');
  rita = await who('Rita', 'client-reader', ['harbour'], 'harbour.example');
  stranger = await who('Gaby', 'client-administrator', ['globex'], 'globex.example');
  incident = await incidentOf('harbour');
  other = await incidentOf('globex');
  await vigie.settled();
  await ann.api.ok('POST', base(), { procedure: RANSOMWARE });
  await ann.api.ok('POST', base(other), { procedure: RANSOMWARE });
});
afterAll(async () => {
  await vigie?.remove();
  await mails?.close();
});

describe('a step that says whom to tell', () => {
  test('means contacts by what they are there for, whoever can be reached first, and has words in their languages', async () => {
    const view = await look('management');
    expect(view).toMatchObject({ whom: ['client-management'], mayMail: true, language: 'fr', told: [] });
    expect(view.people.map(({ name, meant, reachable }) => [name, meant, reachable])).toEqual([
      ['Klara Blum', 'direct', true],
      ['Luc Petit', 'direct', false],
      ['Police', 'other', true],
      ['Rose', 'other', true],
    ]);
    expect(view.people[1]!.reachableAt).toBeGreaterThan(Date.now());
    expect(view.messages.de!.text).toContain('Port de Harbour');
    expect(view.messages.de!.subject).toBe(`[INC-${incident}] Sicherheitsvorfall bei Port de Harbour`);
    expect(view.messages.fr!.text).toContain('rançongiciel');
    // Nobody is the authority itself: whoever speaks with it.
    const authority = await look('early-warning');
    expect(authority.people[0]).toMatchObject({ name: 'Rose', meant: 'through' });
    const alarm = await look('alarm');
    expect(alarm.people[0]).toMatchObject({ name: 'Max', role: 'soc-manager', side: 'provider' });
  });

  test('sends when a person confirms, in the language of each contact, and says who was told when', async () => {
    expect(mails.mails.filter(({ to }) => to[0]?.endsWith('@harbour.example'))).toEqual([]);
    const { people, messages } = await look('management');
    const de = {
      subject: messages.de!.subject,
      text: `${messages.de!.text.replaceAll(/\{\w+\}/g, 'web01')}\nGruß\n\nAnn`,
    };
    const fr = { subject: 'Rançongiciel', text: 'Nous vous appelons à 8 h.' };
    const answer = await tell(
      'management',
      mailTo(
        people.slice(0, 2).map(({ id }) => id),
        { de, fr },
      ),
    );
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const mail = await arrived('klara@harbour.example');
    expect(mail.subject).toBe(`[INC-${incident}] Sicherheitsvorfall bei Port de Harbour`);
    expect(mail.text).toContain('Guten Tag Klara Blum,');
    expect(mail.text).toContain('Gruß\r\n\r\nAnn');
    expect(mail.html).toContain('lang="de"');
    expect(mail.text).toContain(`/incidents/${incident}`);
    const told = await until('the step to say that it was sent', async () => {
      const step = await stepOf('management');
      return step.told.some(({ state }) => state === 'sent') && step;
    });
    expect(told).toMatchObject({ state: 'done', actor: 'Ann' });
    expect(told.told.map(({ name, state, how, actor }) => [name, state, how, actor]).sort()).toEqual([
      ['Klara Blum', 'sent', 'mail', 'Ann'],
      ['Luc Petit', 'waiting', 'mail', 'Ann'],
    ]);
    expect(told.told.find(({ name }) => name === 'Luc Petit')!.waitsUntil).toBeGreaterThan(Date.now());
    expect(mails.mails.some(({ to }) => to.includes('luc@harbour.example'))).toBe(false);
    const { timeline } = await ann.api.get<IncidentView>(`/api/incidents/${incident}`);
    expect(timeline.map(({ text }) => text).join('\n')).toContain(
      'told Klara Blum <klara@harbour.example> by mail',
    );
    // The client has been told: the clock of the contract knows it.
    await until('the clock to stop', async () => {
      const { clocks } = await ann.api.get<IncidentClocks>(`/api/incidents/${incident}/clocks`);
      return clocks.find(({ kind }) => kind === 'notify')?.state === 'met';
    });
  });

  test('is not sent twice, nor against what somebody else did meanwhile', async () => {
    const { people } = await look('management');
    const again = await tell('management', mailTo([people[0]!.id], { de: { subject: 'x', text: 'y' } }));
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'VIGIE_PROCEDURE_CONFLICT' } } });
    expect((await stepOf('management')).told).toHaveLength(2);
  });

  test('notes a call, with name, time and what was said; one to come can’t be noted', async () => {
    const call = {
      how: 'phone',
      seen: 0,
      person: 'contact:desk@police.example',
      name: 'whatever',
      at: Date.now() - 60_000,
      note: 'Case 17',
    };
    expect((await tell('police', { ...call, at: Date.now() + 3_600_000 })).status).toBe(400);
    expect((await tell('police', { ...call, person: 'contact:gus@globex.example' })).status).toBe(400);
    expect((await tell('police', call)).status).toBe(200);
    expect((await stepOf('police')).told).toMatchObject([
      { name: 'whatever', how: 'phone', state: 'noted', text: 'Case 17', at: call.at, subject: null },
    ]);
  });

  test('tells whoever passes it on to do so, and gives those outside no link', async () => {
    const words = { fr: { subject: 'À transmettre', text: 'Alerte précoce.' } };
    expect((await tell('early-warning', mailTo(['contact:rose@harbour.example'], words))).status).toBe(200);
    const passed = await arrived('rose@harbour.example');
    expect(passed.text).toContain('Alerte précoce à l’autorité NIS2 ou au CSIRT');
    expect(
      (await tell('police', { ...mailTo(['contact:desk@police.example'], words), seen: 1 })).status,
    ).toBe(200);
    const outside = await arrived('desk@police.example');
    expect(outside.text).not.toContain('/incidents/');
    expect(outside.html).not.toContain('/incidents/');
  });

  test('tells the provider’s own without the client hearing of it', async () => {
    const words = { en: { subject: 'Take the lead', text: 'Ransomware.' } };
    expect((await tell('alarm', mailTo(['provider:max@watch.example'], words))).status).toBe(200);
    await arrived('max@watch.example');
    expect((await stepOf('alarm')).told).toHaveLength(1);
    expect((await stepOf('alarm', eve.api)).told).toEqual([]);
    expect((await eve.api.call('GET', at('alarm'))).status).toBe(403);
    for (const path of [`/api/incidents/${incident}`, '/api/outbox', base()])
      expect(JSON.stringify((await eve.api.call('GET', path)).body)).not.toContain('max@watch.example');
  });
});

describe('a person’s own language', () => {
  test('is kept with the account, for the console, and mails to them come in it', async () => {
    const session = async () => (await ann.api.get<SessionView>('/api/session')).user.language;
    expect(await session()).toBeNull();
    await ann.api.ok('PUT', '/api/session/language', { language: 'it' });
    expect(await session()).toBe('it');
    const comment = { body: '@Ann look', audience: 'internal', mentions: [ann.id] };
    await vigie.api.ok('POST', `/api/incidents/${incident}/comments`, comment);
    const mention = await arrived(ann.email);
    expect(mention.html).toContain('lang="it"');
    await eve.api.ok('PUT', '/api/session/language', { language: 'nl' });
    await vigie.api.ok('POST', `/api/incidents/${incident}/questions`, {
      text: 'Was it you?',
      choices: [],
      recipients: [{ name: 'Eve', email: eve.email }],
      dueAt: Date.now() + 3 * 3_600_000,
      pauses: false,
    });
    expect((await arrived(eve.email)).html).toContain('lang="nl"');
    const alarm = await look('alarm');
    expect(alarm.people.find(({ name }) => name === 'Max')!.language).toBe('en');
    await ann.api.ok('PUT', '/api/session/language', { language: null });
    expect(await session()).toBeNull();
  });

  test('is nobody else’s to set, and one of the five', async () => {
    for (const body of [{ language: 'xx' }, { language: 'en', email: eve.email }, {}])
      expect((await rita.api.call('PUT', '/api/session/language', body)).status).toBe(400);
    expect((await vigie.api.call('PUT', '/api/session/language', { language: 'de' })).status).toBe(400);
    const users = await vigie.api.get<{ items: UserView[] }>('/api/users');
    expect(users.items.find(({ email }) => email === rita.email)!.language).toBeNull();
    const patch = await vigie.api.call('PATCH', `/api/users/${rita.email}`, { language: 'de' });
    expect(patch.status).toBe(400);
  });
});

describe('attacks on telling', () => {
  const words = { fr: { subject: 's', text: 't' } };
  const sent = () => mails.mails.length;

  test('a subject with line breaks adds no header and no recipient', async () => {
    const subject = 'Bonjour\r\nBcc: thief@evil.example\r\n\r\nbody';
    const answer = await tell(
      'personal-data',
      mailTo(['contact:rose@harbour.example'], { fr: { subject, text: 't' } }),
    );
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const mail = await until('the mail', () =>
      mails.mails.find(({ subject: line }) => line.startsWith('Bonjour')),
    );
    expect(mail.to).toEqual(['rose@harbour.example']);
    expect(mail.subject).toBe('Bonjour Bcc: thief@evil.example body');
    expect(mail.source.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im);
  });

  test('script and links in a text are shown, never obeyed', async () => {
    const text =
      '<script>alert(1)</script> <img src=x onerror=alert(1)>\n{{ provider.email }} https://evil.example/x';
    const { told } = await stepOf('police');
    const answer = await tell('police', {
      ...mailTo(['contact:rose@harbour.example'], { fr: { subject: '<b>Script</b>', text } }),
      seen: told.length,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const mail = await until('the mail', () =>
      mails.mails.find(({ subject }) => subject === '<b>Script</b>'),
    );
    expect(mail.html).not.toContain('<script');
    expect(mail.html).not.toContain('<img src=x');
    expect(mail.html).toContain('&lt;script&gt;');
    for (const part of [mail.html, mail.text]) {
      expect(part).toContain('{{ provider.email }}');
      expect(part).toContain('hxxps://evil[.]example/x');
    }
  });

  test('a contact of another client, an address of one’s own, a placeholder nobody filled: nothing goes', async () => {
    const before = sent();
    for (const [to, texts] of [
      ['contact:gus@globex.example', words],
      ['contact:thief@evil.example', words],
      ['thief@evil.example', words],
      ['provider:thief@evil.example', words],
      ['contact:klara@harbour.example', words],
      ['contact:rose@harbour.example', { fr: { subject: 's', text: 'on {host} now' } }],
      ['contact:rose@harbour.example', { fr: { subject: ' ', text: 't' } }],
      ['contact:rose@harbour.example', { fr: { subject: 's', text: 'x'.repeat(6_001) } }],
    ] as const) {
      const seen = (await stepOf('police')).told.length;
      expect((await tell('police', { ...mailTo([to], texts), seen })).status, JSON.stringify([to])).toBe(400);
    }
    await vigie.settled();
    expect(sent()).toBe(before);
  });

  test('nobody without the permission, and nobody of another client', async () => {
    const before = sent();
    const mail = mailTo(['contact:rose@harbour.example'], words);
    const call: NewTelling = { how: 'phone', seen: 0, person: null, name: 'x', at: Date.now(), note: '' };
    for (const [who, body, status] of [
      // A client's person does the client's step, and notes calls; mails are the provider's to send.
      [eve, mail, 403],
      [rita, mail, 403],
      [rita, call, 403],
      [stranger, mail, 404],
      [stranger, call, 404],
    ] as const)
      expect((await tell('personal-data', body, who.api)).status, who.email).toBe(status);
    expect((await tell('management', call, eve.api)).status).toBe(403);
    expect((await stranger.api.call('GET', at('police'))).status).toBe(404);
    const key = await vigie.keyFor('auditor', null);
    expect((await key.call('POST', at('police'), mail)).status).toBe(403);
    await vigie.settled();
    expect(sent()).toBe(before);
    const { items } = await vigie.api.get<{ items: MailView[] }>('/api/outbox?tenant=globex');
    expect(JSON.stringify(items)).not.toContain('harbour');
    // The client's own step can be noted by the client.
    const { told } = await stepOf('police', eve.api);
    expect((await tell('police', { ...call, seen: told.length }, eve.api)).status).toBe(200);
  });
});
