import type { Difference, FieldDifference } from './compare.ts';
import type { Case } from './reasoned-case.ts';
import { DIFFERENCES } from './reasoned-differences.ts';

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
