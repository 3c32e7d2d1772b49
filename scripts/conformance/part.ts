/** What a part of the conformance gets to work with. */
export interface Context {
  /** The project's folder. */
  readonly root: string;
  /** The corpus. */
  readonly corpus: string;
  /** Also show what differs, field by field. */
  readonly details: boolean;
}

/** A figure with the least it may be; `name` is the key in `thresholds.ts`. */
export interface Figure {
  readonly name: string;
  readonly value: number;
}

/** What a part found. */
export interface PartResult {
  /** Text for people: tables and lists. */
  readonly lines: readonly string[];
  /** Figures held against their floors. */
  readonly figures: readonly Figure[];
  /** What must never happen: each is a line, and fails the run. */
  readonly crashes: readonly string[];
}

/** One part of the conformance. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** Folder below the corpus without which the part is left out. */
  readonly needs: string;
  /** It runs only where `--only` names it. */
  readonly onRequest?: boolean;
  run(context: Context): PartResult | Promise<PartResult>;
}
