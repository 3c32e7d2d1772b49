import type { EcsScalar } from '@vigie/contracts';
import type { MappingConstant, MappingField, MappingSignature } from '@vigie/contracts/mapping.ts';
import { payloadsOf } from '../reader.ts';
import { CLUES, type Clue, wordsOf } from './clues.ts';
import { type GuessedFormat, guessFormat } from './guess-format.ts';
import { memberReader } from './members.ts';
import { parsePath, pathOfKey } from './path.ts';
import { SHAPE_WORDS, type Shape, shapesOf } from './shapes.ts';
import { outcomeWords, verdictWords } from './verdict-words.ts';

/** A proposed rule, and why. */
export interface SuggestedField {
  readonly rule: Pick<MappingField, 'field' | 'from'> & Partial<MappingField>;
  /** A sentence: `looks like an address in 20 of 20 lines, and its name says source`. */
  readonly reason: string;
}

/** A mapping as the lines suggest it. */
export interface MappingSuggestion {
  readonly format: GuessedFormat['format'];
  readonly after?: string;
  readonly formatReason: string;
  readonly signatures: readonly { readonly signature: MappingSignature; readonly reason: string }[];
  readonly fields: readonly SuggestedField[];
  readonly constants: readonly { readonly constant: MappingConstant; readonly reason: string }[];
  /** Lines that the format reads. */
  readonly lines: number;
}

/** A member over all lines. */
interface Seen {
  readonly key: string;
  readonly words: string;
  /** Lines that have it. */
  lines: number;
  readonly shapes: Map<Shape, number>;
  /** Distinct values, the first so many. */
  readonly values: Map<string, number>;
}

const MAX_MEMBERS = 200;
const MAX_VALUES = 50;
/** A table of values is proposed for words, not for what is different in each line. */
const MAX_WORDS = 12;
const NOTHING = new Set(['', '-', 'N/A', 'null', '(null)', 'None']);

/**
 * Proposes a mapping from lines: the format from their form, fields from names and values of members. Everything
 * proposed says what it was concluded from; nothing is concluded from a name alone where the values contradict it.
 *
 * @returns `undefined` where the lines have no form that a mapping reads
 */
export function suggestMapping(lines: readonly string[], receivedAt: number): MappingSuggestion | undefined {
  const payloads = lines.map((text) => payloadsOf({ text, receivedAt }));
  const guess = guessFormat(payloads);
  if (guess === undefined) return undefined;
  const read = memberReader(guess);
  const seen = new Map<string, Seen>();
  let readable = 0;
  for (const candidates of payloads) {
    const members = candidates.map((input) => read(input)).find((found) => found !== undefined);
    if (members === undefined) continue;
    readable++;
    for (const [key, value] of Object.entries(members.flat)) note(seen, key, value);
  }
  const members = [...seen.values()];
  const fields = suggestFields(members, readable);
  return {
    format: guess.format,
    ...(guess.after === undefined ? {} : { after: guess.after }),
    formatReason: guess.reason,
    signatures: suggestSignatures(guess, payloads, members, readable),
    fields,
    constants: suggestConstants(fields, members),
    lines: readable,
  };
}

function note(seen: Map<string, Seen>, key: string, value: EcsScalar | EcsScalar[]): void {
  let member = seen.get(key);
  if (member === undefined) {
    if (seen.size >= MAX_MEMBERS) return;
    member = { key, words: wordsOf(key), lines: 0, shapes: new Map(), values: new Map() };
    seen.set(key, member);
  }
  const first = Array.isArray(value) ? value[0] : value;
  if (first === undefined || NOTHING.has(String(first))) return;
  member.lines++;
  for (const shape of shapesOf(first)) member.shapes.set(shape, (member.shapes.get(shape) ?? 0) + 1);
  const text = String(first);
  const times = member.values.get(text);
  if (times !== undefined || member.values.size < MAX_VALUES) member.values.set(text, (times ?? 0) + 1);
}

/** Whether nine in ten of a member's values have a shape. */
function has(member: Seen, shape: Shape): boolean {
  return member.lines > 0 && (member.shapes.get(shape) ?? 0) >= member.lines * 0.9;
}

function suggestFields(members: readonly Seen[], lines: number): SuggestedField[] {
  const ranked: { clue: Clue; member: Seen; rank: number }[] = [];
  for (const member of members) {
    if (member.lines === 0 || !isReachable(member.key)) continue;
    const found = CLUES.findIndex(
      (clue) =>
        (clue.name === undefined || clue.name.test(member.words)) &&
        (clue.shapes === undefined || clue.shapes.some((shape) => has(member, shape))) &&
        (clue.notShapes === undefined || !clue.notShapes.some((shape) => has(member, shape))) &&
        (clue.most === undefined || (member.values.size <= clue.most && member.values.size < MAX_VALUES)),
    );
    if (found >= 0) ranked.push({ clue: CLUES[found]!, member, rank: found });
  }
  ranked.sort((a, b) => a.rank - b.rank || b.member.lines - a.member.lines);
  const taken = new Set<string>();
  const fields: SuggestedField[] = [];
  for (const { clue, member } of ranked) {
    // A shape that writes below a prefix takes the prefix's plain fields with it.
    if (taken.has(clue.field)) continue;
    taken.add(clue.field);
    fields.push(...proposalsOf(clue, member, lines));
  }
  return fields;
}

/** Whether the member can be written as a path: a key may hold anything. */
function isReachable(key: string): boolean {
  const path = pathOfKey(key);
  if (path.length > 300) return false;
  try {
    parsePath(path);
    return true;
  } catch {
    // A name of dots alone, for one: nobody maps it, and it stays in the events under its own name.
    return false;
  }
}

function proposalsOf(clue: Clue, member: Seen, lines: number): SuggestedField[] {
  const from = [pathOfKey(member.key)];
  const reason = reasonOf(clue, member, lines);
  if (clue.field !== 'event.outcome')
    return [
      {
        rule: {
          field: clue.field,
          from,
          ...(clue.as === undefined ? {} : { as: clue.as }),
          ...(clue.lowercase === true ? { lowercase: true } : {}),
          ...(clue.field === '@timestamp' && has(member, 'epoch') ? { date: 'epoch' } : {}),
        },
        reason,
      },
    ];
  const words = [...member.values.keys()];
  if (words.length > MAX_WORDS) return [];
  const outcomes = outcomeWords(words);
  if (outcomes === undefined) return [];
  const told = (values: Record<string, string>) =>
    Object.entries(values)
      .map(([word, meaning]) => `${word} → ${meaning}`)
      .join(', ');
  const proposals: SuggestedField[] = [
    {
      rule: { field: 'event.outcome', from, values: outcomes, otherwise: 'drop' },
      reason: `${reason}: ${told(outcomes)}`,
    },
  ];
  const verdicts = verdictWords(words);
  if (verdicts !== undefined)
    proposals.push({
      rule: { field: 'event.type', from, values: verdicts, otherwise: 'drop' },
      reason: `its words say what was let through: ${told(verdicts)}`,
    });
  return proposals;
}

function reasonOf(clue: Clue, member: Seen, lines: number): string {
  const parts: string[] = [];
  const shape = clue.shapes?.find((each) => has(member, each));
  if (shape !== undefined && shape !== 'text')
    parts.push(`looks like ${SHAPE_WORDS[shape]} in ${member.shapes.get(shape) ?? 0} of ${lines} lines`);
  else parts.push(`is in ${member.lines} of ${lines} lines`);
  if (clue.name !== undefined) parts.push(`its name says ${clue.says}`);
  return parts.join(', and ');
}

/** Names that any product's JSON may have. */
const COMMON =
  /^(?:@?timestamp|time|date|id|name|type|message|msg|level|host|hostname|source|user|event|action|status|result|severity|version)$/i;

function suggestSignatures(
  guess: GuessedFormat,
  payloads: readonly ReturnType<typeof payloadsOf>[],
  members: readonly Seen[],
  lines: number,
): MappingSuggestion['signatures'] {
  const app = payloads[0]?.[0]?.syslog?.app;
  if (app !== undefined && app.length <= 48 && payloads.every(([input]) => input?.syslog?.app === app))
    return [
      {
        signature: { kind: 'app', names: [app] },
        reason: `all lines come from the application ${app}`,
      },
    ];
  if (guess.literals !== undefined)
    return [
      {
        signature: { kind: 'text', literals: guess.literals },
        reason: `all lines hold ${guess.literals.join(' and ')}`,
      },
    ];
  if (guess.format.kind !== 'json') return [];
  const top = new Set<string>();
  for (const { key, lines: times } of members) if (times === lines) top.add(key.split('.')[0]!);
  const rare = [...top].filter((name) => !COMMON.test(name) && name.length <= 100);
  const names = (rare.length >= 2 ? rare : [...top]).slice(0, 4);
  return names.length < 2
    ? []
    : [
        {
          signature: { kind: 'members', members: names },
          reason: `all ${lines} lines have ${names.join(', ')}`,
        },
      ];
}

function suggestConstants(
  fields: readonly SuggestedField[],
  members: readonly Seen[],
): MappingSuggestion['constants'] {
  const constants: { constant: MappingConstant; reason: string }[] = [];
  const maps = (...names: string[]) => fields.some(({ rule }) => names.includes(rule.field));
  const words = members
    .flatMap(({ values, words }) => [words, ...(values.size <= MAX_WORDS ? [...values.keys()] : [])])
    .join(' ')
    .toLowerCase();
  const category = (value: string, reason: string) =>
    constants.push({ constant: { field: 'event.category', value: [value] }, reason });
  if (
    maps('user', 'user.name', 'user.id') &&
    /\b(?:log ?[io]n|logon|sign ?in|auth\w*|badge|credential|password|access (?:granted|denied)|mfa)\b/.test(
      words,
    )
  )
    category('authentication', 'the lines speak of somebody being let in');
  else if (maps('url', 'http.request.method')) category('web', 'the lines speak of requests');
  else if (maps('source.ip', 'source') && maps('destination.ip', 'destination'))
    category('network', 'the lines have both sides of a connection');
  else if (maps('file', 'file.hash')) category('file', 'the lines speak of files');
  else if (maps('process.name', 'process.pid')) category('process', 'the lines speak of processes');
  return constants;
}
