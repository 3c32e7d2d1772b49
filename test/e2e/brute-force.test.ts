import { execFile } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { EventView, IncidentSummary, IncidentView, MailView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSender } from '../../server/collect/testing/senders.ts';
import { MailServer } from '../support/mail-server.ts';
import { RSYSLOGD, Rsyslog } from '../support/rsyslog.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const run = promisify(execFile);
const logger = findSender('logger');

const mail = new MailServer();
let vigie: Vigie;

beforeAll(async () => {
  await mail.open();
  vigie = await Vigie.start({
    config: {
      mail: mail.settings,
      http: { publicUrl: 'https://watch.example.com' },
      provider: { name: 'Example SOC', phone: '+33 1 99 00 12 34' },
    },
  });
  await vigie.freeLoopback();
  await vigie.addTenant('acme', {
    name: 'Acme Ltd',
    contacts: [
      { name: 'Ada', email: 'ada@acme.example.com', minLevel: 'medium' },
      { name: 'Night desk', email: 'night@acme.example.com', minLevel: 'medium', kinds: ['operations'] },
    ],
  });
  await vigie.addTenant('dupont', {
    name: 'Dupont SA',
    language: 'fr',
    timeZone: 'Europe/Paris',
    contacts: [
      { name: 'Zoé', email: 'zoe@dupont.example.com', minLevel: 'medium' },
      { name: 'Direction', email: 'direction@dupont.example.com', minLevel: 'high' },
    ],
  });
  await vigie.addSource('acme', 'servers');
  await vigie.addSource('dupont', 'serveurs');
});
afterAll(async () => {
  await vigie?.remove();
  await mail.close();
});

/** Binds this machine's address to one source, and to no other. */
async function listenFor(tenant: string, source: string): Promise<void> {
  for (const [t, s] of [
    ['acme', 'servers'],
    ['dupont', 'serveurs'],
  ])
    await vigie.api.ok('PATCH', `/api/sources/${t}/${s}`, {
      addresses: t === tenant && s === source ? ['127.0.0.1'] : [],
    });
}

/** The traditional time stamp of syslog, in UTC. */
function stamp(at: number): string {
  const [, month, day, time] = /^\w+, (\d+) (\w+) \d+ ([\d:]+)/.exec(new Date(at).toUTCString()) ?? [];
  return `${day} ${month?.replace(/^0/, ' ')} ${time}`;
}

/** What the guessing of a password, the way in and the taking of root leave in a server's log. */
function attack(): string[] {
  const start = Date.now() - 240_000;
  const lines = Array.from(
    { length: 22 },
    (_, n) =>
      `${stamp(start + n * 5000)} files03 sshd[${4100 + n}]: Failed password for backup from 198.51.100.77 port ${40_000 + n} ssh2`,
  );
  lines.push(
    `${stamp(start + 120_000)} files03 sshd[4190]: Accepted password for backup from 198.51.100.77 port 41900 ssh2`,
    `${stamp(start + 121_000)} files03 sshd[4190]: pam_unix(sshd:session): session opened for user backup(uid=1007) by (uid=0)`,
    `${stamp(start + 150_000)} files03 sudo:   backup : TTY=pts/0 ; PWD=/home/backup ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow`,
  );
  return lines;
}

async function onlyIncident(tenant: string): Promise<IncidentView> {
  const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(
    `/api/incidents?tenant=${tenant}&status=all`,
  );
  expect(items).toHaveLength(1);
  return vigie.api.get<IncidentView>(`/api/incidents/${items[0]!.id}`);
}

async function mailsOf(tenant: string): Promise<MailView[]> {
  const { items } = await vigie.api.get<{ items: MailView[] }>(`/api/outbox?tenant=${tenant}`);
  return items;
}

describe.runIf(RSYSLOGD !== undefined && logger !== undefined)('through a real rsyslog', () => {
  test('raw lines of an attack become one incident with its evidence, and one mail', async () => {
    await listenFor('acme', 'servers');
    const rsyslog = new Rsyslog(vigie.run.syslogPort, 'traditional');
    const sent = attack();
    try {
      appendFileSync(rsyslog.file, sent.map((line) => `${line}\n`).join(''));
      await until('all lines', async () => (await vigie.events('', ['acme'])).length >= sent.length).catch(
        (cause: unknown) => {
          throw new Error(`${cause}\n${rsyslog.output}`);
        },
      );
      await vigie.settled();
      await until('the mail', () => mail.mails.length > 0);
    } finally {
      await rsyslog.stop();
    }

    const stored = await vigie.events('', ['acme']);
    expect(stored.map((event) => event.fields['event.original']).sort()).toEqual([...sent].sort());

    const incident = await onlyIncident('acme');
    expect(incident.tenant).toBe('acme');
    expect(['high', 'critical']).toContain(incident.level);
    expect(incident.status).toBe('new');
    expect(incident.techniques.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['T1110.001', 'T1078', 'T1548.003']),
    );
    expect(incident.techniques.every(({ name, tactic }) => name !== '' && tactic !== '')).toBe(true);
    const entities = incident.entities.map(({ type, value }) => `${type}:${value}`);
    expect(entities).toEqual(expect.arrayContaining(['host:files03', 'ip:198.51.100.77', 'user:backup']));

    const rules = new Map(incident.alertList.map((alert) => [alert.ruleId, alert]));
    expect([...rules.keys()].sort()).toEqual(
      [
        '2ddf7112-2ee8-49e9-a57e-37dad4136da1',
        '5d667729-2c39-47da-affe-d003ef8e8cd9',
        '0a7235b6-4226-479f-be01-31d073490992',
      ].sort(),
    );
    for (const alert of incident.alertList) {
      expect(alert.count).toBe(1);
      expect(alert.diagnosis).not.toBe('');
      expect(alert.advice.length).toBeGreaterThan(0);
      const [proof] = alert.evidence;
      expect(proof?.matched.length).toBeGreaterThan(0);
      expect(proof?.events.length).toBeGreaterThan(0);
      for (const { id, at } of proof?.events ?? []) {
        const event = await vigie.api.get<EventView>(`/api/events/acme/${id}?at=${at}`);
        expect(sent).toContain(event.fields['event.original']);
      }
    }
    const guessed = rules.get('2ddf7112-2ee8-49e9-a57e-37dad4136da1')?.evidence[0];
    const counted = guessed?.matched.find(({ field }) => field === 'events')?.value;
    expect(guessed?.events.length).toBeGreaterThanOrEqual(5);
    expect(guessed?.events.length).toBe(Number(counted));
    expect(guessed?.matched).toContainEqual({
      field: 'source.ip',
      value: '198.51.100.77',
      condition: 'group-by',
    });
    const last = rules.get('0a7235b6-4226-479f-be01-31d073490992')?.evidence[0]?.events.at(-1);
    const rooted = await vigie.api.get<EventView>(`/api/events/acme/${last?.id}`);
    expect(rooted.fields['event.original']).toBe(sent.at(-1));

    // Nobody else is told, and nothing is told twice.
    await until('the outbox to be empty', async () =>
      (await mailsOf('acme')).every(({ state }) => state === 'sent'),
    );
    expect(mail.mails.map(({ to }) => to)).toEqual([['ada@acme.example.com']]);
    const [told] = mail.mails;
    expect(told?.subject).toContain(`INC-${incident.id}`);
    expect(told?.text).toContain(`https://watch.example.com/incidents/${incident.id}`);
    expect(told?.html).toContain(`https://watch.example.com/incidents/${incident.id}`);
    expect(told?.text).toContain('files03');
    expect(told?.text).toContain('198.51.100.77');
    expect(told?.text).toContain('+33 1 99 00 12 34');
    expect(told?.html).toMatch(/<html[^>]*lang="en"/);
    const outbox = await mailsOf('acme');
    expect(outbox).toHaveLength(1);
    expect(outbox[0]).toMatchObject({ incident: incident.id, to: 'ada@acme.example.com', attempts: 1 });
    expect(incident.timeline.map(({ kind }) => kind)).toContain('evidence');
    const later = await vigie.api.get<IncidentView>(`/api/incidents/${incident.id}`);
    expect(later.mails).toMatchObject([{ to: 'ada@acme.example.com', state: 'sent' }]);

    // The command line shows the same.
    const listed = await vigie.command('incident', 'list', '--json');
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain(incident.title);
  });

  test('a program that logs through syslog; the client reads French, and who wants only severe ones is left alone', async () => {
    await listenFor('dupont', 'serveurs');
    const before = mail.mails.length;
    const rsyslog = new Rsyslog(vigie.run.syslogPort, 'octet-counted');
    const messages = Array.from(
      { length: 18 },
      (_, n) => `Failed password for root from 203.0.113.9 port ${50_000 + n} ssh2`,
    );
    try {
      await until('the socket of rsyslog', () => existsSync(rsyslog.socket));
      for (const message of messages)
        await run(logger!, [
          '--socket',
          rsyslog.socket,
          '--tag',
          'sshd',
          '--id=2207',
          '-p',
          'auth.info',
          message,
        ]);
      await until(
        'all lines',
        async () => (await vigie.events('', ['dupont'])).length >= messages.length,
      ).catch((cause: unknown) => {
        throw new Error(`${cause}\n${rsyslog.output}`);
      });
      await vigie.settled();
      await until('the mail', () => mail.mails.length > before);
    } finally {
      await rsyslog.stop();
    }
    const incident = await onlyIncident('dupont');
    expect(incident.level).toBe('medium');
    expect(incident.entities).toContainEqual({ type: 'host', value: 'db07.example.org' });
    await until('the outbox to be empty', async () =>
      (await mailsOf('dupont')).every(({ state }) => state === 'sent'),
    );
    const told = mail.mails.slice(before);
    expect(told.map(({ to }) => to)).toEqual([['zoe@dupont.example.com']]);
    expect(told[0]?.html).toMatch(/<html[^>]*lang="fr"/);
    expect(told[0]?.text).toContain('Force brute SSH contre db07.example.org');
    expect(told[0]?.text).not.toMatch(/\b(?:brute force against|What to do)\b/);
    expect(told[0]?.text).toContain(`https://watch.example.com/incidents/${incident.id}`);

    // What the two clients sent stays with each of them.
    const acme = await vigie.keyFor('client-reader', ['acme']);
    expect((await vigie.events('203.0.113.9', undefined, acme)).length).toBe(0);
    expect((await vigie.events('203.0.113.9')).length).toBe(messages.length);
  });
});
