import { ENTITY_TYPES } from '@vigie/contracts/rule-content.ts';
import type { EntityType, IncidentFacts } from './ports.ts';

const PLACEHOLDER = /\{([a-z]{1,20})\}/g;
/** Values of one kind that a search asks for; more make a text that nobody can read. */
const MAX_VALUES = 10;
const ENTITIES: ReadonlySet<string> = new Set(ENTITY_TYPES);

/** What a message may name: the incident's entities, its number, and the organisation. */
export const PLACEHOLDERS: ReadonlySet<string> = new Set([...ENTITY_TYPES, 'incident', 'organisation']);

/** Names in braces, each once. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1]!))];
}

/** Placeholders that a text still holds: what the incident does not know, and a person has to write. */
export function leftIn(text: string): string[] {
  return placeholdersOf(text).filter((name) => PLACEHOLDERS.has(name));
}

/** Whether a search can name this: an incident's entities only. */
export function isEntity(name: string): name is EntityType {
  return ENTITIES.has(name);
}

/**
 * The first of the searches whose placeholders the incident can fill. `field:{host}` becomes `field:"a"`, or
 * `field:("a" or "b")` for several; quotes and backslashes of a value, which come from logs, are escaped, so that
 * it can't add terms of its own.
 *
 * @returns the search, or the kinds of entities that are missing
 */
export function fillQuery(
  queries: readonly string[],
  entities: IncidentFacts['entities'],
): { readonly q: string } | { readonly missing: readonly EntityType[] } {
  let missing: readonly EntityType[] = [];
  for (const query of queries) {
    const wanted = placeholdersOf(query).filter(isEntity);
    const lacking = wanted.filter((type) => !entities.some((entity) => entity.type === type));
    if (lacking.length === 0)
      return {
        q: query.replace(PLACEHOLDER, (whole, name: string) =>
          isEntity(name) ? listed(entities, name) : whole,
        ),
      };
    if (missing.length === 0) missing = lacking;
  }
  return { missing };
}

function listed(entities: IncidentFacts['entities'], type: EntityType): string {
  const values = [...new Set(entities.filter((entity) => entity.type === type).map(({ value }) => value))]
    .slice(0, MAX_VALUES)
    .map((value) => `"${value.replace(/[\\"]/g, '\\$&')}"`);
  return values.length === 1 ? values[0]! : `(${values.join(' or ')})`;
}

/** A message with the incident's values in it; what is not known stays in its braces for a person to write. */
export function fillMessage(
  message: string,
  facts: {
    readonly entities: IncidentFacts['entities'];
    readonly incident: string;
    readonly organisation: string;
  },
): string {
  return message.replace(PLACEHOLDER, (whole, name: string) => {
    if (name === 'incident') return facts.incident;
    if (name === 'organisation') return facts.organisation;
    const values = facts.entities.filter(({ type }) => type === name).map(({ value }) => value);
    if (values.length === 0) return whole;
    const clean = values
      .slice(0, 3)
      .map((value) => value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 120));
    return clean.join(', ') + (values.length > 3 ? ', …' : '');
  });
}
