import type { EventRef } from '../api/types.ts';

/** An event in an address: `tenant/id/at`. */
export function writeRef({ tenant, id, at }: EventRef): string {
  return `${tenant}/${id}/${at}`;
}

/** Reads what {@link writeRef} wrote; null for anything else, since people type addresses. */
export function readRef(text: string | null): EventRef | null {
  const parts = /^([a-z0-9-]{1,64})\/([0-9a-f]{1,64})\/(\d+(?:\.\d+)?)$/.exec(text ?? '');
  return parts === null ? null : { tenant: parts[1]!, id: parts[2]!, at: Number(parts[3]) };
}
