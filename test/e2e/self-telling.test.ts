import type {
  AttachedStep,
  AuditView,
  IncidentProcedures,
  IncidentSummary,
  IncidentView,
  SelfTellingView,
} from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, type SignedIn } from '../support/account.ts';
import type { Api } from '../support/api.ts';
import { MailServer } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const DOOR = 'open-door';
const SOP = `id: ${DOOR}
version: 1
types: [malware]
steps:
  - { id: warn, kind: tell, whom: client-it, mandatory: true }
  - { id: look, kind: task }
  - { id: bosses, kind: tell, whom: client-management }
  - { id: police, kind: tell, whom: police }
`;
const message = (text: string) => `\`\`\`message\n${text}\n\`\`\`\n`;
const TEXT = `# Open door
A door is open.

## warn: Warn IT
${message('{incident}: a door is open at {organisation}.')}
## look: Look at it
## bosses: Tell the management
${message('{incident}: we look at it.')}
## police: Tell the police
${message('{incident}: somebody came in.')}`;

const PATH = '/api/tenants/harbour/self-telling';
const ALLOWED = { minLevel: 'low', functions: ['client-it', 'client-management'] };

let mails: MailServer;
let vigie: Vigie;
let ann: SignedIn;
let ada: SignedIn;
let eve: SignedIn;
let rita: SignedIn;
let max: SignedIn;
let stranger: SignedIn;

async function incidentOf(host: string): Promise<number> {
  const token = await vigie.addSource('harbour', host);
  await fetch(`${vigie.run.url}/api/ingest/${host}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `<86>1 ${new Date().toISOString()} ${host} useradd 901 - - new user: name=${host}, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
  });
  const found = await until(`the incident of ${host}`, async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=harbour');
    return items.find(({ entities }) => entities.some(({ value }) => value === host));
  });
  return found.id;
}
const base = (incident: number) => `/api/incidents/${incident}/procedures`;
async function stepOf(incident: number, id: string, api: Api = ann.api): Promise<AttachedStep> {
  const { attached } = await api.get<IncidentProcedures>(base(incident));
  return attached.find((one) => one.id === DOOR)!.content.find((step) => step.id === id)!;
}
const to = (address: string) => mails.mails.filter((mail) => mail.to.includes(address));
async function sendsOf(incident: number) {
  const { proposed, others } = await ann.api.get<IncidentProcedures>(base(incident));
  return [...proposed, ...others].find(({ id }) => id === DOOR)!.sends;
}

beforeAll(async () => {
  mails = await new MailServer().open();
  vigie = await Vigie.start({ config: { mail: mails.settings } });
  await vigie.freeLoopback();
  const contact = (name: string, functions: string[]) => ({
    name,
    email: `${name.toLowerCase()}@harbour.example`,
    minLevel: 'critical',
    functions,
  });
  await vigie.addTenant('harbour', {
    name: 'Harbour',
    contacts: [
      contact('Ian', ['client-it']),
      contact('Klara', ['client-management']),
      contact('Pol', ['police']),
    ],
  });
  await vigie.addTenant('globex');
  const made = await vigie.api.ok<{ key: string; revision: number }>('POST', '/api/procedures', {
    sop: SOP,
    texts: { en: TEXT },
    tenant: null,
  });
  await vigie.api.ok('POST', `/api/procedures/own/${made.key}/state`, { live: 1, revision: made.revision });
  const who = (name: string, role: string, tenants: string[] | null) =>
    account(vigie, { name, email: `${name.toLowerCase()}@people.example`, role, tenants });
  ann = await who('Ann', 'analyst', null);
  max = await who('Max', 'soc-manager', null);
  ada = await who('Ada', 'client-administrator', ['harbour']);
  eve = await who('Eve', 'client-responder', ['harbour']);
  rita = await who('Rita', 'client-reader', ['harbour']);
  stranger = await who('Gaby', 'client-administrator', ['globex']);
});
afterAll(async () => {
  await vigie?.remove();
  await mails?.close();
});

describe('attacks on the permission', () => {
  test('only the client’s administrators and the platform’s give it; nobody of another client sees it', async () => {
    for (const [who, status] of [
      [ann, 403],
      [max, 403],
      [eve, 403],
      [rita, 403],
      [stranger, 404],
    ] as const)
      expect((await who.api.call('PUT', PATH, { allowed: ALLOWED })).status, who.email).toBe(status);
    expect((await stranger.api.call('GET', PATH)).status).toBe(404);
    expect(await ada.api.get<SelfTellingView>(PATH)).toEqual({ allowed: null });
  });

  test('a body says what is allowed and nothing else: not who, not when, not for whom', async () => {
    for (const body of [
      {},
      { allowed: {} },
      { allowed: { ...ALLOWED, by: 'Klara' } },
      { allowed: { ...ALLOWED, at: 1 } },
      { allowed: ALLOWED, tenant: 'globex' },
      { allowed: { ...ALLOWED, functions: [] } },
      { allowed: { ...ALLOWED, functions: ['client-it', 'client-it'] } },
      { allowed: { ...ALLOWED, functions: ['shift-lead'] } },
      { allowed: { ...ALLOWED, functions: ['ian@harbour.example'] } },
      { allowed: { ...ALLOWED, minLevel: 'none' } },
    ])
      expect((await ada.api.call('PUT', PATH, body)).status, JSON.stringify(body)).toBe(400);
    // Nor does it come with the tenant's other settings.
    const patch = { selfTelling: ALLOWED, allowed: ALLOWED };
    await ada.api.call('PATCH', '/api/tenants/harbour', patch);
    await ada.api.call('PUT', '/api/tenants/harbour/profile', patch);
    expect(await ada.api.get<SelfTellingView>(PATH)).toEqual({ allowed: null });
  });
});

describe('steps that send by themselves', () => {
  test('are off: a procedure is begun, and nothing leaves', async () => {
    const incident = await incidentOf('web01');
    expect(await sendsOf(incident)).toEqual([]);
    await ann.api.ok('POST', base(incident), { procedure: DOOR, sends: [] });
    const { bySelf, state } = await stepOf(incident, 'warn');
    expect({ bySelf, state }).toEqual({
      bySelf: { byHand: 'not-allowed', to: [], allowed: null },
      state: 'open',
    });
    // Allowed later, it does not begin with what was begun before.
    await ada.api.ok('PUT', PATH, { allowed: ALLOWED });
    await ann.api.ok('PATCH', `${base(incident)}/${DOOR}/steps/look`, { state: 'done' });
    expect((await stepOf(incident, 'warn')).bySelf).toMatchObject({
      byHand: 'before',
      allowed: { by: 'Ada' },
    });
    await vigie.settled();
    expect(to('ian@harbour.example')).toEqual([]);
  });

  test('who allowed it, when, and what it was before is in the audit log', async () => {
    await ada.api.ok('PUT', PATH, { allowed: { ...ALLOWED, minLevel: 'informational' } });
    const { items } = await ada.api.get<{ items: AuditView[] }>('/api/audit?limit=50');
    const [last] = items.filter(({ action }) => action === 'tenants.self-telling.set');
    expect(JSON.stringify(last)).toContain('Ada');
    expect(last!.at).toBeGreaterThan(0);
    expect(last!.changes).toEqual([
      { field: 'allowed', before: ALLOWED, after: { ...ALLOWED, minLevel: 'informational' } },
    ]);
  });

  test('whoever begins sees what will leave; other than that, it is not begun', async () => {
    const incident = await incidentOf('web02');
    const seen = await sendsOf(incident);
    expect(seen).toEqual([
      { step: 'warn', title: 'Warn IT', to: [{ name: 'Ian', email: 'ian@harbour.example' }] },
      {
        step: 'bosses',
        title: 'Tell the management',
        to: [{ name: 'Klara', email: 'klara@harbour.example' }],
      },
    ]);
    const stale = await ann.api.call('POST', base(incident), { procedure: DOOR, sends: [] });
    expect(stale.status).toBe(409);
    expect((await ann.api.get<IncidentProcedures>(base(incident))).attached).toEqual([]);
    const sends = seen.map(({ step, to: people }) => ({ step, to: people.map(({ email }) => email) }));
    await ann.api.ok('POST', base(incident), { procedure: DOOR, sends });
    const sent = await until('the step to have sent', async () => {
      const step = await stepOf(incident, 'warn', eve.api);
      return step.told.some(({ state }) => state === 'sent') && step;
    });
    expect(sent).toMatchObject({ state: 'done', actor: 'Vigie' });
    expect(sent.told).toMatchObject([
      { name: 'Ian', address: 'ian@harbour.example', allowedBy: 'Ada', state: 'sent' },
    ]);
    expect(sent.told[0]!.sentAt).toBeGreaterThan(0);
    const [mail] = to('ian@harbour.example');
    expect(mail!.text).toContain(`INC-${incident}: a door is open at Harbour.`);
    const { timeline } = await eve.api.get<IncidentView>(`/api/incidents/${incident}`);
    expect(timeline.map(({ text }) => text).join('\n')).toContain(
      'told Ian <ian@harbour.example> by mail (sent by itself, as Ada allowed)',
    );
    // The management's turn has not come.
    expect(to('klara@harbour.example')).toEqual([]);
    expect((await stepOf(incident, 'bosses')).bySelf).toMatchObject({ byHand: null, allowed: { by: 'Ada' } });
    await ann.api.ok('PATCH', `${base(incident)}/${DOOR}/steps/look`, { state: 'done' });
    await until('the management’s mail', () => to('klara@harbour.example').length > 0);
    // A function that is not allowed waits for a person.
    expect((await stepOf(incident, 'police')).bySelf).toMatchObject({ byHand: 'function', to: [] });
  });

  test('send once: neither a crash nor a new beginning sends again', async () => {
    const incident = await incidentOf('web03');
    const before = to('ian@harbour.example').length;
    await ann.api.ok('POST', base(incident), { procedure: DOOR });
    await vigie.kill('server');
    await until('the mail', () => to('ian@harbour.example').length > before);
    await until('the server to answer', async () => {
      try {
        return (await vigie.api.call('GET', '/api/status')).status === 200;
      } catch {
        return false;
      }
    });
    await vigie.stop();
    await vigie.launch();
    const step = await until('the step', async () => {
      const { attached } = await vigie.api.get<IncidentProcedures>(base(incident));
      return attached[0]?.content.find(({ id }) => id === 'warn');
    });
    expect(step).toMatchObject({ state: 'done', told: [{ allowedBy: 'Ada' }] });
    await vigie.api.ok('DELETE', `${base(incident)}/${DOOR}`);
    await vigie.api.ok('POST', base(incident), { procedure: DOOR });
    await vigie.settled();
    // A later mail has left: what would have left again would have come before it.
    const other = await incidentOf('web04');
    await vigie.api.ok('POST', base(other), { procedure: DOOR });
    await until('the mail of the other', () =>
      to('ian@harbour.example').some(({ text }) => text.includes(`INC-${other}:`)),
    );
    const own = to('ian@harbour.example').filter(({ text }) => text.includes(`INC-${incident}:`));
    expect(new Set(own.map(({ source }) => /^message-id: .*$/im.exec(source)?.[0])).size).toBe(1);
  });

  test('taken back, everything waits for a person again', async () => {
    await vigie.api.ok('PUT', PATH, { allowed: null });
    expect(await vigie.api.get<SelfTellingView>(PATH)).toEqual({ allowed: null });
    const incident = await incidentOf('web05');
    await vigie.api.ok('POST', base(incident), { procedure: DOOR });
    const { attached } = await vigie.api.get<IncidentProcedures>(base(incident));
    expect(attached[0]!.content[0]).toMatchObject({ state: 'open', bySelf: { byHand: 'not-allowed' } });
  });
});
