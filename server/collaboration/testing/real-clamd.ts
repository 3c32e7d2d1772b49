import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EICAR } from './clamd-stand-in.ts';

/** clamd of this machine, as `install-clamd.sh` prints it; its absence is printed. */
export const CLAMD: string | undefined = process.env['VIGIE_CLAMD'];
if (CLAMD === undefined)
  process.stderr.write(
    'skipped: clamd is not named in VIGIE_CLAMD (server/collaboration/testing/install-clamd.sh)\n',
  );

/** A real clamd with a database of one signature, EICAR's, so that nothing has to be downloaded for it. */
export class RealClamd {
  readonly address: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, address: string, child: ChildProcess) {
    this.#folder = folder;
    this.address = address;
    this.#child = child;
  }

  static async start(program: string): Promise<RealClamd> {
    const folder = await mkdtemp(join(tmpdir(), 'vigie-clamd-'));
    const address = join(folder, 'clamd.sock');
    await mkdir(join(folder, 'db'));
    const digest = createHash('md5').update(EICAR).digest('hex');
    await writeFile(join(folder, 'db', 'test.hdb'), `${digest}:${EICAR.length}:Eicar-Test-Signature\n`);
    await writeFile(
      join(folder, 'clamd.conf'),
      [
        `DatabaseDirectory ${join(folder, 'db')}`,
        `LocalSocket ${address}`,
        `TemporaryDirectory ${folder}`,
        'StreamMaxLength 1M',
        'Foreground yes',
        '',
      ].join('\n'),
    );
    const child = spawn(program, ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' });
    const clamd = new RealClamd(folder, address, child);
    for (const end = Date.now() + 30_000; !existsSync(address); await sleep(100))
      if (child.exitCode !== null || Date.now() > end) {
        await clamd.remove();
        throw new Error('clamd did not start');
      }
    return clamd;
  }

  async remove(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill();
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
