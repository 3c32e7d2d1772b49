import { createRequire } from 'node:module';
import { type Font, openSync } from 'fontkit';

/** A face of the report: its files, the first of which that has a character draws it. */
export type Face = 'regular' | 'bold';

interface Part {
  readonly path: string;
  readonly font: Font;
}

const WEIGHTS: Readonly<Record<Face, number>> = { regular: 400, bold: 700 };
const SUBSETS = ['latin', 'latin-ext'];
/** Characters that turn the direction of reading, hide, or end a line: shown by their number. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Cs}]/u;

let loaded: Readonly<Record<Face, readonly Part[]>> | undefined;

/** The console's typeface, in files that a PDF can take parts of; read once. */
function faces(): Readonly<Record<Face, readonly Part[]>> {
  const { resolve } = createRequire(import.meta.url);
  const parts = (face: Face) =>
    SUBSETS.map((subset) => {
      const path = resolve(
        `@fontsource/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-${subset}-${WEIGHTS[face]}-normal.woff`,
      );
      return { path, font: openSync(path) };
    });
  loaded ??= { regular: parts('regular'), bold: parts('bold') };
  return loaded;
}

/** A run of text that one file can draw. */
export interface Run {
  readonly path: string;
  readonly text: string;
}

/**
 * Cuts text into runs. What no file has a form of is shown by its number, `‹U+4E2D›`: log text comes in every
 * script, and a report must not lose what it says, nor be turned around by it.
 */
export function runsOf(text: string, face: Face): Run[] {
  const parts = faces()[face];
  const runs: { path: string; text: string }[] = [];
  const put = (path: string, more: string) => {
    const last = runs.at(-1);
    if (last?.path === path) last.text += more;
    else runs.push({ path, text: more });
  };
  for (const character of text.normalize('NFC')) {
    if (character === '\n') {
      put(runs.at(-1)?.path ?? parts[0]!.path, character);
      continue;
    }
    const code = character.codePointAt(0)!;
    const part = UNSAFE.test(character)
      ? undefined
      : parts.find(({ font }) => font.hasGlyphForCodePoint(code));
    if (part !== undefined) put(part.path, character);
    else if (character === '\t') put(parts[0]!.path, ' ');
    else put(parts[0]!.path, `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`);
  }
  return runs;
}
