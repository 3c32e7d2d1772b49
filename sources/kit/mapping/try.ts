import type { EcsFields, EcsValue } from '@vigie/contracts';
import { checkDocument } from '../check-document.ts';
import type { Reader } from '../reader.ts';
import type { ParseOutcome } from '../source.ts';
import type { CompiledMapping, RuleTrace } from './compile.ts';
import { memberReader } from './members.ts';
import { pathOfKey } from './path.ts';
import { mappingSet } from './set.ts';

/** A line as a mapping would read it. */
export interface TryResult {
  /** `read`: by the mapping; `refused`: it is not of the mapping's format. */
  readonly outcome: 'read' | 'refused' | 'failed';
  /** Whether the mapping's signatures alone would find it. */
  readonly recognised: boolean;
  /** Technology that reads it without the mapping. */
  readonly otherwise?: string;
  /** The event's fields, those that every log has included. */
  readonly fields: EcsFields;
  /** What became of each rule. */
  readonly rules: readonly RuleTrace[];
  /** The payload's members by path. */
  readonly members: readonly { readonly path: string; readonly value: EcsValue }[];
  /** Sentences on what is not right in ECS. */
  readonly faults: readonly string[];
  readonly error?: string;
}

/** What a line comes with. */
export interface TryContext {
  readonly timeZone: string;
  readonly receivedAt: number;
}

/** Reads a line with a mapping and without it, the way the server does, and tells all. */
export function tryMapping(
  compiled: CompiledMapping,
  reader: Reader,
  text: string,
  { timeZone, receivedAt }: TryContext,
): TryResult {
  const raw = { text, receivedAt };
  const rules: RuleTrace[] = [];
  let members: TryResult['members'] = [];
  const read = memberReader(compiled.mapping);
  const { id } = compiled.mapping;
  const traced = {
    ...compiled,
    definition: {
      ...compiled.definition,
      parse(input: Parameters<CompiledMapping['explain']>[0], doc: EcsFields): ParseOutcome {
        rules.splice(0);
        members = membersOf(read(input)?.flat ?? {});
        return compiled.explain(input, doc, (trace) => void rules.push(trace));
      },
    },
  };
  const mappings = mappingSet([traced]);
  const own = reader.read(raw, { sourceType: id, timeZone, mappings });
  const isOwn = own.sourceType === id;
  // Looking for its recognition must not disturb what was told of its reading.
  const told = rules.slice();
  const shown = members;
  const recognised = reader.read(raw, { timeZone, mappings }).sourceType === id;
  const otherwise = reader.read(raw, { timeZone }).sourceType;
  return {
    outcome: !isOwn ? 'refused' : own.outcome === 'failed' ? 'failed' : 'read',
    recognised,
    ...(otherwise === undefined ? {} : { otherwise }),
    fields: own.fields,
    rules: isOwn ? told : [],
    members: shown,
    faults: isOwn ? checkDocument(own.fields) : [],
    ...(typeof own.fields['error.message'] === 'string' && own.outcome === 'failed'
      ? { error: own.fields['error.message'] }
      : {}),
  };
}

const MAX_MEMBERS = 500;

function membersOf(flat: EcsFields): { path: string; value: EcsValue }[] {
  return Object.entries(flat)
    .slice(0, MAX_MEMBERS)
    .map(([key, value]) => ({ path: pathOfKey(key), value }));
}
