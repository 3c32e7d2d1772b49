import type { FieldChange } from './ports.ts';

/** Names of fields whose values are never written down. Too many rather than one too few. */
const SECRET =
  /pass|secret|token|saml|relaystate|verifier|nonce|credential|cookie|assertion|signature|private|otp|\bpin\b|hash|auth|salt|seed|challenge|^(?:key|code|current|next|response|file|files|items|yaml|image|certificate|cert)$|key$|code$/i;
/** Values that are secrets by their look: our tokens, PEM blocks, URLs with a password. */
const LOOKS_SECRET =
  /\bv(?:src|key|ses|scim|lnk|dev)_|whsec_|-----BEGIN|^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]*@/i;

const LONGEST_TEXT = 500;
const MOST_ITEMS = 20;
const DEEPEST = 4;
/** Characters of all changes of a record. */
const MOST_TEXT = 8_000;

/**
 * What a request's body changes, field by field, without secrets and cut to a size that a log can keep.
 *
 * @param before values of the same fields before, where they were looked up
 */
export function changesOf(
  body: unknown,
  before?: Readonly<Record<string, unknown>>,
): Readonly<Record<string, FieldChange>> | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const changes: Record<string, FieldChange> = {};
  let room = MOST_TEXT;
  for (const [field, value] of Object.entries(body).slice(0, 50)) {
    if (value === undefined) continue;
    const after = shown(field, value, 0);
    const known = before !== undefined && field in before;
    const was = known ? shown(field, before[field], 0) : undefined;
    if (known && JSON.stringify(was) === JSON.stringify(after) && after !== HIDDEN) continue;
    const change: FieldChange = known ? { before: was, after } : { after };
    room -= JSON.stringify(change).length;
    changes[field.slice(0, 100)] = room < 0 ? { after: '…' } : change;
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
}

const HIDDEN = '(not shown)';

function shown(name: string, value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value) && (SECRET.test(name) || value.length > MOST_ITEMS))
    return `(${value.length} ${value.length === 1 ? 'item' : 'items'})`;
  if (SECRET.test(name)) return HIDDEN;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string') {
    if (LOOKS_SECRET.test(value)) return HIDDEN;
    return value.length > LONGEST_TEXT
      ? `${value.slice(0, LONGEST_TEXT)}… (${value.length} characters)`
      : value;
  }
  if (typeof value !== 'object') return String(value);
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((one) => shown('', one, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([key, one]) => [key.slice(0, 100), shown(key, one, depth + 1)]),
  );
}
