import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CATEGORIES } from '../registry.ts';
import { type Format, type Names, templateOf } from './formats.ts';

/** What a new source is to be. */
export interface ScaffoldOptions {
  /** Folder names below `sources`: lower case, digits and hyphens. */
  readonly vendor: string;
  readonly product: string;
  readonly format: Format;
  /** As people write them; default: made of the folder names. */
  readonly vendorName?: string;
  readonly productName?: string;
  readonly category?: (typeof CATEGORIES)[number];
}

/** A file of the new folder, its path relative to `sources`. */
export interface ScaffoldFile {
  readonly path: string;
  readonly content: string;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,40}$/;
/** What CEF's header and YAML would have to escape stands in no product's name. */
const TITLE = /^[\p{L}\p{N}][\p{L}\p{N} .+&()'-]{0,60}$/u;

/** A name of a folder that can't be one, or a folder that is there already. */
export class ScaffoldError extends Error {
  override readonly name = 'ScaffoldError';
}

/**
 * The files of a new source: `source.yml`, `parse.ts` that reads a first sample, and that sample. The expected
 * document and the README are written by the tests (`GOLDEN_WRITE=1`).
 *
 * @throws ScaffoldError where a name can't be used
 */
export function scaffoldFiles(options: ScaffoldOptions): ScaffoldFile[] {
  const { vendor, product } = options;
  for (const name of [vendor, product])
    if (!NAME.test(name))
      throw new ScaffoldError(`${name}: names are lower-case letters, digits and hyphens (acme/wall)`);
  const names: Names = {
    id: `${vendor}.${product}`,
    vendor: titleOf(options.vendorName ?? titled(vendor)),
    product: titleOf(options.productName ?? titled(product)),
  };
  const { sample, log, parser } = templateOf(options.format, names);
  const folder = `${vendor}/${product}`;
  return [
    { path: `${folder}/source.yml`, content: manifest(names, options) },
    { path: `${folder}/parse.ts`, content: parser },
    { path: `${folder}/samples/${sample}`, content: log },
  ];
}

/**
 * Writes the files of a new source.
 *
 * @param root the `sources` folder
 * @returns the paths written, relative to `root`
 * @throws ScaffoldError where the folder is there already or a name can't be used
 */
export function writeScaffold(root: string, options: ScaffoldOptions): string[] {
  return writeFiles(root, join(options.vendor, options.product), scaffoldFiles(options));
}

/**
 * Writes the files of a new folder.
 *
 * @param root the `sources` folder
 * @param name the new folder, relative to it
 * @throws ScaffoldError where the folder is there already
 */
export function writeFiles(root: string, name: string, files: readonly ScaffoldFile[]): string[] {
  const folder = join(root, name);
  if (existsSync(folder)) throw new ScaffoldError(`${folder} is there already`);
  for (const { path, content } of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { flag: 'wx' });
  }
  return files.map(({ path }) => path);
}

function titled(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

function titleOf(title: string): string {
  if (!TITLE.test(title)) throw new ScaffoldError(`${title}: not the name of a vendor or product`);
  return title;
}

function manifest(names: Names, options: ScaffoldOptions): string {
  const text = (value: string): string => JSON.stringify(value);
  return `id: ${names.id}
name: ${text(`${names.vendor} ${names.product}`)}
vendor: ${text(names.vendor)}
product: ${text(names.product)}
category: ${options.category ?? 'application'}
# One or two sentences: what these logs tell a defender.
description: Logs of ${names.product}; say here what they show a defender, and which attacks can be seen in them.
transports: [syslog-tcp, import]
# How to switch logging on at the device, step by step; COLLECTOR stands for this installation's address.
setup: |
  In the product's administration, add COLLECTOR as a syslog server with transport TCP and port 5514.
# ATT&CK's own names: https://attack.mitre.org/datasources/
data_components: [Application Log Content]
# One entry a kind of log, each with a sample.
kinds:
  - { name: example, description: The sample that the parser was started with, samples: [example] }
`;
}
