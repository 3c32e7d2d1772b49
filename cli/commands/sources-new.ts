import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MappingFile } from '@vigie/contracts/mapping.ts';
import { REGISTRY } from '@vigie/sources';
import { formatSpeeds, measureSources } from '@vigie/sources/kit/bench.ts';
import { CATEGORIES } from '@vigie/sources/kit/registry.ts';
import { FORMATS, type Format } from '@vigie/sources/kit/scaffold/formats.ts';
import { filesFromMapping } from '@vigie/sources/kit/scaffold/from-mapping.ts';
import {
  ScaffoldError,
  type ScaffoldOptions,
  writeFiles,
  writeScaffold,
} from '@vigie/sources/kit/scaffold/scaffold.ts';
import { type Command, Option } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson } from '../output.ts';
import { readMappingFile } from './mapping-file.ts';

interface Flags {
  readonly format: Format;
  readonly vendorName?: string;
  readonly productName?: string;
  readonly category?: ScaffoldOptions['category'];
  readonly from?: string;
  readonly tests: boolean;
}

/** `vigie sources new` and `vigie sources measure` */
export function sourcesCommands(program: Command): void {
  const sources = program.command('sources').description('technologies that Vigie reads; for who adds one');
  sources
    .command('new [vendor/product]')
    .description('starts a source: a folder with a parser, a sample and tests that run')
    .addOption(
      new Option('--format <format>', 'how its logs are written').choices(FORMATS).default('key-value'),
    )
    .addOption(new Option('--category <category>', 'kind of technology').choices(CATEGORIES))
    .option('--vendor-name <name>', 'as people write it')
    .option('--product-name <name>', 'as people write it')
    .option('--from <mapping.yml>', 'reads what this mapping reads; its id names the folder')
    .option('--no-tests', 'only writes the files')
    .action((given: string | undefined, flags: Flags, command: Command) => {
      const root = checkoutAbove(process.cwd());
      const mapping = flags.from === undefined ? undefined : readMappingFile(flags.from);
      const name = given ?? mapping?.id.replace('.', '/');
      if (name === undefined) throw new CliError('say vendor/product, or --from MAPPING', EXIT.usage);
      if (mapping !== undefined && name !== mapping.id.replace('.', '/'))
        throw new CliError(`the mapping is ${mapping.id}: its events carry that name`, EXIT.usage);
      const [vendor, product, more] = name.split('/');
      if (vendor === undefined || product === undefined || more !== undefined)
        throw new CliError(`${name}: a source is named vendor/product`, EXIT.usage);
      const written = write(join(root, 'sources'), { ...flags, vendor, product }, mapping);
      const passed = flags.tests ? runTests(root, `${vendor}.${product}`) : undefined;
      if (command.optsWithGlobals<GlobalOptions>().json === true)
        printJson({ id: `${vendor}.${product}`, files: written.map((path) => `sources/${path}`), passed });
      else {
        for (const path of written) process.stdout.write(`  ${paint('new', 'green')}  sources/${path}\n`);
        process.stdout.write(`\nNext: sources/kit/README.md says how to go on.\n`);
      }
      if (passed === false) throw new CliError('the tests of the new source do not pass', EXIT.failed);
    });
  sources
    .command('measure [ids...]')
    .description('lines a second from raw line to document, on one core, over the samples of the checkout')
    .option('--seconds <seconds>', 'processor time for each source', Number, 0.5)
    .action((ids: string[], flags: { seconds: number }, command: Command) => {
      if (!(flags.seconds > 0 && flags.seconds <= 60))
        throw new CliError('--seconds takes a number above 0, at most 60', EXIT.usage);
      const wanted = (id: string): boolean => ids.length === 0 || ids.some((prefix) => id.startsWith(prefix));
      const root = join(checkoutAbove(process.cwd()), 'sources');
      const speeds = measureSources(REGISTRY, root, flags.seconds * 1000, wanted);
      if (speeds.length === 0) throw new CliError(`no source is named so: ${ids.join(', ')}`, EXIT.notFound);
      if (command.optsWithGlobals<GlobalOptions>().json === true) printJson(speeds);
      else process.stdout.write(`${formatSpeeds(speeds)}\n`);
    });
}

function write(root: string, options: ScaffoldOptions, mapping: MappingFile | undefined): string[] {
  try {
    if (mapping === undefined) return writeScaffold(root, options);
    return writeFiles(root, join(options.vendor, options.product), filesFromMapping(mapping));
  } catch (error) {
    if (error instanceof ScaffoldError) throw new CliError(error.message, EXIT.usage);
    throw error;
  }
}

/** The checkout that a folder lies in: a source is code, so it is added to the project itself. */
function checkoutAbove(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'sources', 'kit', 'source.ts'))) return folder;
    if (dirname(folder) === folder)
      throw new CliError(`${from} is not inside a checkout of the project`, EXIT.usage);
  }
}

/** Lists the sources anew, writes the expected documents and the README, and runs every check of the kit. */
function runTests(root: string, id: string): boolean {
  const run = (args: readonly string[], env: NodeJS.ProcessEnv): boolean =>
    spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 2, 2] }).status === 0;
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  if (!existsSync(join(root, vitest)))
    throw new CliError('the tests need the development packages: npm install', EXIT.failed);
  const env = { ...process.env, GOLDEN_ONLY: id };
  return (
    run([join('scripts', 'generate.mjs')], env) &&
    run([vitest, 'run', 'sources/kit/golden.test.ts', 'sources/kit/readme.test.ts'], {
      ...env,
      GOLDEN_WRITE: '1',
    }) &&
    run([vitest, 'run', 'sources/kit'], env)
  );
}
