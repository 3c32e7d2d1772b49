import { type Cef, parseCef } from '../../kit/cef.ts';
import type { Pairs } from '../../kit/key-value.ts';

/**
 * Keys of FortiOS's CEF form (`config log syslogd setting`, `set format cef`) → its native keys, by the
 * mapping table of the log reference. `FTNTFGT` before a native key marks those that CEF has no key for.
 */
const NATIVE: ReadonlyMap<string, string> = new Map([
  ['deviceExternalId', 'devid'],
  ['dvchost', 'devname'],
  ['dvc', 'devname'],
  ['deviceSeverity', 'level'],
  ['act', 'action'],
  ['app', 'service'],
  ['cnt', 'count'],
  ['deviceInboundInterface', 'srcintf'],
  ['deviceOutboundInterface', 'dstintf'],
  ['dhost', 'hostname'],
  ['dmac', 'dstmac'],
  ['dpt', 'dstport'],
  ['dst', 'dstip'],
  ['duser', 'user'],
  ['suser', 'user'],
  ['externalId', 'sessionid'],
  ['fname', 'filename'],
  ['fsize', 'filesize'],
  ['in', 'rcvdbyte'],
  ['out', 'sentbyte'],
  ['outcome', 'status'],
  ['request', 'url'],
  ['requestClientApplication', 'agent'],
  ['requestContext', 'catdesc'],
  ['requestMethod', 'httpmethod'],
  ['shost', 'srcname'],
  ['smac', 'srcmac'],
  ['sourceTranslatedAddress', 'transip'],
  ['sourceTranslatedPort', 'transport'],
  ['destinationTranslatedAddress', 'tranip'],
  ['destinationTranslatedPort', 'tranport'],
  ['sproc', 'ui'],
  ['spt', 'srcport'],
  ['src', 'srcip'],
  ['start', 'timestamp'],
]);

/** Custom columns: native key for the label beside them. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['Policy Id', 'policyid'],
  ['Duration', 'duration'],
  ['Packets Sent', 'sentpkt'],
  ['Packets Received', 'rcvdpkt'],
  ['Virus', 'virus'],
  ['Reference', 'ref'],
  ['Profile', 'profile'],
  ['Attack', 'attack'],
]);

const PREFIX = 'FTNTFGT';

/**
 * Reads the CEF form into native keys, so that both forms give the same document.
 *
 * @returns `undefined` where the line is no FortiGate CEF record
 */
export function readCef(text: string): { pairs: Pairs; version: string } | undefined {
  // Some relays take `CEF:` for the syslog tag and cut it off.
  const cef: Cef | undefined = parseCef(text.startsWith('0|Fortinet|') ? `CEF:${text}` : text);
  if (cef === undefined || cef.vendor !== 'Fortinet' || !/^forti(gate|os|wifi)/i.test(cef.product))
    return undefined;
  const pairs: Pairs = new Map();
  for (const [key, value] of cef.extension) {
    if (key.startsWith(PREFIX)) pairs.set(key.slice(PREFIX.length), value);
  }
  for (const [key, value] of cef.extension) {
    if (key.startsWith(PREFIX) || key.endsWith('Label')) continue;
    if (key === 'cat') {
      // `utm:virus`; a native `cat` (web filter category number) has the prefix.
      const colon = value.indexOf(':');
      pairs.set('type', colon < 0 ? value : value.slice(0, colon));
      if (colon >= 0 && !pairs.has('subtype')) pairs.set('subtype', value.slice(colon + 1));
      continue;
    }
    if (key === 'deviceDirection') {
      if (!pairs.has('direction')) pairs.set('direction', value === '0' ? 'incoming' : 'outgoing');
      continue;
    }
    const label = cef.extension.get(`${key}Label`);
    const native = label === undefined ? (NATIVE.get(key) ?? key) : (LABELS.get(label) ?? label);
    if (!pairs.has(native)) pairs.set(native, value);
  }
  if (!pairs.has('logid') && /^\d{5,10}$/.test(cef.signatureId)) pairs.set('logid', cef.signatureId);
  return { pairs, version: cef.deviceVersion };
}
