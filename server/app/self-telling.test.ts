import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Level } from '@vigie/contracts';
import type { Contact, Language } from '@vigie/contracts/api';
import { permissionsOf } from '@vigie/contracts/api';
import type { ContactFunction } from '@vigie/contracts/contacts.ts';
import { ProcedureFile, whomOf } from '@vigie/contracts/procedure/file.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Identity, Notice } from '../api/index.ts';
import type { Procedure } from '../procedures/index.ts';
import { createMailRenderer } from '../respond/mail/render.ts';
import { IncidentProcedureStore } from '../storage/state/incident-procedure-store.ts';
import { PostgresIncidents } from '../storage/state/incident-store.ts';
import { SelfTellingStore } from '../storage/state/self-telling-store.ts';
import { TellingStore } from '../storage/state/telling-store.ts';
import { addTenants, openTestState, type TestState } from '../storage/state/testing/test-state.ts';
import { createTriageStore } from '../storage/state/triage-store.ts';
import { createTriage } from '../triage/index.ts';
import { SelfTeller } from './self-telling.ts';
import { StepMails } from './step-mails.ts';

const directory = fileURLToPath(new URL('../../templates/mail', import.meta.url));
const renderer = createMailRenderer({ directory, provider: { name: 'Watch' } });
const ADA = {
  id: 'ada',
  name: 'Ada',
  kind: 'account',
  role: 'client-administrator',
  scope: ['acme'],
  permissions: permissionsOf('client-administrator'),
} as unknown as Identity;

const words = (language: string) => ({
  title: `Fire ${language}`,
  summary: '',
  steps: Object.fromEntries(
    ['warn', 'look', 'bosses', 'lead', 'police', 'call', 'blank'].map((id) => [
      id,
      {
        title: id,
        text: '',
        options: {},
        message:
          id === 'look'
            ? null
            : `${language}: {incident} at {organisation}${id === 'police' ? ' {domain}' : id === 'blank' ? ' Seen: …' : ''}`,
      },
    ]),
  ),
});
const PROCEDURE: Procedure = {
  file: ProcedureFile.parse({
    id: 'fire',
    version: 1,
    types: ['malware'],
    steps: [
      { id: 'warn', kind: 'tell', whom: 'client-it' },
      { id: 'look', kind: 'task' },
      { id: 'bosses', kind: 'tell', whom: ['client-management', 'client-dpo'] },
      { id: 'lead', kind: 'tell', whom: 'client-it', roles: ['soc-manager'] },
      { id: 'police', kind: 'tell', whom: 'police' },
      { id: 'call', kind: 'tell', whom: 'police', person: true },
      { id: 'blank', kind: 'tell', whom: 'police' },
    ],
  }),
  words: { en: words('en'), fr: words('fr') },
};

const contact = (name: string, functions: ContactFunction[], more: Partial<Contact> = {}): Contact => ({
  name,
  email: `${name}@acme.example`,
  minLevel: 'critical',
  kinds: ['incident'],
  functions,
  languages: [],
  hours: 'always',
  ...more,
});

let state: TestState;
let now: number;
let batch = 0;
let contacts: Contact[];
let tellers: SelfTeller[];

beforeAll(async () => {
  state = await openTestState();
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  now = Date.now();
  await state.db.deleteFrom('outbox').execute();
  await state.db.deleteFrom('tenant').execute();
  await addTenants(state.db, ['acme', 'globex']);
  contacts = [
    contact('it', ['client-it']),
    contact('boss', ['client-management'], { languages: ['fr'] }),
    contact('dpo', ['client-dpo']),
    contact('constable', ['police']),
    contact('porter', ['client-staff']),
  ];
  // As two servers over one database.
  tellers = [teller(), teller()];
});

function teller(mayMail = true): SelfTeller {
  const tenant = (id: string) => ({ id, name: id, language: 'en' as Language, timeZone: 'UTC', contacts });
  return new SelfTeller({
    store: new SelfTellingStore(state.db),
    procedures: new IncidentProcedureStore(state.db),
    tellings: new TellingStore(state.db),
    incidents: new PostgresIncidents(state.db, () => now),
    tenant,
    mails: new StepMails({ renderer, tenant, link: (id) => `https://vigie.example/incidents/${id}` }),
    mailer: mayMail ? { wake: () => undefined } : undefined,
    publish: () => undefined,
    subscribe: (_listener: (notice: Notice) => void) => () => undefined,
    now: () => now,
    log: { error: ({ err }: { err?: unknown }) => expect.unreachable(String(err)) },
  });
}

async function incidentOf(level: Level, tenant = 'acme'): Promise<number> {
  const id = `d${++batch}`;
  const entity = { type: 'host' as const, value: `host-${batch}` };
  const triage = createTriage({
    store: createTriageStore(state.db),
    rule: (rule) => ({ id: rule, title: rule, level, techniques: [], alertTitle: () => rule }),
    tactic: () => undefined,
    now: () => now,
    foldWindow: 86_400_000,
    incidentWindow: 14_400_000,
  });
  const { opened } = await triage.apply(tenant, batch, [
    {
      id,
      tenant,
      ruleId: `rule-${batch}`,
      level,
      time: now,
      detectedAt: now,
      events: [{ id, time: now, source: 's' }],
      entities: [entity],
      foldBy: [entity],
      matched: [],
      facts: {},
    },
  ]);
  return opened[0]!.id;
}

const allow = (minLevel: Level, functions: ContactFunction[]) =>
  tellers[0]!.save(ADA, 'acme', { allowed: { minLevel, functions } });
const procedures = () => new IncidentProcedureStore(state.db);
async function begin(incident: number): Promise<void> {
  now += 1;
  const doing = { actor: 'Ann', at: now, text: 'begun' };
  const wanted = { id: 'fire', origin: 'shipped', version: 1, procedure: PROCEDURE } as const;
  expect(await procedures().attach('all', incident, wanted, doing)).toBe(true);
}
async function settle(incident: number, step: string, to: 'done' | null = 'done'): Promise<void> {
  await procedures().step('all', incident, 'fire', () => ({
    record: {
      step,
      state: to,
      at: now,
      actor: 'Ann',
      reason: null,
      evidence: null,
      option: null,
      assignee: null,
    },
    doing: { actor: 'Ann', at: now, text: 'x' },
  }));
}
const queued = async () =>
  (
    await state.db.selectFrom('outbox').select(['recipient', 'tenant', 'kind']).orderBy('recipient').execute()
  ).map(({ recipient }) => recipient.split('@')[0]);
/** Both at once, and then one that was started later. */
async function look(incident: number): Promise<void> {
  await Promise.all(tellers.map((one) => one.send(incident)));
  await teller().send(incident);
}
async function why(incident: number, step: string, by = teller()) {
  const found = (await new PostgresIncidents(state.db, () => now).get('all', incident))!.incident;
  const told = await new TellingStore(state.db).of({ scope: 'all', side: 'provider' }, [incident]);
  const [record] = await procedures().list('all', [incident]);
  const one = record!.procedure.file.steps.find(({ id }) => id === step);
  if (one?.kind !== 'tell') throw new Error(`${step} tells nobody`);
  return by.step(await by.about(found, told), record!, one, record!.attachedAt).byHand;
}

describe('steps that send by themselves', () => {
  test('send nothing until somebody allows it', async () => {
    const incident = await incidentOf('critical');
    await begin(incident);
    await look(incident);
    expect(await queued()).toEqual([]);
    expect(await why(incident, 'warn')).toBe('not-allowed');
  });

  test('send once, whoever looks and however often, each when its turn comes, in the contact’s language', async () => {
    await allow('high', ['client-it', 'client-management', 'client-dpo']);
    const incident = await incidentOf('high');
    await begin(incident);
    await look(incident);
    expect(await queued()).toEqual(['it']);
    await settle(incident, 'look');
    await look(incident);
    expect(await queued()).toEqual(['boss', 'dpo', 'it']);
    const told = await new TellingStore(state.db).of({ scope: ['acme'], side: 'client' }, [incident]);
    expect(told.map(({ step, view }) => [step, view.name, view.allowedBy, view.text]).sort()).toEqual([
      ['bosses', 'boss', 'Ada', `fr: INC-${incident} at acme`],
      ['bosses', 'dpo', 'Ada', `en: INC-${incident} at acme`],
      ['warn', 'it', 'Ada', `en: INC-${incident} at acme`],
    ]);
    const { log } = (await new PostgresIncidents(state.db, () => now).get('all', incident))!;
    expect(log.map(({ text }) => text)).toContain(
      'Fire en: step “warn”: told it <it@acme.example> by mail (sent by itself, as Ada allowed)',
    );
    // The provider's people are nobody a client's permission is about.
    expect(await why(incident, 'lead')).toBe('function');
    expect(await why(incident, 'warn')).toBe('told');
  });

  test('do not send again when the step is reopened, nor when the procedure is taken off and used again', async () => {
    await allow('low', ['client-it']);
    const incident = await incidentOf('high');
    await begin(incident);
    await look(incident);
    await settle(incident, 'warn', null);
    await look(incident);
    await procedures().detach('all', incident, 'fire', { actor: 'Ann', at: now, text: 'off' });
    await begin(incident);
    await look(incident);
    expect(await queued()).toEqual(['it']);
    expect(await why(incident, 'warn')).toBe('told');
  });

  test('send nothing below the severity, to nobody who is not allowed, and all or nothing', async () => {
    await allow('high', ['client-it', 'client-management']);
    const low = await incidentOf('medium');
    await begin(low);
    await look(low);
    expect(await why(low, 'warn')).toBe('level');
    const high = await incidentOf('high');
    await begin(high);
    expect(await why(high, 'bosses')).toBe('function');
    await allow('high', ['police', 'client-dpo', 'client-management']);
    const other = await incidentOf('critical');
    await begin(other);
    await look(other);
    expect(await queued()).toEqual([]);
    expect(await why(other, 'warn')).toBe('function');
    // Something must be filled in: the incident knows no domain.
    expect(await why(other, 'police')).toBe('words');
    expect(await why(other, 'blank')).toBe('words');
    expect(await why(other, 'call')).toBe('person');
    contacts = contacts.filter(({ name }) => name !== 'dpo');
    expect(await why(other, 'bosses')).toBe('nobody');
    contacts = [
      contact('dpo', ['client-dpo']),
      contact('boss', ['client-management'], { languages: ['de'] }),
    ];
    expect(await why(other, 'bosses')).toBe('words');
  });

  test('nobody stands in: who is not named gets nothing', async () => {
    await allow('low', ['client-it', 'on-call']);
    contacts = [contact('night', ['on-call'])];
    const incident = await incidentOf('critical');
    await begin(incident);
    await look(incident);
    expect(await queued()).toEqual([]);
    expect(await why(incident, 'warn')).toBe('nobody');
  });

  test('a permission holds for what is begun after it, and no longer than it is given', async () => {
    const before = await incidentOf('critical');
    await begin(before);
    now += 1;
    await allow('low', ['client-it']);
    await look(before);
    expect(await why(before, 'warn')).toBe('before');
    const after = await incidentOf('critical');
    await begin(after);
    await tellers[0]!.save(ADA, 'acme', { allowed: null });
    await look(after);
    expect(await queued()).toEqual([]);
  });

  test('a permission that was taken back while a mail was being written stops it', async () => {
    await allow('low', ['client-it']);
    const incident = await incidentOf('critical');
    await begin(incident);
    const slow = teller();
    const about = (await new PostgresIncidents(state.db, () => now).get('all', incident))!.incident;
    const seen = { allowedBy: 'Ada', allowedAt: now - 1, level: about.level };
    await slow.save(ADA, 'acme', { allowed: null });
    const done = await new TellingStore(state.db).tell(
      { tenant: 'acme', incident, procedure: 'fire', step: 'warn', side: 'provider' },
      () => ({
        now,
        people: [],
        bySelf: seen,
        doings: [],
        record: {
          step: 'warn',
          state: 'done',
          at: now,
          actor: 'Vigie',
          reason: null,
          evidence: null,
          option: null,
          assignee: null,
        },
      }),
    );
    expect(done).toBeUndefined();
    expect((await procedures().list('all', [incident]))[0]!.steps).toEqual([]);
  });

  test('of a demo tenant, a closed incident and without a mail server nobody is told', async () => {
    await allow('low', ['client-it']);
    const closed = await incidentOf('critical');
    await begin(closed);
    await state.db
      .updateTable('incident')
      .set({ status: 'closed', closed_at: now })
      .where('id', '=', closed)
      .execute();
    await look(closed);
    const unsent = await incidentOf('critical');
    await begin(unsent);
    const without = teller(false);
    await without.send(unsent);
    expect(await why(unsent, 'warn', without)).toBe('no-mail');
    await state.db.updateTable('tenant').set({ demo: true }).where('id', '=', 'acme').execute();
    const demo = await incidentOf('critical');
    await begin(demo);
    await look(demo);
    expect(await why(demo, 'warn')).toBe('demo');
    expect(await queued()).toEqual([]);
  });

  test('outside of a contact’s hours the mail waits; without any, a person sends', async () => {
    await allow('low', ['client-it']);
    const day = ((new Date(now).getUTCDay() + 2) % 7) + 1;
    contacts = [contact('it', ['client-it'], { hours: { from: 0, to: 24, days: [day] } })];
    const incident = await incidentOf('critical');
    await begin(incident);
    await look(incident);
    const { not_before: notBefore } = await state.db
      .selectFrom('outbox')
      .select('not_before')
      .executeTakeFirstOrThrow();
    expect(notBefore).toBeGreaterThan(now);
  });

  test('what a server left when it ended is found by the next', async () => {
    await allow('low', ['client-it']);
    const incident = await incidentOf('critical');
    await begin(incident);
    const next = teller();
    next.start();
    try {
      await expect.poll(queued, { timeout: 30_000 }).toEqual(['it']);
    } finally {
      await next.stop();
    }
  });
});

describe('who sees and changes the permission', () => {
  test('a store asked in another tenant’s name shows and changes nothing', async () => {
    await allow('high', ['client-it']);
    const mole = { ...ADA, name: 'Mole', scope: ['globex'] } as Identity;
    const teller = tellers[0]!;
    expect(await teller.get(['globex'], 'acme')).toEqual({ allowed: null });
    await teller.save(mole, 'acme', { allowed: null });
    await expect(
      teller.save(mole, 'acme', { allowed: { minLevel: 'low', functions: ['police'] } }),
    ).rejects.toThrow(/row-level security/);
    expect((await teller.get('all', 'acme')).allowed).toMatchObject({
      minLevel: 'high',
      functions: ['client-it'],
      by: 'Ada',
    });
  });
});

describe('the procedures that come with Vigie', () => {
  test('leave what binds the client before others, and what must not go by mail, to a person', () => {
    const sops = fileURLToPath(new URL('../../sops', import.meta.url));
    const files = readdirSync(sops).map((id) =>
      ProcedureFile.parse(parse(readFileSync(`${sops}/${id}/sop.yml`, 'utf8'))),
    );
    const tells = files.flatMap(({ id, steps }) =>
      steps.flatMap((step) => (step.kind === 'tell' ? [{ id: `${id}/${step.id}`, step }] : [])),
    );
    expect(tells.length).toBeGreaterThan(30);
    const binding = ['authority-nis2', 'authority-data-protection', 'police', 'bank', 'persons-concerned'];
    const byPerson = ['insider/circle', 'medical-device/call', 'impossible-travel/ask-person'];
    for (const { id, step } of tells)
      if (byPerson.includes(id) || whomOf(step).some((each) => binding.includes(each)))
        expect(step.person, id).toBe(true);
  });
});
