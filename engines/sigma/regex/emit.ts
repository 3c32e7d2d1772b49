import { type CharSet, MAX_UNIT } from './charset.ts';
import type { Regex } from './syntax.ts';

/** Writes a parsed pattern as the source of a JavaScript regular expression without flags. */
export function emitRegex(regex: Regex): string {
  switch (regex.type) {
    case 'empty':
      return '(?:)';
    case 'set':
      return emitSet(regex.set);
    case 'sequence':
      return regex.items
        .map((item) => (item.type === 'choice' ? `(?:${emitRegex(item)})` : emitRegex(item)))
        .join('');
    case 'choice':
      return regex.items.map(emitRegex).join('|');
    case 'repeat': {
      const max = regex.max === Infinity ? '' : String(regex.max);
      return `(?:${emitRegex(regex.item)}){${regex.min},${max}}${regex.lazy ? '?' : ''}`;
    }
    case 'assert':
      return {
        start: '^',
        end: '$',
        lineStart: '(?<![^\\n])',
        lineEnd: '(?![^\\n])',
        word: '\\b',
        notWord: '\\B',
      }[regex.kind];
    case 'look':
      return `(?${regex.ahead ? '' : '<'}${regex.negative ? '!' : '='}${emitRegex(regex.item)})`;
    case 'capture':
      return `(${emitRegex(regex.item)})`;
    case 'backreference':
      return `(?:\\${regex.index})`;
  }
}

function emitSet(set: CharSet): string {
  if (set.length === 0) return '[]';
  if (set.length === 2 && set[0] === 0 && set[1] === MAX_UNIT) return '[^]';
  let out = '';
  for (let i = 0; i < set.length; i += 2) {
    out += unit(set[i]!);
    if (set[i + 1]! > set[i]!) out += `-${unit(set[i + 1]!)}`;
  }
  return set.length === 2 && set[0] === set[1] ? out : `[${out}]`;
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
