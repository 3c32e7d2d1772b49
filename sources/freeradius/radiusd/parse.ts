import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'freeradius.radiusd.';
/** What the server's own file puts in front: `Mon Mar  2 10:00:00 2026 : Auth: `. */
const FILE =
  /^([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) : (Auth|Info|Error|Warning|Proxy|Debug|Acct): /;
const LOGIN =
  /^(?:\((\d{1,12})\) +)?(Login OK|Login incorrect|Invalid user)(?: \((.{1,500}?)\))?: \[(.{0,255}?)\] \(from client (\S{1,128}) port (\d{1,12})(?: cli ([^\s)]{1,64}))?(?: via ([^)]{1,64}))?\)/;
const IGNORED =
  /^(?:\((\d{1,12})\) +)?Ignoring request to (auth|acct|auth\+acct) ?(?:proto \S{1,8} )?address (\S{1,64}) port (\d{1,5})(?: (?:\([^)]{0,40}\) )?bound to server (\S{1,128}))? from unknown client ([0-9a-fA-F.:]{2,45}) port (\d{1,5})(?: proto (\S{1,8}))?/;

/** Who asked: an account, or a machine that signs in by its name (`host/pc7.example.org`). */
function putLogin(doc: EcsFields, login: string): void {
  // Where passwords are logged, they stand behind a slash.
  const machine = /^host\/(\S{1,255})$/.exec(login)?.[1];
  if (machine !== undefined && isHostName(machine)) {
    doc['source.domain'] = machine;
    doc['source.address'] = machine;
    return;
  }
  if (login === '' || login === '<no User-Name attribute>') return;
  const hidden = login.indexOf('/<via ');
  putAccount(doc, 'user', hidden > 0 ? login.slice(0, hidden) : login);
}

function readMessage(text: string, doc: EcsFields): boolean {
  const login = LOGIN.exec(text);
  if (login !== null) {
    const ok = login[2] === 'Login OK';
    categorise(doc, {
      ...WHAT.authentication,
      action: login[2]!.toLowerCase().replace(' ', '-'),
      outcome: ok ? 'success' : 'failure',
    });
    putLogin(doc, login[4]!);
    // The machine logged in to is the one that asks the server: the access point, the switch, the gateway.
    doc['host.name'] = login[5]!;
    doc[`${VENDOR}nas_port`] = login[6]!;
    const station = login[7] === undefined ? undefined : parseMac(login[7]);
    if (station !== undefined) doc['source.mac'] = station;
    else if (login[7] !== undefined) {
      const ip = parseIp(login[7]);
      if (ip !== undefined) {
        doc['source.ip'] = ip;
        doc['source.address'] = ip;
      } else doc[`${VENDOR}calling_station`] = login[7];
    }
    if (login[8] !== undefined) doc[`${VENDOR}via`] = login[8];
    if (login[3] !== undefined) doc['event.reason'] = login[3];
    return true;
  }
  const ignored = IGNORED.exec(text);
  if (ignored !== null) {
    categorise(doc, { ...WHAT.authentication, action: 'request-ignored', outcome: 'failure' });
    const ip = parseIp(ignored[6]!);
    if (ip !== undefined) {
      doc['source.ip'] = ip;
      doc['source.address'] = ip;
    }
    doc['source.port'] = parsePort(ignored[7]!)!;
    doc['destination.port'] = parsePort(ignored[4]!)!;
    const local = parseIp(ignored[3]!);
    if (local !== undefined) doc['destination.ip'] = local;
    if (ignored[5] !== undefined) doc[`${VENDOR}virtual_server`] = ignored[5];
    if (ignored[8] !== undefined) doc['network.transport'] = ignored[8];
    doc['event.reason'] = 'unknown client';
    return true;
  }
  categorise(doc, WHAT.hostInfo);
  return /^(?:Ready to process requests|Loaded virtual server|Signalled to terminate|Exiting normally|rlm_\w{1,30}|\(\d{1,12}\) +\w{1,30}: (?:ERROR|WARNING))/.test(
    text,
  );
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text.trim();
  const file = FILE.exec(text);
  if (file !== null) text = text.slice(file[0].length);
  const known = readMessage(text, doc);
  if (doc['source.port'] === undefined) delete doc['source.port'];
  if (doc['destination.port'] === undefined) delete doc['destination.port'];
  const request = /^\((\d{1,12})\) /.exec(text)?.[1];
  if (request !== undefined) doc[`${VENDOR}request`] = request;
  if (file !== null) {
    doc['log.level'] = file[2]!.toLowerCase();
    putDate(doc, '@timestamp', parseDate(file[1]!, input));
  }
  doc['message'] = text;
  doc['network.protocol'] = 'radius';
  doc['process.name'] = 'radiusd';
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
  const server = input.syslog?.hostname;
  if (server !== undefined) doc['observer.name'] = server;
  return known ? 'parsed' : 'partial';
}

const looksLikeRadius = (input: ParseInput): boolean => {
  const text = input.text.trimStart();
  const file = FILE.exec(text);
  const message = file === null ? text : text.slice(file[0].length);
  return LOGIN.test(message) || IGNORED.test(message);
};

/** FreeRADIUS: logins that were granted and refused, requests of unknown clients. */
export default defineSource({
  id: 'freeradius.radiusd',
  signatures: [
    { kind: 'app', names: ['radiusd', 'freeradius'] },
    { kind: 'text', literals: ['Login OK', ': [', '] (from client '], test: looksLikeRadius },
    { kind: 'text', literals: ['Login incorrect', ': [', '] (from client '], test: looksLikeRadius },
    { kind: 'text', literals: ['Invalid user', ': [', '] (from client '], test: looksLikeRadius },
    { kind: 'text', literals: ['Ignoring request to ', ' from unknown client '], test: looksLikeRadius },
  ],
  parse,
});
