import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RuleDetail } from '@vigie/contracts/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

/** Root shell obtained by escaping from a program run with sudo. */
const SUDO = '3135d4cd-cc83-4e03-a90d-623f08e2af54';
const rule = (id: string, timespan: string) => `
title: Fewer escapes than usual (${id})
id: ${id}
name: ${id}
level: medium
correlation:
  type: event_count
  rules: [${SUDO}]
  group-by: [user.name]
  timespan: ${timespan}
  condition: { lt: 3 }
`;

let vigie: Vigie;
let folder: string;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-idle-'));
  writeFileSync(join(folder, 'few.yml'), rule('few-soon', '2s'));
  writeFileSync(join(folder, 'few-later.yml'), rule('few-later', '12s'));
  vigie = await Vigie.start({
    config: { detection: { rules: [folder], latenessSeconds: 0, idleSeconds: 1 } },
  });
  await vigie.freeLoopback();
  await vigie.addTenant('harbour');
  token = await vigie.addSource('harbour', 'servers');
});
afterAll(async () => {
  await vigie?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function sudo(user: string): Promise<void> {
  const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `<86>1 ${new Date().toISOString()} box sudo 900 - - ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/find . -exec /bin/sh ;`,
  });
  expect(answer.status).toBe(200);
}

/** Detections that were ever made by a rule. */
async function hits(id: string): Promise<number> {
  return (await vigie.api.get<RuleDetail>(`/api/rules/${id}`)).hits24h;
}

/** Resolves when it answers again after a kill. */
async function back(): Promise<void> {
  const answers = async () => {
    try {
      return (await vigie.status()).pipeline?.undetected === 0;
    } catch {
      return false;
    }
  };
  await until('the server to come back', answers, 60_000);
}

test('a window is decided at its end although its tenant sends nothing more, once over any restart', async () => {
  await sudo('anna');
  await until('the short window to be decided', async () => (await hits('few-soon')) === 1);
  expect(await hits('few-later')).toBe(0);

  // What was decided is not decided again, and what was not yet, is.
  await vigie.kill('server');
  await back();
  expect(await hits('few-soon')).toBe(1);
  await until('the long window to be decided', async () => (await hits('few-later')) === 1, 60_000);

  // Neither after a kill, which judges again, nor after an end in order, which loads what was saved.
  await vigie.kill('server');
  await back();
  await vigie.stop();
  await vigie.launch();
  await sleep(3_000);
  expect([await hits('few-soon'), await hits('few-later')]).toEqual([1, 1]);

  // The numbers that moments took are not in the way of events.
  await sudo('bert');
  await sudo('carl');
  await until('the next windows to be decided', async () => (await hits('few-later')) === 3);
  expect(await hits('few-soon')).toBe(3);
  expect(await vigie.events('', ['harbour'])).toHaveLength(3);
});
