import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a preview was of, and what it showed. */
export interface Previewed {
  /** Id of the account or key that looked at it. */
  readonly actor: string;
  readonly tenant: string | null;
  readonly filter: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly previewed: {
    readonly from: number;
    readonly to: number;
    readonly total: number;
    readonly silenced: number;
  };
}

const VALID = 3_600_000;

/**
 * Proof that somebody was shown what they are about to save: signed with a key of this process, so that nothing
 * has to be kept. A restart ends all of them; the preview is then asked for again.
 */
export class PreviewTokens {
  readonly #key = randomBytes(32);

  issue({ actor, tenant, filter, at, previewed }: Previewed): string {
    const body = JSON.stringify([actor, tenant, hash('sha256', filter), at, previewed]);
    return `${Buffer.from(body).toString('base64url')}.${this.#sign(body).toString('base64url')}`;
  }

  /** The figures shown; undefined where the token is not ours, too old, or of something else. */
  read(token: string, wanted: Omit<Previewed, 'previewed'>): Previewed['previewed'] | undefined {
    const [encoded = '', signature = ''] = token.split('.', 2);
    const body = Buffer.from(encoded, 'base64url').toString();
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(body);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const [actor, tenant, filter, at, previewed] = JSON.parse(body) as [
      string,
      string | null,
      string,
      number,
      Previewed['previewed'],
    ];
    const same =
      actor === wanted.actor && tenant === wanted.tenant && filter === hash('sha256', wanted.filter);
    return same && wanted.at - at < VALID ? previewed : undefined;
  }

  #sign(body: string): Buffer {
    return createHmac('sha256', this.#key).update(body).digest();
  }
}
