import { join } from 'node:path';
import type { RawLog } from '@vigie/contracts';
import { CLIENT_ASSETS, CLIENT_CONTACTS, CLIENT_PROFILE, CLIENT_SITES } from '../../scenarios/client.ts';
import { loadScenarios } from '../../scenarios/load.ts';
import { NOISE_SOURCES, noise } from '../../scenarios/noise.ts';
import type { AssetBook, ClientBook, Identity, SourceStore, TenantStore } from '../api/index.ts';

/** Id of the demo tenant; removing it removes everything the demo brought. */
export const DEMO_TENANT = 'demo';

const HOUR = 3_600_000;
const BATCH = 500;

export interface DemoOptions {
  readonly installation: string;
  readonly tenants: TenantStore;
  readonly sources: SourceStore;
  readonly clients: Pick<ClientBook, 'saveProfile' | 'saveSites'>;
  readonly assets: Pick<AssetBook, 'put'>;
  readonly ingest: { accept(logs: readonly RawLog[]): Promise<number> };
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void };
}

/**
 * A tenant of invented logs: a day of an ordinary organisation, with every shipped attack story in it. The
 * logs take the same way as real ones, so what the pages show was really detected.
 */
export class Demo {
  readonly #options: DemoOptions;

  constructor(options: DemoOptions) {
    this.#options = options;
  }

  /** Makes the demo tenant, unless it is there, and begins to tell its stories; they take a few seconds. */
  async start(): Promise<void> {
    const { tenants, sources, installation, now, log } = this.#options;
    const made = await tenants.add({
      id: DEMO_TENANT,
      name: 'Larkspur Logistics (demo)',
      language: 'en',
      timeZone: 'Europe/Paris',
      retentionDays: 30,
      contacts: [...CLIENT_CONTACTS],
      demo: true,
    });
    if (made === undefined) return;
    await this.#describe();
    const scenarios = loadScenarios(join(installation, 'scenarios'));
    const wanted = new Map<string, { type: string | null; name: string }>(Object.entries(NOISE_SOURCES));
    // A story's firewall is the ordinary day's firewall where both have one name.
    const idOf = (key: string, source: { name: string; type: string | null }): string => {
      for (const [id, known] of wanted) if (known.name === source.name) return id;
      wanted.set(key, source);
      return key;
    };
    const told = scenarios.map((scenario) => ({
      scenario,
      ids: new Map(Object.entries(scenario.sources).map(([key, source]) => [key, idOf(key, source)])),
    }));
    for (const [id, { type, name }] of wanted)
      await sources.add({ tenant: DEMO_TENANT, id, name, type, timeZone: 'UTC', addresses: [], demo: true });

    const end = now() - 60_000;
    const lines: { at: number; source: string; text: string }[] = [];
    const dayAgo = end - 24 * HOUR;
    for (const line of noise({ start: dayAgo })) lines.push({ ...line, at: dayAgo + line.at });
    for (const [i, { scenario, ids }] of told.entries()) {
      // Spread over the day, the last one ending just now.
      const start = end - scenario.duration - (scenarios.length - 1 - i) * 4 * HOUR;
      for (const line of scenario.lines(start))
        lines.push({ at: start + line.at, source: ids.get(line.source)!, text: line.text });
    }
    lines.sort((a, b) => a.at - b.at);
    this.#play(lines).catch((error: unknown) =>
      log.error({ err: error }, 'the demo was not told to its end'),
    );
  }

  /** Removes the demo tenant with everything that belongs to it. */
  async remove(): Promise<void> {
    // A client that is called so is no demo.
    if (this.#options.tenants.list([DEMO_TENANT])[0]?.demo !== true) return;
    await this.#options.tenants.remove(DEMO_TENANT);
  }

  /** What the client has told: its promises, places, and what depends on which machine. */
  async #describe(): Promise<void> {
    const { clients, assets } = this.#options;
    const scope = [DEMO_TENANT];
    await clients.saveProfile(scope, DEMO_TENANT, CLIENT_PROFILE);
    await clients.saveSites(scope, DEMO_TENANT, [...CLIENT_SITES]);
    const client: Identity = {
      kind: 'account',
      id: DEMO_TENANT,
      name: CLIENT_CONTACTS[0]!.name,
      email: '',
      role: 'client-administrator',
      permissions: new Set(['assets.write']),
      scope,
      mustChangePassword: false,
    };
    await assets.put(
      client,
      CLIENT_ASSETS.map((asset) => ({ tenant: DEMO_TENANT, ...asset })),
    );
  }

  async #play(lines: readonly { at: number; source: string; text: string }[]): Promise<void> {
    for (let at = 0; at < lines.length; at += BATCH)
      await this.#options.ingest.accept(
        lines.slice(at, at + BATCH).map((line) => ({
          tenant: DEMO_TENANT,
          source: line.source,
          transport: 'demo',
          receivedAt: line.at,
          text: line.text,
          length: Buffer.byteLength(line.text),
        })),
      );
  }
}
