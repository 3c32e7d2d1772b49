/**
 * What the parent and the chDB child say to each other.
 *
 * A lane has connections of its own, as many as {@link WIDTH} says; lanes run in parallel. The parent sends no more
 * statements than run at once, and keeps the others waiting.
 * `read` is for people's queries and read-only with limits; `write` inserts; `admin` does the rest.
 */
export type Lane = 'read' | 'write' | 'admin';

/** Statements that a lane runs at the same time, each on a connection of its own. */
export const WIDTH: Readonly<Record<Lane, number>> = { read: 2, write: 1, admin: 1 };

export interface OpenRequest {
  readonly op: 'open';
  /** Folder of the database. */
  readonly directory: string;
  /** `--name=value` arguments of the engine. */
  readonly engine: readonly string[];
  /** Statements that each `read` connection runs first. */
  readonly readSetup: readonly string[];
}

export interface RunRequest {
  readonly op: 'run';
  readonly id: number;
  readonly lane: Lane;
  readonly sql: string;
  readonly format: 'RowBinary' | 'JSONCompactEachRow';
}

export interface CloseRequest {
  readonly op: 'close';
}

export type Request = OpenRequest | RunRequest | CloseRequest;

export type Reply =
  | { readonly op: 'ready'; readonly version: string }
  | { readonly op: 'refused'; readonly message: string }
  | { readonly op: 'done'; readonly id: number }
  /** `message` is the engine's, which starts with `Code: <number>.` */
  | { readonly op: 'failed'; readonly id: number; readonly message: string };
