import { hostname } from 'node:os';
import { canonicalJson } from '@vigie/contracts/canonical-json.ts';
import type { AuditLogger } from '../audit-log.ts';
import type { Anchor, AnchorNote, AuditStore } from '../ports.ts';
import { anchorToFile } from './file.ts';
import { anchorToSyslog, type SyslogTarget, syslogFrame } from './syslog.ts';

/** Where anchors go, and how often. */
export interface AnchorOptions {
  readonly store: Pick<AuditStore, 'head' | 'noteAnchor'>;
  readonly now: () => number;
  readonly log: AuditLogger;
  /** Milliseconds between anchors. */
  readonly every: number;
  readonly file?: string;
  readonly syslog?: SyslogTarget;
  /** Queues a mail; it is durable when this resolves. */
  readonly mail?: (anchor: Anchor, line: string) => Promise<void>;
}

/** How often a time for an anchor is looked for at most, milliseconds. */
const LOOK_EVERY = 60_000;

/**
 * Sends the end of the chain to places that whoever can rewrite the database can't reach: from then on everything
 * before it is fixed.
 */
export class AnchorSender {
  readonly #options: AnchorOptions;
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #dueAt = 0;
  #sending: Promise<void> | undefined;

  constructor(options: AnchorOptions) {
    this.#options = options;
  }

  /** Names of the places that anchors go to. */
  get targets(): readonly AnchorNote['target'][] {
    const { file, syslog, mail } = this.#options;
    return [
      ...(file === undefined ? [] : ['file' as const]),
      ...(syslog === undefined ? [] : ['syslog' as const]),
      ...(mail === undefined ? [] : ['mail' as const]),
    ];
  }

  start(): void {
    if (this.targets.length === 0) return;
    const look = () => {
      if (this.#options.now() >= this.#dueAt) void this.send();
    };
    this.#timer = setInterval(look, Math.min(LOOK_EVERY, this.#options.every));
    this.#timer.unref();
    look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
  }

  /** Sends the end of the chain everywhere now, unless it is there already. */
  send(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #send(): Promise<void> {
    const { store, now, log, every, file, syslog, mail } = this.#options;
    let head: Awaited<ReturnType<typeof store.head>>;
    try {
      head = await store.head();
    } catch (error) {
      log.warn({ err: error }, 'audit anchor not made');
      return;
    }
    this.#dueAt = now() + every;
    if (head.seq === 0 || head.seq === this.#sent) return;
    const anchor: Anchor = { ...head, at: Math.floor(now()) };
    const line = canonicalJson({ seq: anchor.seq, hash: anchor.hash, at: anchor.at });
    const results = await Promise.all([
      file === undefined ? true : this.#to('file', anchor, () => anchorToFile(file, line)),
      syslog === undefined
        ? true
        : this.#to('syslog', anchor, () => anchorToSyslog(syslog, syslogFrame(anchor.at, hostname(), line))),
      mail === undefined ? true : this.#to('mail', anchor, () => mail(anchor, line)),
    ]);
    if (results.every(Boolean)) this.#sent = head.seq;
    // What did not go out is tried again soon; what did goes out once more, which harms nobody.
    else this.#dueAt = now() + Math.min(every, 5 * LOOK_EVERY);
  }

  async #to(target: AnchorNote['target'], anchor: Anchor, work: () => Promise<void>): Promise<boolean> {
    const { store, log } = this.#options;
    let problem: string | null = null;
    try {
      await work();
    } catch (error) {
      problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      log.warn({ err: error, target }, 'audit anchor not sent');
    }
    try {
      await store.noteAnchor({ ...anchor, target, problem });
    } catch (error) {
      log.warn({ err: error }, 'audit anchor not noted');
    }
    return problem === null;
  }
}
