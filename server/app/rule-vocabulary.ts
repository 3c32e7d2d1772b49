import { LEVELS } from '@vigie/contracts';
import type { SigmaFields, SigmaVocabulary } from '@vigie/contracts/api';
import { CORRELATION_TYPES, resolveField, resolveLogsource, STATUSES, type Taxonomy } from '@vigie/sigma';
import { MODIFIERS } from '@vigie/sigma/modifiers.ts';
import { REGISTRY } from '@vigie/sources';
import type { AttackNames } from './attack.ts';

const ATTRIBUTES = ['product', 'category', 'service'] as const;
type Logsource = Parameters<typeof resolveLogsource>[1];

/** The words that a rule can be written with on this installation. */
export function vocabularyOf(taxonomy: Taxonomy, attack: AttackNames): SigmaVocabulary {
  const logsources = new Map<string, SigmaVocabulary['logsources'][number]>();
  for (const entry of taxonomy.logsources) {
    const named = ATTRIBUTES.filter((name) => entry[name] !== undefined);
    logsources.set(
      named.map((name) => `${name}:${entry[name]}`).join(' '),
      Object.fromEntries(named.map((name) => [name, entry[name]])),
    );
  }
  return {
    modifiers: [...MODIFIERS],
    statuses: [...STATUSES],
    levels: [...LEVELS],
    correlationTypes: [...CORRELATION_TYPES],
    logsources: [...logsources.values()],
    tags: [
      ...[...attack.tactics].map(([key, name]) => ({ tag: `attack.${key}`, name })),
      ...[...attack.techniques].map(([id, name]) => ({ tag: `attack.${id.toLowerCase()}`, name })),
    ],
    technologies: REGISTRY.map(({ definition }) => definition.id).sort(),
  };
}

/** The fields that rules of a logsource can name, those of the narrowest scope first. */
export function fieldsOf(taxonomy: Taxonomy, logsource: Logsource): SigmaFields {
  const scopes = taxonomy.fields
    .filter((scope) =>
      ATTRIBUTES.every(
        (name) => scope[name] === undefined || scope[name].toLowerCase() === logsource[name]?.toLowerCase(),
      ),
    )
    .map((scope) => ({ scope, rank: ATTRIBUTES.filter((name) => scope[name] !== undefined).length }))
    .sort((a, b) => b.rank - a.rank);
  const names = new Set(
    scopes.flatMap(({ scope }) => Object.keys(scope.map ?? {})).filter((name) => !name.endsWith('*')),
  );
  const own = [...names].map((name) => ({
    name,
    found: [...resolveField(taxonomy, logsource, name).candidates],
  }));
  // Every event field can be named as it is, too.
  const events = new Set(own.flatMap(({ found }) => found));
  return {
    known: resolveLogsource(taxonomy, logsource) !== undefined,
    fields: [
      ...own,
      ...[...events].filter((name) => !names.has(name)).map((name) => ({ name, found: [name] })),
    ],
  };
}
