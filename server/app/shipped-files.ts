import { parseShipped } from './shipped.ts';
import { parseProcedures } from './shipped-procedures.ts';

/** What the build reads ahead of the start: contents by the name of their file below `dist`. */
export function shippedFiles(installation: string): Readonly<Record<string, string>> {
  return { 'shipped.json': parseShipped(installation), 'procedures.json': parseProcedures(installation) };
}
