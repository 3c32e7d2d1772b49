import type { Verdict } from '../api/types.ts';
import { t } from './strings.ts';

/** A reason in words; one that this version does not know as it is kept. */
export function reasonText(reason: string | null): string {
  if (reason === null) return t.unspecified;
  return (t.reason as Readonly<Record<string, string>>)[reason] ?? reason;
}

/** Where the console makes an exception of a false positive, filled in. */
export function exceptionAddress(of: {
  tenant: string;
  rule: string;
  detection?: string | undefined;
  why?: string | undefined;
}): string {
  const params = new URLSearchParams({ tenant: of.tenant, make: '1', of: of.rule });
  if (of.detection !== undefined) params.set('detection', of.detection);
  if (of.why !== undefined && of.why !== '') params.set('why', of.why);
  return `/exceptions?${params}`;
}

/** A verdict in words. */
export function verdictText(verdict: Verdict): string {
  return t.verdict[verdict];
}
