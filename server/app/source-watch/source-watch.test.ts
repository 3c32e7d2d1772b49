import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NormalizeCounters } from '../../normalize/index.ts';
import { createMailRenderer } from '../../respond/mail/render.ts';
import type { SupervisedEventStore } from '../../storage/events/options.ts';
import { TestStores } from '../../storage/events/test-store.ts';
import { Directory } from '../../storage/state/directory.ts';
import { openTestState, type TestState } from '../../storage/state/testing/test-state.ts';
import { SourceWatch } from './source-watch.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-02-02T00:00:00Z');
const ANA = { id: 'ana', name: 'Ana' };

const stores = new TestStores();
let state: TestState;
let events: SupervisedEventStore;
let directory: Directory;
let now = START;

beforeAll(async () => {
  state = await openTestState({ maxConnections: 4 });
  events = await stores.open();
  const contacts = [
    {
      name: 'Olga',
      email: 'olga@example.org',
      minLevel: 'high',
      kinds: ['operations'],
      functions: [],
      languages: ['de'],
      hours: 'always',
    },
    { name: 'Ivo', email: 'ivo@example.org', minLevel: 'low', kinds: ['incident'], hours: 'always' },
  ];
  for (const id of ['acme', 'globex'])
    await state.db
      .insertInto('tenant')
      .values({
        id,
        name: id,
        language: 'fr',
        time_zone: 'Europe/Paris',
        retention_days: 30,
        contacts: JSON.stringify(contacts),
        created_at: 0,
      })
      .execute();
  for (const id of ['fw', 'door'])
    await state.db
      .insertInto('source')
      .values({
        tenant: 'acme',
        id,
        name: `Name of ${id}`,
        type: null,
        time_zone: 'UTC',
        addresses: [],
        token_hash: Buffer.from(id),
        created_at: 0,
      })
      .execute();
  directory = new Directory(state.db);
  await directory.reload();
});
afterAll(async () => {
  await state?.close();
  await stores.cleanUp();
});

function watch(): SourceWatch {
  return new SourceWatch({
    db: state.db,
    events,
    directory,
    counters: new NormalizeCounters(),
    registry: [],
    renderer: createMailRenderer({
      directory: join(import.meta.dirname, '..', '..', '..', 'templates', 'mail'),
      provider: { name: 'SOC' },
    }),
    fallback: () => [],
    link: ({ tenant, source }) => `https://vigie.example.org/sources/${tenant}/${source}`,
    wakeMailer: () => undefined,
    publish: () => undefined,
    now: () => now,
    log: {
      warn: (fields, message) => fields['err' as never] && console.error(message, fields),
      info: () => undefined,
    },
  });
}

/** Lets time pass: a hundred logs a minute from the firewall, unless it is said to be silent. */
async function pass(watched: SourceWatch, span: number, step: number, speaks = true): Promise<void> {
  for (const end = now + span; now < end; ) {
    if (speaks)
      for (let at = now; at < now + step; at += MINUTE)
        watched.note(
          Array.from({ length: 100 }, () => ({
            tenant: 'acme',
            source: 'fw',
            receivedAt: at,
            transport: 'syslog-tcp' as const,
          })),
        );
    now += step;
    await watched.tick();
  }
}

const open = (watched: SourceWatch) => watched.alerts('all', { state: 'open', limit: 10 });
const outbox = () =>
  state.db.selectFrom('outbox').select(['recipient', 'subject', 'kind']).orderBy('created_at').execute();

describe('a firewall over three weeks', () => {
  let watched: SourceWatch;
  it('is learnt, and not told of', async () => {
    watched = watch();
    await watched.start();
    await pass(watched, 15 * DAY, HOUR);
    expect(await open(watched)).toEqual([]);
    const health = await watched.health('acme', 'fw');
    expect(health).toMatchObject({ days: 15, usualRate: 100 / 60 });
    expect(health!.patienceMs).toBeLessThan(10 * MINUTE);
    expect(health!.hours).toHaveLength(168);
  }, 180_000);

  it('is missed within minutes, told once to who wants to know, and recovers by itself', async () => {
    const broken = now;
    await pass(watched, 12 * MINUTE, MINUTE, false);
    const [alert] = await open(watched);
    expect(alert).toMatchObject({ kind: 'silent', source: 'fw', state: 'open', recoveredAt: null });
    expect(alert!.openedAt - broken).toBeLessThan(8 * MINUTE);
    expect(watched.figures('acme', 'fw')).toMatchObject({ alerts: [{ kind: 'silent' }] });
    expect(watched.trouble({ tenant: 'acme', source: 'fw' })?.reason).toContain('silent for');
    expect(watched.warnings()).toMatchObject([{ code: 'VIGIE_SOURCE_SILENT' }]);
    expect(await outbox()).toEqual([
      {
        recipient: 'olga@example.org',
        kind: 'operations',
        subject: 'Protokollquelle stumm: Name of fw',
      },
    ]);
    expect(await watched.acknowledge(['globex'], alert!.id, ANA, 'not mine', true)).toBeUndefined();
    expect(await watched.acknowledge(['acme'], alert!.id, ANA, 'power cut', false)).toMatchObject({
      state: 'open',
      acknowledged: { by: 'Ana', note: 'power cut' },
    });
    await pass(watched, 20 * MINUTE, MINUTE);
    expect(await open(watched)).toEqual([]);
    const [past] = await watched.alerts(['acme'], { state: 'all', limit: 10 });
    expect(past).toMatchObject({ id: alert!.id, state: 'recovered' });
    expect(past!.recoveredAt! - broken).toBeGreaterThan(11 * MINUTE);
    expect((await outbox()).map(({ subject }) => subject)).toEqual([
      'Protokollquelle stumm: Name of fw',
      'Protokollquelle wieder aktiv: Name of fw',
    ]);
    expect(await watched.alerts(['globex'], { state: 'all', limit: 10 })).toEqual([]);
  });

  it('that flaps is one alert, and soon no more mails', async () => {
    for (let round = 0; round < 4; round++) {
      await pass(watched, 10 * MINUTE, MINUTE, false);
      await pass(watched, 100 * MINUTE, 5 * MINUTE);
    }
    const all = await watched.alerts('all', { state: 'all', limit: 10 });
    expect(all).toHaveLength(1);
    expect(all[0]!.flaps).toBeGreaterThanOrEqual(3);
    expect((await outbox()).length).toBeLessThanOrEqual(5);
    await pass(watched, DAY, 30 * MINUTE);
    expect(await open(watched)).toEqual([]);
  }, 60_000);

  it('in planned maintenance is neither missed nor learnt from', async () => {
    const made = await watched.addMaintenance(
      {
        tenant: 'acme',
        source: 'fw',
        reason: 'new firmware',
        when: { kind: 'once', from: now, to: now + 4 * HOUR },
      },
      ANA,
    );
    expect(made).toMatchObject({ active: true, createdBy: 'Ana' });
    await pass(watched, 3 * HOUR, 5 * MINUTE, false);
    expect(await open(watched)).toEqual([]);
    const skipped = watched.watcher.of({ tenant: 'acme', source: 'fw' })!.history;
    expect(skipped.value('skip', Math.floor((now - HOUR) / HOUR)) & 2).toBe(2);
    expect(await watched.endMaintenance(['globex'], made!.id, ANA)).toBeUndefined();
    expect(await watched.endMaintenance(['acme'], made!.id, ANA)).toMatchObject({
      active: false,
      endedBy: 'Ana',
    });
    await pass(watched, 3 * MINUTE, MINUTE, false);
    expect(await open(watched)).toEqual([]);
    await pass(watched, 10 * MINUTE, MINUTE, false);
    expect(await open(watched)).toMatchObject([{ kind: 'silent' }]);
  });

  it('is known after a restart: its weeks, its alert, its kinds', async () => {
    watched.counted([
      {
        tenant: 'acme',
        source: 'fw',
        parsed: 1,
        partial: 0,
        failed: 0,
        unrecognised: 0,
        general: 0,
        timeOutOfRange: 0,
        types: {},
        examples: [],
        delays: {},
        kinds: [
          {
            dataset: 'linux.sshd',
            action: 'login',
            code: 'a\0b',
            receivedAt: now,
            text: 'a line \0 with NUL',
          },
        ],
      },
    ]);
    await watched.stop();
    const next = watch();
    await next.start();
    expect(await open(next)).toMatchObject([{ kind: 'silent' }]);
    expect(next.figures('acme', 'fw').alerts).toHaveLength(1);
    const health = await next.health('acme', 'fw');
    expect(health!.days).toBeGreaterThan(14);
    expect(health!.newKinds).toMatchObject([{ dataset: 'linux.sshd', action: 'login' }]);
    expect(next.datasets('acme')).toMatchObject([{ dataset: 'linux.sshd', source: 'fw' }]);
    await pass(next, 6 * HOUR, 5 * MINUTE);
    expect(await open(next)).toEqual([]);
    await next.stop();
  });
});
