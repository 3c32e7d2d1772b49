/** Who did something: a person, a key, the command line with local access, Vigie itself, or nobody known. */
export type ActorKind = 'account' | 'key' | 'local' | 'automation' | 'nobody';

/**
 * What became of it: `refused`: not allowed, or not the caller's to see; `invalid`: it could not be done as it was
 * asked for; `failed`: our side broke; `unknown`: the process ended in the middle.
 */
export const OUTCOMES = ['done', 'refused', 'invalid', 'failed', 'unknown'] as const;
export type AuditOutcome = (typeof OUTCOMES)[number];

/** A change of one field; values as people see them, never secrets. */
export interface FieldChange {
  /** Left out: it was not looked up. */
  readonly before?: unknown;
  readonly after: unknown;
}

/** Personal data about who acted. Erasable. */
export interface Who {
  readonly name?: string;
  readonly email?: string;
  /** Network address the call came from. */
  readonly address?: string;
}

/** Personal data about what was acted upon, and free text. Erasable. */
export interface About {
  /** Address or name of the object, where that is personal data. */
  readonly label?: string;
  readonly changes?: Readonly<Record<string, FieldChange>>;
  readonly text?: string;
}

/** Something that was done, or tried. */
export interface AuditEntry {
  /** Epoch milliseconds, whole. */
  readonly at: number;
  /** Null: it concerns the installation; only the provider sees it. */
  readonly tenant: string | null;
  readonly actor: { readonly kind: ActorKind; readonly id: string | null };
  /** Subject and verb, `incidents.merge`. */
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string | null } | null;
  readonly outcome: AuditOutcome;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | null;
  readonly who?: Who;
  readonly about?: About;
}

/** The erasable parts of a record. */
export const PARTS = ['actor', 'subject'] as const;
export type Part = (typeof PARTS)[number];

/** Personal data as kept beside the chain: canonical JSON, and the salt of its commitment (hexadecimal). */
export interface PersonalData {
  readonly salt: string;
  readonly data: string;
}

/** Sequences whose personal data an erasure removed. */
export type Erased = { readonly [P in Part]: readonly number[] };

/** A link of the chain, with the personal data that is still there. Hashes are lower-case hexadecimal. */
export interface AuditRecord extends Omit<AuditEntry, 'who' | 'about'> {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly commitments: { readonly [P in Part]: string | null };
  readonly erased: Erased | null;
  readonly prev: string;
  readonly hash: string;
  readonly personal: { readonly [P in Part]: PersonalData | null };
}

/** End of the chain; before the first record 0 and {@link GENESIS}. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** What the first record is linked to. */
export const GENESIS = '0'.repeat(64);

/** Makes the next link. Given to the store, which calls it while it holds the chain. */
export type Seal = (entry: AuditEntry, head: ChainHead, erased?: Erased) => AuditRecord;

/** The chain's end at a time, as it is sent outside. */
export interface Anchor extends ChainHead {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A sent or failed anchor. */
export interface AnchorNote extends Anchor {
  readonly target: 'file' | 'syslog' | 'mail';
  readonly problem: string | null;
}

/** A finding of the verification. */
export interface ChainProblem {
  /**
   * `changed`: a record's content is not what was hashed; `personal`: its personal data is not what was committed
   * to; `missing-personal`: it is gone and no erasure says so; `gap`: records are missing; `order`: a record is at
   * another place, or there twice; `link`: it follows another record than it says; `tail`: records up to an anchor
   * are missing at the end; `anchor`: the record differs from the anchored one; `unreadable`: no record.
   */
  readonly kind:
    | 'changed'
    | 'personal'
    | 'missing-personal'
    | 'gap'
    | 'order'
    | 'link'
    | 'tail'
    | 'anchor'
    | 'unreadable';
  readonly seq: number;
  readonly message: string;
}

/** Result of verifying a chain. */
export interface Verification {
  readonly ok: boolean;
  /** Records looked at. */
  readonly records: number;
  readonly head: ChainHead;
  /** Parts whose personal data was erased, as the chain says. */
  readonly erasedParts: number;
  readonly anchors: number;
  /** At most a hundred. */
  readonly problems: readonly ChainProblem[];
  /** The records of some tenants only: links between them can't be checked. */
  readonly partial: boolean;
}

/** A stored verification. */
export interface CheckNote extends Pick<Verification, 'ok' | 'records' | 'problems' | 'anchors'> {
  readonly at: number;
  readonly tookMs: number;
}

/** What is looked for; all given must hold. */
export interface AuditFilter {
  readonly tenant?: string;
  /** Id of an account or key, or a part of a name, e-mail address or network address. */
  readonly person?: string;
  /** `incidents.merge`, or `incidents.` for all of them. */
  readonly action?: string;
  /** `incident/42`, or a kind alone. */
  readonly object?: string;
  readonly outcome?: AuditOutcome;
  /** Epoch milliseconds, `from` included, `to` not. */
  readonly from?: number;
  readonly to?: number;
}

/** Tenants that are seen. */
type Scope = readonly string[] | 'all';

/** The chain over its tables. Implemented in `server/storage/state`. */
export interface AuditStore {
  /** Notes what is about to be done, durably, so that a crash leaves a trace. @returns ids to finish it by */
  begin(entries: readonly AuditEntry[]): Promise<readonly string[]>;
  /** Links entries in their order and forgets what was noted at their begin, in one transaction. */
  finish(entries: readonly { readonly id?: string; readonly entry: AuditEntry }[]): Promise<void>;
  /** Links what parts of Vigie noted in their own transactions. @returns how many */
  drain(): Promise<number>;
  /** Links, as of unknown outcome, what an ended process had begun. @returns how many */
  recover(): Promise<number>;
  head(): Promise<ChainHead>;
  /** Newest first. */
  list(
    scope: Scope,
    filter: AuditFilter,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<AuditRecord[]>;
  /** Oldest first, read in parts. */
  stream(scope: Scope, filter: AuditFilter): AsyncIterable<AuditRecord>;
  /** Actions that the scope's records name. */
  actions(scope: Scope): Promise<string[]>;
  /**
   * Erases the personal data of a person and links a record of that, in one transaction.
   *
   * @param person id of an account or key, or an e-mail address
   * @returns how many parts were erased
   */
  erase(person: string, by: AuditEntry): Promise<number>;
  noteAnchor(anchor: AnchorNote): Promise<void>;
  /** Newest first. */
  anchors(limit: number): Promise<AnchorNote[]>;
  noteCheck(check: CheckNote): Promise<void>;
  lastCheck(): Promise<CheckNote | undefined>;
}
