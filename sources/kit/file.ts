import type { EcsFields } from '@vigie/contracts';
import { fieldKeys } from './field-keys.ts';

const KEYS = fieldKeys('path', 'directory', 'drive_letter', 'name', 'extension');
const MAX_EXTENSION = 10;

/** The last component of a Windows or POSIX path. */
export function baseName(path: string): string {
  const at = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
  return at < 0 ? path : path.slice(at + 1);
}

/** A file name's extension without its dot: 1–10 letters and digits; `undefined` for `.profile` and `file.`. */
export function extensionOf(name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot === name.length - 1 || name.length - dot - 1 > MAX_EXTENSION) return undefined;
  for (let i = dot + 1; i < name.length; i++) {
    const code = name.charCodeAt(i) | 32;
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 122))) return undefined;
  }
  return name.slice(dot + 1);
}

/**
 * Writes a file from a path or a bare name: `path` and `directory` where it is a path, `name`, `extension`, and
 * `drive_letter` of a Windows path.
 *
 * @param prefix `file`, or where another field set holds one (`email.attachments.file`)
 */
export function putFile(doc: EcsFields, text: string | undefined, prefix = 'file'): void {
  if (text === undefined || text === '' || text === '-') return;
  const name = baseName(text);
  const keys = KEYS(prefix);
  if (name.length < text.length) {
    doc[keys.path] = text;
    const directory = text.slice(0, Math.max(1, text.length - name.length - 1));
    doc[keys.directory] = directory;
    const letter = text.charCodeAt(0) | 32;
    if (text.charCodeAt(1) === 58 && letter >= 97 && letter <= 122)
      doc[keys.drive_letter] = text[0]!.toUpperCase();
  }
  if (name === '') return;
  doc[keys.name] = name;
  const extension = extensionOf(name);
  if (extension !== undefined) doc[keys.extension] = extension;
}
