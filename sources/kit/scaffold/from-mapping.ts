import type { MappingFile } from '@vigie/contracts/mapping.ts';
import { checkMapping } from '../mapping/check.ts';
import { ScaffoldError, type ScaffoldFile } from './scaffold.ts';

/**
 * The files of a source that reads what a mapping reads: its definition becomes the parser's, its lines the samples.
 *
 * @throws ScaffoldError where the mapping is not enough for a source: no line, nothing to recognise it by, or wrong
 */
export function filesFromMapping(file: MappingFile): ScaffoldFile[] {
  const { samples, ...mapping } = file;
  const wrong = checkMapping(mapping).find(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new ScaffoldError(`${wrong.path}: ${wrong.message}`);
  if (samples.length === 0) throw new ScaffoldError('the mapping has no sample line; a source needs one');
  if (mapping.signatures.length === 0)
    throw new ScaffoldError('the mapping has no signature; a source is recognised from its lines');
  if (samples.some((line) => line.includes('\n')))
    throw new ScaffoldError('a sample of several lines; put it into a file of its own');
  const folder = mapping.id.replace('.', '/');
  return [
    { path: `${folder}/source.yml`, content: manifest(file) },
    { path: `${folder}/parse.ts`, content: parser(mapping) },
    { path: `${folder}/samples/example.lines.log`, content: `${samples.join('\n')}\n` },
  ];
}

function parser(mapping: Omit<MappingFile, 'samples'>): string {
  const { description: _, fields, ...rest } = mapping;
  const definition = {
    ...rest,
    fields: fields.map(({ as, lowercase, otherwise, ...rule }) => ({
      ...rule,
      ...(as === 'value' ? {} : { as }),
      ...(lowercase ? { lowercase } : {}),
      ...(otherwise === 'keep' ? {} : { otherwise }),
    })),
  };
  return `import { MappingDefinition } from '@vigie/contracts/mapping.ts';
import { compileMapping } from '../../kit/mapping/compile.ts';

/** What the product's members mean; what is not listed is kept below the id. */
const MAPPING = MappingDefinition.parse(${literal(definition, 0)});

export default compileMapping(MAPPING).definition;
`;
}

/** A value as the code style writes it. */
function literal(value: unknown, depth: number): string {
  const pad = '  '.repeat(depth + 1);
  const end = '  '.repeat(depth);
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object'))
      return `[${value.map((item) => literal(item, depth)).join(', ')}]`;
    return `[\n${value.map((item) => `${pad}${literal(item, depth + 1)},\n`).join('')}${end}]`;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const lines = entries.map(([name, item]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
    return `${key}: ${literal(item, depth + 1)}`;
  });
  const short = `{ ${lines.join(', ')} }`;
  if (!short.includes('\n') && short.length + 2 * depth < 100) return short;
  return `{\n${lines.map((line) => `${pad}${line},\n`).join('')}${end}}`;
}

function quote(text: string): string {
  const json = JSON.stringify(text).slice(1, -1);
  return text.includes("'") ? JSON.stringify(text) : `'${json.replaceAll('\\"', '"')}'`;
}

function manifest({ id, name, description }: MappingFile): string {
  const [vendor, product] = id.split('.') as [string, string];
  const text = (value: string): string => JSON.stringify(value);
  const said =
    description.length >= 20 ? description : `Logs of ${name}; say here what they show a defender.`;
  return `id: ${id}
name: ${text(name)}
vendor: ${text(vendor)}
product: ${text(product)}
category: application
description: ${text(said)}
transports: [syslog-tcp, http, import]
# How to switch logging on at the device, step by step; COLLECTOR stands for this installation's address.
setup: |
  In the product's administration, add COLLECTOR as a syslog server with transport TCP and port 5514.
# ATT&CK's own names: https://attack.mitre.org/datasources/
data_components: [Application Log Content]
# One entry a kind of log, each with a sample.
kinds:
  - { name: example, description: The lines of the mapping that it was made from, samples: [example] }
`;
}
