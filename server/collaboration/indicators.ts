import { BlockList, isIP } from 'node:net';
import type { SharedKind } from './ports.ts';

/** How much each kind says about a common attacker: a file more than an address, an address more than a rule. */
export const SHARED_WEIGHTS: Readonly<Record<SharedKind, number>> = {
  hash: 6,
  address: 5,
  domain: 4,
  rule: 1,
};

/**
 * Addresses that every network has its own of, or that belong to nobody: RFC 1918, 6598, 3927, 4193, 4291, multicast,
 * loopback. Two clients that share one share nothing. Documentation ranges are left in; nobody has them.
 */
const LOCAL = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  LOCAL.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  LOCAL.addSubnet(net, bits, 'ipv6');

/** Names that end so are of a single network. */
const LOCAL_NAMES =
  /(?:^|\.)(?:local|localdomain|localhost|lan|internal|intranet|corp|home|arpa|test|invalid)$/i;
const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** Digests of nothing: MD5, SHA-1, SHA-256 of an empty file. */
const EMPTY = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
]);

/** Whether a value would say something when two clients have it. */
export function isTelling(kind: SharedKind, value: string): boolean {
  switch (kind) {
    case 'hash':
      return HASH.test(value) && !EMPTY.has(value.toLowerCase());
    case 'address': {
      const family = isIP(value);
      return family !== 0 && !LOCAL.check(value, family === 6 ? 'ipv6' : 'ipv4');
    }
    case 'domain':
      return value.includes('.') && isIP(value) === 0 && !LOCAL_NAMES.test(value);
    case 'rule':
      return value !== '';
  }
}
