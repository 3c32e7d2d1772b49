import type { RespondLog } from '../ports.ts';
import type { WebhookDelivery, WebhookGuard, WebhookQueue } from './ports.ts';
import { type PostAnswer, type PostOptions, post } from './post.ts';
import { signatureHeaders } from './signature.ts';

/** All in milliseconds. */
export interface WebhookTiming {
  /** First wait after a failure; four times as long after each further one, up to `retryMax`. */
  readonly retryFirst: number;
  readonly retryMax: number;
  /** A delivery older than this is given up. */
  readonly giveUpAfter: number;
  /** Longest any attempt takes; a claim lasts longer. */
  readonly timeout: number;
  readonly poll: number;
}

const TIMING: WebhookTiming = {
  retryFirst: 5_000,
  retryMax: 6 * 3_600_000,
  giveUpAfter: 3 * 86_400_000,
  timeout: 15_000,
  poll: 2_000,
};
/** Deliveries under way at once. */
const AT_ONCE = 8;

export interface WebhookSenderOptions extends Omit<PostOptions, 'timeout' | 'guard'> {
  /** What a tenant's webhooks may call. */
  readonly guards: (tenant: string) => WebhookGuard;
  readonly queue: WebhookQueue;
  readonly version: string;
  readonly now: () => number;
  readonly log: RespondLog;
  readonly timing?: Partial<WebhookTiming>;
}

/**
 * Delivers notices by HTTP, at least once: each attempt carries the same `webhook-id` and body. Whatever is not
 * answered with 2xx is tried again with growing waits, for three days; then a person must look.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #timing: WebhookTiming;
  #running: Promise<void> | undefined;
  #stopping = false;
  readonly #underWay = new Set<Promise<void>>();
  #alarm: (() => void) | undefined;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  /** Begins to deliver, first of all what an ended process had claimed. */
  start(): void {
    this.#stopping = false;
    this.#running ??= this.#loop();
  }

  /** Something was queued. */
  wake(): void {
    this.#alarm?.();
  }

  /** Ends after the attempts under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#alarm?.();
    await this.#running;
    await Promise.all(this.#underWay);
    this.#running = undefined;
  }

  async #loop(): Promise<void> {
    const { queue, log, now } = this.#options;
    const { timeout, poll } = this.#timing;
    let broken = true;
    while (!this.#stopping) {
      let wait = poll;
      try {
        if (broken) {
          await Promise.all(this.#underWay);
          await queue.endClaims();
        }
        broken = false;
        const at = now();
        const room = AT_ONCE - this.#underWay.size;
        const due = room === 0 ? [] : await queue.claim(room, at, at + 4 * timeout);
        for (const delivery of due) this.#run(delivery);
        if (due.length === 0 && room > 0) {
          const next = await queue.nextDueAt();
          // Due and not claimed: behind one of the same webhook that is under way, whose end wakes us.
          if (next !== undefined && next > at) wait = Math.min(poll, next - at);
        } else if (due.length > 0) continue;
      } catch (error) {
        broken = true;
        log.error({ err: error }, 'webhooks can’t be delivered now');
      }
      if (!this.#stopping) await this.#sleep(wait);
    }
  }

  /** Tries one beside the others; its end makes room. */
  #run(delivery: WebhookDelivery): void {
    const trying = this.#attempt(delivery)
      .catch((error: unknown) =>
        this.#options.log.error(
          { err: error, delivery: delivery.id },
          'webhook not noted; it is tried again',
        ),
      )
      .finally(() => {
        this.#underWay.delete(trying);
        this.wake();
      });
    this.#underWay.add(trying);
  }

  async #attempt(delivery: WebhookDelivery): Promise<void> {
    const { queue, now, version, ca, guards } = this.#options;
    const body = delivery.body ?? (await queue.write(delivery));
    const secret = await queue.secret(delivery.tenant, delivery.webhook);
    if (body === undefined || secret === undefined)
      return queue.markDead(delivery, 'what it was about is gone', null);
    let answer: PostAnswer;
    try {
      answer = await post(
        {
          ...(ca === undefined ? {} : { ca }),
          guard: guards(delivery.tenant),
          timeout: this.#timing.timeout,
        },
        delivery.url,
        {
          ...signatureHeaders(secret, delivery.id, now(), body),
          'content-type': 'application/json',
          'user-agent': `Vigie/${version}`,
        },
        body,
      );
    } catch (error) {
      return this.#failed(delivery, error instanceof Error ? error.message : String(error), null, undefined);
    }
    const { status, retryAfter, text } = answer;
    if (status >= 200 && status < 300) return queue.markSent(delivery, now(), status);
    const said = text.trim() === '' ? '' : `: ${text.trim().slice(0, 300)}`;
    if (status === 410) {
      await queue.disable(delivery.tenant, delivery.webhook, 'the receiver answered 410 Gone');
      return queue.markDead(delivery, `the receiver answered 410 Gone${said}`, status);
    }
    const redirect = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
    return this.#failed(delivery, `the receiver answered ${status}${redirect}${said}`, status, retryAfter);
  }

  async #failed(
    delivery: WebhookDelivery,
    error: string,
    status: number | null,
    retryAfter: string | undefined,
  ): Promise<void> {
    const { queue, now, log } = this.#options;
    const { retryFirst, retryMax, giveUpAfter } = this.#timing;
    const at = now();
    if (at - delivery.createdAt >= giveUpAfter) {
      log.warn({ tenant: delivery.tenant, webhook: delivery.webhook, error }, 'webhook given up');
      return queue.markDead(delivery, `given up: ${error}`, status);
    }
    const grown = Math.min(retryMax, retryFirst * 4 ** Math.min(delivery.attempts, 12));
    // Spread, so that receivers that come back are not met by everything at once.
    const wait = Math.round(grown * (0.8 + Math.random() * 0.4));
    const asked = Math.min(retryMax, pauseOf(retryAfter, at));
    return queue.markRetry(delivery, at + Math.max(wait, asked), error, status);
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#alarm = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#alarm = done;
    });
  }
}

/** Milliseconds that a `Retry-After` asks for (RFC 9110, section 10.2.3). */
function pauseOf(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
