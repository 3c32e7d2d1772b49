import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SMTPServer } from 'smtp-server';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../server/respond/mail/fixtures/${name}`, import.meta.url));

/** A mail as the server accepted it. */
export interface TakenMail {
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly source: string;
}

/** An SMTP server that takes mails over TLS from those who log in, and can go away and come back. */
export class MailServer {
  readonly mails: TakenMail[] = [];
  #server: SMTPServer | undefined;
  #port = 0;

  /** Opens it; on the same port as before when it was open already. */
  async open(): Promise<this> {
    const server = new SMTPServer({
      key: readFileSync(fixture('localhost.key')),
      cert: readFileSync(fixture('localhost.crt')),
      secure: true,
      closeTimeout: 200,
      onAuth: ({ username, password }, _session, done) =>
        username === 'watch' && password === 'over us'
          ? done(null, { user: username })
          : done(new Error('wrong')),
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push(readMail(Buffer.concat(parts).toString('latin1'), to));
          done();
        });
      },
    });
    // Connections that a killed client leaves behind are reported here.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    const address = server.server.address();
    if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
    this.#port = address.port;
    this.#server = server;
    return this;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** The `mail` part of a configuration that uses this server. */
  get settings() {
    return {
      host: 'localhost',
      port: this.#port,
      security: 'tls',
      user: 'watch',
      password: 'over us',
      ca: fixture('localhost.crt'),
      from: 'Watch <watch@soc.example.com>',
    };
  }
}

/** Reads the parts of a mail that tests look at. @param source octets as Latin-1 */
function readMail(source: string, to: readonly string[]): TakenMail {
  const header = (name: string, of = source) =>
    new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(of)?.[1]?.replace(/\r\n(?=[ \t])/g, '') ?? '';
  const part = (type: string): string => {
    const at = source.search(new RegExp(`^content-type: ${type}`, 'im'));
    if (at < 0) return '';
    const rest = source.slice(at);
    const blank = rest.indexOf('\r\n\r\n');
    const end = rest.indexOf('\r\n--', blank);
    const encoding = header('content-transfer-encoding', rest.slice(0, blank + 2)).toLowerCase();
    return decodeBody(rest.slice(blank + 4, end < 0 ? undefined : end), encoding);
  };
  return {
    to,
    source,
    messageId: header('message-id'),
    subject: decodeWords(header('subject')),
    text: part('text/plain'),
    html: part('text/html'),
  };
}

/** RFC 2045, section 6. */
function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  return unescapeQuoted(body.replace(/=\r\n/g, ''));
}

/** Encoded words, RFC 2047; white space between two of them is none. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_all, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : unescapeQuoted(word.replaceAll('_', ' ')),
    );
}

function unescapeQuoted(text: string): string {
  const octets = text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(octets, 'latin1').toString('utf8');
}
