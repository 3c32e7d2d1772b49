/** IP networks in SQL, reading addresses as `cidr.ts` does. */
import { type Network, parseNetwork } from '../cidr.ts';
import { anyOf, bind, stringLiteral } from './literal.ts';

const OCTET = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})';
const V4 = `${OCTET}(?:[.]${OCTET}){3}`;
const H = '[0-9a-fA-F]{1,4}';
/** Every form of RFC 4291: eight groups, or fewer around one `::`, the last two possibly dotted. */
const VALID = [
  V4,
  `(?:${H}:){7}${H}`,
  `(?:${H}:){6}${V4}`,
  '::',
  `::(?:${H}:){0,6}${H}`,
  `::(?:${H}:){0,5}${V4}`,
  `(?:${H}:){1,7}:`,
  ...[1, 2, 3, 4, 5, 6].map((head) => `(?:${H}:){${head}}(?::${H}){1,${7 - head}}`),
  ...[1, 2, 3, 4, 5].map((head) => `(?:${H}:){${head}}(?::${H}){0,${5 - head}}:${V4}`),
].join('|');

/** Whether the text named `t` is an address within one of some networks. */
export function addressInNetworks(networks: readonly string[]): string {
  const bare = "if(position(t, '%') = 0, t, substring(t, 1, position(t, '%') - 1))";
  const short = "(length(t) <= 64 OR lengthUTF8(t) + countMatches(t, '[\\\\x{10000}-\\\\x{10FFFF}]') <= 64)";
  // Leading zeros of an octet mean nothing to a rule, but programs disagree on them.
  const read = `toIPv6OrNull(if(${short} AND match(b, ${stringLiteral(`^(?:${VALID})$`)}), replaceRegexpAll(b, '\\\\b0+([0-9])', '\\\\1'), ''))`;
  return bind(
    'b',
    bare,
    bind('a', `${read}`, anyOf(networks.map((network) => `ifNull(${inRange('a', network)}, false)`))),
  );
}

/** Whether a value of type `IPv6`, IPv4 in its mapped form, is within a network. */
export function inRange(column: string, network: string): string {
  const parsed = parseNetwork(network);
  if (!parsed) throw new TypeError(`a parsed rule holds an invalid network: ${network}`);
  const [first, last] = boundsOf(parsed);
  const within = `${column} >= toIPv6('${first}') AND ${column} <= toIPv6('${last}')`;
  // An IPv6 network holds no IPv4 address, although the mapped forms lie within ::/n.
  return parsed.version === 4
    ? `(${within})`
    : `(${within} AND NOT (${column} >= toIPv6('::ffff:0:0') AND ${column} <= toIPv6('::ffff:ffff:ffff')))`;
}

function boundsOf({ version, words, masks }: Network): [string, string] {
  const last = words.map((word, i) => (word | ~masks[i]!) >>> 0);
  const text = (own: readonly number[]) =>
    (version === 4 ? [0, 0, 0xffff, ...own] : own)
      .flatMap((word) => [word >>> 16, word & 0xffff])
      .map((group) => group.toString(16))
      .join(':');
  return [text(words), text(last)];
}
