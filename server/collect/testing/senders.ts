import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A daemon or tool that a test drives. */
export type SenderProgram = 'rsyslogd' | 'syslog-ng' | 'logger' | 'curl';

const ENVIRONMENT: Record<SenderProgram, string> = {
  rsyslogd: 'VIGIE_RSYSLOGD',
  'syslog-ng': 'VIGIE_SYSLOG_NG',
  logger: 'VIGIE_LOGGER',
  curl: 'VIGIE_CURL',
};

/**
 * Finds a sender: named by its environment variable, or on the path and in the system folders. An absent one is
 * reported on standard error with the way to get it; its tests are then skipped.
 */
export function findSender(program: SenderProgram): string | undefined {
  const variable = ENVIRONMENT[program];
  const candidates = [process.env[variable], program, `/usr/sbin/${program}`, `/usr/local/sbin/${program}`];
  for (const candidate of candidates) {
    if (candidate === undefined || candidate === '') continue;
    try {
      execFileSync(candidate, [program === 'rsyslogd' ? '-v' : '--version'], { stdio: 'ignore' });
      return candidate;
    } catch {
      // Not there; the next place is tried, and the end of the list is reported below.
    }
  }
  process.stderr.write(
    `skipped: ${program} is not installed; see server/collect/testing/install-senders.sh, or name it in ${variable}\n`,
  );
  return undefined;
}

/** A folder of a test's own, removed by `remove`. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `vigie-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Key material of a test: an authority, a server certificate for `localhost`, a client certificate. */
export interface TestCertificates {
  readonly ca: string;
  readonly server: { readonly key: string; readonly cert: string };
  readonly client: { readonly key: string; readonly cert: string };
}

/**
 * Makes certificates in a folder with the OpenSSL command; the values are file names.
 *
 * @param clientName common name of the client certificate
 */
export async function makeCertificates(folder: string, clientName: string): Promise<TestCertificates> {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  for (const [name, subject] of [
    ['server', 'localhost'],
    ['client', clientName],
  ] as const) {
    writeFileSync(file(`${name}.ext`), `subjectAltName=DNS:${subject},IP:127.0.0.1\n`);
    await openssl(
      'req',
      ...newKey,
      '-subj',
      `/CN=${subject}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    await openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  }
  return {
    ca: file('ca.pem'),
    server: { key: file('server.key'), cert: file('server.pem') },
    client: { key: file('client.key'), cert: file('client.pem') },
  };
}

/** A daemon in the foreground. */
export class Daemon {
  readonly #child: ChildProcess;
  #output = '';

  constructor(program: string, args: readonly string[], environment: Record<string, string> = {}) {
    this.#child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-10_000);
      });
  }

  /** What it printed last. */
  get output(): string {
    return this.#output;
  }

  /** Asks it to end, and insists after two seconds. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await ended;
    clearTimeout(insist);
  }
}
