import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentSummary } from '@vigie/contracts/api';
import { afterEach, describe, expect, test } from 'vitest';
import { MailServer } from '../support/mail-server.ts';
import { ndjsonPush, sendAll } from '../support/senders.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';
import { workload } from '../support/workload.ts';

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('the mail server is away', () => {
  test('mails wait, through a kill of the server as well, and go out once when it is back', async () => {
    const mail = await new MailServer().open();
    closers.push(() => mail.close());
    const vigie = await Vigie.start({ config: { mail: mail.settings } });
    closers.push(() => vigie.remove());
    await vigie.addTenant('acme', {
      contacts: [
        { name: 'Ada', email: 'ada@acme.example.com' },
        { name: 'Bea', email: 'bea@acme.example.com' },
      ],
    });
    const token = await vigie.addSource('acme', 'in');
    await mail.close();

    const work = workload('outage', 0, 12, 30);
    const incidents = work.rootHosts.length + work.guessedHosts.length;
    await sendAll(
      ndjsonPush(() => vigie.run.url, 'in', token),
      work.batches,
      () => 0,
    );
    await until(
      'all mails to wait',
      async () => (await vigie.status()).mail.pending === 2 * incidents,
      30_000,
    );
    await until('the warning', async () =>
      (await vigie.status()).warnings.some(({ code }) => code === 'VIGIE_RESPOND_MAIL_UNREACHABLE'),
    );
    expect(mail.mails).toEqual([]);
    await vigie.kill('server');
    await until('the restart', async () => (await vigie.status()).components[0]?.restarts === 1, 30_000);
    expect((await vigie.status()).mail.pending).toBe(2 * incidents);

    await mail.open();
    await until('the mails', () => mail.mails.length >= 2 * incidents, 60_000);
    await until('the outbox to be empty', async () => (await vigie.status()).mail.pending === 0);
    await sleep(500);
    const told = mail.mails.map(({ to, text }) => `${to[0]} ${/INC-\d+/.exec(text)?.[0]}`);
    expect(new Set(told).size).toBe(2 * incidents);
    expect(told).toHaveLength(2 * incidents);
    expect((await vigie.status()).warnings.map(({ code }) => code)).not.toContain(
      'VIGIE_RESPOND_MAIL_UNREACHABLE',
    );
  });
});

describe('the disk is full', () => {
  test('senders are told to come again, and nothing that was acknowledged is lost', async ({ skip }) => {
    const folder = smallDisk(320);
    if (folder === undefined) return skip('a small disk cannot be mounted here (needs root)');
    closers.push(() => removeDisk(folder));
    const vigie = await Vigie.start({ data: join(folder, 'data'), config: { log: { level: 'error' } } });
    closers.push(() => vigie.remove());
    await vigie.addTenant('acme');
    const token = await vigie.addSource('acme', 'in');
    const post = async (text: string) => {
      const response = await fetch(`${vigie.run.url}/api/ingest/in`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: text,
        // Less patient than the server is with its store, as some shippers are.
        signal: AbortSignal.timeout(1500),
      });
      await response.arrayBuffer();
      return response.status;
    };
    expect(await post('diskfull before-1\ndiskfull before-2')).toBe(200);

    const ballast = join(folder, 'ballast');
    fill(ballast);
    for (let attempt = 0; attempt < 4; attempt++) {
      const outcome = await post('diskfull during-1').catch((error: Error) => error.name);
      expect([429, 503, 'TimeoutError']).toContain(outcome);
    }
    // What was stored can be read all the while.
    expect((await vigie.events('diskfull')).length).toBe(2);

    rmSync(ballast);
    await until('room for the line', async () => (await post('diskfull during-1')) === 200, 60_000);
    await vigie.settled();
    const found = (await vigie.events('diskfull')).map(({ fields }) => fields['event.original']);
    expect(found.sort()).toEqual(['diskfull before-1', 'diskfull before-2', 'diskfull during-1']);
  });
});

describe('a request larger than a batch', () => {
  test('cut by a kill and sent again: every line is there once', async () => {
    const vigie = await Vigie.start();
    closers.push(() => vigie.remove());
    await vigie.addTenant('acme');
    const token = await vigie.addSource('acme', 'in');
    const lines = Array.from({ length: 80_000 }, (_, n) => `wholesale line number ${n}`);
    const send = () =>
      fetch(`${vigie.run.url}/api/ingest/in`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: lines.join('\n'),
      });
    const cut = send();
    // The connection breaks with the process; nothing is to be learnt from that.
    cut.catch(() => undefined);
    const stored = async () => (await vigie.status()).pipeline?.stored ?? 0;
    // Its first batch of ten: also a fast machine is still busy with the rest.
    await until('a part of it', async () => (await stored()) >= 8_000);
    expect(await stored()).toBeLessThan(lines.length);
    await vigie.kill('server');
    await expect(cut).rejects.toThrow();
    await until('the restart', async () => (await vigie.status()).components[0]?.restarts === 1, 30_000);
    expect((await send()).status).toBe(200);
    await vigie.settled();
    const found = new Map<unknown, number>();
    for (const { fields } of await vigie.events('wholesale')) {
      const line = fields['event.original'];
      found.set(line, (found.get(line) ?? 0) + 1);
    }
    expect(found.size).toBe(lines.length);
    expect([...found.values()].filter((count) => count > 1)).toEqual([]);
  });
});

describe('an attack within one second, judged after a restart', () => {
  test('has all its alerts: the order of arrival is kept', async () => {
    const vigie = await Vigie.start();
    closers.push(() => vigie.remove());
    await vigie.addTenant('acme');
    const token = await vigie.addSource('acme', 'in');
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    const line = (program: string, text: string) => `<86>1 ${at} mill02 ${program} 900 - - ${text}`;
    const lines = Array.from({ length: 16 }, (_, n) =>
      line('sshd', `Failed password for miller from 192.0.2.66 port ${20_000 + n} ssh2`),
    );
    lines.push(
      line('sshd', 'Accepted password for miller from 192.0.2.66 port 30000 ssh2'),
      line('sudo', '  miller : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow'),
    );
    const server = await vigie.pidOf('server');
    const sent = await fetch(`${vigie.run.url}/api/ingest/in`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: lines.join('\n'),
    });
    process.kill(server, 'SIGKILL');
    expect(sent.status).toBe(200);
    await until('the restart', async () => (await vigie.status()).components[0]?.restarts === 1, 30_000);
    const alerts = await until('three alerts', async () => {
      const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents');
      return items[0]?.alerts === 3 && items;
    });
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.detections).toBe(3);
  });
});

/** A file system of a few megabytes; undefined where this user may not mount one. */
function smallDisk(megabytes: number): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'vigie-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', path], {
      stdio: 'ignore',
    });
    return path;
  } catch {
    // Only root may mount; the case is counted as skipped.
    rmSync(path, { recursive: true, force: true });
    return undefined;
  }
}

function removeDisk(path: string): void {
  execFileSync('umount', ['-l', path]);
  rmSync(path, { recursive: true, force: true });
}

/** Takes all the room that is left. */
function fill(file: string): void {
  const part = Buffer.alloc(1024 * 1024);
  for (let size = part.length; size >= 4096; size /= 16)
    for (;;)
      try {
        writeFileSync(file, part.subarray(0, size), { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        break;
      }
}
