/**
 * The query tree of event search. People write text; the text is parsed into this tree; only storage turns
 * the tree into SQL, and always with the tenants it was called with. No text of a person reaches the
 * database as SQL.
 */
export type QueryNode =
  | { readonly op: 'and' | 'or'; readonly items: readonly QueryNode[] }
  | { readonly op: 'not'; readonly item: QueryNode }
  /** Equality, ignoring ASCII case, on a field or any element of it. */
  | { readonly op: 'eq'; readonly field: string; readonly value: string }
  /** `*` any run of characters, `?` one character; ignores ASCII case. */
  | { readonly op: 'wildcard'; readonly field: string; readonly pattern: string }
  | {
      readonly op: 'range';
      readonly field: string;
      readonly gt?: number;
      readonly gte?: number;
      readonly lt?: number;
      readonly lte?: number;
    }
  | { readonly op: 'cidr'; readonly field: string; readonly network: string }
  | { readonly op: 'exists'; readonly field: string }
  /** Substring of the original log, ignoring ASCII case. */
  | { readonly op: 'text'; readonly value: string };

/** Half-open interval of event time, epoch milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface EventQuery {
  /** At least one; an empty list matches nothing, never everything. */
  readonly tenants: readonly string[];
  readonly range: TimeRange;
  /** Only events of the configured source of this id. */
  readonly source?: string;
  readonly where?: QueryNode;
}
