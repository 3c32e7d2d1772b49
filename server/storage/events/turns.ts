import { StorageError } from '../errors.ts';

interface Waiter {
  readonly go: () => void;
  readonly timer: NodeJS.Timeout | undefined;
}

export interface TurnLimits {
  /** Statements that run at the same time. */
  readonly width: number;
  /** Statements of one party that may wait; more are refused at once. */
  readonly most: number;
  /** How long one waits before it is refused, milliseconds; Infinity: however long it takes. */
  readonly patience: number;
}

/**
 * Whose turn it is, where more is asked than can run at once: one statement of each party after the other, so that
 * whoever asks for much waits for themselves and not the others for them. A statement's own time begins with its
 * turn.
 */
export class Turns {
  readonly #limits: TurnLimits;
  #running = 0;
  /** Parties that wait, whose turn is next first. */
  readonly #waiting = new Map<string, Waiter[]>();

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /**
   * Runs `work` when it is the party's turn.
   *
   * @throws `VIGIE_EVENTS_BUSY` (retryable) when the party has too much waiting, or its turn does not come in time
   */
  async run<T>(party: string, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.width) this.#running++;
    else await this.#turn(party);
    try {
      return await work();
    } finally {
      // The place is handed on rather than given back: nobody who comes just now gets before those who wait.
      if (!this.#handOn()) this.#running--;
    }
  }

  #turn(party: string): Promise<void> {
    const { most, patience } = this.#limits;
    const queue = this.#waiting.get(party) ?? [];
    if (queue.length >= most) return Promise.reject(busy(`${queue.length} searches wait already`));
    return new Promise((resolve, reject) => {
      const give = () => {
        queue.splice(queue.indexOf(waiter), 1);
        if (queue.length === 0) this.#waiting.delete(party);
        reject(busy(`others were searched for first for ${patience / 1000} seconds`));
      };
      const waiter: Waiter = {
        go: resolve,
        timer: Number.isFinite(patience) ? setTimeout(give, patience) : undefined,
      };
      queue.push(waiter);
      this.#waiting.set(party, queue);
    });
  }

  #handOn(): boolean {
    for (const [party, queue] of this.#waiting) {
      const waiter = queue.shift();
      this.#waiting.delete(party);
      if (waiter === undefined) continue;
      // At the end again: every other party comes before its next one.
      if (queue.length > 0) this.#waiting.set(party, queue);
      clearTimeout(waiter.timer);
      waiter.go();
      return true;
    }
    return false;
  }
}

function busy(message: string): StorageError {
  return new StorageError('VIGIE_EVENTS_BUSY', message);
}
