import type { EcsFields, Event } from '@vigie/contracts';
import {
  EXCEPTION_PREVIEW_DAYS,
  type ExceptionSuggestion,
  type ExceptionSuggestRequest,
} from '@vigie/contracts/api';
import { DEFAULT_ENTITY_FIELDS } from '@vigie/contracts/rule-content';
import {
  matchedFields,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { toSql } from '@vigie/sigma/sql/index.ts';
import {
  composeFilter,
  type KnownRule,
  LiveExceptions,
  nameFor,
  readFilter,
  silencedPart,
} from '../detect/index.ts';
import type { RuleSearch } from '../hunt/index.ts';
import type { ExceptionEvidence, StoredDetection } from '../storage/state/exception-evidence.ts';
import { groupOf } from './exception-refusals.ts';

/** Fields that tell one program or person from another, besides those that the rule names. */
const CONTEXT = [
  'user.name',
  'host.name',
  'source.ip',
  'process.executable',
  'process.command_line',
  'process.parent.executable',
  'destination.ip',
  'destination.port',
  'destination.domain',
  'file.path',
  'registry.path',
  'service.name',
  'url.path',
  'dns.question.name',
  'user_agent.original',
  'event.action',
  'cloud.account.id',
];
/** Entities that are proposed, narrow first: a person takes away what is too narrow, rather than too wide. */
const CHOSEN_ENTITIES = ['host', 'user', 'ip', 'cloud'] as const;
const MAX_VALUES = 5;
const MAX_LENGTH = 2_000;
const MAX_CANDIDATES = 24;
const MAX_DETECTIONS = 20_000;
const DAY = 86_400_000;

type Candidate = ExceptionSuggestion['candidates'][number];

export interface SuggestOptions {
  readonly taxonomy: Taxonomy;
  readonly filters: () => readonly SigmaFilter[];
  readonly search: RuleSearch;
  readonly evidence: Pick<ExceptionEvidence, 'detection' | 'detections'>;
  readonly now: () => number;
}

/** Proposes what an exception for a rule could be made of. */
export class ExceptionSuggestions {
  readonly #options: SuggestOptions;

  constructor(options: SuggestOptions) {
    this.#options = options;
  }

  /** @throws what the stores throw */
  async suggest(known: KnownRule, request: ExceptionSuggestRequest): Promise<ExceptionSuggestion> {
    const { rule } = known;
    const about = { id: known.key, title: rule.title, kind: rule.kind, level: known.level };
    const detection =
      request.detection === undefined
        ? undefined
        : await this.#options.evidence.detection([request.tenant], request.tenant, request.detection);
    const made =
      rule.kind === 'correlation'
        ? await this.#ofCorrelation(rule, known, request, detection)
        : await this.#ofRule(rule, known, request, detection);
    const { event, candidates, total } = made;
    return {
      rule: about,
      event:
        event === undefined
          ? null
          : {
              id: event.id,
              tenant: event.tenant,
              source: event.source,
              at: event.time,
              receivedAt: event.receivedAt,
              fields: event.fields,
            },
      candidates,
      total,
    };
  }

  async #ofRule(
    rule: SigmaRule,
    known: KnownRule,
    { tenant, event: asked }: ExceptionSuggestRequest,
    detection: StoredDetection | undefined,
  ) {
    const { search, taxonomy, filters, now } = this.#options;
    const to = now();
    const range = { from: to - EXCEPTION_PREVIEW_DAYS * DAY, to };
    const options = { taxonomy, columns: search.columns, filters: filters() };
    const own = toSql(rule, options);
    const ref = asked === undefined ? detection?.events[0] : { id: asked.id, time: asked.at };
    const [event] =
      ref !== undefined
        ? await search.eventsOf([{ tenant, id: ref.id, time: ref.time }])
        : 'where' in own
          ? (await search.searchRule({ tenants: [tenant], range, where: own.where }, [])).samples
          : [];
    if (event === undefined) return { event, candidates: [], total: null };
    const candidates = proposed(rule, known, event, taxonomy).filter(({ filter }) =>
      this.#silences(rule, filter, event),
    );
    const wanted = candidates.map(({ filter }) => toSql(silencedPart(rule, filter), options));
    const sure = wanted.flatMap((made) => ('where' in made ? made.where : []));
    if ('unsupported' in own || sure.length < wanted.length)
      return { event, candidates: candidates.map(({ candidate }) => candidate), total: null };
    const { total, each } = await search.countEach({ tenants: [tenant], range, where: own.where }, sure);
    return {
      event,
      candidates: candidates.map(({ candidate }, at) => ({
        ...candidate,
        share: total === 0 ? null : each[at]! / total,
      })),
      total,
    };
  }

  /** A field whose name the rule's logsource reads as something else would be of no use: this one must work. */
  #silences(rule: SigmaRule, filter: SigmaFilter, event: Event): boolean {
    const live = new LiveExceptions({ taxonomy: this.#options.taxonomy, onError: () => undefined });
    live.replace([{ id: 'draft', tenant: null, filter, from: 0, until: Number.POSITIVE_INFINITY }]);
    return live.silences(rule, event);
  }

  async #ofCorrelation(
    rule: SigmaCorrelation,
    known: KnownRule,
    { tenant }: ExceptionSuggestRequest,
    detection: StoredDetection | undefined,
  ) {
    const { evidence, search, now } = this.#options;
    const since = now() - EXCEPTION_PREVIEW_DAYS * DAY;
    const all = await evidence.detections([tenant], known.key, since, MAX_DETECTIONS);
    const subject = detection ?? all[0];
    if (subject === undefined || rule.correlation.groupBy.length === 0)
      return { event: undefined, candidates: [], total: all.length };
    const same = (one: StoredDetection, field: string, value: string) =>
      groupOf(one).some((own) => own.field === field && own.value.toLowerCase() === value.toLowerCase());
    const candidates = groupOf(subject).map(
      ({ field, value }): Candidate => ({
        field,
        values: [value],
        role: 'group',
        chosen: true,
        share: all.length === 0 ? null : all.filter((one) => same(one, field, value)).length / all.length,
      }),
    );
    const last = subject.events.at(-1);
    const [event] =
      last === undefined ? [] : await search.eventsOf([{ tenant, id: last.id, time: last.time }]);
    return { event, candidates, total: all.length };
  }
}

/** Fields of an event with the filter that each would make by itself. */
function proposed(
  rule: SigmaRule,
  known: KnownRule,
  event: Event,
  taxonomy: Taxonomy,
): { readonly candidate: Candidate; readonly filter: SigmaFilter }[] {
  const entities = known.content?.entities ?? DEFAULT_ENTITY_FIELDS;
  const entityFields = Object.values(entities).flatMap((fields) => fields ?? []);
  const chosen = new Set<string>(CHOSEN_ENTITIES.flatMap((type) => entities[type] ?? []));
  chosen.add('process.executable');
  const matched = matchedFields(rule.detection, rule.logsource, event.fields, taxonomy).map(
    ({ field }) => field,
  );
  const name = nameFor(rule);
  if (name === undefined) return [];
  const made = [...new Set([...entityFields, ...matched, ...CONTEXT])].flatMap((field) => {
    const values = valuesOf(event.fields, field);
    if (values === undefined) return [];
    const read = readFilter(
      composeFilter({
        title: rule.title.slice(0, 200),
        logsource: rule.logsource,
        rules: [name],
        fields: [{ field, match: 'equals', values }],
      }),
    );
    if ('problem' in read) return [];
    const isEntity = entityFields.includes(field);
    const candidate: Candidate = {
      field,
      values,
      role: isEntity ? 'entity' : matched.includes(field) ? 'matched' : 'context',
      chosen: chosen.has(field),
      share: null,
    };
    return [{ candidate, filter: read.filter }];
  });
  return made.slice(0, MAX_CANDIDATES);
}

/** The values of a field as texts; undefined where it is absent, or no value that anybody would except by. */
function valuesOf(fields: EcsFields, field: string): string[] | undefined {
  // The whole line holds the time as well: no other event has it.
  if (field === 'event.original' || field === 'message' || !Object.hasOwn(fields, field)) return undefined;
  const value = fields[field]!;
  const texts = (Array.isArray(value) ? value : [value]).map(String).filter((text) => text !== '');
  const usable =
    texts.length > 0 && texts.length <= MAX_VALUES && texts.every((text) => text.length <= MAX_LENGTH);
  return usable && /^[@A-Za-z_][\w@. -]*$/.test(field) ? texts : undefined;
}
