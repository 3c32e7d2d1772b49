import type { EcsFields } from '@vigie/contracts';
import type { ResolvedField } from './taxonomy.ts';

/** A flat event as the matcher takes it: dotted field name → scalar or list of scalars. */
export type EventFields = Readonly<EcsFields>;

/**
 * The texts of one event field: numbers and booleans as JavaScript writes them. `undefined` where the field
 * is absent, which includes empty lists and anything that is neither scalar nor list (so that a rule on a
 * field called `constructor` never sees the event object's own machinery).
 */
export function textsOf(fields: EventFields, name: string): readonly string[] | undefined {
  const value: unknown = fields[name];
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter(isScalar).map(String);
  return texts.length === 0 ? undefined : texts;
}

/** The values of a Sigma field: of its first present candidate, or of all of them. */
export function valuesOf(fields: EventFields, field: ResolvedField): { name: string; text: string }[] {
  const found: { name: string; text: string }[] = [];
  for (const name of field.candidates) {
    const texts = textsOf(fields, name);
    if (texts === undefined) continue;
    for (const text of texts) found.push({ name, text });
    if (!field.any) break;
  }
  return found;
}

export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
