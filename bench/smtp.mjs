// An SMTP server over TLS with login that notes when each mail was accepted.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

/** A self-signed certificate for 127.0.0.1, made for this run. */
export function generateCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-tls-'));
  const keyFile = join(folder, 'key.pem');
  const certFile = join(folder, 'cert.pem');
  execFileSync(
    'openssl',
    [
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
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
    { stdio: 'ignore' },
  );
  return { keyFile, certFile, key: readFileSync(keyFile), cert: readFileSync(certFile) };
}

export async function startSmtp({ key, cert }) {
  const mails = [];
  const server = new SMTPServer({
    secure: true,
    key,
    cert,
    onAuth: (auth, _session, done) =>
      auth.username === 'vigie' && auth.password === 'bench-password'
        ? done(null, { user: 'vigie' })
        : done(new Error('wrong login')),
    onData: (stream, _session, done) => {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          at: Date.now(),
          text: Buffer.concat(chunks)
            .toString('utf8')
            .replace(/=\r?\n/g, ''),
        });
        done();
      });
    },
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.server.address().port,
    mails,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
