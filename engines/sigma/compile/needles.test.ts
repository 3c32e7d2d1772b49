import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Needle } from './needle.ts';
import { NeedleIndex } from './needles.ts';

/** Letters that are themselves in lower case, and those that become others, or two. */
const unit = fc.constantFrom(...'aabbcck\\. ', 'é', 'ß', '\u212a', '\u0130', 'K', 'A', 'B', 'i', '\ud83d');
const text = (minLength: number, maxLength: number) =>
  fc.array(unit, { minLength, maxLength }).map((units) => units.join(''));
const literal = text(4, 9).map((own) => own.toLowerCase());
const needles = fc.array(fc.tuple(literal, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 12 });

function found(index: NeedleIndex, own: string): Set<number> {
  const targets = new Set<number>();
  index.scan(own, { add: (target) => targets.add(target) });
  return targets;
}

function stands({ literal: wanted, atStart, atEnd }: Needle, lower: string): boolean {
  if (atStart && atEnd) return lower === wanted;
  if (atStart) return lower.startsWith(wanted);
  return atEnd ? lower.endsWith(wanted) : lower.includes(wanted);
}

describe('literals in a text', () => {
  it('are found by skipping as by reading every character, and none is missed', () => {
    fc.assert(
      fc.property(needles, fc.array(text(0, 40), { maxLength: 6 }), fc.nat(), (drawn, texts, at) => {
        const all = drawn.map(
          ([own, atStart, atEnd], target): Needle => ({
            literal: own,
            atStart,
            atEnd,
            target,
          }),
        );
        const skipping = new NeedleIndex(all);
        // A literal of one character allows no skip.
        const reading = new NeedleIndex([
          ...all,
          { literal: '\u0001', atStart: false, atEnd: false, target: -1 },
        ]);
        const held = all[at % all.length]!;
        for (const own of [...texts, held.literal, `${texts.join('')}${held.literal}`, `${held.literal}x`]) {
          const targets = found(skipping, own);
          expect(targets).toEqual(found(reading, own));
          const lower = own.toLowerCase();
          for (const needle of all) if (stands(needle, lower)) expect(targets).toContain(needle.target);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are found among many, where no skip is possible', () => {
    const all = Array.from(
      { length: 500 },
      (_, target): Needle => ({
        literal: `word${target.toString(36).padStart(3, '0')}`,
        atStart: false,
        atEnd: false,
        target,
      }),
    );
    const index = new NeedleIndex(all);
    expect(found(index, 'xWORD00a word0db')).toEqual(new Set([10, 479]));
  });
});
