import { readFileSync } from 'node:fs';
import type { Adaptation, PipelineText } from '../detect/index.ts';
import type { RuleStore } from '../storage/state/rule-store.ts';
import type { Config } from './config-schema.ts';

/** Longest file of values; a list of a whole directory's accounts fits. */
const MAX_VALUES_FILE = 16 * 1024 * 1024;

/** What the operator has configured can't be read. */
export class AdaptationError extends Error {
  readonly code = 'VIGIE_APP_ADAPTATION';
}

/**
 * Reads how rules are adapted: pipelines and placeholders of the configuration, whose files are read each time, and
 * those that were given to the API. A placeholder of the configuration comes before one of the same name that was
 * given to the API.
 *
 * @throws {@link AdaptationError} for a configured file that can't be read
 */
export function createAdaptation(
  { pipelines, placeholders }: Pick<Config['detection'], 'pipelines' | 'placeholders'>,
  store: Pick<RuleStore, 'pipelines' | 'placeholders'>,
): () => Promise<Adaptation> {
  return async () => {
    const configured: PipelineText[] = pipelines.map((file) => ({
      origin: null,
      name: file,
      text: read(file, 'detection.pipelines'),
    }));
    return {
      pipelines: [...configured, ...(await store.pipelines())],
      placeholders: { ...(await store.placeholders()), ...configuredPlaceholders(placeholders) },
    };
  };
}

/** Values of the configured placeholders. @throws {@link AdaptationError} */
export function configuredPlaceholders(
  placeholders: Config['detection']['placeholders'],
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(placeholders).map(([name, values]) => [
      name,
      typeof values === 'string' ? linesOf(read(values, `detection.placeholders.${name}`)) : values,
    ]),
  );
}

/** One value a line; empty lines and those that begin with `#` say nothing. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function read(file: string, key: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AdaptationError(`${key}: ${file} can’t be read: ${(cause as Error).message}`, { cause });
  }
  if (text.length > MAX_VALUES_FILE) throw new AdaptationError(`${key}: ${file} is larger than 16 MiB`);
  return text;
}
