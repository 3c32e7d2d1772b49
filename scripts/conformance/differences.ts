import type { Difference, FieldDifference } from './compare.ts';
import { DIFFERENCES } from './reasoned-differences.ts';

/** What a rule of this list gets to see. */
export interface Case extends FieldDifference {
  /** `<vendor>/<product>` of the corpus. */
  readonly technology: string;
  /** The log as it came. */
  readonly raw: string;
  readonly want: ReadonlyMap<string, string>;
  readonly have: ReadonlyMap<string, string>;
}

/**
 * A difference between the corpus and ECS that we know and keep: the field is set aside, on the side of what is
 * missing as well as on that of what is too much. ECS's own definition of the field decides, never the corpus.
 */
export interface ReasonedDifference {
  readonly id: string;
  readonly reason: string;
  readonly covers: (c: Case) => boolean;
}

/** What of a comparison counts, and which differences were set aside for which reason. */
export interface Judged {
  readonly missing: readonly FieldDifference[];
  readonly extra: readonly FieldDifference[];
  readonly other: readonly FieldDifference[];
  readonly aside: readonly { readonly id: string; readonly field: string }[];
}

/** Sets the reasoned differences of one document aside. */
export function judge(technology: string, raw: string, difference: Difference): Judged {
  const aside: { id: string; field: string }[] = [];
  const rest: FieldDifference[] = [];
  for (const item of difference.differences) {
    const c: Case = { ...item, technology, raw, want: difference.want, have: difference.have };
    const found = DIFFERENCES.find(({ covers }) => covers(c));
    if (found === undefined) rest.push(item);
    else aside.push({ id: found.id, field: item.field });
  }
  return { ...split(rest), aside };
}

/** Differences by kind. */
export function split(differences: readonly FieldDifference[]): Pick<Judged, 'missing' | 'extra' | 'other'> {
  return {
    missing: differences.filter((item) => item.found === undefined),
    extra: differences.filter((item) => item.expected === undefined),
    other: differences.filter((item) => item.expected !== undefined && item.found !== undefined),
  };
}
