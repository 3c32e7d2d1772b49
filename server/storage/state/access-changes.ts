/**
 * Tells, within this process, that an account, service account, key or session (by id) has ended or may do
 * something else now, so that what stays open for long (live notices) can end.
 */
export class AccessChanges {
  readonly #listeners = new Set<(id: string) => void>();

  subscribe(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }
}
