import type { EcsFields } from '@vigie/contracts';
import { ecsField, isEcs } from './ecs-types.ts';
import { createReader } from './reader.ts';
import { manifestSchema, type RegisteredSource } from './registry.ts';
import { readSamples } from './samples.ts';

/** Fields that every document has; the table of one source leaves them out. */
const SHARED =
  /^(?:@timestamp|ecs\.version|event\.(?:original|ingested|module|dataset|kind)|log\.syslog\..*|related\..*)$/;

function example(value: EcsFields[string]): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  // A table cell may hold neither bars nor line breaks; a code span no back-tick.
  return `\`${short.replace(/[\r\n|`]/g, ' ')}\``;
}

function typeOf(field: string, value: EcsFields[string]): string {
  const type = ecsField(field)?.type;
  if (type !== undefined) return type;
  const item = Array.isArray(value) ? value[0] : value;
  return typeof item === 'number'
    ? Number.isInteger(item)
      ? 'long'
      : 'float'
    : typeof item === 'boolean'
      ? 'boolean'
      : 'keyword';
}

/** Starts the generated part of a README; what stands before it is written by hand and kept. */
const MARKER =
  '<!-- Generated from source.yml and samples/ to the end; GOLDEN_WRITE=1 npx vitest run sources/kit/readme.test.ts -->';

/**
 * A README with its generated part brought up to date.
 *
 * @param present the file as it is, empty where there is none
 */
export function updateReadme(
  present: string,
  registry: readonly RegisteredSource[],
  root: string,
  id: string,
): string {
  const at = present.indexOf(MARKER);
  const byHand = (at < 0 ? present : present.slice(0, at)).trimEnd();
  const name = registry.find(({ definition }) => definition.id === id)?.manifest.name ?? id;
  return `${byHand === '' ? `# ${name}` : byHand}\n\n${MARKER}\n\n${generatedReadme(registry, root, id)}`;
}

/**
 * The generated part of a source's README: what `source.yml` says, and a table of the fields that its samples produce, so
 * that the page can't promise what the parser doesn't do.
 *
 * @param registry all sources, because samples are recognised among all of them
 * @param root the `sources` folder
 * @param id the source to describe
 */
export function generatedReadme(registry: readonly RegisteredSource[], root: string, id: string): string {
  const source = registry.find(({ definition }) => definition.id === id);
  if (source === undefined) throw new Error(`no source ${id}`);
  const manifest = manifestSchema.parse(source.manifest);
  const reader = createReader({ registry });
  const fields = new Map<string, EcsFields[string]>();
  for (const sample of readSamples(root, id)) {
    for (const log of sample.logs) {
      const read = reader.read(log).fields;
      for (const field of Object.keys(read)) if (!fields.has(field)) fields.set(field, read[field]!);
    }
  }
  const own = [...fields].filter(([field]) => !SHARED.test(field)).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = (ecs: boolean): string[] =>
    own
      .filter(([field]) => isEcs(field) === ecs)
      .map(([field, value]) => `| \`${field}\` | ${typeOf(field, value)} | ${example(value)} |`);
  const table = (lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['| field | type | example |', '|---|---|---|', ...lines, ''];
  const vendor = rows(false);
  return [
    manifest.description,
    '',
    `Id \`${manifest.id}\`, category ${manifest.category}, received by ${manifest.transports.join(', ')}.`,
    '',
    '## Switch it on',
    '',
    manifest.setup.trimEnd(),
    '',
    '## Kinds of log',
    '',
    ...manifest.kinds.map(({ name, description }) => `- ${name}: ${description}`),
    '',
    `ATT&CK data components: ${manifest.data_components.join(', ')}.`,
    '',
    '## Fields',
    '',
    'Besides the fields that all sources share:',
    '',
    ...table(rows(true)),
    ...(vendor.length === 0 ? [] : ['Fields that ECS does not have:', '', ...table(vendor)]),
    ...(manifest.references.length === 0
      ? []
      : ['## References', '', ...manifest.references.map((url) => `- <${url}>`), '']),
  ].join('\n');
}
