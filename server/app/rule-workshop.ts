import { createHash } from 'node:crypto';
import type { Event } from '@vigie/contracts';
import type {
  NewRuleVersion,
  RuleCheck,
  RuleExplain,
  RuleExplanation,
  RuleHitsView,
  RuleTrial,
  RuleVersion,
  RuleVersionMove,
  RuleVersions,
  SigmaFields,
  SigmaVocabulary,
} from '@vigie/contracts/api';
import type { Author, RuleWorkshop, Scope, WorkshopRefusal } from '../api/index.ts';
import type { RuleStore } from '../storage/state/rule-store.ts';
import type { RuleTrialStore, TrialCount } from '../storage/state/rule-trial-store.ts';
import type { Refusal, RuleVersionStore, VersionRow } from '../storage/state/rule-version-store.ts';
import type { AttackNames } from './attack.ts';
import type { LiveRules } from './rule-book.ts';
import type { RuleChecker } from './rule-check.ts';
import type { RuleChecks } from './rule-checks.ts';
import { fieldsOf, vocabularyOf } from './rule-vocabulary.ts';

const DAY = 86_400_000;
/** Versions whose time in test is told. */
const TRIALS = 10;
/** A rule that is not known yet is kept under an id of its own. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface WorkshopOptions {
  readonly rules: LiveRules;
  /** Says what in force depends on a rule. */
  readonly checker: Pick<RuleChecker, 'dependents'>;
  /** Everything that is done with a text. */
  readonly checks: RuleChecks;
  readonly versions: RuleVersionStore;
  readonly trials: RuleTrialStore;
  readonly store: Pick<RuleStore, 'findings'>;
  readonly attack: AttackNames;
  readonly now: () => number;
  readonly log: { info(fields: object, message: string): void };
}

/** Where people write rules: versions, their way to the live stream and back, and what helps in between. */
export class Workshop implements RuleWorkshop {
  readonly #options: WorkshopOptions;

  constructor(options: WorkshopOptions) {
    this.#options = options;
  }

  async versions(id: string): Promise<RuleVersions | undefined> {
    const { rules, versions, trials } = this.#options;
    const { revision, versions: rows, changes } = await versions.list(id);
    const upstream = rules.upstream(id);
    if (rows.length === 0 && upstream === undefined && rules.known(id) === undefined) return undefined;
    const inTest = rows.find(({ state }) => state === 'test');
    const text = upstream && ('text' in upstream.text ? upstream.text.text : '');
    const cases = upstream?.cases ?? '';
    return {
      id,
      revision,
      upstream:
        upstream === undefined || text === undefined
          ? null
          : {
              origin: upstream.known.origin,
              path: upstream.known.path,
              text,
              cases,
              changed:
                rows[0] !== undefined &&
                rows[0].upstreamHash !== null &&
                rows[0].upstreamHash !== hashOf(text, cases),
            },
      locked: this.#locked(id),
      versions: rows.map(summaryOf),
      changes,
      trials: trialsOf(await trials.of(id)),
      trialProblem: inTest === undefined ? null : rules.trialProblem(id, inTest.number),
    };
  }

  async version(id: string, number: number): Promise<RuleVersion | undefined> {
    const row = await this.#options.versions.get(id, number);
    return row && { ...summaryOf(row), text: row.text, cases: row.cases };
  }

  async save(id: string, wanted: NewRuleVersion, by: Author): Promise<RuleVersion | WorkshopRefusal> {
    const { rules, checks, versions, now, log } = this.#options;
    const upstream = rules.upstream(id);
    const locked = this.#locked(id);
    if (locked !== null) return { refused: 'not-allowed', message: locked };
    if (rules.known(id) === undefined && !rules.heads.has(id) && !UUID.test(id))
      return { refused: 'not-allowed', message: 'a new rule needs a UUID as its id, in lower case' };
    const title = (await checks.title({ text: wanted.text, id })) ?? id;
    const upstreamText = upstream && 'text' in upstream.text ? upstream.text.text : undefined;
    const saved = await versions.save(
      id,
      {
        text: wanted.text,
        cases: wanted.cases,
        title,
        note: wanted.note,
        author: by.name,
        upstreamHash: upstreamText === undefined ? null : hashOf(upstreamText, upstream?.cases ?? ''),
      },
      wanted.revision,
      now(),
    );
    if ('refused' in saved) return this.#refusal(id, saved);
    await rules.readShelf();
    log.info({ rule: id, version: saved.number, by: by.id, name: by.name }, 'rule version saved');
    return (await this.version(id, saved.number))!;
  }

  async move(
    id: string,
    number: number,
    { to, note, revision }: RuleVersionMove,
    by: Author,
  ): Promise<RuleVersions | WorkshopRefusal> {
    const { rules, checker, checks, versions, now, log } = this.#options;
    const row = await versions.get(id, number);
    if (row === undefined)
      return { refused: 'not-found', message: `there is no version ${number} of this rule` };
    if (to === 'test' || to === 'live') {
      const check = await checks.check({ id, text: row.text, cases: row.cases });
      if (!check.ok) return { refused: 'not-ready', message: notReady(check), details: check };
    }
    if (to === 'retired' && row.state === 'live' && rules.upstream(id) === undefined) {
      const counting = checker.dependents(id, undefined);
      if (counting.length > 0)
        return {
          refused: 'not-allowed',
          message: `it is counted by ${counting.map(({ rule }) => `“${rule.title}”`).join(', ')}; retire that first`,
        };
    }
    const moved = await versions.move(id, number, to, { actor: by.name, note }, revision, now());
    if ('refused' in moved) return this.#refusal(id, moved);
    log.info(
      { rule: id, version: number, change: moved.change, by: by.id, name: by.name },
      'rule version changed',
    );
    rules.forgetFlood(id);
    const judging = (state: string) => state === 'test' || state === 'live';
    if (judging(row.state) || judging(to)) await rules.reload();
    else await rules.readShelf();
    return (await this.versions(id))!;
  }

  validate(wanted: {
    readonly id?: string | undefined;
    readonly text: string;
    readonly cases?: string | undefined;
  }): Promise<RuleCheck> {
    return this.#options.checks.check(wanted);
  }

  async explain(
    wanted: Pick<RuleExplain, 'id' | 'version' | 'text' | 'log' | 'type'>,
    event: Event | undefined,
  ): Promise<RuleExplanation | WorkshopRefusal> {
    const { rules, checks } = this.#options;
    const text =
      wanted.text ??
      (wanted.version === undefined
        ? (await rules.get(wanted.id!, 'all'))?.source
        : (await this.version(wanted.id!, wanted.version))?.text);
    if (text === undefined) return { refused: 'not-found', message: 'there is no such rule' };
    const explained = await checks.explain(
      { text, id: wanted.id },
      event === undefined
        ? { log: wanted.log!, type: wanted.type }
        : { fields: event.fields, source: 'stored' },
    );
    return 'invalid' in explained ? { refused: 'invalid', message: explained.invalid } : explained;
  }

  vocabulary(): SigmaVocabulary {
    return vocabularyOf(this.#options.rules.taxonomy, this.#options.attack);
  }

  fields(logsource: Parameters<typeof fieldsOf>[1]): SigmaFields {
    return fieldsOf(this.#options.rules.taxonomy, logsource);
  }

  async hits(scope: Scope, id: string, days: number): Promise<RuleHitsView> {
    const { store, now } = this.#options;
    const from = (Math.floor(now() / DAY) - days + 1) * DAY;
    const found = await store.findings(scope, id, from);
    return {
      from,
      hits: found.days.reduce((sum, { hits }) => sum + hits, 0),
      byDay: found.days.map(({ day, hits }) => ({ day: dayText(day), count: hits })),
      byTenant: found.tenants.map(({ tenant, hits, lastAt }) => ({ tenant, count: hits, lastAt })),
      alerts: [...found.alerts],
    };
  }

  /** Why a rule can't be edited. */
  #locked(id: string): string | null {
    const { rules } = this.#options;
    const known = rules.known(id);
    const version = known && rules.set.files[known.file]?.version;
    if (version !== undefined && version.ruleId !== id) {
      const owner = rules.known(version.ruleId)?.rule.title ?? version.ruleId;
      return `it is part of “${owner}”, and is edited there`;
    }
    const upstream = rules.upstream(id);
    if (upstream !== undefined && 'refused' in upstream.text) return upstream.text.refused;
    // What has neither id nor name is known by its title, which an edit could change.
    if (known !== undefined && known.rule.id === undefined)
      return 'it has no id, which a version would have to keep; give it one in its file';
    return null;
  }

  async #refusal(id: string, refusal: Refusal): Promise<WorkshopRefusal> {
    switch (refusal.refused) {
      case 'missing':
        return { refused: 'not-found', message: 'there is no such version' };
      case 'too-many':
        return { refused: 'not-allowed', message: 'this rule has as many versions as are kept' };
      case 'not-allowed':
        return {
          refused: 'not-allowed',
          message: 'the version can’t go there from its present state; a draft goes live by way of test',
        };
      case 'conflict': {
        const head = this.#options.rules.heads.get(id);
        const { versions } = await this.#options.versions.list(id);
        const newest = versions[0]?.number ?? head?.newest;
        const current = newest === undefined ? undefined : await this.version(id, newest);
        return {
          refused: 'conflict',
          message:
            current === undefined
              ? 'this rule has no versions any more'
              : `somebody else has changed this rule meanwhile: version ${current.number} is by ${current.author}`,
          details: { revision: refusal.revision, current: current ?? null },
        };
      }
    }
  }
}

function notReady(check: RuleCheck): string {
  const errors = check.issues.filter(({ severity }) => severity === 'error').length;
  const failed = (check.cases ?? []).filter(({ passed }) => !passed).length;
  const parts = [
    ...(errors > 0 ? [`${errors} error${errors === 1 ? '' : 's'}`] : []),
    ...(check.caseIssues.length > 0 ? ['cases that can’t be read'] : []),
    ...(failed > 0 ? [`${failed} failing case${failed === 1 ? '' : 's'}`] : []),
  ];
  return `the version is not ready: ${parts.join(', ')}`;
}

function summaryOf({ upstreamHash: _, ...row }: VersionRow & { text?: string; cases?: string }) {
  const { text: _text, cases: _cases, ...summary } = row;
  return summary;
}

/** Tells whether the text below a version is still the one it was written over. */
function hashOf(text: string, cases: string): string {
  return createHash('sha256').update(`${text.length}:${text}${cases}`).digest('hex');
}

function dayText(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

/** Trial counts by version, the newest versions first. */
function trialsOf(counts: readonly TrialCount[]): RuleTrial[] {
  const numbers = [...new Set(counts.map(({ number }) => number))].sort((a, b) => b - a).slice(0, TRIALS);
  return numbers.map((number) => {
    const own = counts.filter((count) => count.number === number);
    const days = new Map<number, number>();
    const tenants = new Map<string, number>();
    for (const { day, tenant, hits } of own) {
      days.set(day, (days.get(day) ?? 0) + hits);
      tenants.set(tenant, (tenants.get(tenant) ?? 0) + hits);
    }
    return {
      number,
      hits: own.reduce((sum, { hits }) => sum + hits, 0),
      lastAt: Math.max(...own.map(({ lastAt }) => lastAt)),
      byDay: [...days].sort(([a], [b]) => a - b).map(([day, count]) => ({ day: dayText(day), count })),
      byTenant: [...tenants].sort(([, a], [, b]) => b - a).map(([tenant, count]) => ({ tenant, count })),
      samples: own
        .flatMap(({ tenant, samples }) => samples.map(({ id, at }) => ({ tenant, id, at })))
        .sort((a, b) => b.at - a.at)
        .slice(0, 20),
    };
  });
}
