/**
 * Does what many callers ask for in as few rounds as possible: what arrives while a round is under way goes
 * together in the next, in the order of arrival. Each caller hears of its own item, after it is done.
 */
export class Batcher<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  #waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  #running: Promise<void> | undefined;

  /** @param work one result an item, in their order @param most items of a round */
  constructor(work: (items: readonly Item[]) => Promise<readonly Result[]>, most = 500) {
    this.#work = work;
    this.#most = most;
  }

  /** Resolves or rejects as the round that the item was in. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined;
      });
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // What is asked for in the same turn goes in the same round.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const round = this.#waiting.splice(0, this.#most);
      try {
        const results = await this.#work(round.map(({ item }) => item));
        round.forEach(({ resolve }, i) => {
          resolve(results[i]!);
        });
      } catch (error) {
        for (const { reject } of round) reject(error);
      }
    }
  }
}
