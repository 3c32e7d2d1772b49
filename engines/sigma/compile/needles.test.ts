import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Needle } from './needle.ts';
import { NeedleIndex } from './needles.ts';
import { SuffixIndex } from './suffix-index.ts';

/** Letters that are themselves in lower case, and those that become others, or two. */
const unit = fc.constantFrom(...'aabbcck\\. ', 'é', 'ß', '\u212a', '\u0130', 'K', 'A', 'B', 'i', '\ud83d');
const text = (minLength: number, maxLength: number) =>
  fc.array(unit, { minLength, maxLength }).map((units) => units.join(''));
const literal = text(4, 9).map((own) => own.toLowerCase());
const needles = fc.array(fc.tuple(literal, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 12 });

function found(index: NeedleIndex | SuffixIndex, own: string): Set<number> {
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
          const read = found(reading, own);
          // Of İ, skipping sees one character only, and may tell of more.
          if (!own.includes('\u0130')) expect(targets).toEqual(read);
          const lower = own.toLowerCase();
          for (const needle of all) {
            if (!stands(needle, lower)) continue;
            expect(targets).toContain(needle.target);
            expect(read).toContain(needle.target);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are found at its end by reading it backwards', () => {
    fc.assert(
      fc.property(
        fc.array(text(1, 9), { minLength: 1, maxLength: 12 }),
        text(0, 20),
        fc.nat(),
        (drawn, own, at) => {
          const all = drawn.map(
            (each, target): Needle => ({ literal: each.toLowerCase(), atStart: false, atEnd: true, target }),
          );
          const index = new SuffixIndex(all);
          const held = drawn[at % drawn.length]!;
          for (const tried of [own, held, own + held, held + own, own + held.toUpperCase()]) {
            const targets = found(index, tried);
            const lower = tried.toLowerCase();
            for (const needle of all) {
              if (stands(needle, lower)) expect(targets).toContain(needle.target);
              // Beyond ASCII all units count as one, so there it may tell of more.
              else if (/^[\0-\x7f]*$/.test(needle.literal + tried))
                expect(targets).not.toContain(needle.target);
            }
          }
        },
      ),
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
