import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  const folder = smallDisk(320);
  test.runIf(folder !== undefined)(
    'senders are told to come again, and nothing that was acknowledged is lost',
    async () => {
      closers.push(() => removeDisk(folder!));
      const vigie = await Vigie.start({ data: join(folder!, 'data'), config: { log: { level: 'error' } } });
      closers.push(() => vigie.remove());
      await vigie.addTenant('acme');
      const token = await vigie.addSource('acme', 'in');
      const post = async (text: string) => {
        const response = await fetch(`${vigie.run.url}/api/ingest/in`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}` },
          body: text,
          signal: AbortSignal.timeout(60_000),
        });
        await response.arrayBuffer();
        return response.status;
      };
      expect(await post('diskfull before-1\ndiskfull before-2')).toBe(200);

      const ballast = join(folder!, 'ballast');
      fill(ballast);
      const refused = await post('diskfull during-1');
      expect([429, 503]).toContain(refused);
      // What was stored can be read all the while.
      expect((await vigie.events('diskfull')).length).toBe(2);

      rmSync(ballast);
      await until('room for the line', async () => (await post('diskfull during-1')) === 200, 60_000);
      await vigie.settled();
      const found = (await vigie.events('diskfull')).map(({ fields }) => fields['event.original']);
      expect(found.sort()).toEqual(['diskfull before-1', 'diskfull before-2', 'diskfull during-1']);
    },
  );
});

/** A file system of a few megabytes, where this user may mount one; its absence is printed. */
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
    process.stderr.write('skipped: a small disk cannot be mounted here (needs root)\n');
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
