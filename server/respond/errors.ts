/**
 * Coded operational failures of the respond stage.
 *
 * | code | meaning | again? |
 * |---|---|---|
 * | `VIGIE_RESPOND_MAIL_UNREACHABLE` | the SMTP server does not answer, hangs or closes the connection | yes |
 * | `VIGIE_RESPOND_MAIL_TLS` | TLS with the SMTP server failed or is not offered | yes, once repaired |
 * | `VIGIE_RESPOND_MAIL_LOGIN` | the SMTP server refuses the login | yes, once repaired |
 * | `VIGIE_RESPOND_MAIL_DEFERRED` | the server refuses this mail for now (4xx) | yes |
 * | `VIGIE_RESPOND_MAIL_SENDER_REFUSED` | the server refuses our sender address (5xx) | yes, once repaired |
 * | `VIGIE_RESPOND_MAIL_REFUSED` | the server refuses this mail or its recipient for good (5xx) | no |
 * | `VIGIE_RESPOND_MAIL_NOT_CONFIGURED` | no SMTP server is configured | no |
 * | `VIGIE_RESPOND_TEMPLATE` | a mail template or its texts cannot be read or compiled | no |
 */
export type RespondErrorCode =
  | 'VIGIE_RESPOND_MAIL_UNREACHABLE'
  | 'VIGIE_RESPOND_MAIL_TLS'
  | 'VIGIE_RESPOND_MAIL_LOGIN'
  | 'VIGIE_RESPOND_MAIL_DEFERRED'
  | 'VIGIE_RESPOND_MAIL_SENDER_REFUSED'
  | 'VIGIE_RESPOND_MAIL_REFUSED'
  | 'VIGIE_RESPOND_MAIL_NOT_CONFIGURED'
  | 'VIGIE_RESPOND_TEMPLATE';

const FINAL: ReadonlySet<RespondErrorCode> = new Set([
  'VIGIE_RESPOND_MAIL_REFUSED',
  'VIGIE_RESPOND_MAIL_NOT_CONFIGURED',
  'VIGIE_RESPOND_TEMPLATE',
]);

/** An operational failure of the respond stage. `retryable`: the same call may succeed later. */
export class RespondError extends Error {
  readonly code: RespondErrorCode;
  readonly retryable: boolean;

  constructor(code: RespondErrorCode, message: string, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = 'RespondError';
    this.code = code;
    this.retryable = !FINAL.has(code);
  }
}
