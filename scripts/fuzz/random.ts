/** Repeatable chance: every input of a run is made from the run's seed, the target's name and its number alone. */
export class Random {
  private state: number;

  /** @param parts what the numbers depend on */
  constructor(...parts: readonly (string | number)[]) {
    // FNV-1a over the parts.
    let hash = 0x811c9dc5;
    for (const char of parts.join('/')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    this.state = hash;
  }

  /** A whole number from 0 and below `end` (mulberry32). */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Mostly few, now and then very many. */
  length(usual: number, most: number): number {
    return this.once(500) ? this.below(most) : this.below(usual + 1);
  }

  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}

const SNIPPETS = [
  '*', '?', '\\', '\\\\', '\\*', '|', '(', ')', '[', ']', '{', '}', '{1000}', '{0,}', '(?i)', '(?=', '(?<!', '\\1',
  '.*', '^', '$', '\u0000', '\u0130', '\u212a', '\ud800', '\u{1f600}', ' not ', ' 1 of ', ' all of ', ' them', '%x%',
  ': ', '- ', '\n', '\n  ', '---\n', '...\n', '&a ', '*a', '<<: ', '!!str ', '"', "'", '# ', '|-\n', '~', 'null',
  '1e400', '0x10', '-', '/', '\u2013', '::', '0.0.0.0/0', '\t', '\r\n', 'AAAAAAAA', '__proto__', 'constructor',
]; // biome-ignore format: a table

/** Changes a text in a few places: removes, doubles, swaps, inserts what means something to one of the parsers. */
export function mutateText(random: Random, text: string): string {
  let made = text;
  for (let change = random.below(6); change >= 0; change--) {
    const at = random.below(made.length + 1);
    const length = random.below(random.once(8) ? 200 : 8);
    switch (random.below(6)) {
      case 0:
        made = made.slice(0, at) + made.slice(at + length);
        break;
      case 1:
        made =
          made.slice(0, at) + made.slice(at, at + length).repeat(1 + random.length(3, 300)) + made.slice(at);
        break;
      case 2:
        made =
          made.slice(0, at) +
          String.fromCharCode(random.below(random.once(4) ? 65_536 : 128)) +
          made.slice(at);
        break;
      case 3: {
        const from = random.below(made.length + 1);
        made = made.slice(0, at) + made.slice(from, from + length) + made.slice(at);
        break;
      }
      case 4:
        made =
          made.slice(0, at) +
          made.slice(at + 1, at + 1 + length) +
          made.slice(at, at + 1) +
          made.slice(at + 1 + length);
        break;
      default:
        made = made.slice(0, at) + random.pick(SNIPPETS).repeat(1 + random.length(1, 500)) + made.slice(at);
    }
    if (made.length > 60_000) return made.slice(0, 60_000);
  }
  return made;
}

const BYTES = [
  0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x0c, 0x0d, 0x0e, 0x0f, 0x21, 0x40, 0x7f, 0x80, 0x81, 0xa1, 0xff,
];

/** Changes bytes in a few places between two offsets. */
export function mutateBytes(random: Random, bytes: Uint8Array, from: number, to: number): void {
  if (to - from < 8) return;
  for (let change = random.below(8); change >= 0; change--) {
    const at = from + random.below(to - from - 4);
    switch (random.below(5)) {
      case 0:
        bytes[at] = random.pick(BYTES);
        break;
      case 1:
        bytes[at] = random.below(256);
        break;
      case 2:
        bytes.fill(random.once(2) ? 0xff : 0, at, at + 1 + random.below(4));
        break;
      case 3: {
        // An offset that points somewhere else within the chunk.
        const offset = 512 + random.below(65_536 - 512);
        bytes[at] = offset & 0xff;
        bytes[at + 1] = offset >> 8;
        break;
      }
      default: {
        const source = from + random.below(to - from - 4);
        bytes.copyWithin(at, source, Math.min(source + random.below(64), to));
      }
    }
  }
}
