import { createHash } from 'node:crypto';
import type { SourceBinding } from '../ports.ts';
import type { WefQuery, WefSubscription } from './ports.ts';
import { escapeXml } from './xml.ts';

const ALL = '*';

/**
 * What is asked for unless a person says otherwise: what the detection of attacks on Windows needs. Windows leaves out
 * channels that a machine does not have. From the Security log four events are left out that fill it and say little:
 * handles that are copied and closed (4690, 4658), connections and ports that the filtering platform allowed (5156, 5158).
 */
export const DEFAULT_SUBSCRIPTION: WefSubscription = {
  enabled: true,
  queries: [
    {
      channel: 'Security',
      xpath: '*[System[(EventID!=4658) and (EventID!=4690) and (EventID!=5156) and (EventID!=5158)]]',
    },
    { channel: 'System', xpath: ALL },
    {
      channel: 'Application',
      xpath: '*[System[(Level=1 or Level=2) or Provider[@Name="MsiInstaller" or @Name="ESENT"]]]',
    },
    { channel: 'Windows PowerShell', xpath: ALL },
    { channel: 'Microsoft-Windows-PowerShell/Operational', xpath: ALL },
    { channel: 'PowerShellCore/Operational', xpath: ALL },
    { channel: 'Microsoft-Windows-Sysmon/Operational', xpath: ALL },
    { channel: 'Microsoft-Windows-Windows Defender/Operational', xpath: ALL },
    {
      channel: 'Microsoft-Windows-TaskScheduler/Operational',
      xpath: '*[System[(EventID=106 or EventID=140 or EventID=141)]]',
    },
    {
      channel: 'Microsoft-Windows-WMI-Activity/Operational',
      xpath: '*[System[(EventID=5857 or EventID=5860 or EventID=5861)]]',
    },
    { channel: 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational', xpath: ALL },
    {
      channel: 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
      xpath: '*[System[(EventID=1149)]]',
    },
    { channel: 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall', xpath: ALL },
    { channel: 'Microsoft-Windows-AppLocker/EXE and DLL', xpath: '*[System[(Level=2 or Level=3)]]' },
    { channel: 'Microsoft-Windows-AppLocker/MSI and Script', xpath: '*[System[(Level=2 or Level=3)]]' },
    { channel: 'Microsoft-Windows-CodeIntegrity/Operational', xpath: '*[System[(Level=2 or Level=3)]]' },
    { channel: 'Microsoft-Windows-Bits-Client/Operational', xpath: '*[System[(EventID=3 or EventID=59)]]' },
    { channel: 'Microsoft-Windows-DNSServer/Audit', xpath: ALL },
  ],
  format: 'raw',
  readExisting: false,
  latencySeconds: 30,
  heartbeatSeconds: 900,
};

/** Windows refuses queries with more comparisons than this in one of them. */
const MAX_COMPARISONS = 22;
const CHANNEL = /^[\p{L}\p{N}][\p{L}\p{N} ._/()%+-]{0,254}$/u;

/**
 * What is wrong with a query, as far as we can tell without being Windows: a channel that can't be one, an expression
 * that does not close what it opens, or has more comparisons than Windows takes.
 *
 * @returns a sentence for the person; undefined: nothing
 */
export function queryProblem({ channel, xpath }: WefQuery): string | undefined {
  if (!CHANNEL.test(channel)) return `"${channel}" is no name of an event log`;
  if (!/^(?:\*|Event(?![A-Za-z]))/.test(xpath)) return `the query of ${channel} must begin with * or Event`;
  const open: string[] = [];
  let comparisons = 0;
  for (let at = 0; at < xpath.length; at++) {
    const sign = xpath[at]!;
    if (sign < ' ') return `the query of ${channel} has a line break or a control character`;
    if (sign === '"' || sign === "'") {
      const end = xpath.indexOf(sign, at + 1);
      if (end < 0) return `the query of ${channel} has a quotation mark that is never closed`;
      at = end;
    } else if (sign === '(' || sign === '[') open.push(sign === '(' ? ')' : ']');
    else if ((sign === ')' || sign === ']') && open.pop() !== sign)
      return `the query of ${channel} closes ${sign} where it is not open`;
    else if (sign === '=' || ((sign === '<' || sign === '>') && xpath[at + 1] !== '=')) comparisons++;
  }
  if (open.length > 0) return `the query of ${channel} does not close ${open.at(-1)}`;
  return comparisons > MAX_COMPARISONS
    ? `the query of ${channel} has ${comparisons} comparisons, and Windows takes ${MAX_COMPARISONS}: make two of it`
    : undefined;
}

/** The queries as Windows reads them. */
export function queryList({ queries }: WefSubscription): string {
  const selects = queries.map(
    ({ channel, xpath }, id) =>
      `<Query Id="${id}"><Select Path="${escapeXml(channel)}">${escapeXml(xpath)}</Select></Query>`,
  );
  return `<QueryList>${selects.join('')}</QueryList>`;
}

/** Name of a source's subscription in the address that its machines deliver to; stays through every change. */
export function subscriptionId({ tenant, source }: SourceBinding): string {
  return uuidOf(`subscription\0${tenant}\0${source}`);
}

/**
 * The version that machines compare theirs with: a new one, whenever anything changes that a machine must know.
 *
 * @param issuer thumbprint that machines choose their certificate by
 */
export function subscriptionVersion(
  binding: SourceBinding,
  subscription: WefSubscription,
  issuer: string,
): string {
  const { queries, format, readExisting, latencySeconds, heartbeatSeconds } = subscription;
  return uuidOf(
    JSON.stringify([
      binding.tenant,
      binding.source,
      queries.map(({ channel, xpath }) => [channel, xpath]),
      format,
      readExisting,
      latencySeconds,
      heartbeatSeconds,
      issuer,
    ]),
  );
}

/** A UUID of version 8 (RFC 9562) made of a digest, in capitals as Windows writes it. */
function uuidOf(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return (
    digest
      .toString('hex')
      .slice(0, 32)
      .match(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/) ?? []
  )
    .slice(1)
    .join('-')
    .toUpperCase();
}
