import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEVELS } from '@vigie/contracts';
import type { Language, RuleDetail, RuleImportReport, RuleView } from '@vigie/contracts/api';
import type { Taxonomy } from '@vigie/sigma';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import type { RuleBook } from '../api/index.ts';
import {
  buildRuleSet,
  EventMatcher,
  Judge,
  type KnownRule,
  logsourceText,
  type RuleFile,
  type RuleSet,
  tellStory,
} from '../detect/index.ts';
import type { RuleHits, RuleStore } from '../storage/state/rule-store.ts';

/** ATT&CK's names, from `detections/attack.json`. */
export interface AttackNames {
  technique(id: string): { readonly name: string; readonly tactic: string } | undefined;
}

export interface LiveRulesOptions {
  readonly store: RuleStore;
  readonly taxonomy: Taxonomy;
  readonly attack: AttackNames;
  /** Folders read at every load: origin → path. */
  readonly folders: ReadonlyMap<string, string>;
  readonly now: () => number;
  /** Told of every rule set that comes into force, before events are judged by it. */
  readonly onRules?: (files: readonly RuleFile[], disabled: ReadonlySet<string>) => void;
  readonly onEnabled?: (rule: string, enabled: boolean) => void;
  readonly log: { warn(fields: object, message: string): void; debug(fields: object, message: string): void };
}

/** The rules that are in force: loads them, swaps them, and tells people about them. */
export class LiveRules implements RuleBook {
  readonly #options: LiveRulesOptions;
  #set!: RuleSet;
  #judge!: Judge;
  #loading: Promise<unknown> = Promise.resolve();
  readonly #thrown = new Map<string, number>();

  constructor(options: LiveRulesOptions) {
    this.#options = options;
  }

  get judge(): Judge {
    return this.#judge;
  }

  get set(): RuleSet {
    return this.#set;
  }

  /** Holds events against the rules that are in force now. */
  matcher(): EventMatcher {
    return new EventMatcher(this.#set.matcher, this.#judge);
  }

  known(id: string): KnownRule | undefined {
    return this.#set.rules.get(id);
  }

  /** Rules that threw while matching, with how often: a person should see them. */
  get thrown(): ReadonlyMap<string, number> {
    return this.#thrown;
  }

  /** Notes that a rule threw while it was held against events. */
  failed(id: string, times: number, error: string): void {
    const before = this.#thrown.get(id) ?? 0;
    this.#thrown.set(id, before + times);
    if (before === 0)
      this.#options.log.warn({ rule: id, error }, 'a rule failed on an event; the other rules go on');
  }

  reload(): Promise<RuleImportReport> {
    const next = this.#loading.then(() => this.#load());
    // A failed load is its caller's to report; the next one begins afresh.
    this.#loading = next.catch(() => undefined);
    return next;
  }

  async #load(): Promise<RuleImportReport> {
    const { store, taxonomy, now, folders, log } = this.#options;
    const started = performance.now();
    const files: RuleFile[] = [];
    for (const [origin, folder] of folders) {
      if (!existsSync(folder)) {
        log.warn({ folder }, 'rule folder is not there');
        continue;
      }
      for (const file of readRuleFolder(folder))
        files.push({ origin, path: file.path.slice(folder.length).replace(/^[/\\]+/, ''), text: file.text });
    }
    files.push(...(await store.imported()));
    const disabled = await store.disabled();
    const rules = buildRuleSet(files, taxonomy, (id, error) => this.failed(id, 1, String(error)));
    const judge = new Judge({ rules, taxonomy, now, disabled });
    if (this.#judge !== undefined) judge.restore(this.#judge.snapshot());
    this.#options.onRules?.(files, disabled);
    this.#judge = judge;
    this.#set = rules;
    const report = this.#report();
    log.debug(
      {
        live: report.live,
        unmapped: report.unmapped,
        rejected: report.rejected.length,
        ms: Math.round(performance.now() - started),
      },
      'rules loaded',
    );
    return report;
  }

  #report(): RuleImportReport {
    let live = 0;
    let unmapped = 0;
    for (const known of this.#set.rules.values()) {
      if (known.state === 'live') live++;
      else if (known.state === 'unmapped') unmapped++;
    }
    return {
      live,
      unmapped,
      rejected: [...this.#set.problems],
      unmappedLogsources: [...this.#set.unmappedLogsources]
        .map(([logsource, rules]) => ({ logsource, rules }))
        .sort((a, b) => b.rules - a.rules),
    };
  }

  async import(
    origin: string,
    files: readonly { readonly path: string; readonly text: string }[],
    replace: boolean,
  ): Promise<RuleImportReport> {
    const { store, now } = this.#options;
    await store.import(origin, files, replace, now());
    return this.reload();
  }

  async setEnabled(id: string, enabled: boolean): Promise<boolean> {
    if (!this.#judge.setEnabled(id, enabled)) return false;
    this.#options.onEnabled?.(id, enabled);
    await this.#options.store.setEnabled(id, enabled);
    return true;
  }

  async list(filter: Parameters<RuleBook['list']>[0]) {
    const hits = await this.#hits();
    const q = filter.q?.toLowerCase();
    const views = [...this.#set.rules.values()].map((known) => this.#view(known, hits));
    const kept = views.filter(
      (view) =>
        (q === undefined ||
          `${view.title}\n${view.id}\n${view.logsource}\n${view.tags.join(' ')}\n${view.origin}`
            .toLowerCase()
            .includes(q)) &&
        (filter.level === undefined || view.level === filter.level) &&
        (filter.state === 'all' ||
          (filter.state === 'disabled' ? !view.enabled : view.state === filter.state && view.enabled)),
    );
    const byTitle = (a: RuleView, b: RuleView) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1);
    kept.sort((a, b) => {
      if (filter.sort === 'hits')
        return b.hits24h - a.hits24h || (b.lastHitAt ?? 0) - (a.lastHitAt ?? 0) || byTitle(a, b);
      if (filter.sort === 'level') return LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || byTitle(a, b);
      return byTitle(a, b);
    });
    const from = Math.max(0, Number(filter.cursor ?? 0) || 0);
    const items = kept.slice(from, from + filter.limit);
    const end = from + items.length;
    return { items, total: kept.length, ...(end < kept.length ? { next: String(end) } : {}) };
  }

  async get(id: string): Promise<RuleDetail | undefined> {
    const known = this.#set.rules.get(id);
    if (known === undefined) return undefined;
    return {
      ...this.#view(known, await this.#hits()),
      description: known.rule.description ?? '',
      source: this.#set.files[known.file]?.text ?? '',
      falsePositives: [...known.rule.falsepositives],
    };
  }

  story(ruleId: string, facts: Readonly<Record<string, string>>, language: string) {
    return tellStory(this.#set.rules.get(ruleId), ruleId, facts, language as Language);
  }

  techniques(ids: readonly string[]) {
    return ids.map((id) => {
      const known = this.#options.attack.technique(id);
      return { id, name: known?.name ?? id, tactic: known?.tactic ?? '' };
    });
  }

  #view(known: KnownRule, hits: ReadonlyMap<string, RuleHits>): RuleView {
    const hit = hits.get(known.key);
    const { rule } = known;
    return {
      id: known.key,
      title: rule.title,
      kind: rule.kind === 'rule' ? 'rule' : 'correlation',
      level: known.level,
      status: rule.status ?? 'experimental',
      enabled: this.#judge.isEnabled(known.key),
      state: known.state,
      problem:
        known.problem ??
        (this.#thrown.has(known.key) ? `failed on ${this.#thrown.get(known.key)} events; see the log` : null),
      logsource:
        rule.kind === 'rule'
          ? logsourceText(rule.logsource)
          : rule.correlation.rules.map((name) => this.#set.rules.get(name)?.rule.title ?? name).join(' + '),
      tags: [...rule.tags],
      origin: known.origin,
      path: known.path,
      hits24h: hit?.hits ?? 0,
      lastHitAt: hit?.lastAt ?? null,
    };
  }

  #hits(): Promise<Map<string, RuleHits>> {
    return this.#options.store.hits(this.#options.now() - 86_400_000);
  }
}

/**
 * Form of the detector's snapshot; raised when it changes. State of rules that have changed since is left out
 * by the engine, rule by rule.
 */
export const SNAPSHOT_FORM = 'form 3';

/** Reads `detections/attack.json`. */
export function loadAttack(detections: string): AttackNames {
  const file = join(detections, 'attack.json');
  const data = JSON.parse(readFileSync(file, 'utf8')) as {
    techniques: Record<string, { name: string; tactics: string[] }>;
    tactics: { key: string; name: string }[];
  };
  const tactics = new Map(data.tactics.map(({ key, name }) => [key, name]));
  return {
    technique(id) {
      const entry = Object.hasOwn(data.techniques, id) ? data.techniques[id] : undefined;
      return entry === undefined
        ? undefined
        : { name: entry.name, tactic: tactics.get(entry.tactics[0] ?? '') ?? '' };
    },
  };
}
