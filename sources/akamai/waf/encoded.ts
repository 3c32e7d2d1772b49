import type { JsonObject } from '@vigie/contracts';
import { object, text } from '../../kit/json.ts';

const MAX_ITEMS = 100;
/** Lists of the rules that fired, item by item in Base64, and the names that their parts have once they are decoded. */
const LISTS = [
  ['rules', 'rule'],
  ['ruleTags', 'ruleTag'],
  ['ruleMessages', 'ruleMessage'],
  ['ruleActions', 'ruleAction'],
  ['ruleData', 'ruleData'],
  ['ruleSelectors', 'ruleSelector'],
  ['ruleVersions', 'ruleVersion'],
] as const;

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    // A percent sign that begins no escape: the text stands as it is.
    return value;
  }
}

/** `OTUwMDAx%3bOTUwMDAy`: an URL-encoded list, separated by semicolons, of values in Base64. */
function items(value: unknown): string[] {
  const list = text(value);
  if (list === undefined) return [];
  // A plus sign is a digit of Base64 here, not a blank.
  return unescaped(list.replaceAll('+', '%2B'))
    .split(';', MAX_ITEMS)
    .map((item) => Buffer.from(item, 'base64').toString('utf8'));
}

/** `User-Agent%3a%20x%0d%0aReferer%3a%20y` */
function headers(value: string): JsonObject {
  const found: Record<string, string> = {};
  for (const line of unescaped(value.replaceAll('+', '%2B')).split(/\r?\n/, MAX_ITEMS)) {
    const colon = line.indexOf(':');
    if (colon > 0) found[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return found;
}

/**
 * An event as the SIEM interface gives it, with its rules and headers decoded; one whose rules a connector has decoded
 * already is returned as it is.
 */
export function decoded(json: JsonObject): JsonObject {
  const attack = object(json['attackData'])!;
  if (typeof attack['rules'] !== 'string') return json;
  const rules: Record<string, string>[] = [];
  for (const [key, name] of LISTS)
    for (const [i, value] of items(attack[key]).entries()) {
      rules[i] ??= {};
      if (value !== '') rules[i][name] = value;
    }
  const rest = Object.fromEntries(
    Object.entries(attack).filter(([key]) => !LISTS.some(([name]) => name === key)),
  );
  const message = object(json['httpMessage']);
  const sent = text(message?.['requestHeaders']);
  return {
    ...json,
    attackData: { ...rest, rules },
    ...(message === undefined
      ? {}
      : { httpMessage: sent === undefined ? message : { ...message, requestHeaders: headers(sent) } }),
  } as JsonObject;
}
