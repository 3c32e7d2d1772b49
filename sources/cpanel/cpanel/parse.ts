import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putAccount } from '../../kit/user.ts';

const OWN = 'cpanel.cpanel.';
/** `[2026-03-01 10:15:02 +0100] info [cpsrvd] 192.0.2.14 …`: lines of `login_log` and `session_log`. */
const LINE =
  /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] (info|warn|warning|error|die|deprecated) \[([A-Za-z0-9_.:-]{1,64})\] (.*)$/s;
const CLIENT = /^(\[?[0-9A-Fa-f:.]{3,45}\]?|internal) /;
const LOGIN =
  /^- (\S{1,320}) (?:\(possessor: (\S{1,128})\) )?(?:- )?(?:"([A-Z]{3,7}) (\S{1,2048}) [^"]{0,16}" )?(?:- )?(SUCCESS|FAILED|DEFERRED) LOGIN ([a-z]{3,24})(?:: (.{1,500}))?/s;
const SESSION = /^(NEW|PURGE|BADPASS|HANDOFF) (\S{1,320}?)(?::\S{1,256})?(?: (.{1,500}))?$/s;

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const found = LINE.exec(input.text);
  if (found === null) return 'rejected';
  putDate(doc, '@timestamp', parseDate(found[1]!, input));
  doc['log.level'] = found[2]!;
  doc['process.name'] = found[3]!;
  doc['message'] = found[4]!;
  putObserver(doc, { vendor: 'cPanel', product: 'cPanel' });
  const client = CLIENT.exec(found[4]!);
  const rest = client === null ? found[4]! : found[4]!.slice(client[0].length);
  const ip = client === null ? undefined : parseIp(client[1]!.replace(/^\[|\]$/g, ''));
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
  const login = LOGIN.exec(rest);
  if (login !== null) {
    const [, user, possessor, method, target, result, service, reason] = login;
    putAccount(doc, 'user', user!);
    // A reseller or the administrator who entered the account of another.
    if (possessor !== undefined) doc[`${OWN}possessor`] = possessor;
    if (method !== undefined) doc['http.request.method'] = method;
    if (target !== undefined) doc['url.original'] = target;
    doc['service.name'] = service!;
    if (reason !== undefined) doc['event.reason'] = reason;
    categorise(doc, {
      ...WHAT.login,
      action: result === 'SUCCESS' ? 'login' : result === 'FAILED' ? 'login-failed' : 'login-deferred',
      outcome: result === 'SUCCESS' ? 'success' : 'failure',
    });
    return 'parsed';
  }
  const session = SESSION.exec(rest);
  if (session !== null) {
    const [, verb, user, detail] = session;
    putAccount(doc, 'user', user!);
    if (detail !== undefined) doc['event.reason'] = detail;
    if (verb === 'NEW') categorise(doc, { ...WHAT.sessionStart, action: 'session-started' });
    else if (verb === 'BADPASS')
      categorise(doc, { ...WHAT.login, action: 'login-failed', outcome: 'failure' });
    else if (verb === 'PURGE' && detail === 'logout')
      categorise(doc, { ...WHAT.logout, action: 'logout', outcome: 'success' });
    else
      categorise(doc, {
        ...WHAT.sessionEnd,
        action: verb === 'PURGE' ? 'session-purged' : 'session-handed-over',
      });
    return 'parsed';
  }
  categorise(doc, WHAT.hostInfo);
  return 'partial';
}

export default defineSource({
  id: 'cpanel.cpanel',
  signatures: [
    {
      kind: 'text',
      prefix: '[',
      literals: ['] info [', '] '],
      test: ({ text }) =>
        LINE.test(text) && /\[(?:cp\w{0,20}|whostmgr\w{0,8}|webmaild?)\]/.test(text.slice(0, 96)),
    },
    { kind: 'text', prefix: '[', literals: ['] warn [cp'], test: ({ text }) => LINE.test(text) },
    { kind: 'text', prefix: '[', literals: ['] error [cp'], test: ({ text }) => LINE.test(text) },
  ],
  parse,
});
