/**
 * Text from logs, made safe to show to people. HTML is escaped later, by the template; here goes what
 * escaping does not stop: characters that break lines or turn the direction of reading, and names that a mail
 * program would make clickable.
 */

const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Half of a surrogate pair. */
const LONE = /\p{Cs}/gu;

/** One visible line: control and direction characters become their code (`\u{202e}`). Cut at `limit`. */
export function visible(text: string, limit: number): string {
  const head = text.length > limit * 2 ? text.slice(0, limit * 2) : text;
  const shown = head
    .replace(/[\r\n\t]+/g, ' ')
    .replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(LONE, '\ufffd')
    .trim();
  if (shown.length <= limit && head.length === text.length) return shown;
  return `${shown.slice(0, limit - 1).replace(LONE, '\ufffd')}…`;
}

/** As {@link visible}, for a subject: unsafe characters disappear. */
export function headerLine(text: string, limit = 180): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/[\r\n\t]+/g, ' ')
    .replace(UNSAFE, '');
  const tidy = line.replace(/ {2,}/g, ' ').trim().replace(LONE, '\ufffd');
  return tidy.length <= limit ? tidy : `${tidy.slice(0, limit - 1).replace(LONE, '\ufffd')}…`;
}

/** Bounded quantifiers and no overlap between the parts: linear in the text. */
const URL_HEAD = /\b(h)(tt)(ps?|p)(:\/\/)([^\s/?#<>"']{1,253})/gi;
const MAILTO_OR_WWW = /\b(www)\.(?=[\w-])/gi;

/** Writes web addresses so that no program makes them a link: `hxxps://evil[.]example/x`. */
export function defang(text: string): string {
  return text
    .replace(
      URL_HEAD,
      (_whole, h: string, _tt, p: string, slashes: string, host: string) =>
        `${h}xx${p}${slashes}${host.replaceAll('.', '[.]')}`,
    )
    .replace(MAILTO_OR_WWW, '$1[.]');
}

/** As {@link defang}, for a value that is a host name, a domain or an address of a page. */
export function defangName(text: string): string {
  const defanged = defang(text);
  if (defanged !== text) return defanged;
  const end = text.search(/[/?#]/);
  const host = end === -1 ? text : text.slice(0, end);
  return host.replaceAll('.', '[.]') + (end === -1 ? '' : text.slice(end));
}
