import { LANGUAGES, type Language } from '@vigie/contracts/api';
import type { FastifyRequest } from 'fastify';

/** More choices than a browser sends; what stands behind them is not read. */
const MOST = 20;

/**
 * The language that the caller prefers of those that rules speak: `Accept-Language` with its weights (RFC 9110,
 * section 12.5.4), by the first part of each tag. English when it names none of them.
 */
export function languageOf(request: Pick<FastifyRequest, 'headers'>): Language {
  let best: Language = 'en';
  let weight = 0;
  for (const choice of (request.headers['accept-language'] ?? '').split(',', MOST)) {
    const [tag = '', ...parameters] = choice.split(';');
    const found = LANGUAGES.find((each) => each === tag.trim().slice(0, 2).toLowerCase());
    const given = parameters.map((each) => each.trim()).find((each) => each.startsWith('q='));
    const q = given === undefined ? 1 : Number(given.slice(2));
    if (found === undefined || !isTag(tag) || !(q > weight)) continue;
    best = found;
    weight = q;
  }
  return best;
}

/** `fr`, `fr-BE`: a tag whose first part is the two letters, not `fry`. */
function isTag(text: string): boolean {
  return /^[a-z]{2}(?:-[a-z0-9-]*)?$/i.test(text.trim());
}
