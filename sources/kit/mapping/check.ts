import type { EcsScalar } from '@vigie/contracts';
import type { MappingDefinition, MappingField, MappingValue } from '@vigie/contracts/mapping.ts';
import { ALLOWED, ecsField, isEcs } from '../ecs-types.ts';
import { isTimeZone } from '../time-zone.ts';
import { dateReader } from './date-pattern.ts';
import { parsePath } from './path.ts';
import { BELOW, converterOf, typeOf } from './write.ts';

/** Something that is wrong with a mapping itself, whatever the lines. */
export interface MappingProblem {
  /** Where: `fields.3.from.0`, `signatures`, `constants.1`. */
  readonly path: string;
  /** An `error` keeps the mapping from going live. */
  readonly severity: 'error' | 'warning';
  /** A sentence for the person. */
  readonly message: string;
}

/** The top-level names that ECS owns: a field below one of them that ECS does not know is a misspelt one. */
const OWNED = new Set(
  'agent client cloud container data_stream destination device dll dns ecs email error event faas file group hash host http log network observer orchestrator organization package process registry related rule server service source span threat tls trace transaction url user user_agent volume vulnerability x509 labels tags message vigie'.split(
    ' ',
  ),
);
/** Written by the reader itself, for every log. */
const RESERVED =
  /^(?:event\.(?:original|module|dataset|ingested)$|ecs\.|related\.|vigie\.|log\.syslog\.|tags$|_)/;
const CONTEXT = { timeZone: 'UTC', receivedAt: Date.UTC(2026, 0, 1) };

/**
 * Checks what the schema can't say: paths, types, allowed values, formats of dates.
 *
 * @param builtIn whether a technology of that id comes with Vigie
 */
export function checkMapping(
  mapping: MappingDefinition,
  builtIn: (id: string) => boolean = () => false,
): MappingProblem[] {
  const problems: MappingProblem[] = [];
  const error = (path: string, message: string) => problems.push({ path, severity: 'error', message });
  const warning = (path: string, message: string) => problems.push({ path, severity: 'warning', message });

  const vendor = mapping.id.split('.')[0]!;
  if (builtIn(mapping.id)) error('id', `${mapping.id} comes with Vigie already; take another id`);
  else if (OWNED.has(vendor))
    error('id', `"${vendor}" is a name of ECS: what is not mapped would look like ECS's own fields`);
  checkFormat(mapping, error);
  checkSignatures(mapping, error);
  const first = new Map<string, number>();
  mapping.fields.forEach((rule, i) => {
    const at = `fields.${i}`;
    checkRule(rule, mapping, at, error);
    const before = first.get(rule.field);
    const gathers = ecsField(rule.field)?.list === true || rule.as === 'hash';
    if (before !== undefined && !gathers)
      error(
        `${at}.field`,
        `${rule.field} is written by rule ${before + 1} already; name both members there, in order`,
      );
    else first.set(rule.field, i);
  });
  mapping.constants.forEach(({ field, value }, i) => {
    checkField(field, `constants.${i}.field`, error);
    checkValue(field, value, `constants.${i}.value`, error);
  });
  const writes = (field: string) =>
    mapping.fields.some((rule) => rule.field === field) ||
    mapping.constants.some((constant) => constant.field === field);
  if (mapping.fields.length === 0) error('fields', 'nothing is mapped yet');
  if (!writes('@timestamp'))
    warning('fields', 'no time is mapped: the header’s time or the time of receipt will stand for it');
  if (!writes('event.category'))
    warning(
      'constants',
      'event.category is not set: rules that look for a category will not see these events',
    );
  return problems;
}

type Say = (path: string, message: string) => void;

function checkFormat({ format }: MappingDefinition, error: Say): void {
  if (format.kind !== 'csv' && format.kind !== 'delimited') return;
  const seen = new Set<string>();
  format.columns.forEach((column, i) => {
    if (column !== '' && seen.has(column))
      error(`format.columns.${i}`, `the column ${column} is there twice`);
    seen.add(column);
  });
  if (seen.size === 1 && seen.has('')) error('format.columns', 'no column has a name');
}

function checkSignatures({ signatures, format, after }: MappingDefinition, error: Say): void {
  signatures.forEach((signature, i) => {
    const at = `signatures.${i}`;
    if (signature.kind === 'members' && format.kind !== 'json')
      error(at, 'only JSON has members; recognise the line by a text or by the syslog application');
    if (signature.kind === 'members' && signature.equals !== undefined && after !== undefined)
      error(at, 'values of members can’t be looked at behind other text; recognise the line by a text');
    if (signature.kind === 'text' && signature.prefix === undefined && signature.literals.length === 0)
      error(at, 'a text is missing');
  });
}

function checkField(field: string, path: string, error: Say): void {
  if (RESERVED.test(field)) error(path, `${field} is written by Vigie itself`);
  else if (!isEcs(field) && field.includes('.') && OWNED.has(field.split('.')[0]!))
    error(path, `${field} is not a field of ECS; a field of your own begins with another name`);
  else if (!isEcs(field) && !field.includes('.'))
    error(path, `${field} is not a field of ECS; a field of your own has a dot: acme.${field}`);
}

function checkRule(rule: MappingField, { format }: MappingDefinition, at: string, error: Say): void {
  const below = BELOW[rule.as];
  if (below === undefined) checkField(rule.field, `${at}.field`, error);
  else if (RESERVED.test(`${rule.field}.`) || !below.some((name) => isEcs(rule.field + name)))
    error(
      `${at}.field`,
      `${rule.field} has no ${below.map((name) => name.slice(1)).join(', ')} in ECS; ${rule.as} takes a name such as ${EXAMPLES[rule.as]}`,
    );
  rule.from.forEach((text, i) => {
    try {
      const path = parsePath(text);
      if (format.kind !== 'json' && !path.steps.every((step) => typeof step === 'string'))
        error(`${at}.from.${i}`, `"${text}": only JSON has lists; write the bracket as \\[`);
      if (format.kind === 'csv' || format.kind === 'delimited') {
        if (!format.columns.includes(path.flat)) error(`${at}.from.${i}`, `there is no column ${path.flat}`);
      }
    } catch (problem) {
      error(`${at}.from.${i}`, (problem as Error).message);
    }
  });
  if (rule.type !== undefined && ecsField(rule.field) !== undefined)
    error(`${at}.type`, `ECS itself gives ${rule.field} its type`);
  if (below !== undefined || checkType(rule, at, error)) {
    if (rule.date !== undefined && (below !== undefined || typeOf(rule.field, rule.type) !== 'date'))
      error(`${at}.date`, `${rule.field} is no date`);
    else if (rule.date !== undefined)
      try {
        dateReader(rule.date);
      } catch (problem) {
        error(`${at}.date`, (problem as Error).message);
      }
    if (rule.zone !== undefined && !isTimeZone(rule.zone))
      error(`${at}.zone`, `${rule.zone} is no time zone; expected a name such as Europe/Paris`);
    const dated = rule.date !== undefined && problemOf(() => dateReader(rule.date!));
    if (rule.values !== undefined && below === undefined && !dated)
      for (const [word, value] of Object.entries(rule.values))
        checkValue(rule.field, value, `${at}.values.${word}`, error, rule);
  }
  if (rule.as === 'list' && ecsField(rule.field) !== undefined && ecsField(rule.field)!.list === false)
    error(`${at}.as`, `${rule.field} is one value in ECS, no list`);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  'host-port': 'source',
  endpoint: 'destination',
  account: 'user',
  url: 'url',
  file: 'file',
  hash: 'file.hash',
};

function problemOf(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    // What exactly is wrong has been said where the format was checked.
    return true;
  }
}

function checkType({ field, type }: MappingField, at: string, error: Say): boolean {
  const found = typeOf(field, type);
  if (found !== 'object' && found !== 'geo_point') return true;
  error(`${at}.field`, `${field} is ${found} in ECS and has no form as one value`);
  return false;
}

/** Whether a value that a person wrote is one that the field may have. */
function checkValue(
  field: string,
  value: MappingValue,
  path: string,
  error: Say,
  rule: Pick<MappingField, 'type' | 'date' | 'zone'> = {},
): void {
  const values: EcsScalar[] = Array.isArray(value) ? value : [value];
  const definition = ecsField(field);
  if (Array.isArray(value) && definition !== undefined && !definition.list)
    error(path, `${field} is one value in ECS, no list`);
  let convert: ReturnType<typeof converterOf>;
  try {
    convert = converterOf({ field, ...rule });
  } catch {
    // A format of dates that is wrong has been told already.
    return;
  }
  for (const item of values)
    if (item === '' || convert(item, CONTEXT) === undefined)
      error(
        path,
        Object.hasOwn(ALLOWED, field)
          ? `${field} may not be "${item}"; ECS allows ${ALLOWED[field as keyof typeof ALLOWED].join(', ')}`
          : `${field} is ${typeOf(field, rule.type)} in ECS, not "${item}"`,
      );
}
