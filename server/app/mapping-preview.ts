import type { MappingLinePreview, MappingPreview } from '@vigie/contracts/api';
import { type MappingDefinition, MappingFile } from '@vigie/contracts/mapping.ts';
import { createReader, REGISTRY } from '@vigie/sources';
import {
  checkMapping,
  compileMapping,
  type MappingProblem,
  tryMapping,
} from '@vigie/sources/kit/mapping/index.ts';
import { isTimeZone } from '@vigie/sources/kit/time-zone.ts';

const reader = createReader({ registry: REGISTRY });
const BUILT_IN = new Set(REGISTRY.map(({ definition }) => definition.id));

/** A mapping that came from outside, checked; `undefined` where it has not even the form of one. */
export function readMapping(value: unknown): {
  readonly file: MappingFile | undefined;
  readonly problems: MappingProblem[];
} {
  const parsed = MappingFile.safeParse(value);
  if (!parsed.success)
    return {
      file: undefined,
      problems: parsed.error.issues.map(({ path, message }) => ({
        path: path.map(String).join('.'),
        severity: 'error',
        message,
      })),
    };
  return { file: parsed.data, problems: checkMapping(definitionOf(parsed.data), (id) => BUILT_IN.has(id)) };
}

/** The definition without its samples. */
export function definitionOf({ samples: _, ...definition }: MappingFile): MappingDefinition {
  return definition;
}

/** Reads lines with a mapping, the way the threads do. */
export function previewMapping(
  value: unknown,
  lines: readonly string[],
  timeZone: string,
  receivedAt: number,
): MappingPreview {
  const { file, problems } = readMapping(value);
  if (file === undefined || problems.some(({ severity }) => severity === 'error'))
    return { problems, lines: [] };
  const compiled = compileMapping(definitionOf(file));
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC';
  return {
    problems,
    lines: lines.map((text): MappingLinePreview => {
      const result = tryMapping(compiled, reader, text, { timeZone: zone, receivedAt });
      return {
        outcome: result.outcome,
        recognised: result.recognised,
        otherwise: result.otherwise ?? null,
        fields: result.fields,
        rules: result.rules.map(({ rule, state, member, value: read }) => ({
          rule,
          state,
          member: member ?? null,
          value: read ?? null,
        })),
        members: [...result.members],
        faults: [...result.faults],
        error: result.error ?? null,
      };
    }),
  };
}

/**
 * Why a mapping may not go live: what is wrong with it, or a sample that it does not read well. A value that does not
 * fit its field is shown, and no reason: real lines have odd ones.
 *
 * @returns `undefined` where it may
 */
export function reasonNotLive(
  file: MappingFile,
  receivedAt: number,
): { readonly message: string; readonly preview: MappingPreview } | undefined {
  const preview = previewMapping(file, file.samples, 'UTC', receivedAt);
  const say = (message: string) => ({ message, preview });
  const wrong = preview.problems.find(({ severity }) => severity === 'error');
  if (wrong !== undefined) return say(`${wrong.path}: ${wrong.message}`);
  if (file.samples.length === 0)
    return say('it has no sample line that shows what it reads; save it with one');
  for (const [i, line] of preview.lines.entries()) {
    const place = `sample line ${i + 1}`;
    if (line.outcome === 'refused') return say(`${place} is not of its format`);
    if (line.outcome === 'failed') return say(`${place} makes it fail: ${line.error ?? ''}`);
    if (line.faults[0] !== undefined) return say(`${place}: ${line.faults[0]}`);
  }
  return undefined;
}
