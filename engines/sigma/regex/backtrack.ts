/**
 * A backtracking matcher with a budget, for what an automaton can't do: look-around, back-references, and
 * where groups are asked for. Its steps are bounded by a multiple of the text's length, so no pattern and no
 * text can stall the engine; where the budget does not suffice it throws rather than guess.
 *
 * Meaning is PCRE's: a reference to a group that has matched nothing fails, and a group keeps what its last
 * repetition matched.
 */
import { type CharSet, contains, WORD } from './charset.ts';
import { checkSize } from './size.ts';
import type { AssertKind, Regex } from './syntax.ts';

/** Steps allowed for a text: these, and so many for each of its characters. */
const STEPS = 100_000;
const STEPS_A_CHARACTER = 50;

/** The budget is used up: whether the pattern matches this text is not known. */
export class RegexBudgetError extends Error {
  readonly code = 'VIGIE_SIGMA_REGEX_BUDGET';
  constructor(length: number) {
    super(
      `the expression was given up on a text of ${length} characters: its look-around, back-references or groups cost more than ${STEPS_A_CHARACTER} steps a character`,
    );
    this.name = 'RegexBudgetError';
  }
}

type Instruction =
  | { readonly op: 'set'; readonly set: CharSet; readonly back: boolean }
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly kind: AssertKind }
  | { readonly op: 'look'; readonly start: number; readonly negative: boolean; readonly next: number }
  | { readonly op: 'reference'; readonly index: number; readonly fold: boolean; readonly back: boolean }
  /** A round of a repetition that need not be, and that reads nothing, fails: it would change nothing. */
  | { readonly op: 'enter'; readonly register: number }
  | { readonly op: 'progress'; readonly register: number }
  | { readonly op: 'match' };

/** Kinds of entries on the stack: go on there, or put a slot back. */
const RESUME = 0;
const RESTORE = 1;

export class Backtracker {
  private readonly program: Instruction[] = [];
  /** Groups of the pattern, the whole match not counted. */
  readonly groups: number;
  private registers = 0;
  private slots: Int32Array;
  private steps = 0;
  private limit = 0;

  /** @throws RegexTooLargeError */
  constructor(regex: Regex) {
    checkSize(regex);
    this.groups = groupsOf(regex);
    this.emit(regex, false);
    this.program.push({ op: 'match' });
    this.slots = new Int32Array(2 * (this.groups + 1) + this.registers);
  }

  /** Whether the pattern matches anywhere in the text. @throws RegexBudgetError */
  test(text: string): boolean {
    return this.search(text, 0, this.budget(text)) !== undefined;
  }

  /**
   * All matches from left to right, none inside another. Each gives start and end of the whole match and of
   * each group, -1 where a group has none.
   *
   * @throws RegexBudgetError
   */
  matches(text: string): Int32Array[] {
    const found: Int32Array[] = [];
    const limit = this.budget(text);
    for (let from = 0; from <= text.length; ) {
      const match = this.search(text, from, limit);
      if (!match) break;
      found.push(match);
      from = match[1]! > match[0]! ? match[1]! : match[1]! + 1;
    }
    return found;
  }

  private budget(text: string): number {
    this.steps = 0;
    return STEPS + STEPS_A_CHARACTER * text.length;
  }

  private search(text: string, from: number, limit: number): Int32Array | undefined {
    this.limit = limit;
    for (let start = from; start <= text.length; start++) {
      this.slots.fill(-1);
      this.steps += this.slots.length >> 4;
      const end = this.run(0, text, start);
      if (end === -1) continue;
      const found = this.slots.slice(0, 2 * (this.groups + 1));
      found[0] = start;
      found[1] = end;
      return found;
    }
    return undefined;
  }

  /** Runs the program from an instruction; gives the position it matched up to, or -1. */
  private run(entry: number, text: string, start: number): number {
    const { program, slots } = this;
    const stack: number[] = [];
    let at = entry;
    let position = start;
    for (;;) {
      if (++this.steps > this.limit) throw new RegexBudgetError(text.length);
      const instruction = program[at]!;
      let failed = false;
      switch (instruction.op) {
        case 'set': {
          const place = instruction.back ? position - 1 : position;
          if (place < 0 || place >= text.length || !contains(instruction.set, text.charCodeAt(place)))
            failed = true;
          else {
            position = instruction.back ? position - 1 : position + 1;
            at++;
          }
          break;
        }
        case 'split':
          stack.push(instruction.second, position, RESUME);
          at = instruction.first;
          break;
        case 'jump':
          at = instruction.to;
          break;
        case 'save':
        case 'enter': {
          const slot = instruction.op === 'save' ? instruction.slot : instruction.register;
          stack.push(slot, slots[slot]!, RESTORE);
          slots[slot] = position;
          at++;
          break;
        }
        case 'progress':
          if (slots[instruction.register] === position) failed = true;
          else at++;
          break;
        case 'assert':
          if (assertHolds(instruction.kind, text, position)) at++;
          else failed = true;
          break;
        case 'look': {
          const before = slots.slice();
          this.steps += slots.length >> 3;
          const holds = this.run(instruction.start, text, position) !== -1;
          if (holds === instruction.negative) {
            slots.set(before);
            failed = true;
          } else {
            if (instruction.negative) slots.set(before);
            for (let slot = 0; slot < slots.length; slot++)
              if (slots[slot] !== before[slot]) stack.push(slot, before[slot]!, RESTORE);
            at = instruction.next;
          }
          break;
        }
        case 'reference': {
          const from = slots[instruction.index * 2]!;
          const to = slots[instruction.index * 2 + 1]!;
          const length = to - from;
          const place = instruction.back ? position - length : position;
          this.steps += Math.max(0, length) >> 3;
          if (from < 0 || to < from || !sameText(text, from, place, length, instruction.fold)) failed = true;
          else {
            position = instruction.back ? place : position + length;
            at++;
          }
          break;
        }
        case 'match':
          return position;
      }
      while (failed) {
        const kind = stack.pop();
        if (kind === undefined) return -1;
        const value = stack.pop()!;
        const target = stack.pop()!;
        if (kind === RESTORE) slots[target] = value;
        else {
          at = target;
          position = value;
          failed = false;
        }
      }
    }
  }

  /** @param back whether it is read from right to left, as in look-behind */
  private emit(regex: Regex, back: boolean): void {
    const { program } = this;
    switch (regex.type) {
      case 'empty':
        return;
      case 'set':
        program.push({ op: 'set', set: regex.set, back });
        return;
      case 'assert':
        program.push({ op: 'assert', kind: regex.kind });
        return;
      case 'backreference':
        program.push({ op: 'reference', index: regex.index, fold: regex.fold, back });
        return;
      case 'capture': {
        const slots = [regex.index * 2, regex.index * 2 + 1];
        if (back) slots.reverse();
        program.push({ op: 'save', slot: slots[0]! });
        this.emit(regex.item, back);
        program.push({ op: 'save', slot: slots[1]! });
        return;
      }
      case 'sequence':
        for (const item of back ? [...regex.items].reverse() : regex.items) this.emit(item, back);
        return;
      case 'choice': {
        const ends: number[] = [];
        for (const [index, item] of regex.items.entries()) {
          const last = index === regex.items.length - 1;
          const split = last ? -1 : program.push({ op: 'jump', to: 0 }) - 1;
          this.emit(item, back);
          if (last) continue;
          ends.push(program.push({ op: 'jump', to: 0 }) - 1);
          program[split] = { op: 'split', first: split + 1, second: program.length };
        }
        for (const end of ends) program[end] = { op: 'jump', to: program.length };
        return;
      }
      case 'look': {
        const look = program.push({ op: 'match' }) - 1;
        this.emit(regex.item, !regex.ahead);
        program.push({ op: 'match' });
        program[look] = { op: 'look', start: look + 1, negative: regex.negative, next: program.length };
        return;
      }
      case 'repeat':
        this.emitRepeat(regex, back);
    }
  }

  private emitRepeat(regex: Regex & { readonly type: 'repeat' }, back: boolean): void {
    const { program } = this;
    for (let i = 0; i < regex.min; i++) this.emit(regex.item, back);
    const branch = (at: number, skip: number) => {
      program[at] = regex.lazy
        ? { op: 'split', first: skip, second: at + 1 }
        : { op: 'split', first: at + 1, second: skip };
    };
    if (regex.max === regex.min) return;
    const register = 2 * (this.groups + 1) + this.registers++;
    if (regex.max === Infinity) {
      const split = program.push({ op: 'match' }) - 1;
      program.push({ op: 'enter', register });
      this.emit(regex.item, back);
      program.push({ op: 'progress', register }, { op: 'jump', to: split });
      branch(split, program.length);
      return;
    }
    const splits: number[] = [];
    for (let i = regex.min; i < regex.max; i++) {
      splits.push(program.push({ op: 'match' }) - 1);
      program.push({ op: 'enter', register });
      this.emit(regex.item, back);
      program.push({ op: 'progress', register });
    }
    for (const split of splits) branch(split, program.length);
  }
}

function groupsOf(regex: Regex): number {
  switch (regex.type) {
    case 'capture':
      return Math.max(regex.index, groupsOf(regex.item));
    case 'repeat':
    case 'look':
      return groupsOf(regex.item);
    case 'sequence':
    case 'choice':
      return regex.items.reduce((most, item) => Math.max(most, groupsOf(item)), 0);
    default:
      return 0;
  }
}

function sameText(text: string, from: number, place: number, length: number, fold: boolean): boolean {
  if (place < 0 || place + length > text.length) return false;
  const left = text.slice(from, from + length);
  const right = text.slice(place, place + length);
  return left === right || (fold && left.toLowerCase() === right.toLowerCase());
}

function assertHolds(kind: AssertKind, text: string, position: number): boolean {
  switch (kind) {
    case 'start':
      return position === 0;
    case 'end':
      return position === text.length;
    case 'lineStart':
      return position === 0 || text[position - 1] === '\n';
    case 'lineEnd':
      return position === text.length || text[position] === '\n';
    default: {
      const word = (place: number) =>
        place >= 0 && place < text.length && contains(WORD, text.charCodeAt(place));
      return (word(position - 1) !== word(position)) === (kind === 'word');
    }
  }
}
