import { createTransport, type NodemailerError } from 'nodemailer';
import { RespondError } from '../errors.ts';
import type { MailOutbox, OutboxMail, RespondLog } from '../ports.ts';
import { LOGO_CID, type MailLogo, showsLogo, withoutLogo } from './logo.ts';
import { parseSender, type Sender } from './sender.ts';

/** How to reach the SMTP server. */
export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte; `starttls`: upgraded, or nothing is sent; `none`: clear text. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  readonly password?: string;
  /** PEM text of the authority that signed the server's certificate. */
  readonly ca?: string;
  /** `Name <address>` or an address. */
  readonly from: string;
  /** Name and address in place of those of `from`, as they are at each mail. */
  readonly branded?: () => { readonly name?: string; readonly address?: string };
  readonly replyTo?: string;
  /** The provider's logo, as it is at each mail. */
  readonly logo?: () => MailLogo | undefined;
  /** Milliseconds without any answer after which a connection is given up; default 20 s. */
  readonly timeoutMs?: number;
}

export interface MailerOptions {
  readonly smtp: SmtpOptions;
  readonly outbox: MailOutbox;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: RespondLog;
  /** Numbers in [0, 1) for the jitter; default `Math.random`. */
  readonly random?: () => number;
  readonly timing?: Partial<MailerTiming>;
}

/** All in milliseconds. */
export interface MailerTiming {
  /** First wait after a server's temporary refusal of a mail; doubles up to `retryMax`. */
  readonly retryFirst: number;
  readonly retryMax: number;
  /** Longest wait while the server itself is out of reach: short, since incidents wait behind it. */
  readonly outageMax: number;
  /** A mail older than this is given up. */
  readonly giveUpAfter: number;
  /** How long a claim lasts; longer than any single attempt can take. */
  readonly lease: number;
  /** Longest sleep without looking into the outbox. */
  readonly poll: number;
}

const TIMING: MailerTiming = {
  retryFirst: 10_000,
  retryMax: 30 * 60_000,
  outageMax: 60_000,
  giveUpAfter: 24 * 3_600_000,
  lease: 5 * 60_000,
  poll: 30_000,
};

/** Mails sent at the same time, each on a connection of its own. */
const CONNECTIONS = 3;

export interface MailerStatus {
  /** Why the server cannot be used now, since when; absent while it works. */
  readonly problem?: { readonly code: string; readonly message: string; readonly since: number };
  readonly sent: number;
  readonly retried: number;
  readonly dead: number;
}

export interface Mailer {
  start(): void;
  /** A mail was put in the outbox: look now instead of at the end of the wait. */
  wake(): void;
  /** Ends after the attempts under way; mails not sent stay in the outbox. */
  stop(): Promise<void>;
  status(): MailerStatus;
  /** Connects and logs in. @throws RespondError saying what is wrong */
  verify(): Promise<void>;
  /** Sends one mail past the outbox, once. @returns the server's answer. @throws RespondError */
  sendNow(mail: OutboxMail): Promise<string>;
}

/**
 * Delivers the outbox over SMTP.
 *
 * Delivery is *at least once*: a mail is marked sent after the server accepted it, so a crash between the two,
 * or a connection that breaks before the answer arrives, sends it again. Each attempt carries the same
 * Message-ID, Date and content, by which mail systems recognise and fold the second copy. Nothing is lost:
 * a mail leaves the outbox only as accepted by the server, refused for good, or older than `giveUpAfter`.
 *
 * A failure of the server (unreachable, hanging, TLS, login) is nobody's mail's fault: it counts no attempt,
 * all mails wait, and one mail at a time is tried until the server works again.
 */
export function createMailer(options: MailerOptions): Mailer {
  const { outbox, now, log } = options;
  const random = options.random ?? Math.random;
  const timing: MailerTiming = { ...TIMING, ...options.timing };
  const sender = parseSender(options.smtp.from);
  const transport = createSmtp(options.smtp);
  /** Accepted by the server but not yet marked, because the outbox failed in between: id → answer. */
  const accepted = new Map<string, string>();
  const counts = { sent: 0, retried: 0, dead: 0 };
  let problem: MailerStatus['problem'];
  /** Consecutive failures of the server. */
  let outages = 0;
  let running: Promise<void> | undefined;
  let stopping = false;
  let woken = false;
  let alarm: (() => void) | undefined;

  function backoff(first: number, most: number, failures: number): number {
    const wait = Math.min(most, first * 2 ** Math.min(failures, 30));
    return Math.round(wait * (0.75 + random() * 0.5));
  }

  async function send(mail: OutboxMail): Promise<string> {
    try {
      const info = await transport.sendMail(toMessage(mail, sender, options.smtp));
      return info.response;
    } catch (error) {
      throw classify(error);
    }
  }

  async function attempt(mail: OutboxMail): Promise<'sent' | 'refused' | 'outage'> {
    let response = accepted.get(mail.id);
    if (response === undefined) {
      try {
        response = await send(mail);
      } catch (error) {
        if (!(error instanceof RespondError)) throw error;
        return await failed(mail, error);
      }
      accepted.set(mail.id, response);
    }
    await outbox.markSent(mail.id, now(), response.slice(0, 500));
    accepted.delete(mail.id);
    counts.sent++;
    outages = 0;
    if (problem !== undefined) {
      log.info({ downMs: now() - problem.since }, 'mail server works again');
      problem = undefined;
    }
    return 'sent';
  }

  async function failed(mail: OutboxMail, error: RespondError): Promise<'refused' | 'outage'> {
    const expired = now() - mail.createdAt >= timing.giveUpAfter;
    const outage = isOutage(error);
    if (!error.retryable || expired) {
      const reason = error.retryable ? `given up after ${hours(timing.giveUpAfter)} h: ` : '';
      await outbox.markDead(mail.id, reason + error.message);
      counts.dead++;
      log.error({ mail: mail.id, code: error.code, err: error }, 'mail given up');
    } else {
      const wait = outage
        ? backoff(timing.retryFirst / 10, timing.outageMax, outages)
        : backoff(timing.retryFirst, timing.retryMax, mail.attempts);
      await outbox.markRetry(mail.id, now() + wait, error.message, !outage);
      counts.retried++;
      log.warn(
        { mail: mail.id, code: error.code, waitMs: wait, err: error },
        'mail not sent, will be tried again',
      );
    }
    if (!outage) return 'refused';
    if (problem?.code !== error.code)
      problem = { code: error.code, message: error.message, since: problem?.since ?? now() };
    return 'outage';
  }

  /** One round over what is due. @returns milliseconds to wait before the next round */
  async function round(): Promise<number> {
    for (;;) {
      const probing = outages > 0;
      const at = now();
      const mails = await outbox.claim(probing ? 1 : CONNECTIONS, at, at + timing.lease);
      if (mails.length === 0) break;
      const results = await Promise.allSettled(mails.map(attempt));
      const broken = results.find((result) => result.status === 'rejected');
      if (broken !== undefined) throw broken.reason;
      if (results.some((result) => result.status === 'fulfilled' && result.value === 'outage')) {
        outages++;
        return backoff(timing.retryFirst / 10, timing.outageMax, outages - 1);
      }
      if (stopping) return 0;
    }
    const due = await outbox.nextDueAt();
    return due === undefined ? timing.poll : Math.min(timing.poll, Math.max(0, due - now()));
  }

  async function loop(): Promise<void> {
    let storeFailures = 0;
    while (!stopping) {
      woken = false;
      let wait: number;
      try {
        if (storeFailures > 0) await outbox.endClaims?.();
        wait = await round();
        storeFailures = 0;
      } catch (error) {
        // The outbox itself is out of reach. What the server accepted meanwhile is remembered in `accepted`.
        wait = backoff(500, 10_000, storeFailures++);
        log.error({ err: error, waitMs: wait }, 'outbox not available');
      }
      // During an outage a new mail does not shorten the wait: the server would refuse it as well.
      if (!stopping && (!woken || outages > 0)) await sleep(Math.max(wait, 10));
    }
  }

  function sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        alarm = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      alarm = done;
    });
  }

  return {
    start() {
      if (running !== undefined) return;
      stopping = false;
      running = loop();
    },
    wake() {
      woken = true;
      if (outages === 0) alarm?.();
    },
    async stop() {
      stopping = true;
      alarm?.();
      await running;
      running = undefined;
      transport.close();
    },
    status: () => ({ ...(problem ? { problem } : {}), ...counts }),
    async verify() {
      try {
        await transport.verify();
      } catch (error) {
        throw classify(error);
      }
    },
    sendNow: send,
  };
}

function createSmtp(smtp: SmtpOptions) {
  const timeout = smtp.timeoutMs ?? 20_000;
  return createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    // Retrying is the outbox's work: a mail put back inside the pool would be invisible and could go twice.
    maxRequeues: 0,
    host: smtp.host,
    port: smtp.port,
    secure: smtp.security === 'tls',
    requireTLS: smtp.security === 'starttls',
    ignoreTLS: smtp.security === 'none',
    ...(smtp.user === undefined ? {} : { auth: { user: smtp.user, pass: smtp.password ?? '' } }),
    tls: { minVersion: 'TLSv1.2', ...(smtp.ca === undefined ? {} : { ca: smtp.ca }) },
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function toMessage(
  mail: OutboxMail,
  sender: Sender,
  { branded, replyTo, logo: currentLogo }: Pick<SmtpOptions, 'branded' | 'replyTo' | 'logo'>,
) {
  const logo = showsLogo(mail.html) ? currentLogo?.() : undefined;
  const thread = mail.thread === undefined ? undefined : `<${mail.thread}@${sender.domain}>`;
  return {
    messageId: `<${mail.id}@${sender.domain}>`,
    date: new Date(mail.createdAt),
    from: { name: sender.name, address: sender.address, ...branded?.() },
    // An object, so that a comma in an address can never name a second recipient.
    to: { name: '', address: mail.to },
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(thread === undefined ? {} : { references: thread }),
    subject: mail.subject,
    html: logo === undefined ? withoutLogo(mail.html) : mail.html,
    text: mail.text,
    ...(logo === undefined
      ? {}
      : {
          attachments: [
            {
              cid: LOGO_CID,
              filename: logo.type === 'image/png' ? 'logo.png' : 'logo.jpg',
              contentType: logo.type,
              contentDisposition: 'inline' as const,
              content: logo.bytes,
            },
          ],
        }),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

/** Sorts what went wrong by whose fault it is. */
function classify(cause: unknown): RespondError {
  if (cause instanceof RespondError) return cause;
  const error = cause as NodemailerError;
  const text = (error.response ?? error.message ?? String(cause)).slice(0, 500);
  const make = (code: RespondError['code']) => new RespondError(code, text, cause);
  switch (error.code) {
    case 'EAUTH':
    case 'ENOAUTH':
    case 'EOAUTH2':
      return make('VIGIE_RESPOND_MAIL_LOGIN');
    case 'ETLS':
      return make('VIGIE_RESPOND_MAIL_TLS');
    case 'EENVELOPE':
    case 'EMESSAGE': {
      if (error.responseCode === undefined) return make('VIGIE_RESPOND_MAIL_REFUSED');
      if (error.responseCode === 421) return make('VIGIE_RESPOND_MAIL_UNREACHABLE');
      if (error.permanent !== true) return make('VIGIE_RESPOND_MAIL_DEFERRED');
      return make(
        error.command === 'MAIL FROM' ? 'VIGIE_RESPOND_MAIL_SENDER_REFUSED' : 'VIGIE_RESPOND_MAIL_REFUSED',
      );
    }
    default:
      if (/certificate|self-signed|\bTLS\b|\bSSL\b/i.test(error.message ?? ''))
        return make('VIGIE_RESPOND_MAIL_TLS');
      return make('VIGIE_RESPOND_MAIL_UNREACHABLE');
  }
}

function isOutage({ code }: RespondError): boolean {
  return (
    code === 'VIGIE_RESPOND_MAIL_UNREACHABLE' ||
    code === 'VIGIE_RESPOND_MAIL_TLS' ||
    code === 'VIGIE_RESPOND_MAIL_LOGIN' ||
    code === 'VIGIE_RESPOND_MAIL_SENDER_REFUSED'
  );
}

function hours(milliseconds: number): number {
  return Math.round(milliseconds / 360_000) / 10;
}
