/** Exit codes of `vigie`; the same numbers for every command. */
export const EXIT = {
  ok: 0,
  /** Something failed; the message says what. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The server is not running or not reachable. */
  unreachable: 3,
  /** Not signed in, or not allowed. */
  denied: 4,
  /** The thing that was asked for does not exist. */
  notFound: 5,
} as const;

/** An end with a message for the person and an exit code for the program that called us. */
export class CliError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
