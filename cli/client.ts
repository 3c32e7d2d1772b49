import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { CliError, EXIT } from './exit.ts';

/** How to reach a server. */
export interface Target {
  readonly url: string;
  readonly key: string;
}

export interface TargetOptions {
  readonly url?: string;
  readonly key?: string;
  readonly data: string;
}

/** What a running server leaves in its data folder for the commands of its own machine. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
  readonly key: string;
  readonly syslogPort: number;
}

/** Where the running server of a data folder describes itself. */
export function runFile(data: string): string {
  return join(data, 'run.json');
}

/**
 * Finds the server: `--url` with `--key`, or the one that runs on the data folder.
 *
 * @throws CliError when there is none
 */
export function findTarget(options: TargetOptions): Target {
  if (options.url !== undefined) {
    if (options.key === undefined)
      throw new CliError('--url needs an API key: --key or VIGIE_API_KEY', EXIT.usage);
    return { url: options.url.replace(/\/+$/, ''), key: options.key };
  }
  const file = runFile(options.data);
  if (!existsSync(file))
    throw new CliError(
      `no Vigie runs on ${options.data}; start it with \`npm start\`, or name one with --url and --key`,
      EXIT.unreachable,
    );
  try {
    const run = JSON.parse(readFileSync(file, 'utf8')) as RunFile;
    return { url: run.url, key: run.key };
  } catch (cause) {
    const denied = (cause as NodeJS.ErrnoException).code === 'EACCES';
    throw new CliError(
      denied
        ? `${file} belongs to another user; run as that user, or use --url and --key`
        : `${file} is damaged`,
      EXIT.failed,
    );
  }
}

/** Calls the API; the answer's body, parsed. */
export class Client {
  readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await request(this.target, method, path, body);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** Opens an answer whose body is read in parts, however long it is. */
export function open(client: Client, path: string): Promise<Response> {
  return request(client.target, 'GET', path);
}

/** @throws CliError when nobody answers, or with what the server said */
async function request(target: Target, method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(target.url + path, {
      method,
      headers: {
        authorization: `Bearer ${target.key}`,
        accept: 'application/json',
        // With the key of the data folder, the audit log says who sat at the command line.
        'vigie-operator': operator(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    const reason =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new CliError(`${target.url} does not answer (${reason}); is Vigie running?`, EXIT.unreachable);
  }
  if (response.ok) return response;
  const text = await response.text();
  let message = `${response.status} ${response.statusText}`;
  try {
    message = (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    // Not our error body (a proxy in between, perhaps): the status line is all there is to say.
    message += ` from ${target.url}`;
  }
  const code =
    response.status === 401 || response.status === 403
      ? EXIT.denied
      : response.status === 404
        ? EXIT.notFound
        : EXIT.failed;
  throw new CliError(message, code);
}

/** Name of the system's user; one without a name is its number. */
function operator(): string {
  try {
    return userInfo().username.replace(/[^\x21-\x7e]/g, '?');
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
