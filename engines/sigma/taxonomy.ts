import type { Logsource } from './ast.ts';

/**
 * A taxonomy says where the things a Sigma rule names are found in *our* events: which events belong to a
 * logsource, and which event field holds a Sigma field. It is plain data, usually read from YAML. It is
 * applied once, when rules are compiled; events are never copied or renamed.
 *
 * ```yaml
 * name: ecs
 * logsources:
 *   # An event belongs to every logsource whose `when` holds; alternatives are joined by or, the fields of
 *   # one alternative by and, the values of one field by or. Values ignore case, numbers equal their text,
 *   # `*` is a run of characters ('*' alone: the field is present). For a list-valued event field one
 *   # element is enough.
 *   - product: windows
 *     when:
 *       - event.module: windows
 *   - product: windows
 *     category: process_creation
 *     when:
 *       - winlog.channel: Microsoft-Windows-Sysmon/Operational
 *         event.code: 1
 *       - winlog.channel: Security
 *         event.code: 4688
 *   - category: webserver
 *     when:
 *       - event.dataset: [apache.access, nginx.access, iis.access]
 * fields:
 *   # A scope applies to rules whose logsource carries all its attributes. The most specific scope that maps
 *   # a field wins (most attributes; of equals the later one).
 *   - map:
 *       src_ip: source.ip
 *   - product: windows
 *     map:
 *       Image: [process.executable, winlog.event_data.Image]   # the first one present in the event is used
 *       User: { any: [user.name, winlog.event_data.User] }     # every one present is tried
 *       EventID: event.code
 *       Initiated: { first: [network.direction], values: { 'true': [egress, outbound], 'false': ingress } }
 *       requestParameters.*: vendor.request.*                # prefix mapping: every field that begins so
 *     fallback: ['winlog.event_data.{field}']                  # for fields no scope maps
 *   - product: windows
 *     category: registry_set
 *     map:
 *       Details: registry.data.strings
 * keywords: [message, event.original]                          # what keyword searches read; default: every value
 * timestamp: '@timestamp'                                      # used by correlations and time modifiers' default
 * ```
 *
 * How a rule's logsource is resolved: an entry with exactly its attributes wins; otherwise all entries that
 * carry its attributes and more are joined by or (a rule for `category: process_creation` runs on every
 * product's); otherwise entries that carry only some of its attributes are joined by and, if together they
 * cover all of them; otherwise the rule is reported as *unmapped*.
 *
 * How a rule's field is resolved: `@timestamp` is the event's time for every logsource; else the mapped candidates;
 * for a field that no scope maps, the fallback patterns of the most specific scope that has any. Within a scope a
 * field's own entry comes before *prefix mappings*, whose key ends in `.*` or `_*` (of several the longest): the `*`
 * in the event fields becomes what stood in its place in the rule's field, so nested vendor fields need no list. The
 * field's own name is tried last if it may be an event field's ({@link mayBeEventField}) or there are no patterns. Names lose their spaces (`Threat Name` is `ThreatName`), as
 * the specification asks.
 */
export interface Taxonomy {
  readonly name: string;
  readonly logsources: readonly LogsourceMapping[];
  readonly fields: readonly FieldScope[];
  /** Event fields that keyword searches read; absent: every value of the event. */
  readonly keywords?: readonly string[];
  /** Event field with the time of the event; absent: `@timestamp`. */
  readonly timestamp?: string;
}

/** The events that belong to one logsource. */
export interface LogsourceMapping {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
  /** Alternatives, joined by or. An empty alternative holds for every event. */
  readonly when: readonly LogsourceTest[];
}

/** Event field → accepted values; all fields must hold. */
export type LogsourceTest = Readonly<Record<string, TestValue | readonly TestValue[]>>;
export type TestValue = string | number | boolean;

/** Field names for the rules of one kind of logsource. */
export interface FieldScope {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
  /** Sigma field, or a prefix that ends in `.*` or `_*`, → event field(s). */
  readonly map?: Readonly<Record<string, FieldMapping>>;
  /** Patterns for fields that no scope maps; `{field}` stands for the Sigma field's name. */
  readonly fallback?: readonly string[];
}

/** One event field, candidates of which the first present counts, or the long form. */
export type FieldMapping = string | readonly string[] | FieldMappingObject;

export interface FieldMappingObject {
  /** Candidates; the first one present in the event is the field's value. */
  readonly first?: readonly string[];
  /** Candidates; each one present is a value of the field, and one that fits is enough. */
  readonly any?: readonly string[];
  /** Replacement of the rule's plain values (compared without case) by the event's; of several, one is enough. */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
}

/** A Sigma field resolved for one logsource. */
export interface ResolvedField {
  readonly candidates: readonly string[];
  /** True: all present candidates count; false: only the first present one. */
  readonly any: boolean;
  /** Lower-cased rule value → the event values that it stands for. */
  readonly values?: ReadonlyMap<string, readonly string[]>;
}

/** A conjunction of disjunctions of tests: every group must have one alternative that holds. */
export type ResolvedLogsource = readonly (readonly LogsourceTest[])[];

const ATTRIBUTES = ['product', 'category', 'service'] as const;

/**
 * Resolves a rule's logsource.
 *
 * @returns groups of alternatives; `undefined` when the taxonomy does not know the logsource
 */
export function resolveLogsource(taxonomy: Taxonomy, logsource: Logsource): ResolvedLogsource | undefined {
  const asked = ATTRIBUTES.filter((name) => logsource[name] !== undefined);
  if (asked.length === 0) return undefined;
  const exact: LogsourceTest[] = [];
  const narrower: LogsourceTest[] = [];
  const wider: LogsourceMapping[] = [];
  for (const entry of taxonomy.logsources) {
    const has = ATTRIBUTES.filter((name) => entry[name] !== undefined);
    const shared = has.filter((name) => sameName(entry[name], logsource[name])).length;
    if (shared === asked.length) (has.length === shared ? exact : narrower).push(...entry.when);
    else if (shared === has.length && shared > 0) wider.push(entry);
  }
  if (exact.length > 0) return [exact];
  if (narrower.length > 0) return [narrower];
  const covered = new Set(wider.flatMap((entry) => ATTRIBUTES.filter((name) => entry[name] !== undefined)));
  if (covered.size < asked.length) return undefined;
  // Entries for the same attributes are alternatives of each other, entries for different ones conditions.
  const groups = new Map<string, LogsourceTest[]>();
  for (const entry of wider) {
    const key = ATTRIBUTES.map((name) => (entry[name] === undefined ? '' : name)).join();
    const group = groups.get(key);
    if (group) group.push(...entry.when);
    else groups.set(key, [...entry.when]);
  }
  return [...groups.values()];
}

/** The name under which rules ask for the event's time, and the field of it in a taxonomy that names none. */
export const TIMESTAMP = '@timestamp';
/** Answers by taxonomy: thousands of rules, and every match, ask for the same few fields. */
const resolvedFields = new WeakMap<Taxonomy, Map<string, ResolvedField>>();
/** Fields remembered a taxonomy: rules are written by people, but a server's come and go for months. */
const MAX_RESOLVED = 50_000;

/** Resolves a Sigma field for rules of a logsource; see {@link Taxonomy} for the order. */
export function resolveField(taxonomy: Taxonomy, logsource: Logsource, field: string): ResolvedField {
  let known = resolvedFields.get(taxonomy);
  if (known === undefined) {
    known = new Map();
    resolvedFields.set(taxonomy, known);
  }
  const { product, category, service } = logsource;
  const key = `${product ?? ''}\u0000${category ?? ''}\u0000${service ?? ''}\u0000${field}`;
  let resolved = known.get(key);
  if (resolved === undefined) {
    resolved = resolveAnew(taxonomy, logsource, field);
    if (known.size >= MAX_RESOLVED) known.clear();
    known.set(key, resolved);
  }
  return resolved;
}

/** Fields that stand at the root of an ECS document, without a dot in their name (ECS, "Base fields"). */
const ROOT_FIELDS: ReadonlySet<string> = new Set(['message', 'tags']);

/** Whether a rule's field may be meant as an event field's own name. */
export function mayBeEventField(field: string): boolean {
  return field.includes('.') || ROOT_FIELDS.has(field);
}

function resolveAnew(taxonomy: Taxonomy, logsource: Logsource, field: string): ResolvedField {
  const name = field.replaceAll(' ', '');
  // The event's own time is the same field whatever the logsource, and no vendor's field of that name.
  const time = taxonomy.timestamp ?? TIMESTAMP;
  if (name === TIMESTAMP || name === time) return { candidates: [time], any: false };
  let mapping: FieldMapping | undefined;
  let mappingRank = -1;
  let fallback: readonly string[] = [];
  let fallbackRank = -1;
  for (const scope of taxonomy.fields) {
    const has = ATTRIBUTES.filter((attribute) => scope[attribute] !== undefined);
    if (!has.every((attribute) => sameName(scope[attribute], logsource[attribute]))) continue;
    const rank = has.length;
    if (rank >= mappingRank && scope.map !== undefined) {
      const found =
        ownMapping(scope.map, name) ?? ownMapping(scope.map, field) ?? prefixMapping(scope.map, name);
      if (found !== undefined) {
        mapping = found;
        mappingRank = rank;
      }
    }
    if (rank >= fallbackRank && scope.fallback !== undefined) {
      fallback = scope.fallback;
      fallbackRank = rank;
    }
  }
  if (mapping === undefined) {
    const names = fallback.map((pattern) => pattern.replaceAll('{field}', () => name));
    const own = names.length === 0 || mayBeEventField(name) ? [name, field] : [];
    return { candidates: [...new Set([...names, ...own])], any: false };
  }
  if (typeof mapping === 'string') return { candidates: [mapping], any: false };
  if (isList(mapping)) return { candidates: mapping, any: false };
  const candidates = [...(mapping.first ?? []), ...(mapping.any ?? [])];
  const values = mapping.values
    ? new Map(
        Object.entries(mapping.values).map(([key, value]) => [
          key.toLowerCase(),
          typeof value === 'string' ? [value] : value,
        ]),
      )
    : undefined;
  return { candidates, any: mapping.any !== undefined, ...(values ? { values } : {}) };
}

/** A taxonomy that finds every Sigma field under its own name and runs every rule on every event. */
export const IDENTITY_TAXONOMY: Taxonomy = {
  name: 'identity',
  logsources: [
    { product: '*', when: [{}] },
    { category: '*', when: [{}] },
    { service: '*', when: [{}] },
  ],
  fields: [],
};

/** Joins taxonomies: entries of later ones come after, so that they win among equals. */
export function mergeTaxonomies(taxonomies: readonly Taxonomy[]): Taxonomy {
  const keywords = taxonomies.findLast((taxonomy) => taxonomy.keywords !== undefined)?.keywords;
  const timestamp = taxonomies.findLast((taxonomy) => taxonomy.timestamp !== undefined)?.timestamp;
  return {
    name: taxonomies.map((taxonomy) => taxonomy.name).join('+'),
    logsources: taxonomies.flatMap((taxonomy) => taxonomy.logsources),
    fields: taxonomies.flatMap((taxonomy) => taxonomy.fields),
    ...(keywords ? { keywords } : {}),
    ...(timestamp ? { timestamp } : {}),
  };
}

function ownMapping(map: Readonly<Record<string, FieldMapping>>, name: string): FieldMapping | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The mapping of the longest prefix of a name, with its `*` filled in. */
function prefixMapping(map: Readonly<Record<string, FieldMapping>>, name: string): FieldMapping | undefined {
  for (let end = name.length - 1; end > 0; end--) {
    const last = name[end - 1];
    if (last !== '.' && last !== '_') continue;
    const mapping = ownMapping(map, `${name.slice(0, end)}*`);
    if (mapping !== undefined) return fillMapping(mapping, name.slice(end));
  }
  return undefined;
}

function fillMapping(mapping: FieldMapping, rest: string): FieldMapping {
  const fill = (candidate: string) => candidate.replace('*', () => rest);
  if (typeof mapping === 'string') return fill(mapping);
  if (isList(mapping)) return mapping.map(fill);
  const { first, any } = mapping;
  return { ...mapping, ...(first ? { first: first.map(fill) } : {}), ...(any ? { any: any.map(fill) } : {}) };
}

function isList(mapping: FieldMapping): mapping is readonly string[] {
  return Array.isArray(mapping);
}

function sameName(pattern: string | undefined, name: string | undefined): boolean {
  if (pattern === undefined || name === undefined) return false;
  return pattern === '*' || pattern.toLowerCase() === name.toLowerCase();
}
