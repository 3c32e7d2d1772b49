import { LEVELS } from '@vigie/contracts';
import type { ProcedureFile } from '@vigie/contracts/procedure/file.ts';
import type { IncidentFacts } from './ports.ts';

/** One reason for a procedure; the weights of all add up to its total. */
export interface FitTerm {
  readonly kind: 'rule' | 'technique' | 'tactic' | 'entity' | 'source';
  /** Title of the rule, id of the technique, key of the tactic, kind of entity, product. */
  readonly value: string;
  readonly weight: number;
}

export interface ProcedureFit {
  readonly total: number;
  readonly terms: readonly FitTerm[];
}

/** A procedure with less is not proposed: one technique that fits somewhat (3) needs a second reason. */
export const FIT_NEEDED = 4;

/** What one step of fit (1–3) is worth, by reason; entities and sources only tip the scales. */
const WORTH = { rule: 4, technique: 3, tactic: 1 } as const;
/** A further technique that is named too adds this, at most twice. */
const FURTHER = 1;
const MAX_FURTHER = 2;

/**
 * How well a procedure fits an incident: the best rule, technique and tactic count, by how well the procedure says it
 * fits them; further techniques, kinds of entities and products add one each. Undefined: below {@link FIT_NEEDED}, or
 * the incident is below the procedure's level.
 */
export function fitOf({ fits }: ProcedureFile, facts: IncidentFacts): ProcedureFit | undefined {
  if (fits.level !== undefined && LEVELS.indexOf(facts.level) < LEVELS.indexOf(fits.level)) return undefined;
  const terms: FitTerm[] = [];
  const rule = best(facts.rules, ({ id }) => own(fits.rules, id));
  if (rule !== undefined) terms.push({ kind: 'rule', value: rule.of.title, weight: rule.fit * WORTH.rule });
  const technique = best(facts.techniques, (id) => techniqueFit(fits.techniques, id));
  if (technique !== undefined) {
    terms.push({ kind: 'technique', value: technique.of, weight: technique.fit * WORTH.technique });
    const further = facts.techniques.filter(
      (id) => id !== technique.of && techniqueFit(fits.techniques, id) !== undefined,
    );
    for (const id of further.slice(0, MAX_FURTHER))
      terms.push({ kind: 'technique', value: id, weight: FURTHER });
  }
  const tactic = best(facts.tactics, (key) => own(fits.tactics, key));
  if (tactic !== undefined)
    terms.push({ kind: 'tactic', value: tactic.of, weight: tactic.fit * WORTH.tactic });
  if (terms.length === 0) return undefined;
  const entity = facts.entities.find(({ type }) => fits.entities.includes(type));
  if (entity !== undefined) terms.push({ kind: 'entity', value: entity.type, weight: 1 });
  const source = facts.sources.find((product) => fits.sources.includes(product));
  if (source !== undefined) terms.push({ kind: 'source', value: source, weight: 1 });
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  return total < FIT_NEEDED ? undefined : { total, terms };
}

function best<T>(
  items: readonly T[],
  fit: (item: T) => number | undefined,
): { of: T; fit: number } | undefined {
  let found: { of: T; fit: number } | undefined;
  for (const of of items) {
    const value = fit(of);
    if (value !== undefined && (found === undefined || value > found.fit)) found = { of, fit: value };
  }
  return found;
}

/** What is said of the technique itself, or else of the one that it is a part of. */
function techniqueFit(techniques: Readonly<Record<string, number>>, id: string): number | undefined {
  return own(techniques, id) ?? own(techniques, id.slice(0, 5));
}

function own(fits: Readonly<Record<string, number>>, key: string): number | undefined {
  return Object.hasOwn(fits, key) ? fits[key] : undefined;
}
