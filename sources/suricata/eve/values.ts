import type { JsonObject } from '@vigie/contracts';

/** The value as an object, or `undefined`. */
export function object(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The value as text that is not empty, or `undefined`. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value as a list, or `undefined`. */
export function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The strings of a list, at most `limit`. */
export function strings(value: unknown, limit = 200): string[] {
  const out: string[] = [];
  if (!Array.isArray(value)) return out;
  for (const item of value) {
    if (out.length >= limit) break;
    if (typeof item === 'string' && item !== '') out.push(item);
  }
  return out;
}
