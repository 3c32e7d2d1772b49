import { t } from './strings.ts';

/** An attribute of a rule, what it means in a line, and whether a list or a map begins after it. */
export interface Word {
  readonly name: string;
  readonly about: string;
  readonly open?: 'list' | 'map';
}

type Opens<T> = { readonly [K in keyof T]?: 'list' | 'map' };

function words<T extends Record<string, string>>(texts: T, opens: Opens<T>): readonly Word[] {
  return Object.entries(texts).map(([name, about]) => {
    const open = opens[name];
    return open === undefined ? { name, about } : { name, about, open };
  });
}

/** Attributes of a rule, in the order in which rules are usually written. */
export const ATTRIBUTES = words(t.attributes, {
  related: 'list',
  references: 'list',
  tags: 'list',
  logsource: 'map',
  detection: 'map',
  correlation: 'map',
  fields: 'list',
  falsepositives: 'list',
});

/** Modifiers after a field's `|`, the usual ones first. */
export const MODIFIERS: Readonly<Record<string, string>> = t.modifiers;

export const CORRELATION = words(t.correlation, {
  rules: 'list',
  'group-by': 'list',
  condition: 'map',
  aliases: 'map',
});

export const CORRELATION_TYPES: Readonly<Record<string, string>> = t.types;

export const BOUNDS: Readonly<Record<string, string>> = t.bounds;

export const CONDITION: Readonly<Record<string, string>> = { ...t.condition, and: '', or: '', not: '' };
