import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** OpenLDAP's server; undefined where there is none: the tests that need it are skipped. */
export const SLAPD = [process.env['VIGIE_SLAPD'], '/usr/sbin/slapd'].find(
  // Without a configuration it says its version and ends.
  (path) => path !== undefined && path !== '' && spawnSync(path, ['-VV'], { stdio: 'ignore' }).status === 0,
);

export const BASE = 'dc=dom,dc=example';
export const READER = { dn: `cn=reader,${BASE}`, password: 'a secret, with (parentheses)*' };

/** Where it was unpacked; empty where it is installed. */
const HOME = process.env['VIGIE_SLAPD_HOME'] ?? '';

/** A real directory on loopback, with TLS by a certificate of its own, holding what an LDIF says. */
export class Slapd {
  readonly ldapUrl: string;
  readonly ldapsUrl: string;
  /** PEM of the authority that signed its certificate. */
  readonly ca: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(folder: string, child: ChildProcess, ports: readonly [number, number], ca: string) {
    this.#folder = folder;
    this.#child = child;
    this.ldapUrl = `ldap://127.0.0.1:${ports[0]}`;
    this.ldapsUrl = `ldaps://127.0.0.1:${ports[1]}`;
    this.ca = ca;
  }

  static async start(ldif: string): Promise<Slapd> {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-slapd-'));
    mkdirSync(join(folder, 'data'));
    certificate(folder);
    const ports = [await freePort(), await freePort()] as const;
    writeFileSync(join(folder, 'slapd.conf'), configuration(folder));
    writeFileSync(join(folder, 'content.ldif'), ldif);
    const added = spawnSync(
      SLAPD!,
      ['-T', 'add', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'content.ldif')],
      { encoding: 'utf8' },
    );
    if (added.status !== 0) throw new Error(`slapadd: ${added.stderr}`);
    const urls = `ldap://127.0.0.1:${ports[0]} ldaps://127.0.0.1:${ports[1]}`;
    const child = spawn(SLAPD!, ['-h', urls, '-f', join(folder, 'slapd.conf'), '-d', '0'], {
      stdio: 'ignore',
    });
    const slapd = new Slapd(folder, child, ports, join(folder, 'cert.pem'));
    await reachable(ports[1], child);
    return slapd;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.#child.once('exit', done));
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configuration(folder: string): string {
  return [
    ...['core', 'cosine', 'inetorgperson', 'nis'].map(
      (name) => `include ${HOME}/etc/ldap/schema/${name}.schema`,
    ),
    // The attributes of Active Directory that are read; the numbers are those of documentation (RFC 5612).
    ...[
      'sAMAccountName',
      'userPrincipalName',
      'dNSHostName',
      'operatingSystem',
      'operatingSystemVersion',
      'memberOf',
    ].map((name, n) => `attributetype ( 1.3.6.1.4.1.32473.1.${n + 1} NAME '${name}' SUP name )`),
    "attributetype ( 1.3.6.1.4.1.32473.1.20 NAME 'objectGUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )",
    "attributetype ( 1.3.6.1.4.1.32473.1.21 NAME 'objectSid' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )",
    "objectclass ( 1.3.6.1.4.1.32473.2.1 NAME 'adEntry' AUXILIARY MAY ( sAMAccountName $ userPrincipalName $ dNSHostName $ operatingSystem $ operatingSystemVersion $ memberOf $ objectGUID $ objectSid ) )",
    "objectclass ( 1.3.6.1.4.1.32473.2.2 NAME 'computer' SUP device STRUCTURAL )",
    `TLSCertificateFile ${folder}/cert.pem`,
    `TLSCertificateKeyFile ${folder}/key.pem`,
    // Nothing is answered before TLS, nor to nobody.
    'security simple_bind=128',
    'disallow bind_anon',
    'sizelimit size.soft=50 size.hard=unlimited size.pr=500 size.prtotal=unlimited',
    `modulepath ${HOME}/usr/lib/ldap`,
    'moduleload back_mdb',
    'database mdb',
    `suffix "${BASE}"`,
    `rootdn "cn=root,${BASE}"`,
    `directory ${folder}/data`,
    'access to attrs=userPassword by anonymous auth',
    `access to * by dn.exact="${READER.dn}" read by * none`,
    '',
  ].join('\n');
}

function certificate(folder: string): void {
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=dc01.dom.example',
    '-addext',
    'subjectAltName=DNS:dc01.dom.example,IP:127.0.0.1',
    '-keyout',
    join(folder, 'key.pem'),
    '-out',
    join(folder, 'cert.pem'),
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${String(made.stderr)}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function reachable(port: number, child: ChildProcess): Promise<void> {
  const { connect } = await import('node:net');
  for (const until = Date.now() + 15_000; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}`);
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        done(true);
      });
      socket.on('error', () => done(false));
    });
    if (open) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('slapd does not listen');
}
