import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const VENDOR = 'openldap.slapd.';
/** `conn=11 op=1 `, `conn=11 fd=31 `. */
const HEAD = /^conn=(\d{1,12}) (?:op=(\d{1,12})|fd=(\d{1,9}))(?: (?:op=(\d{1,12}) )?| )([A-Za-z]{3,10})\b ?/;
const PAIR = /(?:^|\s)([a-zA-Z_]{2,16})=("(?:[^"\\]|\\.){0,4000}"|\S{0,4000})/g;

const OPERATIONS: Readonly<Record<string, Categorisation>> = {
  ACCEPT: { ...WHAT.connectionStart },
  CLOSED: WHAT.connectionEnd,
  CLOSE: WHAT.connectionEnd,
  BIND: WHAT.login,
  UNBIND: { ...WHAT.logout, outcome: 'success' },
  SRCH: { category: ['database'], type: ['access'] },
  CMP: { category: ['database'], type: ['access'] },
  ADD: { category: ['iam'], type: ['creation'] },
  DEL: { category: ['iam'], type: ['deletion'] },
  MOD: { category: ['iam'], type: ['change'] },
  MODRDN: { category: ['iam'], type: ['change'] },
  PASSMOD: WHAT.userChanged,
  EXT: { category: ['network'], type: ['protocol'] },
  STARTTLS: { category: ['network'], type: ['protocol'] },
  ABANDON: { category: ['network'], type: ['protocol'] },
  RESULT: { category: ['network'], type: ['protocol'] },
  SEARCH: { category: ['database'], type: ['access'] },
  ENTRY: { category: ['database'], type: ['access'] },
  TLS: { category: ['network'], type: ['protocol'] },
};

/** A distinguished name's account and the domain that its `dc` (or `o`) parts spell. */
export function readDn(dn: string): { name?: string; domain?: string } {
  let name: string | undefined;
  const domain: string[] = [];
  let organisation: string | undefined;
  for (const part of dn.split(',', 40)) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const key = part.slice(0, equals).trim().toLowerCase();
    const value = part.slice(equals + 1).trim();
    if (value === '') continue;
    if ((key === 'uid' || key === 'cn' || key === 'samaccountname') && name === undefined) name = value;
    else if (key === 'dc') domain.push(value);
    else if (key === 'o') organisation ??= value;
  }
  const joined = domain.length > 0 ? domain.join('.') : organisation;
  return { ...(name === undefined ? {} : { name }), ...(joined === undefined ? {} : { domain: joined }) };
}

/** `IP=192.0.2.1:389`, `IP=[2001:db8::1]:636`, `PATH=/run/slapd/ldapi`. */
function putSide(doc: EcsFields, side: 'source' | 'destination', text: string): void {
  const match = /^IP=\[?([0-9a-fA-F.:]{2,45}?)\]?:(\d{1,5})$/.exec(text);
  const ip = match === null ? undefined : parseIp(match[1]!);
  if (ip === undefined) return;
  doc[`${side}.address`] = ip;
  doc[`${side}.ip`] = ip;
  const port = parsePort(match![2]!);
  if (port !== undefined) doc[`${side}.port`] = port;
}

function putPairs(doc: EcsFields, text: string, operation: string): void {
  for (const match of text.matchAll(PAIR)) {
    const key = match[1]!;
    let value = match[2]!;
    if (value.startsWith('"')) value = value.slice(1, -1);
    if (value === '' || key === 'IP') continue;
    if (key === 'dn' || key === 'id' || key === 'base') {
      const { name, domain } = readDn(value);
      const prefix = operation === 'BIND' || operation === 'SRCH' ? 'user' : 'user.target';
      if (key !== 'base' && name !== undefined) doc[`${prefix}.name`] = name;
      if (domain !== undefined && (key !== 'base' || operation === 'SRCH')) doc[`${prefix}.domain`] = domain;
    }
    if (key === 'attr') doc[`${VENDOR}attr`] = text.slice(text.indexOf('attr=') + 5).split(' ', 100);
    else doc[VENDOR + key] = /^\d{1,15}$/.test(value) && key !== 'id' ? Number(value) : value;
  }
}

/** LDAP's result codes: 0 and the referrals and comparisons are no errors. */
const SUCCEEDED = new Set([0, 5, 6, 10, 14]);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text.trim();
  // Spreadsheets' quoting, as exports leave it.
  if (text.startsWith('"') && text.endsWith('"')) text = text.slice(1, -1).replaceAll('""', '"').trim();
  const head = HEAD.exec(text);
  if (head === null) {
    if (input.syslog?.app === undefined) return 'rejected';
    categorise(doc, WHAT.hostInfo);
    doc['message'] = text;
    doc['process.name'] = 'slapd';
    return /^(?:slapd (?:starting|stopped|shutdown)|daemon: |@\(#\) )/.test(text) ? 'parsed' : 'partial';
  }
  const word = head[5]!.toUpperCase();
  const rest = text.slice(head[0].length);
  const what = Object.hasOwn(OPERATIONS, word) ? OPERATIONS[word] : undefined;
  if (what === undefined && input.syslog?.app === undefined) return 'rejected';
  categorise(doc, { ...(what ?? WHAT.hostInfo), action: word.toLowerCase() });
  doc[`${VENDOR}connection`] = Number(head[1]);
  const operation = head[2] ?? head[4];
  if (operation !== undefined) doc[`${VENDOR}operation`] = Number(operation);
  if (head[3] !== undefined) doc[`${VENDOR}descriptor`] = Number(head[3]);
  doc['network.protocol'] = 'ldap';
  putPairs(doc, rest, word);
  if (word === 'ACCEPT') {
    const sides = /^from (\S{2,80})(?: \((\S{2,80})\))?/.exec(rest);
    if (sides !== null) {
      putSide(doc, 'source', sides[1]!);
      if (sides[2] !== undefined) putSide(doc, 'destination', sides[2]);
    }
  } else if (word === 'RESULT' || word === 'SEARCH') {
    const code = toLong(doc[`${VENDOR}err`]);
    if (code !== undefined) doc['event.outcome'] = SUCCEEDED.has(code) ? 'success' : 'failure';
    const reason = /\btext=(.{1,2000})$/s.exec(rest)?.[1];
    if (reason !== undefined && reason !== '') doc['event.reason'] = reason;
  } else if (word === 'TLS') doc['tls.established'] = rest.startsWith('established');
  doc['message'] = text;
  doc['process.name'] = 'slapd';
  return what === undefined ? 'partial' : 'parsed';
}

const looksLikeSlapd = (input: ParseInput): boolean =>
  input.syslog?.app === undefined && /^"? ?conn=\d{1,12} (?:op|fd)=\d{1,12} /.test(input.text.trimStart());

/** OpenLDAP's slapd: connections, binds, searches, changes and their results. */
export default defineSource({
  id: 'openldap.slapd',
  signatures: [
    { kind: 'app', names: ['slapd'] },
    { kind: 'text', literals: ['conn=', ' op='], test: looksLikeSlapd },
    { kind: 'text', literals: ['conn=', ' fd='], test: looksLikeSlapd },
  ],
  parse,
});
