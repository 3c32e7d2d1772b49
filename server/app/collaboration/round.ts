import { answerable, type FileVault, mayRemindAt } from '../../collaboration/index.ts';
import type { ConversationStore } from '../../storage/state/conversation-store.ts';
import type { NoticeStore } from '../../storage/state/notice-store.ts';
import type { RequestMail, RequestStore } from '../../storage/state/request-store.ts';
import type { RequestDesk } from './requests.ts';
import type { Scanning } from './scanning.ts';
import type { Teller } from './telling.ts';

export interface RoundOptions {
  readonly requests: RequestStore;
  readonly desk: RequestDesk;
  readonly conversation: ConversationStore;
  readonly notices: NoticeStore;
  readonly vault: FileVault;
  readonly scanning: Scanning;
  readonly teller: Teller;
  readonly wakeMailer: () => void;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds between two rounds. */
  readonly every: number;
}

const DAY = 86_400_000;

/** What has to happen by the clock: reminders, overdue dates, dates that have passed, files that nobody names. */
export class CollaborationRound {
  readonly #options: RoundOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #sweptAt = 0;

  constructor(options: RoundOptions) {
    this.#options = options;
  }

  start(): void {
    const tick = () => {
      this.#running ??= this.run()
        .catch((error: unknown) =>
          this.#options.log.warn({ err: error }, 'requests to clients not looked after; trying again'),
        )
        .finally(() => {
          this.#running = undefined;
        });
    };
    tick();
    this.#timer = setInterval(tick, this.#options.every);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round. Exported for what wants to hurry it. */
  async run(): Promise<void> {
    const { requests, desk, teller, scanning, wakeMailer, now } = this.#options;
    scanning.wake();
    for (const record of await requests.open()) {
      const { request } = record;
      const at = now();
      const judged = { kind: request.kind, dueAt: request.due_at };
      if (at > request.due_at && (await requests.tellOverdue(request.tenant, request.id, at))) {
        await teller.notify([request.asked_by_id], {
          tenant: request.tenant,
          incident: request.incident_id,
          kind: 'overdue',
          actor: request.asked_by,
          text: request.title ?? request.text,
        });
        teller.changed(request.tenant, request.incident_id);
      }
      if (at > answerable(judged)) {
        await desk.expire(record);
        continue;
      }
      if (at > request.due_at || at < mayRemindAt({ askedAt: request.asked_at, dueAt: request.due_at }))
        continue;
      const mails = new Map<string, RequestMail>();
      for (const recipient of record.recipients) {
        if (recipient.reminded_at !== null || recipient.used_at !== null || recipient.revoked_at !== null)
          continue;
        const mail = await desk.reminder(record, recipient);
        if (mail !== undefined) mails.set(recipient.id, mail);
      }
      if (mails.size === 0) continue;
      await requests.remind(record, mails, at);
      wakeMailer();
    }
    await this.#sweep();
  }

  async #sweep(): Promise<void> {
    const { conversation, notices, vault, now } = this.#options;
    if (now() - this.#sweptAt < DAY) return;
    this.#sweptAt = now();
    await vault.sweep(await conversation.files(), now());
    await notices.forget(now());
  }
}
