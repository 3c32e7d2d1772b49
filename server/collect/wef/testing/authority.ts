import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

/** Key and certificate, PEM; above the certificate those that its owner sends along. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

export interface Wanted {
  /** Common name; absent: an empty subject, as Active Directory's templates make it. */
  readonly name?: string;
  readonly dns?: readonly string[];
  /** Negative: it has expired. */
  readonly days?: number;
  readonly usage?: 'clientAuth' | 'serverAuth';
}

/** A certificate authority of a test, made with the OpenSSL command in a folder of the test's. */
export class TestAuthority {
  readonly cert: string;
  readonly #folder: string;
  readonly #file: string;
  readonly #chain: string;
  #issued = 0;

  private constructor(folder: string, file: string, chain: string) {
    this.#folder = folder;
    this.#file = file;
    this.cert = readFileSync(join(folder, `${file}.pem`), 'utf8');
    this.#chain = chain;
  }

  /** A root. */
  static async create(folder: string, name: string): Promise<TestAuthority> {
    const file = name.toLowerCase().replaceAll(' ', '-');
    const out = ['-keyout', `${file}.key`, '-out', `${file}.pem`];
    await run('openssl', ['req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, ...out], {
      cwd: folder,
    });
    return new TestAuthority(folder, file, '');
  }

  /** SHA-256 of its certificate as sources name it. */
  get fingerprint(): string {
    return new X509Certificate(this.cert).fingerprint256.replaceAll(':', '').toLowerCase();
  }

  /** SHA-1 of its certificate as Windows names it. */
  get thumbprint(): string {
    return new X509Certificate(this.cert).fingerprint.replaceAll(':', '');
  }

  /** An authority below this one. */
  async subordinate(name: string): Promise<TestAuthority> {
    const file = name.toLowerCase().replaceAll(' ', '-');
    await this.#sign(file, `/CN=${name}`, 2, 'basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n');
    return new TestAuthority(
      this.#folder,
      file,
      readFileSync(join(this.#folder, `${file}.pem`), 'utf8') + this.#chain,
    );
  }

  /** A certificate for a machine or a server. */
  async issue({ name, dns = [], days = 2, usage = 'clientAuth' }: Wanted): Promise<Identity> {
    const file = `${this.#file}-${++this.#issued}`;
    const alternative =
      dns.length === 0
        ? ''
        : `subjectAltName=${dns.map((one) => (/^[0-9.]+$/.test(one) ? `IP:${one}` : `DNS:${one}`)).join(',')}\n`;
    await this.#sign(
      file,
      name === undefined ? '/' : `/CN=${name}`,
      days,
      `${alternative}extendedKeyUsage=${usage}\n`,
    );
    const text = (ending: string): string => readFileSync(join(this.#folder, `${file}.${ending}`), 'utf8');
    return { key: text('key'), cert: text('pem') + this.#chain };
  }

  /** A list of what this authority revoked, with these certificates added to it. */
  async revoke(...revoked: readonly Identity[]): Promise<string> {
    const cwd = this.#folder;
    const file = (ending: string): string => `${this.#file}.${ending}`;
    writeFileSync(
      join(cwd, file('cnf')),
      `[ca]\ndefault_ca = d\n[d]\ndatabase = ${join(cwd, file('index'))}\ndefault_md = sha256\ndefault_crl_days = 2\n`,
    );
    // What was revoked before is still in the index.
    writeFileSync(join(cwd, file('index')), '', { flag: 'a' });
    const ca = ['ca', '-config', file('cnf'), '-keyfile', file('key'), '-cert', file('pem')];
    for (const { cert } of revoked) {
      writeFileSync(join(cwd, file('revoked')), cert);
      await run('openssl', [...ca, '-revoke', file('revoked')], { cwd });
    }
    await run('openssl', [...ca, '-gencrl', '-out', file('crl')], { cwd });
    return readFileSync(join(cwd, file('crl')), 'utf8');
  }

  async #sign(file: string, subject: string, days: number, extensions: string): Promise<void> {
    const cwd = this.#folder;
    writeFileSync(join(cwd, `${file}.ext`), extensions);
    await run('openssl', ['req', ...KEY, '-subj', subject, '-keyout', `${file}.key`, '-out', `${file}.csr`], {
      cwd,
    });
    const by = ['-CA', `${this.#file}.pem`, '-CAkey', `${this.#file}.key`, '-CAcreateserial'];
    const what = ['-in', `${file}.csr`, '-extfile', `${file}.ext`, '-out', `${file}.pem`];
    await run('openssl', ['x509', '-req', '-days', String(days), ...what, ...by], { cwd });
  }
}
