import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import type { MailOutbox, OutboxMail, RespondLog } from '../ports.ts';
import { createMailer, type Mailer, type MailerOptions, type SmtpOptions } from './delivery.ts';
import type { MailLogo } from './logo.ts';

const key = readFileSync(new URL('fixtures/localhost.key', import.meta.url), 'utf8');
const cert = readFileSync(new URL('fixtures/localhost.crt', import.meta.url), 'utf8');

/** A mail as the server took it. */
interface Received {
  readonly to: string[];
  readonly source: string;
  readonly secure: boolean;
  readonly user: unknown;
}

const header = (mail: Received | undefined, name: string): string | undefined =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(mail?.source ?? '')?.[1];

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function smtp(
  change: Partial<SMTPServerOptions> = {},
  port = 0,
): Promise<{ port: number; received: Received[]; close: () => Promise<void> }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    key,
    cert,
    closeTimeout: 200,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth: ({ username, password }, _session, done) =>
      username === 'vigie' && password === 'right' ? done(null, { user: 'vigie' }) : done(new Error('wrong')),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(parts).toString(),
          secure: session.secure,
          user: session.user,
        });
        done(null, 'taken');
      });
    },
    ...change,
  });
  server.on('error', () => received.length);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  let closed = false;
  const close = () =>
    new Promise<void>((resolve) => {
      if (closed) return resolve();
      closed = true;
      server.close(resolve);
    });
  closers.push(close);
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, received, close };
}

type Row = OutboxMail & {
  state: 'pending' | 'sending' | 'sent' | 'dead';
  at: number;
  error?: string;
  response?: string;
};

/** An outbox in memory with the port's semantics; the table's own is tested with storage. */
class MemoryOutbox implements MailOutbox {
  readonly rows = new Map<string, Row>();
  failMarkSent = 0;

  put(id: string, change: Partial<Row> = {}): void {
    this.rows.set(id, {
      id,
      to: 'client@example.com',
      subject: 'INC-1',
      html: '<p>Hello</p>',
      text: 'Hello',
      createdAt: Date.now(),
      attempts: 0,
      state: 'pending',
      at: 0,
      ...change,
    });
  }
  async claim(limit: number, now: number, leaseUntil: number) {
    const due = [...this.rows.values()].filter(
      ({ state, at }) => (state === 'pending' || state === 'sending') && at <= now,
    );
    return due.slice(0, limit).map((row) => Object.assign(row, { state: 'sending', at: leaseUntil }));
  }
  async markSent(id: string, _at: number, response: string) {
    if (this.failMarkSent-- > 0) throw new Error('database gone');
    this.change(id, { state: 'sent', response });
  }
  async markRetry(id: string, at: number, error: string, count: boolean) {
    const attempts = (this.rows.get(id)?.attempts ?? 0) + (count ? 1 : 0);
    this.change(id, { state: 'pending', at, error, attempts });
  }
  async markDead(id: string, error: string) {
    this.change(id, { state: 'dead', error });
  }
  async nextDueAt() {
    const open = [...this.rows.values()].filter(({ state }) => state === 'pending' || state === 'sending');
    return open.length === 0 ? undefined : Math.min(...open.map(({ at }) => at));
  }
  state(id: string) {
    return this.rows.get(id)?.state;
  }
  private change(id: string, change: Partial<Row>) {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`no mail ${id}`);
    Object.assign(row, change);
  }
}

const log: RespondLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

function mailer(
  outbox: MailOutbox,
  options: Partial<SmtpOptions>,
  rest: Partial<MailerOptions> = {},
): Mailer {
  const made = createMailer({
    smtp: {
      host: 'localhost',
      port: 0,
      security: 'starttls',
      user: 'vigie',
      password: 'right',
      ca: cert,
      from: '"SOC, Example" <soc@example.org>',
      timeoutMs: 400,
      ...options,
    },
    outbox,
    now: Date.now,
    log,
    timing: { retryFirst: 100, retryMax: 400, outageMax: 200, poll: 200, lease: 5000 },
    ...rest,
  });
  closers.push(() => made.stop());
  return made;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('delivery', () => {
  test('sends once over STARTTLS with login, and wakes at once for a new mail', async () => {
    const server = await smtp();
    const outbox = new MemoryOutbox();
    const made = mailer(outbox, { port: server.port }, { timing: { poll: 60_000 } });
    made.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const createdAt = Date.parse('2026-03-04T10:00:00Z');
    outbox.put('0af3', { createdAt, thread: 'incident-7', subject: 'INC-7 é' });
    // Before the next poll, a minute away.
    made.wake();
    await until(() => outbox.state('0af3') === 'sent', 'sent');
    expect(server.received).toHaveLength(1);
    const [mail] = server.received;
    expect(mail).toMatchObject({ to: ['client@example.com'], secure: true, user: 'vigie' });
    expect(header(mail, 'Message-ID')).toBe('<0af3@example.org>');
    expect(header(mail, 'References')).toBe('<incident-7@example.org>');
    expect(header(mail, 'From')).toBe('"SOC, Example" <soc@example.org>');
    expect(header(mail, 'Date')).toBe('Wed, 04 Mar 2026 10:00:00 +0000');
    expect(header(mail, 'Auto-Submitted')).toBe('auto-generated');
    expect(outbox.rows.get('0af3')?.response).toContain('taken');
  });

  test('carries the logo as a part of the mail that shows it, and as it is at the time', async () => {
    const server = await smtp();
    const outbox = new MemoryOutbox();
    const bytes = Buffer.from('89504e470d0a1a0a', 'hex');
    const shown: MailLogo = { type: 'image/png', bytes, width: 20, height: 10 };
    let logo: MailLogo | undefined = shown;
    const made = mailer(outbox, { port: server.port, logo: () => logo });
    made.start();
    const html = '<p>Hello</p><img src="cid:vigie-logo" alt="Watch" width="20"><p>there</p>';
    outbox.put('with', { html });
    outbox.put('plain');
    made.wake();
    await until(() => outbox.state('with') === 'sent' && outbox.state('plain') === 'sent', 'sent');
    logo = undefined;
    outbox.put('gone', { html });
    made.wake();
    await until(() => outbox.state('gone') === 'sent', 'sent');
    const of = (id: string) =>
      server.received.find((mail) => header(mail, 'Message-ID')?.includes(id))!.source;
    expect(of('with')).toMatch(/^Content-Type: image\/png; name=logo\.png/im);
    expect(of('with')).toMatch(/^Content-ID: <vigie-logo>/im);
    expect(of('with')).toMatch(/^Content-Disposition: inline/im);
    expect(of('with')).toContain(bytes.toString('base64'));
    for (const id of ['plain', 'gone']) {
      expect(of(id)).not.toContain('vigie-logo');
      expect(of(id)).not.toContain('image/png');
    }
    expect(of('gone')).toContain('<p>Hello</p><p>there</p>');
  });

  test('sends over TLS from the first byte', async () => {
    const server = await smtp({ secure: true });
    const outbox = new MemoryOutbox();
    outbox.put('a');
    const made = mailer(outbox, { port: server.port, security: 'tls' });
    await made.verify();
    made.start();
    await until(() => outbox.state('a') === 'sent', 'sent');
    expect(server.received[0]?.secure).toBe(true);
  });

  test('a header cannot be smuggled in through subject or address', async () => {
    const server = await smtp();
    const outbox = new MemoryOutbox();
    outbox.put('a', { subject: 'x\r\nBcc: evil@example.net\r\n\r\nbody' });
    outbox.put('b', { to: 'one@example.com, two@example.com' });
    mailer(outbox, { port: server.port }).start();
    await until(() => outbox.state('a') === 'sent' && outbox.state('b') !== 'pending', 'done');
    expect(header(server.received[0], 'Bcc')).toBeUndefined();
    expect(server.received.flatMap(({ to }) => to)).not.toContain('two@example.com');
  });

  test('never sends in clear text when STARTTLS is asked for and not offered', async () => {
    const server = await smtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
    const outbox = new MemoryOutbox();
    outbox.put('a');
    const made = mailer(outbox, { port: server.port });
    await expect(made.verify()).rejects.toMatchObject({ code: 'VIGIE_RESPOND_MAIL_TLS' });
    made.start();
    await until(() => outbox.rows.get('a')?.error !== undefined, 'tried');
    expect(server.received).toHaveLength(0);
    expect(outbox.state('a')).not.toBe('sent');
  });

  test('refuses a certificate of an unknown authority', async () => {
    const server = await smtp();
    const made = mailer(new MemoryOutbox(), { port: server.port, ca: undefined });
    await expect(made.verify()).rejects.toMatchObject({ code: 'VIGIE_RESPOND_MAIL_TLS' });
  });

  test('a server down for long: mails wait, count no attempt, and go out once', async () => {
    const first = await smtp();
    const { port } = first;
    await first.close();
    const outbox = new MemoryOutbox();
    for (const id of ['a', 'b', 'c', 'd', 'e']) outbox.put(id);
    const made = mailer(outbox, { port });
    made.start();
    await until(() => made.status().retried >= 4, 'several attempts');
    expect(made.status().problem?.code).toBe('VIGIE_RESPOND_MAIL_UNREACHABLE');
    const second = await smtp({}, port);
    await until(() => made.status().sent === 5, 'all sent');
    expect(second.received.map((mail) => header(mail, 'Message-ID')).sort()).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((id) => `<${id}@example.org>`),
    );
    expect([...outbox.rows.values()].map(({ attempts }) => attempts)).toEqual([0, 0, 0, 0, 0]);
    expect(made.status().problem).toBeUndefined();
  });

  test('a server that dies in the middle of a mail: the mail goes to its successor', async () => {
    let dying: (() => void) | undefined;
    const died = new Promise<void>((resolve) => {
      dying = resolve;
    });
    const sockets = new Set<{ destroy(): void }>();
    const first = await smtp({
      onData(stream) {
        stream.on('data', () => {
          for (const socket of sockets) socket.destroy();
          dying?.();
        });
      },
    });
    // A relay in front of the server, so that its death looks like a broken connection.
    const relay = await relayTo(first.port, sockets);
    const outbox = new MemoryOutbox();
    outbox.put('a');
    const made = mailer(outbox, { port: relay.port });
    made.start();
    await died;
    await relay.close();
    const second = await smtp({}, relay.port);
    await until(() => outbox.state('a') === 'sent', 'sent');
    expect(second.received.map((mail) => header(mail, 'Message-ID'))).toEqual(['<a@example.org>']);
  });

  test('4xx is tried again later, 5xx is given up at once and seen', async () => {
    const seen: string[] = [];
    const server = await smtp({
      onRcptTo({ address }, _session, done) {
        seen.push(address);
        const tries = seen.filter((other) => other === address).length;
        const refuse = (code: number, text: string) =>
          done(Object.assign(new Error(text), { responseCode: code }));
        if (address === 'grey@example.com' && tries < 3) refuse(451, 'greylisted');
        else if (address === 'gone@example.com') refuse(550, 'no such user');
        else done();
      },
    });
    const outbox = new MemoryOutbox();
    outbox.put('grey', { to: 'grey@example.com' });
    outbox.put('gone', { to: 'gone@example.com' });
    outbox.put('fine', { to: 'fine@example.com' });
    const made = mailer(outbox, { port: server.port });
    made.start();
    await until(() => outbox.state('grey') === 'sent', 'greylisted mail sent');
    expect(outbox.rows.get('grey')?.attempts).toBe(2);
    expect(outbox.state('gone')).toBe('dead');
    expect(outbox.rows.get('gone')?.error).toMatch(/MAIL_REFUSED.*no such user/);
    expect(seen.filter((address) => address === 'gone@example.com')).toHaveLength(1);
    expect(outbox.state('fine')).toBe('sent');
    expect(made.status()).toMatchObject({ sent: 2, dead: 1 });
  });

  test('is given up after its time, with the reason', async () => {
    const server = await smtp({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('full'), { responseCode: 452 })),
    });
    const outbox = new MemoryOutbox();
    outbox.put('old', { createdAt: Date.now() - 25 * 3_600_000 });
    outbox.put('young');
    mailer(outbox, { port: server.port }).start();
    await until(() => outbox.state('old') === 'dead', 'dead');
    expect(outbox.rows.get('old')?.error).toMatch(/given up after 24 h.*full/);
    await until(() => (outbox.rows.get('young')?.attempts ?? 0) > 0, 'young tried');
    expect(outbox.state('young')).not.toBe('dead');
  });

  test('a wrong password is the server’s problem, not the mail’s', async () => {
    const server = await smtp();
    const outbox = new MemoryOutbox();
    outbox.put('a');
    const made = mailer(outbox, { port: server.port, password: 'wrong' });
    await expect(made.verify()).rejects.toMatchObject({ code: 'VIGIE_RESPOND_MAIL_LOGIN' });
    made.start();
    await until(() => made.status().problem !== undefined, 'problem shown');
    expect(made.status().problem?.code).toBe('VIGIE_RESPOND_MAIL_LOGIN');
    expect(outbox.rows.get('a')).toMatchObject({ state: 'pending', attempts: 0 });
    expect(server.received).toHaveLength(0);
  });

  test('a server that accepts the connection and says nothing', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const sockets = new Set<{ destroy(): void }>();
    silent.on('connection', (socket) => sockets.add(socket));
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    });
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const outbox = new MemoryOutbox();
    outbox.put('a');
    const made = mailer(outbox, { port: address.port });
    made.start();
    await until(() => made.status().retried > 0, 'given up for now');
    expect(made.status().problem?.code).toBe('VIGIE_RESPOND_MAIL_UNREACHABLE');
    await made.stop();
    expect(outbox.state('a')).toBe('pending');
  });

  test('a crash between acceptance and mark: sent again after the lease, under the same Message-ID', async () => {
    const server = await smtp();
    const outbox = new MemoryOutbox();
    outbox.put('a');
    const crashing: MailOutbox = {
      claim: (limit, now) => outbox.claim(limit, now, now + 300),
      markSent: () => new Promise(() => undefined),
      markRetry: (...args) => outbox.markRetry(...args),
      markDead: (...args) => outbox.markDead(...args),
      nextDueAt: () => outbox.nextDueAt(),
    };
    const crashed = createMailer({
      smtp: {
        host: 'localhost',
        port: server.port,
        security: 'starttls',
        user: 'vigie',
        password: 'right',
        ca: cert,
        from: 'soc@example.org',
      },
      outbox: crashing,
      now: Date.now,
      log,
    });
    crashed.start(); // never marks, never stops: a process that died after the server's answer
    await until(() => server.received.length === 1, 'accepted');
    mailer(outbox, { port: server.port }).start();
    await until(() => outbox.state('a') === 'sent', 'sent again');
    expect(new Set(server.received.map((mail) => header(mail, 'Message-ID')))).toEqual(
      new Set(['<a@example.org>']),
    );
    const [one, two] = server.received.map((mail) => header(mail, 'Date'));
    expect(one).toBe(two);
  });

  test('an outbox that fails to mark does not make a second mail', async () => {
    const server = await smtp();
    const outbox = new MemoryOutbox();
    outbox.failMarkSent = 2;
    outbox.put('a');
    const made = mailer(outbox, { port: server.port }, { timing: { lease: 100, poll: 50 } });
    made.start();
    await until(() => outbox.state('a') === 'sent', 'marked at last');
    expect(server.received).toHaveLength(1);
  });
});

/** A TCP relay on a port of its own, whose connections are in `sockets`. */
async function relayTo(port: number, sockets: Set<{ destroy(): void }>) {
  const { connect } = await import('node:net');
  const relay = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      relay.close(() => resolve());
    });
  closers.push(close);
  const address = relay.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, close };
}
