import type {
  AssetDetail,
  AssetPage,
  ClockBoard,
  ClockStatistics,
  IncidentClocks,
  IncidentOwners,
  IncidentRegimes,
  IncidentSummary,
  IncidentView,
  MailView,
  NoticeList,
  ReportDraft,
  RotaView,
  Site,
  TenantProfile,
  UserView,
} from '@vigie/contracts/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { account } from '../support/account.ts';
import type { Api } from '../support/api.ts';
import { MailServer, type TakenMail } from '../support/mail-server.ts';
import { png } from '../support/picture.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const DAY = 86_400_000;
const ALWAYS = { name: 'all day', from: '00:00', to: '00:00', days: [1, 2, 3, 4, 5, 6, 7] };
const ADA = { name: 'Ada', email: 'ada@soc.example.com', language: 'fr' };
const MAX = { name: 'Max', email: 'max@soc.example.com' };
/** Minutes and hours of a real contract, as seconds. */
const BRIEF = {
  name: 'Gold',
  levels: {
    high: { notify: 600, acknowledge: 4, contain: 3600, resolve: 7200 },
    critical: { notify: 600, acknowledge: 4, contain: 3600, resolve: 7200 },
  },
  warnAt: [0.5],
};

let mails: MailServer;
let vigie: Vigie;
let token: string;

beforeAll(async () => {
  mails = await new MailServer().open();
  vigie = await Vigie.start({ config: { mail: mails.settings } });
  await vigie.freeLoopback();
  await vigie.addTenant('clinic', {
    name: 'Clinic of the Lake',
    timeZone: 'Europe/Paris',
    contacts: [
      { name: 'Nia', email: 'nia@clinic.example.org', order: 2 },
      { name: 'Noé', email: 'noe@clinic.example.org', order: 1, phone: '+33 1 99 00 00 00' },
    ],
  });
  await vigie.addTenant('other');
  token = await vigie.addSource('clinic', 'servers');
  await vigie.api.ok('PUT', '/api/tenants/clinic/profile', { contract: BRIEF });
  // A promise of which nobody would hear is not kept quiet.
  const { warnings } = await vigie.status();
  expect(warnings.find(({ code }) => code === 'VIGIE_CLOCKS_NOBODY')?.message).toContain('clinic');
  await vigie.api.ok('PUT', '/api/rotas/analysts', {
    name: 'Analysts',
    level: 1,
    ackMinutes: 0.05,
    timeZone: 'Europe/Paris',
    startsOn: '2026-01-05',
    members: [ADA],
    shifts: [{ ...ALWAYS, members: [0] }],
  });
  await vigie.api.ok('PUT', '/api/rotas/managers', {
    name: 'Managers',
    level: 2,
    startsOn: '2026-01-05',
    members: [MAX],
    shifts: [{ ...ALWAYS, members: [0] }],
  });
});
afterAll(async () => {
  await vigie?.remove();
  await mails?.close();
});

/** An account with user id 0: opens an incident of its own for each host. */
async function attack(host: string): Promise<number> {
  const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `<86>1 ${new Date().toISOString()} ${host} useradd 900 - - new user: name=${host}-root, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
  });
  expect(answer.status).toBe(200);
  const [incident] = await until('the incident', async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(
      `/api/incidents?status=all&q=${host}`,
    );
    return items.length > 0 && items;
  });
  return incident!.id;
}

const clocksOf = (id: number, api: Api = vigie.api) => api.get<IncidentClocks>(`/api/incidents/${id}/clocks`);
const clock = async (id: number, kind: string) =>
  (await clocksOf(id)).clocks.find((one) => one.kind === kind);
const about = (id: number, to: string) =>
  mails.mails.filter((mail) => mail.to.includes(to) && mail.text.includes(`INC-${id}`));
const linkIn = (text: string) => /https?:\/\/\S+\/api\/calls\/\S+/.exec(text)![0];

test('from the alert to a warning, to the next level, to an acknowledgement without signing in, to a new owner', async () => {
  const id = await attack('lake-01');
  await until('the warning', () => about(id, ADA.email).length > 0);
  const warning = about(id, ADA.email)[0]!;
  expect(warning.subject).toContain('50');
  expect(warning.text).toContain('astreinte');
  expect(warning.text).toContain('Clinic of the Lake');

  // Nobody acknowledges: the next level is told, first of the warning or already of the breach.
  await until('the manager', () => about(id, MAX.email).length > 0);
  await until('the breach', async () => (await clock(id, 'acknowledge'))?.state === 'breached');

  const link = linkIn(about(id, MAX.email).at(-1)!.text);
  const looked = await fetch(link);
  expect(looked.status).toBe(200);
  expect(looked.headers.get('content-security-policy')).toContain("default-src 'none'");
  await fetch(link, { method: 'HEAD' });
  const open = (await clocksOf(id)).calls;
  expect(open.every(({ acknowledged }) => acknowledged === null)).toBe(true);
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  expect(await (await fetch(link, form)).text()).toContain('It is yours');
  expect(await (await fetch(link, form)).text()).toContain('Max took it');
  const { calls } = await clocksOf(id);
  expect(calls.filter(({ acknowledged }) => acknowledged?.by === 'Max')).toHaveLength(1);

  // The link is a secret between us and Max: who reads the outbox does not get it.
  const { items: sent } = await vigie.api.get<{ items: MailView[] }>('/api/outbox?limit=200');
  const theirs = sent.find(({ to }) => to === MAX.email)!;
  const shown = JSON.stringify(await vigie.api.get(`/api/outbox/${theirs.id}`));
  expect(shown).toContain(`INC-${id}`);
  expect(shown).not.toMatch(/api\/calls\/\w/);

  const { items: users } = await vigie.api.get<{ items: UserView[] }>('/api/users');
  const board = await vigie.api.get<ClockBoard>('/api/clocks?tenant=clinic&within=48');
  const late = board.items.find(
    ({ clock: one, incident }) => incident.id === id && one.kind === 'acknowledge',
  );
  expect(late).toMatchObject({ clock: { state: 'breached' }, incident: { owner: null } });
  const owners = await vigie.api.get<IncidentOwners>('/api/incidents/owners');
  expect(owners.items.map((person) => person.id)).toContain(users[0]!.id);
  await vigie.api.ok('PATCH', `/api/incidents/${id}`, { owner: users[0]!.id });
  await until('the clock to stop', async () => (await clock(id, 'acknowledge'))?.stoppedAt !== null);
  // Late stays late.
  expect((await clock(id, 'acknowledge'))?.state).toBe('breached');
  const list = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=clinic&sort=due');
  expect(list.items[0]).toMatchObject({ id, clockState: 'breached', dueAt: expect.any(Number) });

  const story = await vigie.api.get<IncidentView>(`/api/incidents/${id}`);
  const told = story.timeline.map(({ text }) => text).join('\n');
  expect(told).toContain('Clocks started: “notify”, “acknowledge”, “contain”, “resolve”');
  expect((await vigie.status()).warnings.map(({ code }) => code)).not.toContain('VIGIE_CLOCKS_NOBODY');
  expect(told).toContain('On call, level 1: Ada');
  expect(told).toContain('On call, level 2: Max');
});

test('each warning and each breach once, over a killed server', async () => {
  const id = await attack('lake-02');
  await until('the clocks', async () => (await clocksOf(id)).clocks.length === 4);
  await vigie.kill('server');
  await until('the server', async () => (await vigie.api.call('GET', '/api/health')).status === 200, 60_000);
  await until('the breach', async () => (await clock(id, 'acknowledge'))?.state === 'breached');
  const { events } = await clocksOf(id);
  const marks = events.filter((one) => one.clock === 'acknowledge' && /warned|breached/.test(one.event));
  expect(marks.map(({ event }) => event)).toEqual(['warned', 'breached']);
  await until('the mail of the breach', () =>
    about(id, ADA.email).some(({ subject }) => /dépassé/.test(subject)),
  );
  const seen = about(id, ADA.email).map(({ messageId }) => messageId);
  expect(new Set(seen).size).toBe(seen.length);
  expect(about(id, ADA.email).filter(({ subject }) => /dépassé/.test(subject))).toHaveLength(1);
});

test('a forged, changed or foreign link is worth nothing', async () => {
  const link = linkIn(mails.mails.find((mail) => mail.to.includes(MAX.email))!.text);
  const [content, proof] = link.split('/api/calls/')[1]!.split('.');
  const other = JSON.parse(Buffer.from(content!, 'base64url').toString());
  const longer = Buffer.from(JSON.stringify({ ...other, expiresAt: other.expiresAt + DAY })).toString(
    'base64url',
  );
  for (const forged of [`${longer}.${proof}`, `${content}.`, content!, `${content}.${proof}.x`, 'x.y']) {
    const answer = await fetch(`${vigie.run.url}/api/calls/${forged}`, { method: 'POST' });
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('Clinic');
  }
});

test('waiting for the client pauses; contained and closed stop; both totals are there', async () => {
  const id = await attack('lake-03');
  await vigie.api.ok('PATCH', `/api/incidents/${id}`, { status: 'waiting-for-client' });
  await until('the pause', async () => (await clock(id, 'resolve'))?.state === 'paused');
  const open = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=clinic&status=open');
  expect(open.items.map((one) => one.id)).toContain(id);
  await vigie.api.ok('PATCH', `/api/incidents/${id}`, { status: 'in-progress' });
  await vigie.api.ok('PATCH', `/api/incidents/${id}`, { status: 'contained' });
  await until('contained', async () => (await clock(id, 'contain'))?.state === 'met');
  const resolve = (await clock(id, 'resolve'))!;
  expect(resolve.state).toBe('running');
  expect(resolve.usedWithPausesMs - resolve.usedMs).toBeGreaterThan(0);
  await until('the client told by mail', async () => (await clock(id, 'notify'))?.state === 'met');
  await vigie.api.ok('PATCH', `/api/incidents/${id}`, { status: 'closed', verdict: 'true-positive' });
  await until('resolved', async () => (await clock(id, 'resolve'))?.state === 'met');
  const { items } = await vigie.api.get<ClockStatistics>('/api/clocks/statistics?tenant=clinic');
  expect(items.find(({ kind }) => kind === 'resolve')).toMatchObject({ met: 1, breached: 0 });
  expect(items.find(({ kind }) => kind === 'acknowledge')!.breached).toBeGreaterThanOrEqual(2);
});

test('whom to call, in their order; a client’s own people see no names of those on call', async () => {
  const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?q=lake-01');
  const { id } = items[0]!;
  expect((await clocksOf(id)).contacts.map(({ name }) => name)).toEqual(['Noé', 'Nia']);
  const client = await vigie.keyFor('client-administrator', ['clinic']);
  const theirs = await clocksOf(id, client);
  expect(theirs.clocks).toHaveLength(4);
  expect(theirs.calls).toEqual([]);
  const outbox = await client.call('GET', '/api/outbox?tenant=clinic');
  expect(JSON.stringify(outbox.body)).not.toContain(MAX.email);
  // Privilege escalation: nobody promises themselves more.
  const greedy = { contract: { ...BRIEF, name: 'Platinum' } };
  expect((await client.call('PUT', '/api/tenants/clinic/profile', greedy)).status).toBe(403);
  expect((await client.call('GET', '/api/rotas')).status).toBe(403);
});

test('who is called and whose it is read so in the console; who may not see the client is not called', async () => {
  const person = (name: string, role: string, email: string, tenants: string[] | null) =>
    account(vigie, { name, role, email, tenants });
  const owner = await person('Owen', 'analyst', 'owen@soc.example.com', null);
  const mistaken = (tenants: string[] | null, ...emails: string[]) => ({
    name: 'Mistaken',
    startsOn: '2026-01-05',
    members: emails.map((email) => ({ name: email, email })),
    shifts: [{ ...ALWAYS, members: [0] }],
    tenants,
  });
  const put = (rota: object) => vigie.api.call('PUT', '/api/rotas/mistaken', rota);
  // Nobody knows yet that the address is a client’s; from the account on, it is not called any more.
  expect((await put(mistaken(null, 'EVE@clinic.example.org'))).status).toBe(200);
  const ada = await person('Ada', 'analyst', ADA.email, null);
  const eve = await person('Eve', 'client-administrator', 'eve@clinic.example.org', ['clinic']);
  const olga = await person('Olga', 'analyst', 'olga@soc.example.com', ['other']);
  for (const refused of [
    mistaken(null, eve.email),
    mistaken(null, olga.email),
    mistaken(['clinic'], olga.email),
  ])
    expect((await put(refused)).body).toMatchObject({ error: { code: 'VIGIE_API_OUT_OF_REACH' } });
  const swap = { from: Date.now(), to: Date.now() + DAY, kind: 'swap' };
  for (const { email } of [eve, olga]) {
    const override = { ...swap, member: { name: email, email } };
    expect((await vigie.api.call('POST', '/api/rotas/analysts/overrides', override)).status).toBe(409);
  }
  const profile = (contract: object) => vigie.api.ok('PUT', '/api/tenants/clinic/profile', { contract });
  await profile({ name: 'Brief', levels: { high: { contain: 8 }, critical: { contain: 8 } }, warnAt: [0.5] });
  const id = await attack('lake-09');
  await vigie.api.ok('PATCH', `/api/incidents/${id}`, { owner: owner.id });
  const kinds = async ({ api }: { api: Api }) =>
    (await api.get<NoticeList>('/api/notices')).items
      .filter(({ incident, kind }) => incident === id && kind.startsWith('clock'))
      .map(({ kind }) => kind);
  // A warning and a breach, once each, however many levels and rotas were called.
  for (const one of [ada, owner])
    await until('both in the news', async () => (await kinds(one)).length >= 2, 30_000);
  for (const one of [ada, owner])
    expect((await kinds(one)).sort()).toEqual(['clock-breach', 'clock-warning']);
  // Those who may be called have been by now.
  expect(about(id, ADA.email).length).toBeGreaterThan(0);
  expect(
    mails.mails.some(({ to, text }) => to[0]?.toLowerCase() === eve.email && text.includes(`INC-${id}`)),
  ).toBe(false);
  expect(await kinds(eve)).toEqual([]);
  const { items } = await vigie.api.get<IncidentOwners>('/api/incidents/owners');
  expect(items.find(({ name }) => name === 'Ada')).toMatchObject({ onDuty: true });
  expect(items.find(({ name }) => name === 'Owen')).toMatchObject({ onDuty: false, tenants: null });
  expect(items.find(({ name }) => name === 'Olga')).toMatchObject({ tenants: ['other'] });
  const given = await vigie.api.call('PATCH', `/api/incidents/${id}`, { owner: olga.id });
  expect(given).toMatchObject({ status: 409, body: { error: { code: 'VIGIE_API_OUT_OF_REACH' } } });
  expect(
    await vigie.api.ok('POST', '/api/incidents/bulk', { ids: [id], change: { owner: olga.id } }),
  ).toMatchObject({ done: [], failed: [{ id, code: 'VIGIE_API_OUT_OF_REACH' }] });
  await vigie.api.ok('DELETE', '/api/rotas/mistaken');
  await profile(BRIEF);
});

test('somebody swaps, and leaves a note', async () => {
  const from = Date.now() - 1000;
  const rota = await vigie.api.ok<RotaView>('POST', '/api/rotas/analysts/overrides', {
    from,
    to: from + DAY,
    member: { name: 'Bea', email: 'bea@soc.example.com' },
    kind: 'sickness',
  });
  expect(rota).toMatchObject({ now: { member: { name: 'Bea' } }, next: { member: { name: 'Ada' } } });
  const noted = await vigie.api.ok<RotaView>('POST', '/api/rotas/analysts/notes', {
    text: 'Lake-01 is being rebuilt',
  });
  expect(noted.notes[0]?.text).toBe('Lake-01 is being rebuilt');
  await vigie.api.ok('DELETE', `/api/rotas/analysts/overrides/${rota.overrides[0]!.id}`);
});

test('duties to report: started by a person, step by step, with a report that marks its gaps', async () => {
  const id = (await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?q=lake-01')).items[0]!.id;
  const awareAt = Date.now() - 3_600_000;
  const started = await vigie.api.ok<IncidentRegimes>('POST', `/api/incidents/${id}/regimes`, {
    regime: 'nis2',
    awareAt,
    reason: 'The laboratory stands still',
  });
  const nis2 = started.items.find((one) => one.id === 'nis2')!;
  expect(nis2.steps.map(({ clock: one, after }) => one?.dueAt ?? after)).toEqual([
    awareAt + DAY,
    awareAt + 3 * DAY,
    'notification',
  ]);
  const again = await vigie.api.call('POST', `/api/incidents/${id}/regimes`, {
    regime: 'nis2',
    awareAt,
    reason: 'twice',
  });
  expect(again.status).toBe(409);
  const step = `/api/incidents/${id}/regimes/nis2`;
  expect((await vigie.api.call('POST', `${step}/final-report/done`, { note: 'too soon' })).status).toBe(409);
  const sent = await vigie.api.ok<IncidentRegimes>('POST', `${step}/notification/done`, {
    note: 'CSIRT 4711',
  });
  const final = sent.items.find((one) => one.id === 'nis2')!.steps[2]!.clock!;
  expect(final.dueAt! - Date.now()).toBeGreaterThan(27 * DAY);

  const draft = await vigie.api.get<ReportDraft>(`${step}/early-warning/report?language=de`);
  expect(draft.text).toContain('# Frühwarnung');
  expect(draft.text).toContain(`INC-${id}`);
  expect(draft.gaps).toBeGreaterThan(1);
  const text = draft.text.replace(/\[▢[^\]]*\]/g, 'Bekannt.');
  const kept = await vigie.api.ok<ReportDraft>('PUT', `${step}/early-warning/report`, {
    language: 'de',
    text,
    revision: 0,
  });
  expect(kept).toMatchObject({ gaps: 0, saved: { revision: 1 } });
  const lost = await vigie.api.call('PUT', `${step}/early-warning/report`, {
    language: 'de',
    text: 'x',
    revision: 0,
  });
  expect(lost.status).toBe(409);
  const file = await fetch(`${vigie.run.url}${step}/early-warning/report.md?language=de`, {
    headers: { authorization: `Bearer ${vigie.run.key}` },
  });
  expect(file.headers.get('content-disposition')).toContain('attachment');
  expect(await file.text()).toBe(text);
});

test('hours that are entered later move the deadlines that count in them', async () => {
  const levels = { high: { ...BRIEF.levels.high, hours: 'business' }, critical: BRIEF.levels.critical };
  const contract = { ...BRIEF, levels, warnAt: [] };
  await vigie.api.ok('PUT', '/api/tenants/clinic/profile', { contract });
  const id = await attack('lake-04');
  const soon = (await until('the clock', () => clock(id, 'resolve'))).dueAt!;
  expect(soon).toBeLessThan(Date.now() + 7_200_000);
  // Open the day after tomorrow only.
  const day = (new Date(Date.now() + 2 * DAY).getUTCDay() + 6) % 7;
  const businessHours = [0, 1, 2, 3, 4, 5, 6].map((each) =>
    each === day ? [{ from: '08:00', to: '20:00' }] : [],
  );
  await vigie.api.ok('PUT', '/api/tenants/clinic/profile', { contract, businessHours });
  await until('the later deadline', async () => (await clock(id, 'resolve'))!.dueAt! > soon + DAY / 2);
  // Mass assignment: what is no part of a profile is refused.
  const more = { contract, businessHours, demo: true };
  expect((await vigie.api.call('PUT', '/api/tenants/clinic/profile', more)).status).toBe(400);
});

test('the hours of a site drive the clocks of its incidents; several sites, and none, leave the tenant’s', async () => {
  const { items: before } = await vigie.api.get<{ items: Site[] }>('/api/tenants/clinic/sites');
  const profile = await vigie.api.get<TenantProfile>('/api/tenants/clinic/profile');
  const inHours = { acknowledge: 3600, hours: 'business' as const };
  const levels = { low: inHours, medium: inHours, high: inHours, critical: inHours };
  // Open on one day only, which is not today anywhere.
  const later = (new Date().getUTCDay() + 3) % 7;
  const closed = Array.from({ length: 7 }, (_, index) =>
    index === (later + 6) % 7 ? [{ from: '00:00', to: '23:00' }] : [],
  );
  await vigie.api.ok('PUT', '/api/tenants/clinic/profile', {
    ...profile,
    businessHours: null,
    contract: { name: 'Gold', levels, warnAt: [] },
  });
  const site = (id: string, hosts: string[]) => ({
    id,
    name: `Site ${id}`,
    timeZone: 'America/New_York',
    businessHours: closed,
    members: hosts.map((name) => ({ kind: 'host', name })),
  });
  await vigie.api.ok('PUT', '/api/tenants/clinic/sites', {
    items: [
      site('north', ['North-01', 'both-01']),
      { ...site('south', []), members: [{ kind: 'user', name: 'BOTH-01-root' }] },
      site('west', ['WEST-*']),
    ],
  });
  const asset = async (name: string) => {
    const [found] = await until(`the asset ${name}`, async () => {
      const { items } = await vigie.api.get<AssetPage>(`/api/assets?tenant=clinic&kind=host&q=${name}`);
      return items.length > 0 && items;
    });
    return vigie.api.get<AssetDetail>(`/api/assets/clinic/${found!.id}`);
  };
  for (const [kind, name] of [
    ['network', '10.2.0.0'],
    ['network', '10.2.0.0/33'],
    ['network', 'west'],
    ['host', '**'],
  ])
    expect(
      (
        await vigie.api.call('PUT', '/api/tenants/clinic/sites', {
          items: [{ ...site('wrong', []), members: [{ kind, name }] }],
        })
      ).status,
      name,
    ).toBe(400);
  const opened = async (host: string) => {
    const id = await attack(host);
    return until(`the clock of ${host}`, () => clock(id, 'acknowledge'));
  };
  const north = await opened('north-01');
  expect(north.site).toBe('Site north');
  expect(north.dueAt! - north.startedAt).toBeGreaterThan(DAY);
  const wall = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' });
  expect(wall.format(north.dueAt!)).toBe('01:00');
  for (const host of ['elsewhere-01', 'both-01']) {
    const free = await opened(host);
    expect(free.site, host).toBeNull();
    expect(free.dueAt! - free.startedAt, host).toBe(3_600_000);
  }
  expect((await opened('west-01')).site).toBe('Site west');
  expect((await asset('west-01')).place).toEqual({
    site: 'Site west',
    by: 'pattern',
    rule: 'WEST-*',
    address: null,
  });
  expect((await asset('north-01')).place).toMatchObject({ by: 'name', rule: 'North-01' });
  expect((await asset('elsewhere-01')).place).toBeNull();
  // The site is gone: what is open follows the tenant.
  await vigie.api.ok('PUT', '/api/tenants/clinic/sites', { items: before });
  const [moved] = (await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?q=north-01')).items;
  await until('the clock to follow the tenant', async () => {
    const found = await clock(moved!.id, 'acknowledge');
    return found?.site === null && found.dueAt! - found.startedAt === 3_600_000;
  });
  await vigie.api.ok('PUT', '/api/tenants/clinic/profile', profile);
});

test('the demo comes with promises whose clocks run, and nobody is called for them', async () => {
  await vigie.api.ok('POST', '/api/demo');
  const { contract } = await vigie.api.get<TenantProfile>('/api/tenants/demo/profile');
  expect(contract?.levels.critical).toMatchObject({ acknowledge: 900 });
  await vigie.api.ok('PUT', '/api/tenants/demo/profile', { contract: BRIEF });
  const late = await until('a breach', async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=demo');
    for (const { id } of items) if ((await clock(id, 'acknowledge'))?.state === 'breached') return id;
    return undefined;
  });
  // Of one that did happen, somebody is told; what was due before it is through by then.
  await vigie.api.ok('PUT', '/api/tenants/clinic/profile', { contract: BRIEF });
  const real = await attack('lake-05');
  await until('a call', async () => (await clocksOf(real)).calls.length > 0);
  expect((await clocksOf(late)).calls).toEqual([]);
  await vigie.api.ok('DELETE', '/api/demo');
});

test('stored script: a logo is an image and nothing else', async () => {
  const upload = (svg: string) =>
    vigie.api.call('PUT', '/api/branding/logo', {
      type: 'image/svg+xml',
      data: Buffer.from(svg).toString('base64'),
    });
  const inSvg = (inner: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${inner}</svg>`;
  const hostile = [
    inSvg('<script>alert(1)</script>'),
    inSvg('<path d="M0 0" onload="alert(1)"/>'),
    inSvg('<foreignObject><p>x</p></foreignObject>'),
    inSvg('<a href="javascript:alert(1)"><path d="M0 0"/></a>'),
    inSvg('<image href="https://mole.example.com/x.png"/>'),
    inSvg('<rect fill="url(https://mole.example.com/x)" width="1" height="1"/>'),
    inSvg('<style>@import url(//mole.example.com)</style>'),
    inSvg('<set attributeName="href" to="javascript:alert(1)"/>'),
    inSvg('<text>&#x3c;script&#x3e;</text>'),
    `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${inSvg('<text>&x;</text>')}`,
    `${inSvg('')}<script>alert(1)</script>`,
    '<html><svg></svg></html>',
  ];
  for (const svg of hostile) expect((await upload(svg)).status, svg).toBe(400);
  const drawn = inSvg(
    '<defs><linearGradient id="g"><stop offset="0" stop-color="#123"/></linearGradient></defs><path fill="url(#g)" d="M0 0h9v9z"/>',
  );
  expect((await upload(drawn)).status).toBe(200);
  const served = await fetch(`${vigie.run.url}/api/branding/logo`);
  expect(served.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await served.text()).toBe(drawn);
  const png = { type: 'image/png', data: Buffer.from(drawn).toString('base64') };
  expect((await vigie.api.call('PUT', '/api/branding/logo', png)).status).toBe(400);
});

test('a colour must carry white text; the sender of mails is the provider’s', async () => {
  expect((await vigie.api.call('PUT', '/api/branding', { colour: '#ffdd00' })).status).toBe(400);
  await vigie.api.ok('PUT', '/api/branding', {
    name: 'Harbour Watch',
    colour: '#7a1f4d',
    senderName: 'Harbour Watch night desk',
    senderAddress: 'desk@harbour.example.com',
  });
  expect(
    (await vigie.api.call('PUT', '/api/branding', { senderName: 'x\r\nBcc: mole@example.com' })).status,
  ).toBe(400);
  const before = mails.mails.length;
  await vigie.api.ok('POST', '/api/mail/test', { to: 'gus@example.org' });
  await until('the mail', () => mails.mails.length > before);
  expect(mails.mails.at(-1)!.source).toContain('From: Harbour Watch night desk <desk@harbour.example.com>');
  expect(mails.mails.at(-1)!.text).toContain('Harbour Watch');
});

test('a mail carries the logo as a picture of pixels, never as a drawing; its text stays as it is', async () => {
  const mailed = async (): Promise<TakenMail> => {
    const before = mails.mails.length;
    await vigie.api.ok('POST', '/api/mail/test', { to: 'gus@example.org' });
    return until('the mail', () => mails.mails[before]);
  };
  // The drawing that was taken before is for the console.
  const drawn = await mailed();
  expect(drawn.source).not.toMatch(/svg|vigie-logo/i);
  const bytes = png(240, 48, [20, 110, 120]);
  const upload = { type: 'image/png', data: bytes.toString('base64') };
  await vigie.api.ok('PUT', '/api/branding/logo', upload);
  const shown = await mailed();
  expect(shown.html).toContain('src="cid:vigie-logo" alt="Harbour Watch" width="220" height="44"');
  expect(shown.source).toMatch(/^Content-ID: <vigie-logo>/im);
  expect(shown.source.replaceAll('\r\n', '')).toContain(upload.data);
  const still = (text: string) => text.replace(/\d{1,2}:\d{2}:\d{2}/g, '');
  expect(still(shown.text)).toBe(still(drawn.text));
  expect((await vigie.api.call('PUT', '/api/branding/logo', { ...upload, type: 'image/jpeg' })).status).toBe(
    400,
  );
  await vigie.api.ok('DELETE', '/api/branding/logo');
  expect((await mailed()).source).not.toContain('vigie-logo');
});

test('sites keep what belongs to them; another client’s are not found', async () => {
  const site = {
    id: 'north',
    name: 'North wing',
    timeZone: 'Europe/Zurich',
    watchedSince: '2026-11-03',
    members: [{ kind: 'source', name: 'servers' }],
  };
  await vigie.api.ok('PUT', '/api/tenants/clinic/sites', { items: [site] });
  expect(await vigie.api.get('/api/tenants/clinic/sites')).toMatchObject({
    items: [{ ...site, address: '' }],
  });
  const twice = { items: [site, { ...site, id: 'south' }] };
  expect((await vigie.api.call('PUT', '/api/tenants/clinic/sites', twice)).status).toBe(400);
  const other = await vigie.keyFor('client-administrator', ['other']);
  expect((await other.call('GET', '/api/tenants/clinic/sites')).status).toBe(404);
});
