import type { EcsFields } from '@vigie/contracts';
import { parseIp } from '../../kit/ip.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { parseXml, type XmlElement } from '../../kit/xml.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

/** Who writes them into the Security log. */
export const ADFS_PROVIDER = 'AD FS Auditing';

const VENDOR = 'microsoft.adfs.';
const START = '<AuditBase';
const END = '</AuditBase>';
/** A longer audit document is not read. */
const MAX_LENGTH = 65_536;

/** Elements of the audit document that have an ECS field, or are read on their own. */
const READ = new Set(['UserId', 'IpAddress', 'ForwardedIpAddress', 'Server', 'UserAgentString']);

/** The audit document: a value of the event's data, or the end of its text where the shipper has no data. */
function auditOf(event: WindowsEvent): XmlElement | undefined {
  for (const text of [...Object.values(event.data), event.message]) {
    const start = text?.indexOf(START) ?? -1;
    if (text === undefined || start < 0) continue;
    const end = text.indexOf(END, start);
    if (end < 0 || end - start > MAX_LENGTH) continue;
    return parseXml(text.slice(start, end + END.length));
  }
  return undefined;
}

/** All leaves by name, the first of each; "N/A", "None" and empty ones say nothing. */
function leavesOf(element: XmlElement, out: Map<string, string>): Map<string, string> {
  for (const child of element.children) {
    if (child.children.length > 0) leavesOf(child, out);
    else {
      const text = child.text.trim();
      if (text !== '' && text !== 'N/A' && text !== 'None' && !out.has(child.name)) out.set(child.name, text);
    }
  }
  return out;
}

function federation(event: WindowsEvent, doc: EcsFields): void {
  const audit = auditOf(event);
  if (audit === undefined) return;
  const leaves = leavesOf(audit, new Map());
  putAccount(doc, 'user', leaves.get('UserId'));
  // Behind a Web Application Proxy the client stands first in the forwarded addresses.
  const addresses = [leaves.get('IpAddress'), leaves.get('ForwardedIpAddress')]
    .flatMap((text) => text?.split(',', 20) ?? [])
    .map((text) => parseIp(text.trim()))
    .filter((ip) => ip !== undefined);
  if (addresses[0] !== undefined) {
    doc['source.address'] = addresses[0];
    doc['source.ip'] = addresses[0];
  }
  if (addresses[1] !== undefined && addresses[1] !== addresses[0]) doc['network.forwarded_ip'] = addresses[1];
  putUrl(doc, leaves.get('Server'));
  put(doc, 'user_agent.original', leaves.get('UserAgentString'));
  put(doc, 'event.reason', leaves.get('FailureType'));
  put(doc, 'error.code', leaves.get('ErrorCode'));
  for (const [name, value] of leaves) if (!READ.has(name)) doc[VENDOR + name] = value;
}

const audit = (
  action: string,
  outcome: 'success' | 'failure',
  category: EventMapping['category'],
  type: EventMapping['type'],
): EventMapping => ({ category, type, action, outcome, map: federation });

/** The audits that AD FS 2016 and later write for each request. */
export const ADFS_EVENTS: Readonly<Record<number, EventMapping>> = {
  1200: audit('token-issued', 'success', ['authentication'], ['start']),
  1201: audit('token-refused', 'failure', ['authentication'], ['start']),
  1202: audit('credential-validated', 'success', ['authentication'], ['info']),
  1203: audit('credential-refused', 'failure', ['authentication'], ['info']),
  1204: audit('password-changed', 'success', ['iam'], ['user', 'change']),
  1205: audit('password-change-refused', 'failure', ['iam'], ['user', 'change']),
  1206: audit('signed-out', 'success', ['authentication', 'session'], ['end']),
  1207: audit('sign-out-refused', 'failure', ['authentication', 'session'], ['end']),
};
