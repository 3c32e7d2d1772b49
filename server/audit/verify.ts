import { commitmentOf, hashOf } from './chain.ts';
import {
  type Anchor,
  type AuditRecord,
  type ChainHead,
  type ChainProblem,
  GENESIS,
  PARTS,
  type Verification,
} from './ports.ts';

const MAX_PROBLEMS = 100;

/**
 * Verifies a chain, a record at a time. What it keeps in memory does not grow with the chain: the last link, the
 * anchors that are still to come, and the parts whose data is gone until their erasure has been read.
 */
export class ChainVerifier {
  readonly #partial: boolean;
  /** By sequence; several sources may have anchored the same one. */
  readonly #anchors = new Map<number, string[]>();
  readonly #gone = new Set<number>();
  readonly #problems: ChainProblem[] = [];
  #last: ChainHead = { seq: 0, hash: GENESIS };
  #records = 0;
  #erased = 0;
  #anchored = 0;
  #found = 0;

  /** @param partial the records of some tenants only */
  constructor(anchors: Iterable<ChainHead> = [], partial = false) {
    this.#partial = partial;
    for (const { seq, hash } of anchors) {
      const list = this.#anchors.get(seq);
      if (list === undefined) this.#anchors.set(seq, [hash]);
      else if (!list.includes(hash)) list.push(hash);
    }
  }

  /** The next record. */
  add(record: AuditRecord): void {
    const { seq, hash, prev } = record;
    this.#records++;
    if (hashOf(record) !== hash) this.problem('changed', seq, 'its content is not what was hashed');
    this.#checkPlace(seq, prev);
    this.#checkPersonal(record);
    this.#checkAnchors(seq, hash);
    this.#last = { seq, hash };
  }

  /** A line or row that is no record. */
  problem(kind: ChainProblem['kind'], seq: number, message: string): void {
    this.#found++;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ kind, seq, message });
  }

  /** What was found. */
  finish(): Verification {
    if (!this.#partial)
      for (const [seq] of this.#anchors)
        this.problem(
          'tail',
          seq,
          `an anchor says that there was a record ${seq}; the last one here is ${this.#last.seq}`,
        );
    for (const key of this.#gone)
      this.problem(
        'missing-personal',
        Math.floor(key / 2),
        `its ${PARTS[key % 2]} data is gone, and no erasure says so`,
      );
    return {
      ok: this.#found === 0,
      records: this.#records,
      head: this.#last,
      erasedParts: this.#erased,
      anchors: this.#anchored,
      problems: this.#problems,
      partial: this.#partial,
    };
  }

  #checkPlace(seq: number, prev: string): void {
    const last = this.#last;
    if (seq <= last.seq) {
      this.problem('order', seq, `it comes after record ${last.seq}`);
      return;
    }
    if (this.#partial) return;
    if (seq > last.seq + 1) {
      const missing = seq - last.seq - 1;
      this.problem(
        'gap',
        seq,
        `${missing === 1 ? 'a record is' : `${missing} records are`} missing before it`,
      );
    } else if (prev !== last.hash)
      this.problem('link', seq, `it does not follow record ${last.seq} as it is`);
  }

  #checkPersonal(record: AuditRecord): void {
    PARTS.forEach((part, bit) => {
      const committed = record.commitments[part];
      const data = record.personal[part];
      if (committed === null) {
        if (data !== null) this.problem('personal', record.seq, `${part} data was added to it`);
      } else if (data === null) this.#gone.add(record.seq * 2 + bit);
      else if (commitmentOf(data) !== committed)
        this.problem('personal', record.seq, `its ${part} data was changed`);
      for (const seq of record.erased?.[part] ?? []) if (this.#gone.delete(seq * 2 + bit)) this.#erased++;
    });
  }

  #checkAnchors(seq: number, hash: string): void {
    const wanted = this.#anchors.get(seq);
    if (wanted === undefined) return;
    this.#anchors.delete(seq);
    this.#anchored++;
    if (wanted.some((each) => each !== hash))
      this.problem('anchor', seq, 'it is not the record that was anchored');
  }
}

/** Reads anchors of a file that they were written to, or of saved syslog lines and mails: JSON anywhere in a line. */
export function readAnchors(text: string): Anchor[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const found = /\{"at":\d+,"hash":"[0-9a-f]{64}","seq":\d+\}/.exec(line)?.[0];
    return found === undefined ? [] : [JSON.parse(found) as Anchor];
  });
}
