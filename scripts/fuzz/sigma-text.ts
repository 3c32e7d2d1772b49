/** Makers of what rules are made of: patterns, expressions, conditions, values, selections, events. */
import type { Random } from './random.ts';

const ATOMS = [
  'a', 'b', 'A', 'k', '.', '\\w', '\\s', '\\d', '\\S', '\\.', '[ab]', '[^a]', '[a-z0-9_]', '\\b', '^', '$', '\\x41',
  '\\p{L}', '\\PL', '[\\w-]', '[[:alpha:]]', '\u00e9', '\u212a', '\u4e00', 'ab', 'net', '\\\\', '(?i)', '\\1', '\\2',
]; // biome-ignore format: a table
const TIMES = [
  '*', '+', '?', '*?', '+?', '{2}', '{0,3}', '{1,}', '{,2}', '{5}',
]; // biome-ignore format: a table
const MANY_TIMES = ['{30}', '{0,64}', '{1000}', '{1000}{1000}', '{0,1000}', '{300,}'];
const GROUPS = ['(', '(?:', '(?i:', '(?=', '(?!', '(?<=', '(?<!', '(?<n>'];

/** A regular expression, nearly always a valid one. */
export function regexText(random: Random, depth = 0): string {
  const branches = 1 + (random.once(4) ? random.length(3, 300) : 0);
  return random
    .list(branches, () =>
      random
        .list(random.length(4, 120), () => {
          const group = depth < (random.once(50) ? 60 : 4) && random.once(4);
          const atom = group ? `${random.pick(GROUPS)}${regexText(random, depth + 1)})` : random.pick(ATOMS);
          const times = random.once(3) ? random.pick(random.once(12) ? MANY_TIMES : TIMES) : '';
          return (atom + times).repeat(random.once(300) ? random.below(400) : 1);
        })
        .join(''),
    )
    .join('|')
    .slice(0, 9000);
}

const UNITS = [
  'a',
  'b',
  'A',
  'k',
  ' ',
  '.',
  '1',
  '-',
  '\\',
  '/',
  '\n',
  '_',
  '\u00e9',
  '\u212a',
  '\u0130',
  '\u4e00',
];

/** A text of an event: short, or long and uniform, as what makes searches slow is. */
export function eventText(random: Random): string {
  if (random.once(100)) return random.pick(UNITS).repeat(random.below(4000));
  if (random.once(100)) return random.list(random.below(2000), () => random.pick(['a', 'b'])).join('');
  return random.list(random.below(16), () => random.pick(UNITS)).join('');
}

/** A Sigma string. */
export function patternText(random: Random): string {
  const units = ['*', '?', '\\*', '\\\\', '\\', ...UNITS];
  if (random.once(100))
    return `${random.pick(['*', 'a', '?', '*a', 'a?', ' -a'])}`.repeat(random.below(3000));
  return random.list(random.length(7, 2000), () => random.pick(units)).join('');
}

export const NAMES = ['sel', 'sel_a', 'sel_b', 'filter_1', 'filter_2', '_x', 'keywords', 'and', 'them', '1'];
const WORDS = [
  'and',
  'or',
  'not',
  '(',
  ')',
  '1 of',
  'all of',
  'any of',
  '2 of',
  'them',
  'sel_*',
  'filter*',
  '*',
  '|',
];

/** A condition: grammatical, or words at random. */
export function conditionText(random: Random, depth = 0): string {
  if (random.once(12))
    return random.list(random.length(10, 3000), () => random.pick(random.once(2) ? WORDS : NAMES)).join(' ');
  const leaf = () =>
    random.once(3)
      ? `${random.pick(['1 of', 'all of', 'any of', '2 of'])} ${random.pick(['them', 'sel*', 'sel_*', 'filter_*'])}`
      : random.pick(NAMES);
  if (depth > (random.once(100) ? 80 : 3) || random.once(3)) return leaf();
  const parts = random.list(1 + random.length(2, 300), () => {
    const part = random.once(3) ? `(${conditionText(random, depth + 1)})` : leaf();
    return random.once(4) ? `not ${part}` : part;
  });
  return parts.join(random.pick([' and ', ' or ']));
}

const FIELDS = ['A', 'B', 'C', 'Image', '__proto__', 'f.a', ''];
const MODIFIERS = [
  'all', 'startswith', 'endswith', 'contains', 'exists', 'cased', 'neq', 'windash', 're', 'i', 'm', 's', 'base64',
  'base64offset', 'wide', 'utf16le', 'utf16be', 'utf16', 'lt', 'lte', 'gt', 'gte', 'cidr', 'expand', 'fieldref',
  'minute', 'hour', 'day', 'week', 'month', 'year',
]; // biome-ignore format: a table
const USUAL = ['', 'contains', 'endswith', 'startswith', 'contains|all', 're', 're|i', 'windash|contains', 'cidr', 'gte',
  'exists', 'fieldref', 'fieldref|contains', 'base64offset|contains', 'wide|base64offset|contains', 'cased', 'hour']; // biome-ignore format: a table

function value(random: Random, modifiers: string): unknown {
  if (random.once(20)) return random.pick([null, true, false, 0, -1, 1.5, 1e21, '', [], {}, '%x%']);
  if (/\bre\b/.test(modifiers)) return regexText(random);
  if (/cidr/.test(modifiers))
    return random.pick(['10.0.0.0/8', '2001:db8::/32', '::/0', '192.0.2.1', '1.2.3.4/33']);
  if (/[lg]te?\b|hour|minute|day|week|month|year/.test(modifiers)) return random.below(60);
  if (/exists/.test(modifiers)) return random.once(2);
  if (/fieldref/.test(modifiers)) return random.pick(FIELDS);
  return random.once(8) ? random.below(20) : patternText(random);
}

function selection(random: Random, depth: number): unknown {
  if (random.once(6)) return random.list(1 + random.below(3), () => patternText(random));
  if (depth < 3 && random.once(6))
    return random.list(1 + random.length(3, 60), () => selection(random, depth + 1));
  return Object.fromEntries(
    random.list(1 + random.below(3), () => {
      const modifiers = random.once(5)
        ? random.list(random.below(5), () => random.pick(MODIFIERS)).join('|')
        : random.pick(USUAL);
      const values = random.list(1 + random.length(3, 200), () => value(random, modifiers));
      const key = `${random.pick(FIELDS)}${modifiers === '' ? '' : `|${modifiers}`}`;
      return [key, random.once(2) ? values[0] : values];
    }),
  );
}

/** A rule as JSON, which is YAML too. */
export function ruleText(random: Random): string {
  const names = NAMES.slice(0, 2 + random.below(5));
  const detection = Object.fromEntries([
    ...names.map((name) => [name, selection(random, 0)]),
    ['condition', random.once(10) ? random.list(3, () => conditionText(random)) : conditionText(random)],
  ]);
  return JSON.stringify({
    title: 't',
    id: `r${random.below(4)}`,
    logsource: { product: 'windows' },
    detection,
  });
}

/** An event with the fields that rules ask for. */
export function eventOf(random: Random): Record<string, string | number | boolean | (string | number)[]> {
  const scalar = () => (random.once(6) ? random.below(60) : eventText(random));
  return Object.fromEntries(
    ['A', 'B', 'C', 'Image', 'f.a'].map((name) => [
      name,
      random.once(5) ? random.list(random.length(3, 300), scalar) : random.once(30) ? '10.1.2.3' : scalar(),
    ]),
  );
}
