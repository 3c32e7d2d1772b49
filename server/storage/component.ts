/** State of a process that storage keeps alive, as the status page shows it. */
export type ComponentState = 'starting' | 'running' | 'restarting' | 'failed' | 'stopped';

/** Snapshot of a supervised process; emitted with every change of state. */
export interface ComponentReport {
  readonly name: string;
  readonly state: ComponentState;
  /** Restarts after a death that nobody asked for, since start. */
  readonly restarts: number;
  /** Epoch milliseconds of the last change of state. */
  readonly since: number;
  /** One line for a person: pid, or why it died. */
  readonly detail: string;
}

/** Called with every change of state. */
export type ComponentListener = (report: ComponentReport) => void;

/** Keeps the report of one component and tells a listener of each change. */
export class ComponentStatus {
  readonly #listener: ComponentListener;
  #report: ComponentReport;

  constructor(name: string, listener: ComponentListener = () => undefined) {
    this.#listener = listener;
    this.#report = { name, state: 'stopped', restarts: 0, since: Date.now(), detail: '' };
  }

  get report(): ComponentReport {
    return this.#report;
  }

  /** Records a change; entering `restarting` counts as one restart. */
  set(state: ComponentState, detail: string): void {
    const { name, restarts } = this.#report;
    const counted = state === 'restarting' ? restarts + 1 : restarts;
    this.#report = { name, state, restarts: counted, since: Date.now(), detail };
    this.#listener(this.#report);
  }
}

/** Wait before restart number `attempt` (0-based): 0.1 s doubling up to 10 s, in milliseconds. */
export function restartDelay(attempt: number): number {
  return Math.min(10_000, 100 * 2 ** Math.min(attempt, 10));
}
