/**
 * Failures of fetching. Each code is stable.
 *
 * | code | meaning | passes by itself |
 * |---|---|---|
 * | `VIGIE_PULL_UNAVAILABLE` | no connection, a cut answer, or an error on the service's side | yes |
 * | `VIGIE_PULL_TIMEOUT` | the service did not answer in time | yes |
 * | `VIGIE_PULL_THROTTLED` | the service asks for a pause | yes |
 * | `VIGIE_PULL_BAD_ANSWER` | the answer is not what the service's documentation promises | yes |
 * | `VIGIE_PULL_UNAUTHORISED` | the credential is wrong, expired or revoked | no |
 * | `VIGIE_PULL_FORBIDDEN` | the credential lacks a permission | no |
 * | `VIGIE_PULL_NOT_FOUND` | there is no such thing at that address | no |
 * | `VIGIE_PULL_REFUSED` | the service refuses the request as such | no |
 * | `VIGIE_PULL_TOO_LARGE` | an answer is above the limit | no |
 * | `VIGIE_PULL_REDIRECT` | the service answers with another address | no |
 * | `VIGIE_PULL_ADDRESS` | the address is none that connectors may reach | no |
 * | `VIGIE_PULL_TLS` | the service's certificate can't be trusted | no |
 * | `VIGIE_PULL_SECRET` | the stored secrets can't be decrypted | no |
 * | `VIGIE_PULL_SETTINGS` | the stored settings don't fit the connector (any more) | no |
 */
export type PullErrorCode =
  | 'VIGIE_PULL_UNAVAILABLE'
  | 'VIGIE_PULL_TIMEOUT'
  | 'VIGIE_PULL_THROTTLED'
  | 'VIGIE_PULL_BAD_ANSWER'
  | 'VIGIE_PULL_UNAUTHORISED'
  | 'VIGIE_PULL_FORBIDDEN'
  | 'VIGIE_PULL_NOT_FOUND'
  | 'VIGIE_PULL_REFUSED'
  | 'VIGIE_PULL_TOO_LARGE'
  | 'VIGIE_PULL_REDIRECT'
  | 'VIGIE_PULL_ADDRESS'
  | 'VIGIE_PULL_TLS'
  | 'VIGIE_PULL_SECRET'
  | 'VIGIE_PULL_SETTINGS';

const PASSING: ReadonlySet<string> = new Set([
  'VIGIE_PULL_UNAVAILABLE',
  'VIGIE_PULL_TIMEOUT',
  'VIGIE_PULL_THROTTLED',
  'VIGIE_PULL_BAD_ANSWER',
]);

/** Whether a failure of this code passes without a person. */
export function passesByItself(code: string): boolean {
  return PASSING.has(code);
}

const ADVICE: Readonly<Record<PullErrorCode, string>> = {
  VIGIE_PULL_UNAVAILABLE: 'Nothing to do: it is tried again, more and more seldom.',
  VIGIE_PULL_TIMEOUT:
    'Nothing to do: it is tried again. If it stays, check the way out through your firewall.',
  VIGIE_PULL_THROTTLED:
    'Nothing to do: fetching goes on when the service allows. If it happens often, fetch less often.',
  VIGIE_PULL_BAD_ANSWER:
    'It is tried again. If it stays, check the address, and whether a proxy answers in between.',
  VIGIE_PULL_UNAUTHORISED: 'Enter a new credential: this one is wrong, expired or revoked.',
  VIGIE_PULL_FORBIDDEN:
    'Give the credential the permissions that this connector’s page lists, then test again.',
  VIGIE_PULL_NOT_FOUND: 'Check the names and addresses in the settings.',
  VIGIE_PULL_REFUSED: 'Check the settings against the service’s message.',
  VIGIE_PULL_TOO_LARGE: 'Fetch smaller pages, or shorter spans of time.',
  VIGIE_PULL_REDIRECT: 'Enter the address that the service names, if it is one that you trust.',
  VIGIE_PULL_ADDRESS:
    'Use a public https address, or ask your operator to allow this host (pull.allowHosts).',
  VIGIE_PULL_TLS: 'If your own authority signed the certificate, your operator can name it (pull.ca).',
  VIGIE_PULL_SECRET: 'Enter the secrets again, or give Vigie back the key that they were encrypted with.',
  VIGIE_PULL_SETTINGS: 'Open the connector’s settings and save them again.',
};

/** Longest message kept. */
const LONGEST = 500;

/** A coded failure of fetching. Its message is for people and holds no secrets: the caller has taken them out. */
export class PullError extends Error {
  readonly code: PullErrorCode;
  /** Epoch milliseconds before which trying again is no use. */
  readonly notBefore: number | undefined;
  /** HTTP status, where an answer came. */
  readonly status: number | undefined;
  readonly #advice: string | undefined;

  constructor(
    code: PullErrorCode,
    message: string,
    more: { readonly notBefore?: number; readonly status?: number; readonly advice?: string } = {},
  ) {
    super(message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message);
    this.name = 'PullError';
    this.code = code;
    this.notBefore = more.notBefore;
    this.status = more.status;
    this.#advice = more.advice;
  }

  /** Whether it passes without a person. */
  get passing(): boolean {
    return passesByItself(this.code);
  }

  /** What a person can do about it, in a sentence. */
  get advice(): string {
    return this.#advice ?? ADVICE[this.code];
  }
}
