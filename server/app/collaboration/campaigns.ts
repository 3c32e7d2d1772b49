import type {
  CampaignChange,
  CampaignSuggestion,
  CampaignView,
  IncidentCampaigns,
  NewCampaign,
} from '@vigie/contracts/api';
import type { CampaignBook, CollaborationProblem, Identity } from '../../api/index.ts';
import { isTelling, SHARED_WEIGHTS } from '../../collaboration/index.ts';
import type { CampaignStore, Kin } from '../../storage/state/campaign-store.ts';

/** Incidents this far apart may belong together, milliseconds. */
const WITHIN = 14 * 86_400_000;
/** A rule that fires at more clients than this is everyday life, not a campaign. */
const MOST_TENANTS_OF_A_RULE = 3;
const MOST_SUGGESTIONS = 20;

const NO_INCIDENT: CollaborationProblem = {
  code: 'invalid',
  message: 'one of the incidents is not there',
};

/** Campaigns as the provider's people make them, with incidents that may belong in one. */
export class Campaigns implements CampaignBook {
  readonly #store: CampaignStore;
  readonly #now: () => number;
  readonly #ruleTitle: (id: string) => string | undefined;

  constructor(store: CampaignStore, now: () => number, ruleTitle: (id: string) => string | undefined) {
    this.#store = store;
    this.#now = now;
    this.#ruleTitle = ruleTitle;
  }

  list(): Promise<CampaignView[]> {
    return this.#store.list();
  }

  async get(id: string): Promise<CampaignView | undefined> {
    return (await this.#store.list({ id }))[0];
  }

  async add(identity: Identity, campaign: NewCampaign): Promise<CampaignView | CollaborationProblem> {
    const id = await this.#store.add({ ...campaign, by: identity.name, at: this.#now() });
    return id === undefined ? NO_INCIDENT : (await this.get(id))!;
  }

  async change(
    identity: Identity,
    id: string,
    change: CampaignChange,
  ): Promise<CampaignView | CollaborationProblem> {
    const done = await this.#store.change(id, { ...change, by: identity.name, at: this.#now() });
    if (done === 'missing') return { code: 'not_found', message: 'campaign not found' };
    if (done === 'incident') return NO_INCIDENT;
    if (done === 'closed') return { code: 'gone', message: 'it is closed; open it again first' };
    return (await this.get(id))!;
  }

  async of(incident: number): Promise<IncidentCampaigns | undefined> {
    const own = await this.#store.indicators(incident);
    if (own === undefined) return undefined;
    const telling = own.indicators.filter(({ kind, value }) => isTelling(kind, value));
    const [campaigns, kin] = await Promise.all([
      this.#store.list({ incident }),
      telling.length === 0 ? [] : this.#store.kin(own.tenant, own.at, WITHIN, telling),
    ]);
    const members = new Set(campaigns.flatMap((one) => one.members.map((member) => member.incident)));
    return {
      campaigns,
      suggestions: this.#suggest(kin.filter((one) => !members.has(one.incident))),
    };
  }

  #suggest(kin: readonly Kin[]): CampaignSuggestion[] {
    const tenantsOf = new Map<string, Set<string>>();
    for (const one of kin)
      for (const { kind, value } of one.shared)
        if (kind === 'rule') {
          const tenants = tenantsOf.get(value) ?? new Set();
          tenantsOf.set(value, tenants.add(one.tenant));
        }
    return kin
      .map((one) => {
        const shared = one.shared
          .filter(
            ({ kind, value }) =>
              kind !== 'rule' || (tenantsOf.get(value)?.size ?? 0) < MOST_TENANTS_OF_A_RULE,
          )
          .map(({ kind, value }) => ({
            kind,
            value: kind === 'rule' ? (this.#ruleTitle(value) ?? value) : value,
            weight: SHARED_WEIGHTS[kind],
          }))
          .sort((a, b) => b.weight - a.weight || a.value.localeCompare(b.value));
        return {
          tenant: one.tenant,
          incident: one.incident,
          title: one.title,
          level: one.level,
          lastAt: one.lastAt,
          shared,
          weight: shared.reduce((sum, { weight }) => sum + weight, 0),
          campaigns: [...one.campaigns],
        };
      })
      .filter(({ shared }) => shared.length > 0)
      .sort((a, b) => b.weight - a.weight || b.lastAt - a.lastAt)
      .slice(0, MOST_SUGGESTIONS);
  }
}
