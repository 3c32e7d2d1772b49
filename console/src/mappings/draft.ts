import type {
  MappingField,
  MappingFile,
  MappingFormat,
  MappingLinePreview,
  MappingPreview,
  MappingSuggestion,
  MappingValue,
} from '../api/types.ts';
import { slugOf } from '../ui/fields.tsx';

/** A mapping that says nothing yet. */
export function emptyDraft(): MappingFile {
  return {
    id: '',
    name: '',
    description: '',
    format: { kind: 'json' },
    signatures: [],
    fields: [],
    constants: [],
    samples: [],
  };
}

/** A rule for a member that has no field yet. */
export function emptyRule(member = ''): MappingField {
  return { field: '', from: [member], as: 'value', lowercase: false, otherwise: 'keep' };
}

/** `vendor.product` from a name: the first word is the vendor's. */
export function idOf(name: string): string {
  const [vendor = '', ...words] = name.trim().split(/\s+/);
  const product = slugOf(words.join(' '));
  return slugOf(vendor) === '' ? '' : `${slugOf(vendor)}.${product === '' ? 'log' : product}`;
}

/** A format of this kind, with what it needs. */
export function formatOf(kind: MappingFormat['kind']): MappingFormat {
  switch (kind) {
    case 'key-value':
      return { kind, separator: ' ', assign: '=' };
    case 'csv':
      return { kind, separator: ',', columns: ['column1', 'column2'] };
    case 'delimited':
      return { kind, separator: '||', columns: ['column1', 'column2'] };
    default:
      return { kind };
  }
}

/** Candidates as they are typed: between commas; a comma of a name has a backslash before it. */
export function splitCandidates(text: string): string[] {
  const parts = text.split(/(?<!\\),/).map((part) => part.trim());
  const named = parts.filter((part) => part !== '');
  return named.length === 0 ? [''] : named;
}

/** A table of values as it is typed: `deny = denied`, one a line; several values between commas. */
export function parseTable(text: string): Record<string, MappingValue> | undefined {
  const entries: [string, MappingValue][] = [];
  for (const line of text.split('\n')) {
    const at = line.lastIndexOf('=');
    if (at < 1) continue;
    const word = line.slice(0, at).trim();
    const values = line
      .slice(at + 1)
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    if (word !== '' && values.length > 0) entries.push([word, values.length === 1 ? values[0]! : values]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The other way round. */
export function tableText(values: MappingField['values']): string {
  return Object.entries(values ?? {})
    .map(([word, value]) => `${word} = ${Array.isArray(value) ? value.join(', ') : value}`)
    .join('\n');
}

/** A constant's value as it is typed: several between commas; a number or yes/no stays one for fields of such a type. */
export function parseValue(text: string, type: string | undefined, list: boolean): MappingValue {
  const one = (part: string): string | number | boolean => {
    if ((type === 'long' || type === 'float') && /^-?\d+(?:\.\d+)?$/.test(part)) return Number(part);
    if (type === 'boolean' && /^(?:true|false)$/i.test(part)) return part.toLowerCase() === 'true';
    return part;
  };
  if (!list) return one(text);
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length === 0 ? '' : parts.map(one);
}

/** Takes a proposal over: what a person has mapped already stays as it is. */
export function withSuggestion(draft: MappingFile, suggestion: MappingSuggestion): MappingFile {
  const fresh = draft.fields.length === 0;
  const fields = suggestion.fields
    .map(({ rule }) => rule)
    .filter((rule) => !draft.fields.some(({ field }) => field === rule.field));
  const constants = suggestion.constants
    .map(({ constant }) => constant)
    .filter((constant) => !draft.constants.some(({ field }) => field === constant.field));
  const { after: before, ...rest } = draft;
  const after = fresh ? suggestion.after : before;
  return {
    ...rest,
    ...(after === null || after === undefined ? {} : { after }),
    format: fresh ? suggestion.format : draft.format,
    signatures:
      draft.signatures.length === 0
        ? suggestion.signatures.map(({ signature }) => signature)
        : draft.signatures,
    fields: [...draft.fields, ...fields],
    constants: [...draft.constants, ...constants],
  };
}

/** The part of a draft that is complete enough to be tried, with the places of its parts in the draft. */
export interface Triable {
  readonly definition: MappingFile;
  readonly rules: readonly number[];
  readonly constants: readonly number[];
}

/** Leaves out what is still being typed: a rule without a field must not hide what the others do. */
export function triable(draft: MappingFile): Triable {
  const places = <T>(items: readonly T[], test: (item: T) => boolean) =>
    items.flatMap((item, index) => (test(item) ? [index] : []));
  const rules = places(draft.fields, ({ field, from }) => field !== '' && from.every((path) => path !== ''));
  const constants = places(
    draft.constants,
    ({ field, value }) => field !== '' && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  const words = (signature: MappingFile['signatures'][number]) =>
    signature.kind === 'members'
      ? signature.members
      : signature.kind === 'app'
        ? signature.names
        : signature.literals;
  return {
    definition: {
      ...draft,
      name: draft.name || 'draft',
      id: draft.id || 'draft.log',
      fields: rules.map((index) => draft.fields[index]!),
      constants: constants.map((index) => draft.constants[index]!),
      signatures: draft.signatures.filter((signature) => words(signature).every((word) => word !== '')),
      samples: [],
    },
    rules,
    constants,
  };
}

/** A preview with the places that the draft has. */
export function inPlaces(preview: MappingPreview, { rules, constants }: Triable): MappingPreview {
  const place = (path: string) =>
    path.replace(/^(fields|constants)\.(\d+)/, (_, list: string, index: string) => {
      const places = list === 'fields' ? rules : constants;
      return `${list}.${places[Number(index)] ?? index}`;
    });
  return {
    problems: preview.problems.map((problem) => ({ ...problem, path: place(problem.path) })),
    lines: preview.lines.map((line) => ({
      ...line,
      rules: line.rules.map((trace) => ({ ...trace, rule: rules[trace.rule] ?? trace.rule })),
    })),
  };
}

/** What became of a rule over all lines. */
export interface RuleSum {
  readonly written: number;
  readonly misfits: number;
  /** A value that did not fit. */
  readonly example: string | undefined;
}

/** Sums up a rule's traces. */
export function sumOf(lines: readonly MappingLinePreview[], rule: number): RuleSum {
  let written = 0;
  let misfits = 0;
  let example: string | undefined;
  for (const line of lines)
    for (const trace of line.rules) {
      if (trace.rule !== rule) continue;
      if (trace.state === 'written') written++;
      if (trace.state === 'misfit') {
        misfits++;
        example ??= String(trace.value);
      }
    }
  return { written, misfits, example };
}
