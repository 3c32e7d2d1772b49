import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language, RuleAdaptation, RuleDetail, RuleImportReport } from '@vigie/contracts/api';
import type { Taxonomy } from '@vigie/sigma';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import type { RuleBook, Scope } from '../api/index.ts';
import {
  type Adaptation,
  Adapter,
  buildRuleSet,
  EventMatcher,
  type Found,
  isTrialKey,
  Judge,
  type KnownRule,
  type LiveExceptions,
  type MatchedBatch,
  type MatchedEvent,
  NO_ADAPTATION,
  type ParsedAhead,
  ParsedFiles,
  type RuleFile,
  type RuleSet,
  type TrialHits,
  Trials,
  tellStory,
  textOf,
} from '../detect/index.ts';
import type { RuleHits, RuleStore } from '../storage/state/rule-store.ts';
import type { HistoryHead, RuleVersionStore } from '../storage/state/rule-version-store.ts';
import { describeAdaptation } from './adaptation-views.ts';
import type { AttackNames } from './attack.ts';
import { type ShelfRule, shelve } from './rule-shelf.ts';
import { describeRule, listRules, type RuleSource, WORKSHOP } from './rule-views.ts';
import { pathBelow } from './shipped.ts';

/** The shipped or imported text that a version of a rule lies over. */
export interface Upstream {
  readonly known: KnownRule;
  /** `refused`: the rule can't be taken out of its file. */
  readonly text: ReturnType<typeof textOf>;
  /** Text of the cases beside it, or null. */
  readonly cases: string | null;
}

export interface LiveRulesOptions {
  readonly store: RuleStore;
  readonly versions: RuleVersionStore;
  readonly taxonomy: Taxonomy;
  /** Rule files that were parsed before the start. */
  readonly parsed?: ParsedAhead;
  /** Reads the pipelines and placeholders of this installation; absent: there are none. */
  readonly adaptation?: () => Promise<Adaptation>;
  readonly attack: AttackNames;
  /** Folders read at every load: origin → path. */
  readonly folders: ReadonlyMap<string, string>;
  readonly now: () => number;
  /** Told of every rule set that comes into force, before events are judged by it. */
  readonly onRules?: (
    files: readonly RuleFile[],
    disabled: ReadonlySet<string>,
    adaptation: Adaptation,
  ) => void;
  readonly onEnabled?: (rule: string, enabled: boolean) => void;
  /** What people have decided to be silent. */
  readonly exceptions?: LiveExceptions;
  /** How late an event may come, milliseconds. */
  readonly lateness?: number;
  readonly log: { warn(fields: object, message: string): void; debug(fields: object, message: string): void };
}

/** The rules that are in force: loads them, swaps them, and tells people about them. */
export class LiveRules implements RuleBook, RuleSource {
  readonly #options: LiveRulesOptions;
  #set!: RuleSet;
  #judge!: Judge;
  #trials!: Trials;
  #heads: ReadonlyMap<string, HistoryHead> = new Map();
  #shelf: ReadonlyMap<string, ShelfRule> = new Map();
  /** Versions in test that were stopped because they flooded, as `number rule`. */
  readonly #flooded = new Set<string>();
  readonly #parsed: ParsedFiles;
  #adaptation: Adaptation = NO_ADAPTATION;
  #loading: Promise<unknown> = Promise.resolve();
  readonly #thrown = new Map<string, number>();

  constructor(options: LiveRulesOptions) {
    this.#options = options;
    this.#parsed = new ParsedFiles(options.parsed);
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

  get heads(): ReadonlyMap<string, HistoryHead> {
    return this.#heads;
  }

  get shelf(): ReadonlyMap<string, ShelfRule> {
    return this.#shelf;
  }

  get taxonomy(): Taxonomy {
    return this.#options.taxonomy;
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
    if (isTrialKey(id)) {
      const trial = this.#set.trials.find(({ clones }) => clones.some((clone) => clone.id === id));
      if (trial !== undefined) trial.problem ??= `it fails on events: ${error.slice(0, 300)}`;
      return;
    }
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
    const { store, taxonomy, now, folders, exceptions, lateness, log } = this.#options;
    const started = performance.now();
    const files: RuleFile[] = (await this.#options.versions.judging())
      .filter(({ ruleId, number, state }) => state === 'live' || !this.#flooded.has(`${number} ${ruleId}`))
      .map(({ ruleId, number, state, text }) => ({
        origin: WORKSHOP,
        path: `${ruleId}@${number}`,
        text,
        version: { ruleId, number, state },
      }));
    for (const [origin, folder] of folders) {
      if (!existsSync(folder)) {
        log.warn({ folder }, 'rule folder is not there');
        continue;
      }
      for (const file of readRuleFolder(folder))
        files.push({ origin, path: pathBelow(folder, file.path), text: file.text });
    }
    files.push(...(await store.imported()));
    const adaptation = (await this.#options.adaptation?.()) ?? NO_ADAPTATION;
    const adapter = new Adapter(adaptation);
    const disabled = await store.disabled();
    const rules = buildRuleSet(
      files,
      taxonomy,
      (id, error) => this.failed(id, 1, String(error)),
      this.#parsed.parser(),
      adapter,
    );
    const judge = new Judge({ rules, taxonomy, now, disabled, exceptions, lateness });
    if (this.#judge !== undefined) judge.restore(this.#judge.snapshot());
    const trials = new Trials({
      trials: rules.trials,
      taxonomy,
      now,
      exceptions,
      lateness,
      onFlood: (trial, keys) => this.#stopTrial(trial, keys),
    });
    if (this.#trials !== undefined) trials.restore(this.#trials.snapshot());
    this.#options.onRules?.(files, disabled, adaptation);
    this.#adaptation = adaptation;
    this.#judge = judge;
    this.#trials = trials;
    this.#set = rules;
    await this.#readShelf();
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

  /** Reads where the versions stand, without loading any rule anew. */
  readShelf(): Promise<void> {
    const next = this.#loading.then(() => this.#readShelf());
    this.#loading = next.catch(() => undefined);
    return next;
  }

  async #readShelf(): Promise<void> {
    const heads = await this.#options.versions.heads();
    this.#heads = new Map(heads.map((head) => [head.ruleId, head]));
    this.#shelf = new Map(
      heads
        .filter(({ ruleId }) => !this.#set.rules.has(ruleId))
        .map((head) => [head.ruleId, shelve(head, this.#shelf.get(head.ruleId))]),
    );
  }

  #stopTrial(
    { ruleId, number }: { readonly ruleId: string; readonly number: number },
    keys: readonly string[],
  ) {
    this.#flooded.add(`${number} ${ruleId}`);
    for (const key of keys) {
      this.#set.matcher.setEnabled(key, false);
      this.#options.onEnabled?.(key, false);
    }
    this.#options.log.warn(
      { rule: ruleId, version: number },
      'a version in test was stopped: it matches too much',
    );
  }

  /** Lets a version in test that was stopped be judged again, at the next load. */
  forgetFlood(ruleId: string): void {
    for (const name of this.#flooded) if (name.endsWith(` ${ruleId}`)) this.#flooded.delete(name);
  }

  /** Judges events that rules have matched: detections, and the hits of versions in test. */
  judgeMatched(matched: readonly MatchedEvent[]): (Found | TrialHits)[] {
    return together(this.#judge.judge(matched), this.#trials.observe(matched));
  }

  /** Tells how far time has come. */
  advance(batch: Pick<MatchedBatch, 'clocks' | 'at'>): (Found | TrialHits)[] {
    return together(this.#judge.advance(batch), this.#trials.advance(batch));
  }

  /** For each tenant that has windows waiting for their end, the event times that decide them; earliest by engine. */
  *dues(): Generator<readonly [tenant: string, due: number]> {
    yield* this.#judge.dues();
    yield* this.#trials.dues();
  }

  /** All state that the detections to come depend on, as plain JSON. */
  snapshot(): DetectorState {
    return { ...this.#judge.snapshot(), trials: this.#trials.snapshot() };
  }

  restore(state: DetectorState): void {
    this.#judge.restore(state);
    if (state.trials !== undefined) this.#trials.restore(state.trials);
  }

  /** Why a version in test judges nothing, or null. */
  trialProblem(ruleId: string, number: number): string | null {
    if (this.#flooded.has(`${number} ${ruleId}`))
      return 'it matched so much that it was stopped; look for the mistake, and put it in test again';
    const trial = this.#set.trials.find((one) => one.ruleId === ruleId && one.number === number);
    return trial?.problem ?? null;
  }

  /** The shipped or imported rule of an id, whether a version lies over it or not. */
  upstream(id: string): Upstream | undefined {
    const inForce = this.#set.rules.get(id);
    const known =
      this.#set.overridden.get(id) ??
      (inForce !== undefined && this.#set.files[inForce.file]?.version === undefined ? inForce : undefined);
    if (known === undefined) return undefined;
    return { known, text: this.ownText(known), cases: this.#casesBeside(known) };
  }

  /** A rule's own part of its file. */
  ownText(known: KnownRule): ReturnType<typeof textOf> {
    const file = this.#set.files[known.file];
    if (file === undefined) return { text: '' };
    const inFile = [...this.#set.rules.values(), ...this.#set.overridden.values()]
      .filter((other) => other.file === known.file)
      .map(({ rule }) => rule)
      .sort((a, b) => a.line - b.line);
    return textOf(file, known.rule, inFile);
  }

  /** Text of the cases of a rule in force. */
  async casesOf(known: KnownRule): Promise<string | null> {
    const version = this.#set.files[known.file]?.version;
    if (version === undefined) return this.#casesBeside(known);
    return (await this.#options.versions.get(version.ruleId, version.number))?.cases || null;
  }

  #casesBeside(known: KnownRule): string | null {
    const { folders } = this.#options;
    const folder = folders.get(known.origin);
    if (folder === undefined) return null;
    const path = join(folder, known.path.replace(/\.ya?ml$/i, '.cases.yml'));
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
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
    pipelines?: readonly { readonly name: string; readonly text: string }[],
  ): Promise<RuleImportReport> {
    const { store, now } = this.#options;
    if (pipelines !== undefined) {
      // What can't be used is refused before anything changes.
      new Adapter({ pipelines: pipelines.map((one) => ({ origin, ...one })), placeholders: {} });
      await store.setPipelines(origin, pipelines);
    }
    if (files.length > 0 || pipelines === undefined) await store.import(origin, files, replace, now());
    return this.reload();
  }

  /** The pipelines and placeholders in force, and the placeholders that rules wait for. */
  adaptation(): RuleAdaptation {
    return describeAdaptation(this.#set, this.#adaptation);
  }

  /** Gives a placeholder values, or takes them away, and puts the rules in force anew. */
  async setPlaceholder(name: string, values: readonly string[] | undefined): Promise<RuleImportReport> {
    await this.#options.store.setPlaceholder(name, values, this.#options.now());
    return this.reload();
  }

  async setEnabled(id: string, enabled: boolean): Promise<boolean> {
    if (!this.#judge.setEnabled(id, enabled)) return false;
    this.#options.onEnabled?.(id, enabled);
    await this.#options.store.setEnabled(id, enabled);
    return true;
  }

  async list(filter: Parameters<RuleBook['list']>[0]) {
    return listRules(this, await this.#hits(filter.scope), filter);
  }

  async get(id: string, scope: Scope): Promise<RuleDetail | undefined> {
    if (scope !== 'all' && !this.#set.rules.has(id)) return undefined;
    const rule = await describeRule(this, await this.#hits(scope), id, scope);
    // Cases that were written here hold logs, which may well be a client's.
    return rule === undefined || scope === 'all' || rule.origin !== WORKSHOP
      ? rule
      : { ...rule, cases: null };
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

  #hits(scope: Scope): Promise<Map<string, RuleHits>> {
    return this.#options.store.hits(scope, this.#options.now() - 86_400_000);
  }
}

/** Nearly always nothing is in test: then nothing is copied. */
function together(found: Found[], hits: readonly TrialHits[]): (Found | TrialHits)[] {
  return hits.length === 0 ? found : [...found, ...hits];
}

/** What is saved of detection, see {@link LiveRules.snapshot}. */
export type DetectorState = ReturnType<Judge['snapshot']> & {
  readonly trials?: ReturnType<Trials['snapshot']>;
};

/**
 * Form of the detector's snapshot; raised when it changes. State of rules that have changed since is left out
 * by the engine, rule by rule.
 */
export const SNAPSHOT_FORM = 'form 3';
