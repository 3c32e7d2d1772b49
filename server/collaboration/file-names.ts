/** Names that Windows takes for devices, whatever their ending. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;
/** Control, format and surrogate characters, line separators: they hide or turn around what follows. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const LONGEST = 120;

/**
 * The name under which a file is shown and offered for download; it never names a file of ours. Paths, control
 * characters and characters that turn the direction of reading (`invoice‮fdp.exe`) are taken out, and the ending
 * survives shortening, since people judge by it.
 *
 * @returns never empty; at most 120 characters
 */
export function safeFileName(given: string): string {
  const base = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .replace(UNSEEN, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (clean === '') return 'file';
  const name = DEVICES.test(clean) ? `_${clean}` : clean;
  if (name.length <= LONGEST) return name;
  const ending = /\.[^.]{1,15}$/.exec(name)?.[0] ?? '';
  return `${name.slice(0, LONGEST - ending.length)}${ending}`;
}

/** The ending of a name, lower case and without its dot. */
export function endingOf(name: string): string {
  return /\.([^.]{1,15})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}
