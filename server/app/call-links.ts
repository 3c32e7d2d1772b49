import type { RotaMember } from '@vigie/contracts/api';
import type { Vault } from '../storage/state/vault.ts';

/** What a link proves: this person was asked about this call. */
export interface CallLink {
  readonly call: string;
  readonly name: string;
  readonly language: RotaMember['language'];
  readonly expiresAt: number;
}

const PURPOSE = 'call link';
const DAY = 86_400_000;
/** How long a link of a mail holds, milliseconds. */
export const LINK_LIFE = DAY;

/**
 * Signed links of the mails to those on call: who holds one may acknowledge that call, and nothing else. The content
 * is readable (the holder knows it from the mail), and a changed letter makes it worthless.
 */
export class CallLinks {
  readonly #vault: Vault;
  readonly #now: () => number;

  constructor(vault: Vault, now: () => number) {
    this.#vault = vault;
    this.#now = now;
  }

  issue(call: string, { name, language }: RotaMember): string {
    const content: CallLink = { call, name, language, expiresAt: this.#now() + LINK_LIFE };
    const text = Buffer.from(JSON.stringify(content)).toString('base64url');
    return `${text}.${this.#vault.sign(text, PURPOSE)}`;
  }

  /** Undefined: forged, or too old. */
  read(token: string): CallLink | undefined {
    const [text = '', proof = '', more] = token.split('.');
    if (more !== undefined || !this.#vault.verify(text, proof, PURPOSE)) return undefined;
    // It is ours, so it has the form that we gave it.
    const content = JSON.parse(Buffer.from(text, 'base64url').toString()) as CallLink;
    return content.expiresAt > this.#now() ? content : undefined;
  }
}
