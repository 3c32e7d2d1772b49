import type { NewOverride, RotaSetup, RotaView } from '@vigie/contracts/api';
import type { Identity, RotaBook } from '../api/index.ts';
import { nextDuty, plan } from '../clocks/index.ts';
import type { RotaRecord, RotaStore } from '../storage/state/rota-store.ts';

const DAY = 86_400_000;
/** How far ahead a rota's plan is shown. */
const AHEAD = 14 * DAY;
/** How far ahead the next person is looked for. */
const FAR = 60 * DAY;

/** Rotas as people see and change them. */
export class Rotas implements RotaBook {
  readonly #store: RotaStore;
  readonly #now: () => number;

  constructor(store: RotaStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async list(): Promise<RotaView[]> {
    const now = this.#now();
    const rotas = (await this.#store.list(now)).map((rota) => view(rota, now));
    return rotas.sort((a, b) => a.setup.level - b.setup.level || a.setup.name.localeCompare(b.setup.name));
  }

  async put(id: string, setup: RotaSetup): Promise<RotaView> {
    await this.#store.put(id, setup);
    return (await this.#get(id))!;
  }

  remove(id: string): Promise<boolean> {
    return this.#store.remove(id);
  }

  async override(id: string, change: NewOverride, actor: Identity): Promise<RotaView | undefined> {
    return (await this.#store.override(id, change, actor.name, this.#now())) ? this.#get(id) : undefined;
  }

  async removeOverride(id: string, override: string): Promise<RotaView | undefined> {
    return (await this.#store.removeOverride(id, override)) ? this.#get(id) : undefined;
  }

  async note(id: string, text: string, actor: Identity): Promise<RotaView | undefined> {
    return (await this.#store.note(id, text, actor.name, this.#now())) ? this.#get(id) : undefined;
  }

  async #get(id: string): Promise<RotaView | undefined> {
    return (await this.list()).find((rota) => rota.id === id);
  }
}

function view(rota: RotaRecord, now: number): RotaView {
  const far = plan(rota.setup, rota.overrides, now, now + FAR);
  return {
    id: rota.id,
    setup: rota.setup,
    now: far[0]!,
    next: nextDuty(far),
    plan: far
      .filter(({ from }) => from < now + AHEAD)
      .map((duty) => ({ ...duty, to: Math.min(duty.to, now + AHEAD) })),
    overrides: rota.overrides.map(({ id, from, to, member, kind, note, by }) => ({
      id,
      from,
      to,
      member,
      kind,
      note,
      by,
    })),
    notes: [...rota.notes],
  };
}
