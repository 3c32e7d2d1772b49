/**
 * Why a sign-in went no further. The person is told the code only; the log has the sentence.
 *
 * | reason | meaning |
 * |---|---|
 * | `expired` | the sign-in was not begun in this browser, took too long, or was finished before |
 * | `refused` | the identity provider's message is not what it must be, or says no |
 * | `unreachable` | the identity provider does not answer |
 * | `no-access` | the person is who they say, and nothing here is theirs |
 */
export type RefusalReason = 'expired' | 'refused' | 'unreachable' | 'no-access';

export class SignInRefused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SignInRefused';
    this.reason = reason;
  }
}
