import type { EcsFields } from '@vigie/contracts';

const NAMES: ReadonlyMap<number, string> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

/** The digest's algorithm by its length in hexadecimal digits; `undefined` where `text` is no digest. */
export function hashName(text: string): string | undefined {
  const name = NAMES.get(text.length);
  if (name === undefined) return undefined;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 32;
    // Setting bit 32 leaves digits as they are and makes letters small.
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return undefined;
  }
  return name;
}

/**
 * Writes a digest below `prefix` (`file.hash`, `process.hash`) under the algorithm that its length tells, in
 * lower case; colons between pairs are dropped.
 *
 * @returns whether `text` was a digest
 */
export function putHash(doc: EcsFields, prefix: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  const hex = text.indexOf(':') < 0 ? text : text.replaceAll(':', '');
  const name = hashName(hex);
  if (name === undefined) return false;
  doc[`${prefix}.${name}`] = hex.toLowerCase();
  return true;
}
