import type { Event } from '@vigie/contracts';
import type { RuleHits } from './ports.ts';

const FOLD_WINDOW = 86_400_000;
const TOP_HOSTS = 20;
const SAMPLES = 10;

/** Counts the hits of a rule that are found one by one, oldest first within a tenant. */
export class Tally {
  readonly #foldBy: readonly string[];
  readonly #days = new Map<string, number>();
  readonly #hosts = new Map<string, { tenant: string; host: string; count: number }>();
  readonly #last = new Map<string, number>();
  #samples: Event[] = [];
  #count = 0;
  #alerts = 0;

  /** @param foldBy event fields whose values fold hits into one alert */
  constructor(foldBy: readonly string[]) {
    this.#foldBy = foldBy;
  }

  add(event: Event): void {
    const { tenant, time, fields } = event;
    this.#count++;
    const day = new Date(time).toISOString().slice(0, 10);
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    const host = String(fields['host.name'] ?? '');
    const hostKey = JSON.stringify([tenant, host]);
    const known = this.#hosts.get(hostKey);
    if (known) known.count++;
    else this.#hosts.set(hostKey, { tenant, host, count: 1 });
    const key = JSON.stringify([
      tenant,
      ...this.#foldBy.map((name) =>
        String((Object.hasOwn(fields, name) && fields[name]) || '').toLowerCase(),
      ),
    ]);
    const last = this.#last.get(key);
    if (last === undefined || time - last > FOLD_WINDOW) this.#alerts++;
    this.#last.set(key, Math.max(time, last ?? time));
    this.#samples.push(event);
    if (this.#samples.length > 100) this.#samples = this.#newest();
  }

  hits(): RuleHits {
    return {
      count: this.#count,
      alerts: this.#alerts,
      byDay: [...this.#days].map(([day, count]) => ({ day, count })).sort((a, b) => (a.day < b.day ? -1 : 1)),
      byHost: [...this.#hosts.values()].sort((a, b) => b.count - a.count).slice(0, TOP_HOSTS),
      samples: this.#newest(),
    };
  }

  #newest(): Event[] {
    return [...this.#samples].sort((a, b) => b.time - a.time).slice(0, SAMPLES);
  }
}
