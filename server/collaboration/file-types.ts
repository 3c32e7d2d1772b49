import { endingOf } from './file-names.ts';

interface Signature {
  readonly type: string;
  readonly at: number;
  readonly bytes: Buffer;
  /** Endings that a file of this type honestly has; the first is the usual one. */
  readonly endings: readonly string[];
}

const hex = (text: string) => Buffer.from(text, 'hex');
const ascii = (text: string) => Buffer.from(text, 'latin1');

/**
 * First octets of the types that people send in an incident, by their own specifications. Nothing is looked into
 * any deeper: an office document is a ZIP to us, and an archive is never opened.
 */
const SIGNATURES: readonly Signature[] = [
  { type: 'application/pdf', at: 0, bytes: ascii('%PDF-'), endings: ['pdf'] },
  { type: 'image/png', at: 0, bytes: hex('89504e470d0a1a0a'), endings: ['png'] },
  { type: 'image/jpeg', at: 0, bytes: hex('ffd8ff'), endings: ['jpg', 'jpeg'] },
  { type: 'image/gif', at: 0, bytes: ascii('GIF8'), endings: ['gif'] },
  { type: 'image/webp', at: 8, bytes: ascii('WEBP'), endings: ['webp'] },
  {
    type: 'application/zip',
    at: 0,
    bytes: hex('504b0304'),
    endings: ['zip', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'jar', 'apk', 'epub', 'vsix', 'xpi'],
  },
  { type: 'application/zip', at: 0, bytes: hex('504b0506'), endings: ['zip'] },
  { type: 'application/gzip', at: 0, bytes: hex('1f8b'), endings: ['gz', 'tgz'] },
  { type: 'application/x-bzip2', at: 0, bytes: ascii('BZh'), endings: ['bz2', 'tbz'] },
  { type: 'application/x-xz', at: 0, bytes: hex('fd377a585a00'), endings: ['xz', 'txz'] },
  { type: 'application/zstd', at: 0, bytes: hex('28b52ffd'), endings: ['zst'] },
  { type: 'application/x-7z-compressed', at: 0, bytes: hex('377abcaf271c'), endings: ['7z'] },
  { type: 'application/vnd.rar', at: 0, bytes: hex('526172211a07'), endings: ['rar'] },
  { type: 'application/x-tar', at: 257, bytes: ascii('ustar'), endings: ['tar'] },
  {
    type: 'application/x-ole-storage',
    at: 0,
    bytes: hex('d0cf11e0a1b11ae1'),
    endings: ['doc', 'xls', 'ppt', 'msg', 'msi'],
  },
  {
    type: 'application/vnd.microsoft.portable-executable',
    at: 0,
    bytes: ascii('MZ'),
    endings: ['exe', 'dll', 'sys', 'scr', 'com', 'cpl', 'ocx'],
  },
  { type: 'application/x-elf', at: 0, bytes: hex('7f454c46'), endings: ['elf', 'so', 'bin', 'o'] },
  { type: 'application/x-mach-binary', at: 0, bytes: hex('cffaedfe'), endings: ['dylib', 'bin'] },
  { type: 'application/vnd.tcpdump.pcap', at: 0, bytes: hex('d4c3b2a1'), endings: ['pcap', 'cap'] },
  { type: 'application/vnd.tcpdump.pcap', at: 0, bytes: hex('a1b2c3d4'), endings: ['pcap', 'cap'] },
  { type: 'application/x-pcapng', at: 0, bytes: hex('0a0d0d0a'), endings: ['pcapng'] },
  { type: 'application/x-windows-eventlog', at: 0, bytes: ascii('ElfFile\0'), endings: ['evtx'] },
  { type: 'application/x-ms-shortcut', at: 0, bytes: hex('4c000000011402'), endings: ['lnk'] },
  { type: 'application/x-iso9660-image', at: 32_769, bytes: ascii('CD001'), endings: ['iso', 'img'] },
];

/** Octets of a file's beginning that {@link typeOf} wants to see. */
export const HEAD_BYTES = 33_000;

const UNKNOWN = 'application/octet-stream';

/** Media type by content. Text of any kind, markup and scripts included, is `text/plain`: it is never rendered. */
export function typeOf(head: Buffer): string {
  const found = signatureOf(head);
  if (found !== undefined) return found.type;
  return isText(head) ? 'text/plain' : UNKNOWN;
}

/**
 * Whether a name's ending belongs to another type than the content has: `report.pdf` that begins like a program.
 * An ending or a content that we don't know accuses nobody.
 */
export function isDisguised(name: string, type: string): boolean {
  const ending = endingOf(name);
  const owners = SIGNATURES.filter(({ endings }) => endings.includes(ending));
  if (owners.length > 0) return !owners.some((owner) => owner.type === type);
  const own = SIGNATURES.filter((signature) => signature.type === type);
  // A program under an ending of text, say: what is known to be dangerous must look like what it is.
  return own.length > 0 && DANGEROUS.has(type);
}

const DANGEROUS = new Set([
  'application/vnd.microsoft.portable-executable',
  'application/x-elf',
  'application/x-mach-binary',
  'application/x-ms-shortcut',
]);

function signatureOf(head: Buffer): Signature | undefined {
  return SIGNATURES.find(({ at, bytes }) => head.subarray(at, at + bytes.length).equals(bytes));
}

function isText(head: Buffer): boolean {
  if (head.length === 0 || head.includes(0)) return false;
  // The end may be in the middle of a character.
  return !new TextDecoder('utf-8').decode(head.subarray(0, 4096), { stream: true }).includes('\ufffd');
}
