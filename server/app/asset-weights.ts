import type { Logger } from 'pino';
import { NO_FIGURES, namesOf, RISK_DAYS, type RiskFigures, riskOf } from '../assets/index.ts';
import type { PostgresAssetCare } from '../storage/state/asset-care-store.ts';

const DAY = 86_400_000;
/** A change is weighed after so long, together with those that follow it, milliseconds. */
const RISK_SOON = 2_000;
/** Figures of a tenant that a page may be shown with, milliseconds. */
const FIGURES_FRESH = 15_000;

export interface AssetWeightsOptions {
  readonly store: Pick<PostgresAssetCare, 'riskFigures' | 'forRisk' | 'setRisks'>;
  readonly tenants: () => readonly string[];
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Keeps the risk of all assets. */
export class AssetWeights {
  readonly #options: AssetWeightsOptions;
  readonly #figures = new Map<string, { at: number; figures: Promise<Map<string, RiskFigures>> }>();
  readonly #toWeigh = new Set<string>();
  #soon: NodeJS.Timeout | undefined;

  constructor(options: AssetWeightsOptions) {
    this.#options = options;
  }

  stop(): void {
    clearTimeout(this.#soon);
  }

  /** Weighs anew the tenants of which a person has just changed something. */
  weighSoon(tenants: Iterable<string>): void {
    for (const tenant of tenants) this.#toWeigh.add(tenant);
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      const wanted = [...this.#toWeigh];
      this.#toWeigh.clear();
      this.weigh(wanted).catch((error: unknown) =>
        this.#options.log.warn({ err: error }, 'the risk of assets could not be weighed'),
      );
    }, RISK_SOON);
    this.#soon.unref();
  }

  /** Writes the risk of all assets, where it has changed. */
  async weigh(tenants = this.#options.tenants()): Promise<void> {
    for (const tenant of tenants) {
      const figures = await this.figuresOf(tenant);
      for await (const part of this.#options.store.forRisk(tenant)) {
        const changed = new Map<string, number>();
        for (const { id, kind, criticality, risk: before, keys } of part) {
          const { risk } = riskOf(criticality, figuresOf(namesOf(kind, keys), figures));
          if (risk !== before) changed.set(id, risk);
        }
        await this.#options.store.setRisks(tenant, changed);
      }
    }
  }

  /** What alerts and incidents of a tenant say, at most fifteen seconds old; by name. */
  figuresOf(tenant: string): Promise<Map<string, RiskFigures>> {
    const now = this.#options.now();
    const known = this.#figures.get(tenant);
    if (known !== undefined && now - known.at < FIGURES_FRESH) return known.figures;
    const figures = this.#options.store.riskFigures(tenant, now - RISK_DAYS * DAY);
    this.#figures.set(tenant, { at: now, figures });
    figures.catch(() => this.#figures.delete(tenant));
    return figures;
  }
}

/** The figures of an asset, by all its names together: the most that one of them says. */
export function figuresOf(names: readonly string[], figures: ReadonlyMap<string, RiskFigures>): RiskFigures {
  return names.reduce((most, name) => {
    const own = figures.get(name);
    if (own === undefined) return most;
    return {
      incidents: Math.max(most.incidents, own.incidents),
      level: Math.max(most.level, own.level),
      alerts: Math.max(most.alerts, own.alerts),
      unusual: Math.max(most.unusual, own.unusual),
    };
  }, NO_FIGURES);
}
