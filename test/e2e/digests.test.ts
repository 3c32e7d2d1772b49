import type { IncidentClocks, IncidentSummary, MailView } from '@vigie/contracts/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MailServer } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const NIA = 'nia@clinic.example.org';

let mails: MailServer;
let vigie: Vigie;
let token: string;

beforeAll(async () => {
  mails = await new MailServer().open();
  vigie = await Vigie.start({
    config: {
      mail: { ...mails.settings, digest: { after: 1, holdMinutes: 0.2, urgent: 'critical' } },
    },
  });
  await vigie.freeLoopback();
  await vigie.addTenant('clinic', {
    name: 'Clinic of the Lake',
    contacts: [{ name: 'Nia', email: NIA, minLevel: 'low', languages: ['de'] }],
  });
  await vigie.api.ok('PUT', '/api/tenants/clinic/profile', {
    contract: { name: 'Gold', levels: { high: { notify: 600 } }, warnAt: [0.5] },
  });
  token = await vigie.addSource('clinic', 'servers');
});
afterAll(async () => {
  await vigie?.remove();
  await mails?.close();
});

test('a client with many incidents at once gets the first by itself and the others as one mail, told in time', async () => {
  const hosts = ['lake-01', 'lake-02', 'lake-03', 'lake-04'];
  const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    // An account with user id 0: an incident of its own for each host.
    body: hosts
      .map(
        (host) =>
          `<86>1 ${new Date().toISOString()} ${host} useradd 900 - - new user: name=${host}-root, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
      )
      .join('\n'),
  });
  expect(answer.status).toBe(200);
  const items = async () =>
    (await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=clinic')).items;
  const incidents = await until('the incidents', async () => {
    const list = await items();
    return list.length === hosts.length && list;
  });
  expect(incidents.every(({ level }) => level === 'high')).toBe(true);
  const digest = await until('the digest', () =>
    mails.mails.find(({ subject }) => subject === '3 Nachrichten zu Clinic of the Lake'),
  );
  expect(mails.mails.filter(({ to }) => to.includes(NIA))).toHaveLength(2);
  const first = mails.mails.find(({ to, subject }) => to.includes(NIA) && subject !== digest.subject)!;
  for (const { id } of incidents)
    expect(`${first.subject} ${digest.text}`.match(new RegExp(`INC-${id}\\b`, 'g'))).toHaveLength(1);
  const outbox = async () =>
    (await vigie.api.get<{ items: MailView[] }>('/api/outbox?tenant=clinic&limit=50')).items;
  const gathered = await until('all of it to be sent', async () => {
    const list = await outbox();
    return list.every(({ state }) => state === 'sent') && list.filter((mail) => mail.digest !== null);
  });
  expect(gathered).toHaveLength(3);
  // Being told in a digest is being told.
  for (const { id } of incidents)
    await until('the clock to stop', async () => {
      const { clocks } = await vigie.api.get<IncidentClocks>(`/api/incidents/${id}/clocks`);
      return clocks.find(({ kind }) => kind === 'notify')?.state === 'met';
    });
});
