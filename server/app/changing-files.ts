import { readFileSync, statSync } from 'node:fs';

/** How often files are looked at, milliseconds. */
const LOOK = 10_000;

type Paths = Readonly<Record<string, string | undefined>>;

/** What the files hold; those without a path stay without content. */
export type Contents<P extends Paths> = {
  readonly [Name in keyof P]: P[Name] extends string ? Buffer : Buffer | undefined;
};

/** Files that others renew while we run, such as certificates: read as one, since they belong together. */
export class ChangingFiles<P extends Paths> {
  readonly #paths: readonly (readonly [string, string])[];
  /** Sizes and times of what was taken up last. */
  #taken = '';

  constructor(paths: P) {
    this.#paths = Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [[name, path]]));
  }

  /** @throws the system's error when one can't be read */
  read(): Contents<P> {
    // Looked at first: what changes while we read is then seen as a change.
    this.#taken = this.#look();
    return Object.fromEntries(this.#paths.map(([name, path]) => [name, readFileSync(path)])) as Contents<P>;
  }

  /**
   * Hands the files over whenever one of them has changed.
   *
   * @param take may throw: then it is tried again, as a file of several may be the first to be renewed
   * @param failed told once of each change that was not taken up
   */
  watch(take: (files: Contents<P>) => void, failed: (error: unknown) => void): { stop(): void } {
    let refused: string | undefined;
    const timer = setInterval(() => {
      let now = '';
      const before = this.#taken;
      try {
        now = this.#look();
        if (now === before) return;
        take(this.read());
        refused = undefined;
      } catch (error) {
        this.#taken = before;
        // Empty while one of them is not there.
        if (now === refused) return;
        refused = now;
        failed(error);
      }
    }, LOOK);
    timer.unref();
    return { stop: () => clearInterval(timer) };
  }

  #look(): string {
    return this.#paths
      .map(([, path]) => {
        const { size, mtimeMs, ino } = statSync(path);
        return `${size} ${mtimeMs} ${ino}`;
      })
      .join();
  }
}
