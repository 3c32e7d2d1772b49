/** A rule file as it was read or imported. */
export interface RuleFile {
  /** `vigie` for the shipped rules, else the name of the import or the folder. */
  readonly origin: string;
  readonly path: string;
  readonly text: string;
  /** The version of a rule that this text is; versions come before all other files. */
  readonly version?: {
    readonly ruleId: string;
    readonly number: number;
    /** `live` takes the place of shipped and imported rules with its ids; `test` judges and alerts nobody. */
    readonly state: 'live' | 'test';
  };
}
