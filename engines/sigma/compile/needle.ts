/** What the ways of finding literals share: the literals, classes of characters, and how a find is told. */

/** A lower-case literal, where it must stand, and what it stands for. */
export interface Needle {
  /** Every unit beyond ASCII is treated as the same one. */
  readonly literal: string;
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly target: number;
}

/** Takes what was found, possibly more than once. */
export interface CandidateSink {
  add(target: number): void;
}

/** Characters fall into so many classes, as bits. */
export const CLASS_BITS = 6;
export const CLASSES = 1 << CLASS_BITS;
/** The class of all units beyond ASCII. */
export const FOREIGN = CLASSES - 1;
/** Lower-cased, the Kelvin sign is k, and İ is i with a combining dot: the only two that become ASCII. */
const KELVIN = 0x212a;
export const DOTTED_I = 0x130;
/** What İ leaves behind its i. */
export const COMBINING_DOT = 0x307;

const AT_START = 1;
const AT_END = 2;

/**
 * Class of a unit of text, ignoring ASCII case; of İ, which becomes two, that of its i.
 *
 * @param classes of the ASCII characters
 */
export function classOf(classes: Uint8Array, unit: number): number {
  if (unit < 128) return classes[unit]!;
  return unit === KELVIN ? classes[107]! : unit === DOTTED_I ? classes[105]! : FOREIGN;
}

/**
 * Classes of the ASCII characters. Those that no literal holds share class 0; the rare ones among the others
 * share the last one: a superset of what is asked.
 */
export function classesFor(needles: readonly Needle[]): Uint8Array {
  const classes = new Uint8Array(128);
  const counts = new Map<number, number>();
  for (const { literal } of needles) {
    for (let i = 0; i < literal.length; i++) {
      const unit = literal.charCodeAt(i);
      if (unit < 128) counts.set(unit, (counts.get(unit) ?? 0) + 1);
    }
  }
  const byUse = [...counts].sort((a, b) => b[1] - a[1]).map(([unit]) => unit);
  byUse.forEach((unit, index) => {
    const group = Math.min(index + 1, FOREIGN - 1);
    classes[unit] = group;
    if (unit >= 97 && unit <= 122) classes[unit - 32] = group;
  });
  return classes;
}

/** The literal's part of a report: three numbers. */
export function reportOf({ target, atStart, atEnd, literal }: Needle): [number, number, number] {
  return [target, (atStart ? AT_START : 0) | (atEnd ? AT_END : 0), literal.length];
}

/**
 * Tells of the literals that end at a place, as far as they stand where they must.
 *
 * @param reports what {@link reportOf} made, one after the other
 * @param from first number of them in `reports`, up to `to`
 */
export function tell(
  reports: ArrayLike<number>,
  from: number,
  to: number,
  end: number,
  length: number,
  sink: CandidateSink,
): void {
  for (let i = from; i < to; i += 3) {
    const flags = reports[i + 1]!;
    if ((flags & AT_END) !== 0 && end !== length) continue;
    if ((flags & AT_START) !== 0 && end !== reports[i + 2]) continue;
    sink.add(reports[i]!);
  }
}
