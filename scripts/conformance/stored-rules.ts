import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@vigie/contracts';
import { type ResolvedLogsource, resolveLogsource, type SigmaRule, type Taxonomy } from '@vigie/sigma';
import { belongsTo } from '@vigie/sigma/compile/logsource-tree.ts';
import { referenceMatch } from '@vigie/sigma/reference.ts';
import { logsourceSql, toSql } from '@vigie/sigma/sql/index.ts';
import { loadTaxonomy } from '../../server/app/taxonomy.ts';
import { ChdbProcess } from '../../server/storage/events/chdb-process.ts';
import { EVENT_COLUMNS } from '../../server/storage/events/rule-search.ts';
import { openEventStore } from '../../server/storage/events/store.ts';
import type { EventsTransport } from '../../server/storage/events/transport.ts';
import { type CorpusEvent, corpusEvents } from './corpus-events.ts';
import { corpusRules } from './corpus-rules.ts';
import type { Context, Part } from './part.ts';
import { Counts, percent, table } from './table.ts';

/** Events of one insert, as many as a busy server's batch has. */
const BATCH = 5_000;
/** Longest list of conditions of one statement, characters; the database parses 262,144 bytes. */
const STATEMENT = 160_000;
/** Most conditions of one statement: each is a column of the block while it runs. */
const CONDITIONS = 80;
/** Every so many-th event is also held against every rule without any index. */
const FULL_SCAN_EVERY = 25;
const TIMEOUT = 300_000;
const SHOWN = 20;

/** A rule as a condition; the name `scope` in it stands for the condition of its logsource. */
interface Condition {
  readonly rule: SigmaRule;
  readonly where: string;
}

/** The ids of a rule's events as the matcher and as the database find them. */
interface Difference {
  readonly rule: SigmaRule;
  readonly onlyMatcher: readonly number[];
  readonly onlySql: readonly number[];
}

/**
 * Every live rule held against the events of the corpus in three ways that must agree: by the matcher in memory,
 * by its ClickHouse condition over the same events in a real event store, and, on a share of the events, by
 * trying every rule in full.
 */
export const storedRules: Part = {
  name: 'stored',
  title: 'Rules on stored events, as SQL and in memory',
  needs: 'sigma/rules',
  async run(context) {
    const directory = await mkdtemp(join(tmpdir(), 'vigie-conformance-'));
    try {
      return await compare(context, directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function compare(context: Context, directory: string) {
  const taxonomy = loadTaxonomy(join(context.root, 'detections', 'taxonomy'));
  const { matcher } = corpusRules(context).set;
  const childPath = join(context.root, '.cache', 'conformance-events-child.mjs');
  const settings = { directory, childPath, memoryLimit: 1_500_000_000 };
  const full = new FullScan(matcher.rules, taxonomy);
  const byMatcher = new Map<SigmaRule, number[]>();
  const origins = new Counts();
  let number = 0;

  const store = await openEventStore(settings);
  try {
    let batch: Event[] = [];
    let sequence = 0;
    const flush = async () => {
      if (batch.length > 0) await store.insert({ sequence: ++sequence, events: batch });
      batch = [];
    };
    for (const event of corpusEvents(context.corpus)) {
      number++;
      origins.add(event.from);
      const hits = matcher.match(event.fields).map(({ rule }) => rule);
      for (const rule of hits) {
        const found = byMatcher.get(rule);
        if (found === undefined) byMatcher.set(rule, [number]);
        else found.push(number);
      }
      if (number % FULL_SCAN_EVERY === 0) full.hold(number, event, hits);
      batch.push(stored(number, event));
      if (batch.length === BATCH) await flush();
    }
    await flush();
  } finally {
    await store.close();
  }

  const unsupported = new Counts();
  const refused: string[] = [];
  const groups = new Map<string, Condition[]>();
  let expressible = 0;
  for (const rule of matcher.rules) {
    const options = { taxonomy, columns: EVENT_COLUMNS };
    const own = toSql(rule, options);
    const scope = logsourceSql(rule.logsource, options);
    const problem =
      'unsupported' in own ? own.unsupported : 'unsupported' in scope ? scope.unsupported : undefined;
    if (problem !== undefined) {
      unsupported.add(reasonOf(problem));
      refused.push(`  ${rule.title}: ${problem}`);
    } else if ('where' in own && 'where' in scope) {
      expressible++;
      const condition = { rule, where: shortened(own.where, scope.where) };
      const group = groups.get(scope.where);
      if (group === undefined) groups.set(scope.where, [condition]);
      else group.push(condition);
    }
  }

  const differences: Difference[] = [];
  const failed: string[] = [];
  let statements = 0;
  let compared = 0;
  let bySql = 0;
  const from = performance.now();
  // The store again, by a process of our own, because its interface gives no list of ids for many conditions.
  const transport = await ChdbProcess.start(settings);
  try {
    for (const [scope, rules] of groups)
      for (const part of statementsOf(rules)) {
        statements++;
        const results = await idsOf(transport, scope, part, failed);
        for (const [at, { rule }] of part.entries()) {
          const found = results[at];
          if (found === undefined) continue;
          compared++;
          bySql += found.length;
          const expected = byMatcher.get(rule) ?? [];
          if (found.join() !== expected.join()) differences.push(differenceOf(rule, expected, found));
        }
      }
  } finally {
    await transport.close();
  }
  const seconds = (performance.now() - from) / 1000;
  let matches = 0;
  for (const ids of byMatcher.values()) matches += ids.length;
  const live = matcher.rules.length;
  return {
    lines: [
      `${number} events stored: ${origins
        .top()
        .map(([name, n]) => `${n} ${name}`)
        .join(', ')}`,
      '',
      ...table([
        [
          'live rules',
          'expressible',
          'share',
          'compared',
          'that fire',
          'matches',
          'by SQL',
          'rules that differ',
        ],
        [
          live,
          expressible,
          percent(expressible, live),
          compared,
          byMatcher.size,
          matches,
          bySql,
          differences.length,
        ],
      ]),
      '',
      `${statements} statements in ${seconds.toFixed(1)} s`,
      ...(unsupported.total === 0
        ? []
        : [
            '',
            ...table([['not expressible because', 'rules'], ...unsupported.top()]),
            ...refused.slice(0, SHOWN),
          ]),
      '',
      `every rule in full on ${full.events} of the events: ${full.evaluations} times a rule on an event of its logsource, ${full.matches} matches, ` +
        `${full.differences.length} events differ`,
      ...differences.slice(0, SHOWN).map(describe),
    ],
    figures: [
      { name: 'stored.expressible', value: expressible / Math.max(1, live) },
      { name: 'stored.compared', value: compared / Math.max(1, expressible) },
    ],
    crashes: [
      ...differences.map(
        ({ rule, onlyMatcher, onlySql }) =>
          `${rule.title}: ${onlyMatcher.length} events by the matcher only, ${onlySql.length} by SQL only`,
      ),
      ...full.differences,
      ...failed,
    ],
  };
}

/** The event as the store gets it; received today, because what is older than its term is deleted. */
function stored(number: number, { fields, time }: CorpusEvent): Event {
  const id = number.toString(16).padStart(32, '0');
  return { id, tenant: 'conformance', source: 'corpus', time, receivedAt: Date.now(), fields };
}

/** Every condition begins with that of the logsource, most of its text; the database need read it once only. */
function shortened(where: string, scope: string): string {
  return where.startsWith(`${scope} AND `) ? `scope${where.slice(scope.length)}` : where;
}

function* statementsOf(rules: readonly Condition[]): Generator<Condition[]> {
  let part: Condition[] = [];
  let length = 0;
  for (const rule of rules) {
    if (part.length > 0 && (length + rule.where.length > STATEMENT || part.length === CONDITIONS)) {
      yield part;
      part = [];
      length = 0;
    }
    part.push(rule);
    length += rule.where.length;
  }
  if (part.length > 0) yield part;
}

/**
 * The numbers of each rule's events, ascending. A statement that the database refuses is halved until the rule
 * is found that it cannot take; that rule's place stays empty, and `failed` says why.
 */
async function idsOf(
  transport: EventsTransport,
  scope: string,
  rules: readonly Condition[],
  failed: string[],
): Promise<(readonly number[] | undefined)[]> {
  const lists = rules.map(({ where }) => `arraySort(groupArrayIf(n, ${where}))`);
  try {
    const text = await transport.run(
      'admin',
      `WITH (${scope}) AS scope
       SELECT ${lists.join(',\n')} FROM (SELECT *, reinterpretAsUInt32(reverse(id)) AS n FROM event) WHERE scope`,
      'JSONCompactEachRow',
      TIMEOUT,
    );
    return JSON.parse(text.toString('utf8')) as number[][];
  } catch (error) {
    if (rules.length === 1) {
      failed.push(
        `${rules[0]!.rule.title}: the database refuses its condition: ${String(error).slice(0, 300)}`,
      );
      return [undefined];
    }
    const half = rules.length >> 1;
    return [
      ...(await idsOf(transport, scope, rules.slice(0, half), failed)),
      ...(await idsOf(transport, scope, rules.slice(half), failed)),
    ];
  }
}

function differenceOf(rule: SigmaRule, byMatcher: readonly number[], bySql: readonly number[]): Difference {
  const own = new Set(byMatcher);
  const other = new Set(bySql);
  return {
    rule,
    onlyMatcher: byMatcher.filter((n) => !other.has(n)),
    onlySql: bySql.filter((n) => !own.has(n)),
  };
}

function describe({ rule, onlyMatcher, onlySql }: Difference): string {
  const some = (ids: readonly number[]) => ids.slice(0, 5).join(', ') || 'none';
  return `  differs: ${rule.title} (${rule.id}): by the matcher only ${some(onlyMatcher)}; by SQL only ${some(onlySql)}`;
}

/** Reasons without what is particular to one rule. */
function reasonOf(text: string): string {
  return text.replace(/[“"`'].*[”"`']/s, '…').replace(/\d{3,}/g, 'n');
}

/** Tries every rule of an event's logsources in full, without index or decision tree. */
class FullScan {
  events = 0;
  evaluations = 0;
  matches = 0;
  readonly differences: string[] = [];
  readonly #taxonomy: Taxonomy;
  /** Rules with their places in the rule set, by logsource. */
  readonly #groups: { readonly logsource: ResolvedLogsource; readonly rules: SigmaRule[] }[] = [];
  readonly #place: ReadonlyMap<SigmaRule, number>;

  constructor(rules: readonly SigmaRule[], taxonomy: Taxonomy) {
    this.#taxonomy = taxonomy;
    this.#place = new Map(rules.map((rule, place) => [rule, place]));
    const groups = new Map<string, SigmaRule[]>();
    for (const rule of rules) {
      const { product, category, service } = rule.logsource;
      const key = JSON.stringify([product, category, service]);
      const group = groups.get(key);
      if (group !== undefined) group.push(rule);
      else {
        const logsource = resolveLogsource(taxonomy, rule.logsource);
        const made = [rule];
        groups.set(key, made);
        if (logsource !== undefined) this.#groups.push({ logsource, rules: made });
      }
    }
  }

  hold(number: number, { fields, from }: CorpusEvent, hits: readonly SigmaRule[]): void {
    this.events++;
    const expected = this.#groups.flatMap(({ logsource, rules }) => {
      if (!belongsTo(logsource, fields)) return [];
      this.evaluations += rules.length;
      return referenceMatch(rules, fields, { taxonomy: this.#taxonomy });
    });
    expected.sort((a, b) => this.#place.get(a)! - this.#place.get(b)!);
    this.matches += expected.length;
    const title = (rules: readonly SigmaRule[]) => rules.map((rule) => rule.title).join(', ') || 'none';
    if (expected.length !== hits.length || expected.some((rule, at) => rule !== hits[at]))
      this.differences.push(
        `event ${number} (${from}): the matcher says ${title(hits)}; in full ${title(expected)}`,
      );
  }
}
