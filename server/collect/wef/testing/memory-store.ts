import { CollectError } from '../../errors.ts';
import type { MachineKey, MachineSighting, WefStore, WefSubscription } from '../ports.ts';

/** Keeps in memory what PostgreSQL keeps otherwise, for tests of the listener alone. */
export class MemoryStore implements WefStore {
  readonly subscriptions = new Map<string, WefSubscription>();
  readonly bookmarks = new Map<string, string>();
  readonly seen: (MachineKey & MachineSighting)[] = [];
  /** While true, nothing can be kept. */
  away = false;
  /** Answers `false` to machines of this name. */
  crowded: string | undefined;

  subscription(tenant: string, source: string): Promise<WefSubscription | undefined> {
    return Promise.resolve(this.subscriptions.get(`${tenant}/${source}`));
  }

  async bookmark(key: MachineKey): Promise<string | undefined> {
    return this.bookmarks.get(nameOf(key));
  }

  async note(key: MachineKey, sighting: MachineSighting): Promise<boolean> {
    if (this.away) throw new CollectError('VIGIE_COLLECT_UNAVAILABLE', 'the database is away');
    if (key.machine === this.crowded) return false;
    this.seen.push({ ...key, ...sighting });
    if (sighting.bookmark !== undefined) this.bookmarks.set(nameOf(key), sighting.bookmark);
    return true;
  }
}

function nameOf({ tenant, source, certificate, machine }: MachineKey): string {
  return `${tenant}/${source}/${certificate}/${machine}`;
}
