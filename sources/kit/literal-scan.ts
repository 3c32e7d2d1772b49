/** Tells which sets of literals a text contains completely. */
export interface LiteralScan {
  /** Indices of the sets all of whose literals occur, ascending. A set without literals always matches. */
  matches(text: string): readonly number[];
}

/** A line is recognised by its beginning; hostile length must not cost. */
const SCANNED = 4_096;

/**
 * Compiles sets of literals into one Aho-Corasick automaton (Aho and Corasick, 1975), with a dense
 * transition table over the characters that occur in literals. A text is read once, whatever the number of
 * sets; only its first 4,096 characters are looked at.
 */
export function compileLiterals(sets: readonly (readonly string[])[]): LiteralScan {
  const classes = new Uint8Array(128);
  let width = 1;
  const ids = new Map<string, number>();
  for (const set of sets) {
    for (const literal of set) {
      if (!ids.has(literal)) ids.set(literal, ids.size);
      for (let i = 0; i < literal.length; i++) {
        const code = literal.charCodeAt(i);
        if (code > 127) throw new Error(`signature literals are ASCII: ${literal}`);
        if (classes[code] === 0) classes[code] = width++;
      }
    }
  }
  const { next, outputs } = build([...ids.keys()], classes, width);
  const setsOf: number[][] = [...ids.keys()].map(() => []);
  const needed = new Uint16Array(sets.length);
  const always: number[] = [];
  sets.forEach((set, index) => {
    const distinct = new Set(set);
    needed[index] = distinct.size;
    if (distinct.size === 0) always.push(index);
    for (const literal of distinct) setsOf[ids.get(literal)!]!.push(index);
  });
  // Stamps instead of clearing: a literal or a set counts only where its stamp is this scan's number.
  const literalStamp = new Uint32Array(ids.size);
  const setStamp = new Uint32Array(sets.length);
  const setCount = new Uint16Array(sets.length);
  let stamp = 0;

  return {
    matches(text) {
      if (++stamp === 0xffffffff) {
        literalStamp.fill(0);
        setStamp.fill(0);
        stamp = 1;
      }
      let found: number[] | undefined;
      let state = 0;
      const length = Math.min(text.length, SCANNED);
      for (let i = 0; i < length; i++) {
        const code = text.charCodeAt(i);
        state = next[state + (code < 128 ? classes[code]! : 0)]!;
        if (state >= 0) continue;
        state = ~state;
        for (const id of outputs[state / width]!) {
          if (literalStamp[id] === stamp) continue;
          literalStamp[id] = stamp;
          for (const set of setsOf[id]!) {
            const count: number = setStamp[set] === stamp ? setCount[set]! + 1 : 1;
            setStamp[set] = stamp;
            setCount[set] = count;
            if (count === needed[set]) {
              found ??= always.slice();
              found.push(set);
            }
          }
        }
      }
      if (found === undefined) return always;
      return found.length > 1 ? found.sort((a, b) => a - b) : found;
    },
  };
}

function build(
  literals: readonly string[],
  classes: Uint8Array,
  width: number,
): { next: Int32Array; outputs: readonly (readonly number[])[] } {
  const size = literals.reduce((sum, literal) => sum + literal.length, 1);
  const next = new Int32Array(size * width).fill(-1);
  const own: number[][] = [[]];
  let states = 1;
  literals.forEach((literal, id) => {
    let state = 0;
    for (let i = 0; i < literal.length; i++) {
      const cell = state * width + classes[literal.charCodeAt(i)]!;
      if (next[cell] === -1) {
        next[cell] = states;
        own[states++] = [];
      }
      state = next[cell]!;
    }
    own[state]!.push(id);
  });
  const fail = new Int32Array(states);
  const queue: number[] = [];
  for (let c = 0; c < width; c++) {
    const child = next[c]!;
    if (child === -1) next[c] = 0;
    else if (child !== 0) queue.push(child);
  }
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!;
    own[state]!.push(...own[fail[state]!]!);
    for (let c = 0; c < width; c++) {
      const cell = state * width + c;
      const child = next[cell]!;
      const fallback = next[fail[state]! * width + c]!;
      if (child === -1) next[cell] = fallback;
      else {
        fail[child] = fallback;
        queue.push(child);
      }
    }
  }
  // A cell holds where the next state's row starts; its complement where a literal ends in that state, so that
  // the scan needs one look-up and one comparison a character.
  for (let cell = 0; cell < states * width; cell++) {
    const state = next[cell]!;
    next[cell] = own[state]!.length === 0 ? state * width : ~(state * width);
  }
  return { next, outputs: own };
}
