import type { EcsFields } from '@vigie/contracts';
import { parseIp } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { putEnd, putInterface, VENDOR } from './writers.ts';

/** Words of a message that are looked at. */
const MAX_WORDS = 200;
const INTERFACE =
  /^(?:(?:Fast|Gigabit|TenGigabit|TwentyFiveGigE|FortyGigabit|HundredGig|TwoGigabit|FiveGigabit|AppGigabit)?(?:Ethernet|E)?|Gi|Te|Fa|Fo|Hu|Tw|Eth|Et|Po|Vl|Vlan|Port-channel|Serial|Se|Tunnel|Tu|Loopback|Lo|Dialer|Cellular|mgmt|Bundle-Ether|BVI|NVE|nve)\d[\d/.:]*$/;
const USER = /\b(?:[Uu]ser(?:name)?) ?(?:[:=] ?|(?=['"]))['"]?([\w.@\\-]{1,64})/;
const BY = /\bby ([\w.@\\-]{1,64}) on (\w{1,16}) ?\(([0-9A-Fa-f.:]{2,45})\)/;
const VLAN = /\bvlan ?0*(\d{1,4})\b/i;
const URL = /\b([a-z][a-z0-9+.-]{2,12}:\/\/[^\s'")\]>]{1,512})/;
const SEARCHED = 2_048;

/** Takes the brackets and the punctuation off a word. */
function bare(word: string): string {
  let from = 0;
  let to = word.length;
  while (from < to && '([<{\'"'.includes(word[from]!)) from++;
  while (to > from && ')]>}\'".,;:'.includes(word[to - 1]!)) to--;
  return word.slice(from, to);
}

const TOWARDS = new Set(['to', '->', 'host', 'server', 'dst', 'destination']);

/**
 * Finds addresses, cards, interfaces, VLAN and user in a message whose form is not known, by how they look and by
 * the word before them.
 */
export function readGeneric(message: string, doc: EcsFields): void {
  const text = message.length > SEARCHED ? message.slice(0, SEARCHED) : message;
  const words = text.split(' ', MAX_WORDS);
  let before = '';
  for (const word of words) {
    const name = bare(word);
    if (name === '') continue;
    const first = name.charCodeAt(0);
    const digit = first >= 48 && first <= 57;
    if (name.length === 14 && name.charCodeAt(4) === 46) {
      const mac = parseMac(name);
      if (mac !== undefined) doc['source.mac'] ??= mac;
    } else if (digit || name.includes(':')) readAddress(name, before, doc);
    else if (doc[`${VENDOR}interface`] === undefined && INTERFACE.test(name)) putInterface(doc, name);
    before = name.toLowerCase();
  }
  const vlan = VLAN.exec(text);
  if (vlan !== null) doc['network.vlan.id'] ??= vlan[1]!;
  const url = URL.exec(text);
  if (url !== null && doc['url.original'] === undefined) putUrl(doc, url[1]!);
  if (doc['user.name'] !== undefined) return;
  const by = BY.exec(text);
  if (by !== null) {
    putAccount(doc, 'user', by[1]!);
    doc[`${VENDOR}line`] = by[2]!;
    return;
  }
  const user = USER.exec(text);
  if (user !== null) putAccount(doc, 'user', user[1]!);
}

function readAddress(name: string, before: string, doc: EcsFields): void {
  const at = name.indexOf('(');
  const colon = name.lastIndexOf(':');
  const host =
    at > 0 ? name.slice(0, at) : parseIp(name) === undefined && colon > 0 ? name.slice(0, colon) : name;
  if (parseIp(host) === undefined) return;
  const side = TOWARDS.has(before) ? 'destination' : 'source';
  if (doc[`${side}.ip`] === undefined) putEnd(doc, side, name);
}
