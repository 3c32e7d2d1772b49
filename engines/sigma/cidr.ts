/** IP networks, compared as numbers. */

export interface Address {
  readonly version: 4 | 6;
  /** One unsigned 32-bit word (IPv4, and IPv6 addresses that map one) or four. */
  readonly words: readonly number[];
}

export interface Network {
  readonly version: 4 | 6;
  readonly words: readonly number[];
  readonly masks: readonly number[];
}

const LONGEST = 64;

/** Parses an IPv4 or IPv6 address; zone suffixes (`%eth0`) are ignored, IPv4-mapped addresses are IPv4. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  if (!bare.includes(':')) {
    const word = parseV4(bare);
    return word === undefined ? undefined : { version: 4, words: [word] };
  }
  const groups = parseV6(bare);
  if (!groups) return undefined;
  const words = [0, 2, 4, 6].map((i) => ((groups[i]! << 16) | groups[i + 1]!) >>> 0);
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return { version: 4, words: [words[3]!] };
  return { version: 6, words };
}

/** Parses `address/bits`; a bare address is a network of one. Host bits are ignored. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const width = address.version === 4 ? 32 : 128;
  let bits = width;
  if (slash !== -1) {
    const suffix = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(suffix)) return undefined;
    bits = Number(suffix);
    // `::ffff:10.0.0.0/104` is written with 128 bits but is an IPv4 network.
    if (address.version === 4 && text.includes(':')) bits -= 96;
    if (bits < 0 || bits > width) return undefined;
  }
  const masks = address.words.map((_, i) => {
    const own = Math.min(32, Math.max(0, bits - i * 32));
    return own === 0 ? 0 : (0xffffffff << (32 - own)) >>> 0;
  });
  return { version: address.version, masks, words: address.words.map((word, i) => (word & masks[i]!) >>> 0) };
}

/** Whether an address lies in a network. */
export function inNetwork(network: Network, address: Address): boolean {
  if (network.version !== address.version) return false;
  for (let i = 0; i < network.words.length; i++) {
    if ((address.words[i]! & network.masks[i]!) >>> 0 !== network.words[i]) return false;
  }
  return true;
}

function parseV4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  let word = 0;
  for (let i = 1; i <= 4; i++) {
    const part = Number(match[i]);
    if (part > 255) return undefined;
    word = word * 256 + part;
  }
  return word;
}

function parseV6(text: string): number[] | undefined {
  let body = text;
  const lastColon = body.lastIndexOf(':');
  if (body.includes('.')) {
    const word = parseV4(body.slice(lastColon + 1));
    if (word === undefined) return undefined;
    body = `${body.slice(0, lastColon + 1)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
  }
  const halves = body.split('::');
  if (halves.length > 2) return undefined;
  const read = (half: string) => (half === '' ? [] : half.split(':'));
  const head = read(halves[0]!);
  const tail = halves.length === 2 ? read(halves[1]!) : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.map((group) => Number.parseInt(group, 16));
}
