import type { EcsFields } from '@vigie/contracts';
import { parseIp, parsePort } from '../../kit/ip.ts';

/** A machine as mail programs write it: `mx.example.org[192.0.2.1]:25`. */
export interface Peer {
  readonly name?: string;
  readonly ip?: string;
  readonly port?: number;
  /** Index of the first character after it. */
  readonly end: number;
}

const MAX_PEERS = 20;

/** The first `name[address]` with an optional `:port` at or after `from`; `unknown` is no name. */
export function findPeer(text: string, from = 0): Peer | undefined {
  let open = text.indexOf('[', from);
  for (let tries = 0; open >= 0 && tries < MAX_PEERS; tries++, open = text.indexOf('[', open + 1)) {
    const close = text.indexOf(']', open);
    if (close < 0) return undefined;
    if (close - open > 64) continue;
    const ip = readAddress(text.slice(open + 1, close));
    if (ip === undefined) continue;
    let start = open;
    while (start > from && open - start < 255 && isNameCharacter(text.charCodeAt(start - 1))) start--;
    const name = text.slice(start, open);
    const port = /^:(\d{1,5})/.exec(text.slice(close + 1, close + 7))?.[1];
    return {
      ...(name === '' || name === 'unknown' || parseIp(name) !== undefined ? {} : { name }),
      ip,
      ...(port === undefined ? {} : { port: parsePort(port) }),
      end: close + 1 + (port === undefined ? 0 : port.length + 1),
    };
  }
  return undefined;
}

/** An address, with a mask (`192.0.2.1/32`) or Postfix's `IPv6:` in front taken off. */
export function readAddress(text: string): string | undefined {
  let bare = text.startsWith('IPv6:') ? text.slice(5) : text;
  const slash = bare.indexOf('/');
  if (slash > 0) bare = bare.slice(0, slash);
  return parseIp(bare);
}

function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    code === 45 ||
    code === 46 ||
    code === 95
  );
}

/** Writes the machine that sent: by its name where it has one. */
export function putSender(doc: EcsFields, peer: Omit<Peer, 'end'>): void {
  if (peer.ip !== undefined) doc['source.ip'] = peer.ip;
  if (peer.name !== undefined) doc['source.domain'] = peer.name;
  const address = peer.name ?? peer.ip;
  if (address !== undefined) doc['source.address'] = address;
  if (peer.port !== undefined) doc['source.port'] = peer.port;
}

/** Writes the machine that mail is handed to: by its address. */
export function putReceiver(doc: EcsFields, peer: Omit<Peer, 'end'>): void {
  if (peer.ip !== undefined) doc['destination.ip'] = peer.ip;
  if (peer.name !== undefined) doc['destination.domain'] = peer.name;
  const address = peer.ip ?? peer.name;
  if (address !== undefined) doc['destination.address'] = address;
  if (peer.port !== undefined) doc['destination.port'] = peer.port;
}

/** The domain of a mail address; `undefined` for a local one. */
export function mailDomain(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  return at < 0 || at === address.length - 1 ? undefined : address.slice(at + 1);
}
