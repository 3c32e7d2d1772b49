import type { JsonObject, RawFlag } from '@vigie/contracts';
import { parseObject } from '../http/items.ts';
import { decodeLimited, decodeText } from '../raw-text.ts';
import type { Frame } from './frames.ts';
import type { LumberjackLimits } from './options.ts';

/** Field of an event in which a sender may carry its source's token. */
export const TOKEN_FIELD = 'vigie_token';

/** An event, and whose it says that it is. */
export interface LumberjackEvent {
  readonly text: string;
  readonly json?: JsonObject;
  readonly flags?: readonly RawFlag[];
  /** Bytes as sent. */
  readonly length: number;
  readonly token?: string;
  /** Announced as JSON, and was none: kept as text. */
  readonly malformed: boolean;
  readonly truncated: boolean;
}

/** Tokens as we give them out; where an event can't be parsed, they are taken out of its text by their form. */
const TOKENS = /vsrc_[A-Za-z0-9_-]{16,}/g;

/**
 * Reads an event. The token is taken out of it, wherever it stands, so that it is stored nowhere: top level or
 * below `fields` (where Beats put a person's own fields).
 */
export function readEvent(
  frame: Exclude<Frame, { kind: 'window' }>,
  limits: LumberjackLimits,
): LumberjackEvent {
  return frame.kind === 'json' ? jsonEvent(frame.bytes, frame.length, limits) : pairsEvent(frame);
}

function jsonEvent(bytes: Buffer, length: number, limits: LumberjackLimits): LumberjackEvent {
  const whole = bytes.length === length;
  const { text, flags } = decodeText(bytes, !whole);
  const json = whole ? parseObject(text, limits.depth) : 'cut';
  if (typeof json === 'string') {
    const kept = whole ? decodeLimited(bytes, limits.line) : { text, flags };
    return {
      text: kept.text.replace(TOKENS, 'vsrc_'),
      ...(kept.flags === undefined ? {} : { flags: kept.flags }),
      length,
      malformed: whole,
      truncated: !whole || bytes.length > limits.line,
    };
  }
  const rest = { ...(flags === undefined ? {} : { flags }), length, malformed: false, truncated: false };
  if (!text.includes(TOKEN_FIELD)) return { text, json, ...rest };
  const token = takeToken(json);
  return token === undefined ? { text, json, ...rest } : { text: JSON.stringify(json), json, token, ...rest };
}

/** The pairs as a JSON object: version 1 had no other form. */
function pairsEvent({ pairs, length, truncated }: Extract<Frame, { kind: 'pairs' }>): LumberjackEvent {
  const json = Object.create(null) as JsonObject;
  const flags = new Set<RawFlag>();
  for (const [key, bytes] of pairs) {
    const value = decodeLimited(bytes, bytes.length);
    for (const flag of value.flags ?? []) flags.add(flag);
    json[key] = value.text;
  }
  if (truncated) flags.add('truncated');
  const token = takeToken(json);
  return {
    text: JSON.stringify(json),
    json: { ...json },
    ...(flags.size === 0 ? {} : { flags: [...flags] }),
    length,
    ...(token === undefined ? {} : { token }),
    malformed: false,
    truncated,
  };
}

function takeToken(json: JsonObject): string | undefined {
  const { fields } = json;
  let found: unknown;
  const take = (from: JsonObject, name: string): void => {
    if (!Object.hasOwn(from, name)) return;
    found ??= from[name];
    delete from[name];
  };
  take(json, TOKEN_FIELD);
  take(json, `fields.${TOKEN_FIELD}`);
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
    take(fields as JsonObject, TOKEN_FIELD);
    if (Object.keys(fields).length === 0) delete json['fields'];
  }
  return found === undefined ? undefined : typeof found === 'string' ? found : '';
}
