import type { EcsFields, EcsScalar, EcsValue } from '@vigie/contracts';
import type { MappingDefinition, MappingField, MappingSignature } from '@vigie/contracts/mapping.ts';
import { ecsField } from '../ecs-types.ts';
import { fieldKeys } from '../field-keys.ts';
import type { ParseInput, ParseOutcome, Signature, SourceDefinition } from '../source.ts';
import { checkMapping } from './check.ts';
import { memberReader } from './members.ts';
import { type MemberPath, parsePath, valueAt } from './path.ts';
import { addItems, converterOf, type MappingWriter, type WriteContext, writerOf } from './write.ts';

/** What became of one rule at one line. */
export interface RuleTrace {
  /** Place of the rule in the mapping. */
  readonly rule: number;
  /** `misfit`: there is a value, and it is not of the field's type; `dropped`: a word that the table leaves out. */
  readonly state: 'written' | 'absent' | 'misfit' | 'dropped';
  /** Member that the value was taken from. */
  readonly member?: string;
  readonly value?: EcsValue;
}

/** Told of every rule at every line; absent while the server reads. */
export type Trace = (trace: RuleTrace) => void;

/** A value that did not fit its field: counted, and the last one kept for the person who looks after the mapping. */
export interface Misfit {
  readonly field: string;
  readonly member: string;
  readonly times: number;
  /** The last value, at most 200 characters. */
  readonly value: string;
}

/** What a mapping did since it was last asked. */
export interface MappingCounts {
  readonly id: string;
  readonly read: number;
  /** Lines of sources that are set to it, and that are not of its format. */
  readonly refused: number;
  /** Lines at which it threw; the last message. */
  readonly failed: number;
  readonly error?: string;
  readonly misfits: readonly Misfit[];
}

/** A compiled mapping. It is a technology like those that come with Vigie. */
export interface CompiledMapping {
  readonly mapping: MappingDefinition;
  readonly definition: SourceDefinition;
  /** As `definition.parse`, telling what became of each rule. */
  explain(input: ParseInput, doc: EcsFields, trace: Trace): ParseOutcome;
  /** Counts a line of a source that is set to the mapping and that it did not read. */
  refuse(): void;
  /** Counts since the last call; `undefined` where nothing happened. */
  take(): MappingCounts | undefined;
}

/** A mapping that can't be compiled. */
export class MappingError extends Error {
  readonly code = 'VIGIE_MAPPING_INVALID';
}

interface Rule {
  readonly field: string;
  readonly from: readonly MemberPath[];
  readonly lowercase: boolean;
  readonly values: ReadonlyMap<string, EcsValue> | undefined;
  readonly drops: boolean;
  readonly write: MappingWriter;
}

const SIDES = ['source', 'destination', 'client', 'server'] as const;
const SIDE_KEYS = fieldKeys('address', 'ip', 'domain');
const MAX_KEYS = 4_096;
const MAX_SHOWN = 200;

/**
 * Compiles a mapping once, into closures over its tables: nothing of it is read again for a line, and nothing of it
 * is ever run as code.
 *
 * @throws MappingError with the first problem that {@link checkMapping} finds
 */
export function compileMapping(mapping: MappingDefinition): CompiledMapping {
  const wrong = checkMapping(mapping).find(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new MappingError(`${mapping.id}: ${wrong.path}: ${wrong.message}`);
  const read = memberReader(mapping);
  const rules = mapping.fields.map(ruleOf);
  const constants = mapping.constants.map(({ field, value }) => {
    const convert = converterOf({ field });
    const context = { timeZone: 'UTC', receivedAt: 0 };
    const items = (Array.isArray(value) ? value : [value]).map((item) => convert(item, context)!);
    const isList = ecsField(field)?.list === true || Array.isArray(value);
    return { field, items, isList };
  });
  const vendor = `${mapping.id}.`;
  const vendorKeys = new Map<string, string>();
  // Names come from logs, so those that are remembered are bounded.
  const vendorKey = (key: string): string => {
    let name = vendorKeys.get(key);
    if (name === undefined) {
      name = vendor + key;
      if (vendorKeys.size < MAX_KEYS) vendorKeys.set(key, name);
    }
    return name;
  };
  // Which members a rule took whole: these are not kept again.
  const slots = new Map<string, number>();
  for (const { from } of rules)
    for (const { flat } of from) if (!slots.has(flat)) slots.set(flat, slots.size);
  const taken = new Uint8Array(slots.size);
  const counts = new Counts(mapping.id);

  const run = (input: ParseInput, doc: EcsFields, trace: Trace | undefined): ParseOutcome => {
    const members = read(input);
    if (members === undefined) return 'rejected';
    const { flat, json } = members;
    const context: WriteContext = input;
    taken.fill(0);
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      let path: MemberPath | undefined;
      let value: EcsValue | undefined;
      for (const candidate of rule.from) {
        const found = valueAt(candidate, json, flat);
        if (found === undefined || isNothing(found)) continue;
        path = candidate;
        value = found;
        break;
      }
      if (path === undefined || value === undefined) {
        trace?.({ rule: i, state: 'absent' });
        continue;
      }
      const meant = meaning(rule, value);
      if (meant === undefined) {
        trace?.({ rule: i, state: 'dropped', member: path.text, value });
        continue;
      }
      if (!rule.write(doc, meant, context)) {
        trace?.({ rule: i, state: 'misfit', member: path.text, value });
        if (trace === undefined) counts.misfit(rule.field, path.text, value);
        continue;
      }
      // A word that was translated is still what the product's manual speaks of: it is kept beside.
      if (meant === value || rule.values === undefined) {
        if (path.simple || sameValue(flat[path.flat], value)) taken[slots.get(path.flat)!] = 1;
      }
      trace?.({ rule: i, state: 'written', member: path.text, value });
    }
    for (const { field, items, isList } of constants) {
      if (isList) addItems(doc, field, items);
      else doc[field] ??= items[0]!;
    }
    for (const key of Object.keys(flat)) {
      const slot = slots.get(key);
      if (slot !== undefined && taken[slot] === 1) continue;
      const value = flat[key]!;
      if (!isNothing(value)) doc[vendorKey(key)] = value;
    }
    for (const side of SIDES) {
      const keys = SIDE_KEYS(side);
      const address = doc[keys.domain] ?? doc[keys.ip];
      if (address !== undefined && doc[keys.address] === undefined) doc[keys.address] = address;
    }
    return 'parsed';
  };

  return {
    mapping,
    definition: {
      id: mapping.id,
      signatures: mapping.signatures.map((signature) => signatureOf(signature, mapping.after)),
      parse(input, doc) {
        try {
          const outcome = run(input, doc, undefined);
          if (outcome !== 'rejected') counts.read++;
          return outcome;
        } catch (error) {
          counts.fail(error);
          throw error;
        }
      },
    },
    explain: run,
    refuse: () => void counts.refused++,
    take: () => counts.take(),
  };
}

function ruleOf(rule: MappingField): Rule {
  const values =
    rule.values === undefined
      ? undefined
      : new Map(Object.entries(rule.values).map(([word, value]) => [word.toLowerCase(), value] as const));
  return {
    field: rule.field,
    from: rule.from.map(parsePath),
    lowercase: rule.lowercase,
    values,
    drops: rule.otherwise === 'drop',
    write: writerOf(rule),
  };
}

/** The value after table and case; `undefined` where the table leaves it out. */
function meaning({ values, drops, lowercase }: Rule, value: EcsValue): EcsValue | undefined {
  let meant: EcsValue = value;
  if (values !== undefined) {
    if (Array.isArray(value)) {
      const items: EcsScalar[] = [];
      for (const item of value) {
        const found = values.get(String(item).toLowerCase());
        if (found !== undefined) items.push(...[found].flat());
        else if (!drops) items.push(item);
      }
      if (items.length === 0) return undefined;
      meant = items;
    } else {
      const found = values.get(String(value).toLowerCase());
      if (found === undefined && drops) return undefined;
      meant = found ?? value;
    }
  }
  if (!lowercase) return meant;
  if (Array.isArray(meant))
    return meant.map((item) => (typeof item === 'string' ? item.toLowerCase() : item));
  return typeof meant === 'string' ? meant.toLowerCase() : meant;
}

function signatureOf(signature: MappingSignature, after: string | undefined): Signature {
  switch (signature.kind) {
    case 'app':
      return { kind: 'app', names: signature.names };
    case 'text':
      return {
        kind: 'text',
        literals: signature.literals,
        ...(signature.prefix === undefined ? {} : { prefix: signature.prefix }),
      };
    case 'members': {
      const { members, equals = {} } = signature;
      if (after !== undefined)
        return { kind: 'text', literals: [after, ...members.map((name) => JSON.stringify(name))] };
      const wanted = Object.entries(equals);
      return {
        kind: 'json',
        keys: [...new Set([...members, ...wanted.map(([name]) => name)])],
        test: (json) =>
          wanted.every(([name, value]) => Object.hasOwn(json, name) && String(json[name]) === String(value)),
      };
    }
  }
}

function isNothing(value: EcsValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'string' && value.length < 7 && NOTHING.has(value);
}
/** Written by products where they have no value. */
const NOTHING = new Set(['-', 'N/A', 'n/a', 'null', 'NULL', '(null)', 'None', '']);

function sameValue(a: EcsValue | undefined, b: EcsValue): boolean {
  if (a === b) return true;
  if (a === undefined) return false;
  const left = Array.isArray(a) ? a : [a];
  const right = Array.isArray(b) ? b : [b];
  return left.length === right.length && left.every((item, i) => item === right[i]);
}

/** Counts of one mapping; its rules are bounded, so its misfits are. */
class Counts {
  readonly #id: string;
  read = 0;
  refused = 0;
  #failed = 0;
  #error: string | undefined;
  #misfits = new Map<string, { field: string; member: string; times: number; value: string }>();

  constructor(id: string) {
    this.#id = id;
  }

  fail(error: unknown): void {
    this.#failed++;
    this.#error = error instanceof Error ? error.message : String(error);
  }

  misfit(field: string, member: string, value: EcsValue): void {
    const key = `${field}\0${member}`;
    const shown = String(value).slice(0, MAX_SHOWN);
    const own = this.#misfits.get(key);
    if (own === undefined) this.#misfits.set(key, { field, member, times: 1, value: shown });
    else {
      own.times++;
      own.value = shown;
    }
  }

  take(): MappingCounts | undefined {
    if (this.read === 0 && this.refused === 0 && this.#failed === 0) return undefined;
    const counts: MappingCounts = {
      id: this.#id,
      read: this.read,
      refused: this.refused,
      failed: this.#failed,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      misfits: [...this.#misfits.values()],
    };
    this.read = 0;
    this.refused = 0;
    this.#failed = 0;
    this.#error = undefined;
    this.#misfits = new Map();
    return counts;
  }
}
