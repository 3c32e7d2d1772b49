import { setImmediate } from 'node:timers/promises';
import type {
  CoverageMatrix,
  CoverageOverview,
  CoverageView,
  TechniqueCoverageView,
} from '@vigie/contracts/api';
import type { SigmaCorrelation } from '@vigie/sigma';
import type { REGISTRY } from '@vigie/sources';
import type { CoverageBook } from '../api/index.ts';
import { findRule, type KnownRule, logsourceText, type RuleSet } from '../detect/index.ts';
import {
  type CoverageRule,
  DAY,
  type DatasetRow,
  type RuleCoverage,
  rankMissing,
  ruleState,
  type SentDataset,
  type SourceKey,
} from '../watch/index.ts';
import type { AttackData } from './attack.ts';
import type { DatasetIndex } from './dataset-index.ts';

export interface CoverageOptions {
  /** Read once, when it is first needed. */
  readonly index: () => Promise<DatasetIndex>;
  readonly registry: typeof REGISTRY;
  readonly rules: () => RuleSet;
  readonly isEnabled: (rule: string) => boolean;
  readonly attack: AttackData;
  /** Datasets that the sources of a tenant have sent, and when. */
  readonly datasets: (tenant: string) => readonly DatasetRow[];
  /** Events of the last 24 hours by source and dataset. */
  readonly day: () => Promise<
    readonly { tenant: string; source: string; dataset: string; events: number; lastReceivedAt: number }[]
  >;
  /** Why a source can't be relied on now, and since when. */
  readonly trouble: (key: SourceKey) => { readonly reason: string; readonly since: number } | null;
  readonly now: () => number;
}

/** What was not sent for so long is not sent any more. */
const GONE_AFTER = 30 * DAY;
const MISSING_SHOWN = 25;
const STARVING_SHOWN = 60;

/** What tenants' sources let the rules see. The rules' needs are worked out once for each rule set. */
export class Coverage implements CoverageBook {
  readonly #options: CoverageOptions;
  readonly #needs = new WeakMap<RuleSet, ReadonlyMap<string, CoverageRule>>();

  constructor(options: CoverageOptions) {
    this.#options = options;
  }

  async view(tenant: string): Promise<CoverageView> {
    const { registry, attack, now, day, datasets } = this.#options;
    const index = await this.#options.index();
    const rules = this.#rules(index);
    const sent = this.#sent(tenant);
    const states = new Map(rules.map((rule) => [rule.id, ruleState(rule, sent)] as const));
    const count = (state: RuleCoverage['state']) =>
      [...states.values()].filter((one) => one.state === state).length;
    const techniques = this.#techniques(rules, states);
    const manifests = new Map(registry.map(({ manifest }) => [manifest.id, manifest]));
    const events = (await day()).filter((row) => row.tenant === tenant);
    const byTechnology = new Map<string, DatasetRow[]>();
    for (const row of datasets(tenant)) {
      if (now() - row.lastAt > GONE_AFTER) continue;
      const id = index.technologyOf(row.dataset) ?? row.dataset;
      byTechnology.set(id, [...(byTechnology.get(id) ?? []), row]);
    }
    const technologies = [...byTechnology].map(([id, rows]) => {
      const own = new Set(rows.map(({ dataset }) => dataset));
      const fed = rules.filter(
        ({ id: rule, needs }) =>
          states.get(rule)?.state !== 'uncovered' &&
          needs.some((group) => [...own].some((dataset) => group.has(dataset))),
      );
      const manifest = manifests.get(id);
      const well = [...own].some((dataset) => sent.get(dataset)?.degraded === null);
      return {
        id,
        name: manifest?.name ?? id,
        category: manifest?.category ?? '',
        datasets: [...own].sort(),
        sources: [...new Set(rows.map(({ source }) => source))].sort(),
        firstAt: Math.min(...rows.map(({ firstAt }) => firstAt)),
        // What is kept of datasets is an hour old at the most; the figures of the day are from the store.
        lastAt: Math.max(
          ...rows.map(({ lastAt }) => lastAt),
          ...events.filter(({ dataset }) => own.has(dataset)).map(({ lastReceivedAt }) => lastReceivedAt),
        ),
        events24h: events.filter(({ dataset }) => own.has(dataset)).reduce((sum, row) => sum + row.events, 0),
        rules: fed.length,
        techniques: [...new Set(fed.flatMap((rule) => rule.techniques))].sort(),
        dataComponents: [...(manifest?.data_components ?? [])],
        degraded: well ? null : (sent.get([...own][0]!)?.degraded ?? null),
      };
    });
    const starving = new Map<string, number>();
    for (const rule of rules)
      if (states.get(rule.id)?.state === 'uncovered')
        starving.set(rule.logsource, (starving.get(rule.logsource) ?? 0) + 1);
    return {
      tenant,
      rules: { live: rules.length, fed: rules.length - count('uncovered'), degraded: count('degraded') },
      techniques: {
        covered: [...techniques.values()].filter(({ state }) => state === 'covered').length,
        degraded: [...techniques.values()].filter(({ state }) => state === 'degraded').length,
        total: attack.list.length,
      },
      technologies: technologies.sort((a, b) => b.rules - a.rules || a.name.localeCompare(b.name)),
      starving: [...starving]
        .map(([logsource, n]) => ({ logsource, rules: n }))
        .sort((a, b) => b.rules - a.rules || a.logsource.localeCompare(b.logsource))
        .slice(0, STARVING_SHOWN),
      missing: rankMissing(rules, sent, (dataset) => index.technologyOf(dataset))
        .slice(0, MISSING_SHOWN)
        .flatMap((addition) => {
          const manifest = manifests.get(addition.id);
          if (manifest === undefined) return [];
          return [
            {
              id: addition.id,
              name: manifest.name,
              category: manifest.category,
              description: manifest.description,
              addsRules: addition.rules,
              addsTechniques: [...addition.techniques],
              dataComponents: [...manifest.data_components],
              setup: manifest.setup,
            },
          ];
        }),
    };
  }

  async overview(tenants: readonly string[]): Promise<CoverageOverview> {
    const { registry, attack } = this.#options;
    const index = await this.#options.index();
    const rules = this.#rules(index);
    const names = new Map(registry.map(({ manifest }) => [manifest.id, manifest.name]));
    const items: CoverageOverview['items'] = [];
    for (const tenant of tenants) {
      // Thousands of rules at hundreds of tenants: others have their turn in between.
      await setImmediate();
      const sent = this.#sent(tenant);
      const states = new Map(rules.map((rule) => [rule.id, ruleState(rule, sent)] as const));
      const techniques = [...this.#techniques(rules, states).values()];
      const inState = (of: readonly { readonly state: string }[], state: RuleCoverage['state']) =>
        of.filter((one) => one.state === state).length;
      const known = [...states.values()];
      const missing = rankMissing(rules, sent, (dataset) => index.technologyOf(dataset)).find(({ id }) =>
        names.has(id),
      );
      items.push({
        tenant,
        technologies: new Set([...sent.keys()].map((dataset) => index.technologyOf(dataset) ?? dataset)).size,
        fed: rules.length - inState(known, 'uncovered'),
        degraded: inState(known, 'degraded'),
        techniques: { covered: inState(techniques, 'covered'), degraded: inState(techniques, 'degraded') },
        missing:
          missing === undefined
            ? null
            : { name: names.get(missing.id)!, rules: missing.rules, techniques: missing.techniques.length },
      });
    }
    return { live: rules.length, techniques: attack.list.length, items };
  }

  async matrix(tenant: string): Promise<CoverageMatrix> {
    const { attack } = this.#options;
    const rules = this.#rules(await this.#options.index());
    const sent = this.#sent(tenant);
    const techniques = this.#techniques(
      rules,
      new Map(rules.map((rule) => [rule.id, ruleState(rule, sent)] as const)),
    );
    const none: TechniqueTally = {
      state: 'uncovered',
      firing: 0,
      degraded: 0,
      rules: 0,
      reason: null,
      since: null,
    };
    const children = new Map<string, typeof attack.list>();
    for (const technique of attack.list)
      if (technique.id.includes('.')) {
        const parent = technique.id.split('.')[0]!;
        children.set(parent, [...(children.get(parent) ?? []), technique]);
      }
    return {
      tenant,
      tactics: attack.tacticList.map(({ key, name }) => ({
        id: key,
        name,
        techniques: attack.list
          .filter((technique) => !technique.id.includes('.') && technique.tactics.includes(key))
          .map((technique) => ({
            id: technique.id,
            name: technique.name,
            ...(techniques.get(technique.id) ?? none),
            subtechniques: (children.get(technique.id) ?? []).map((child) => {
              const tally = techniques.get(child.id) ?? none;
              return { id: child.id, name: child.name, state: tally.state, rules: tally.rules };
            }),
          })),
      })),
    };
  }

  /** A layer of the ATT&CK Navigator, format 4.5. */
  async layer(tenant: string): Promise<object> {
    const { tactics } = await this.matrix(tenant);
    const seen = new Map<
      string,
      { id: string; state: 'covered' | 'degraded' | 'uncovered'; rules: number; comment: string }
    >(
      tactics.flatMap(({ techniques }) =>
        techniques.flatMap((technique) => [
          [technique.id, { ...technique, comment: technique.reason ?? '' }] as const,
          ...technique.subtechniques.map((child) => [child.id, { ...child, comment: '' }] as const),
        ]),
      ),
    );
    const colour = { covered: '#8cc9b0', degraded: '#b9bdc4', uncovered: '' } as const;
    return {
      name: `Coverage of ${tenant}`,
      versions: { layer: '4.5', navigator: '5.1.0' },
      domain: 'enterprise-attack',
      description: `What the sources of ${tenant} let its detection rules see. Score: rules in force.`,
      techniques: [...seen.values()]
        .filter(({ state }) => state !== 'uncovered')
        .map(({ id, state, rules, comment }) => ({
          techniqueID: id,
          score: rules,
          color: colour[state],
          enabled: true,
          comment,
          metadata: [{ name: 'state', value: state }],
          showSubtechniques: false,
        })),
      legendItems: [
        { label: 'covered', color: colour.covered },
        { label: 'degraded: its source is silent or unreadable', color: colour.degraded },
      ],
      hideDisabled: false,
      sorting: 0,
    };
  }

  async technique(tenant: string, id: string): Promise<TechniqueCoverageView | undefined> {
    const { attack, registry } = this.#options;
    const index = await this.#options.index();
    const known = attack.list.find((technique) => technique.id === id);
    if (known === undefined) return undefined;
    const sent = this.#sent(tenant);
    const names = new Map(registry.map(({ manifest }) => [manifest.id, manifest.name]));
    return {
      id,
      name: known.name,
      rules: this.#rules(index)
        .filter(({ techniques }) => techniques.some((one) => one === id || one.startsWith(`${id}.`)))
        .map((rule) => {
          const { state, reason } = ruleState(rule, sent);
          const technologies = new Set(
            rule.needs.flatMap((group) =>
              [...group].map((dataset) => index.technologyOf(dataset) ?? dataset),
            ),
          );
          return {
            id: rule.id,
            title: rule.title,
            level: rule.level,
            state,
            technologies: [...technologies].map((one) => names.get(one) ?? one).sort(),
            reason,
          };
        })
        .sort((a, b) => a.state.localeCompare(b.state) || a.title.localeCompare(b.title))
        .slice(0, 500),
    };
  }

  #sent(tenant: string): Map<string, SentDataset> {
    const { datasets, trouble, now } = this.#options;
    const sent = new Map<string, SentDataset>();
    for (const { dataset, lastAt, ...key } of datasets(tenant)) {
      if (now() - lastAt > GONE_AFTER) continue;
      const degraded = trouble(key);
      const known = sent.get(dataset);
      // One source in order is enough.
      if (known === undefined || (known.degraded !== null && degraded === null))
        sent.set(dataset, { id: dataset, degraded });
    }
    return sent;
  }

  /** Rules in force. */
  #rules(index: DatasetIndex): CoverageRule[] {
    const set = this.#options.rules();
    let needs = this.#needs.get(set);
    if (needs === undefined) {
      needs = new Map([...set.rules.values()].map((known) => [known.key, coverageRule(known, set, index)]));
      this.#needs.set(set, needs);
    }
    return [...needs.values()].filter(
      ({ id }) => set.rules.get(id)?.state === 'live' && this.#options.isEnabled(id),
    );
  }

  /** State of each technique; a sub-technique counts for its technique too. */
  #techniques(
    rules: readonly CoverageRule[],
    states: ReadonlyMap<string, RuleCoverage>,
  ): Map<string, TechniqueTally> {
    const tallies = new Map<string, TechniqueTally>();
    for (const rule of rules) {
      const { state, reason, since } = states.get(rule.id)!;
      const ids = new Set(rule.techniques.flatMap((id) => [id, id.split('.')[0]!]));
      for (const id of ids) {
        const before = tallies.get(id) ?? {
          state: 'uncovered',
          firing: 0,
          degraded: 0,
          rules: 0,
          reason: null,
          since: null,
        };
        const firing = before.firing + (state === 'covered' ? 1 : 0);
        const degraded = before.degraded + (state === 'degraded' ? 1 : 0);
        const grey = firing === 0 && degraded > 0;
        tallies.set(id, {
          state: firing > 0 ? 'covered' : grey ? 'degraded' : 'uncovered',
          firing,
          degraded,
          rules: before.rules + 1,
          reason: grey ? (before.reason ?? reason) : null,
          since: grey ? (before.since ?? since) : null,
        });
      }
    }
    return tallies;
  }
}

interface TechniqueTally {
  readonly state: 'covered' | 'degraded' | 'uncovered';
  readonly firing: number;
  readonly degraded: number;
  readonly rules: number;
  readonly reason: string | null;
  readonly since: number | null;
}

function coverageRule(known: KnownRule, set: RuleSet, index: DatasetIndex): CoverageRule {
  const { rule, key, level, techniques } = known;
  return {
    id: key,
    title: rule.title,
    level,
    techniques,
    logsource: rule.kind === 'rule' ? logsourceText(rule.logsource) : 'correlation',
    needs:
      rule.kind === 'rule'
        ? [index.datasetsOf(rule.logsource)]
        : correlationNeeds(rule, set, index, new Set()),
  };
}

/** A sequence needs each of its rules, a count one of them. */
function correlationNeeds(
  rule: SigmaCorrelation,
  set: RuleSet,
  index: DatasetIndex,
  above: ReadonlySet<SigmaCorrelation>,
): ReadonlySet<string>[] {
  if (above.has(rule)) return [];
  const inner = rule.correlation.rules.map((name) => {
    const named = findRule(set.rules, name)?.rule;
    if (named === undefined) return [];
    return named.kind === 'rule'
      ? [index.datasetsOf(named.logsource)]
      : correlationNeeds(named, set, index, new Set([...above, rule]));
  });
  if (rule.correlation.type.startsWith('temporal')) return inner.flat();
  return [new Set(inner.flatMap((groups) => groups.flatMap((group) => [...group])))];
}
