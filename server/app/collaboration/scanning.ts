import { type FileVault, type Scanner, scanInTurn } from '../../collaboration/index.ts';
import type { ConversationStore } from '../../storage/state/conversation-store.ts';
import type { Teller } from './telling.ts';

export interface ScanningOptions {
  readonly store: ConversationStore;
  readonly vault: FileVault;
  readonly scanners: readonly Scanner[];
  readonly teller: Teller;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

/** A scanner that was away is asked again after so long, milliseconds. */
const AGAIN = 60_000;

/** Has files looked at, one after the other, as they come. */
export class Scanning {
  readonly #options: ScanningOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: ScanningOptions) {
    this.#options = options;
  }

  /** Looks at what has not been looked at. A call while it does makes it look once more. */
  readonly wake = (): void => {
    if (this.#stopped) return;
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#round()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'files not scanned'))
      .finally(() => {
        this.#running = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.wake();
      });
  };

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #round(): Promise<void> {
    const { store, vault, scanners, teller, now } = this.#options;
    for (const row of await store.toScan(now() - AGAIN)) {
      if (this.#stopped) return;
      const verdict = await scanInTurn(scanners, {
        path: vault.path(row.tenant, row.file),
        sha256: row.sha256,
        size: row.size,
      });
      await store.scanned(row.tenant, row.id, verdict, now());
      if (verdict.state === 'infected')
        await teller.notify([row.author_id], {
          tenant: row.tenant,
          incident: row.incident_id,
          kind: 'infected',
          actor: row.author_name,
          text: row.name,
        });
      teller.changed(row.tenant, row.incident_id);
    }
  }
}
