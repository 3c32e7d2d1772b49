import { resolve } from 'node:path';
import { ConfigError, loadConfig } from '@vigie/server/app/config.ts';
import type { Config } from '@vigie/server/app/config-schema.ts';
import type { Command } from 'commander';
import { Client, findTarget } from './client.ts';
import { CliError, EXIT } from './exit.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly data?: string;
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** The configuration as this command line and its environment make it. */
export function configOf(options: GlobalOptions, flags: Record<string, unknown> = {}): Config {
  const file = options.config ?? process.env['VIGIE_CONFIG'];
  try {
    const config = loadConfig({
      file: resolve(file ?? 'vigie.yml'),
      required: file !== undefined,
      env: process.env,
      flags: { data: options.data, ...flags },
    });
    return { ...config, data: resolve(config.data) };
  } catch (error) {
    if (error instanceof ConfigError)
      throw new CliError(`the configuration can't be used:\n  ${error.problems.join('\n  ')}`, EXIT.usage);
    throw error;
  }
}

/** A client of the server that this command line means. */
export function clientOf(command: Command): { client: Client; json: boolean } {
  const options = command.optsWithGlobals<GlobalOptions>();
  const target = findTarget({
    url: options.url ?? process.env['VIGIE_URL'],
    key: options.key ?? process.env['VIGIE_API_KEY'],
    data: options.url === undefined ? configOf(options).data : '',
  });
  return { client: new Client(target), json: options.json === true };
}
