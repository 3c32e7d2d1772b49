import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { baseName } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, embedded, object, text as textOf } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { fileEventOf, isVulnerability, readFileEvent, readVulnerability, VENDOR } from './events.ts';

const DATE = '\\d{4}\\/\\d\\d\\/\\d\\d \\d\\d:\\d\\d:\\d\\d';
const LEVEL = 'DEBUG2?|INFO|WARNING|ERROR|CRITICAL';
/** A line of the API's log: `2026/03/02 10:29:01 INFO: `. */
const API = new RegExp(`^\\s?(${DATE}) (${LEVEL}): `);
/** `kim (hash) 192.0.2.5 "GET /agents" with parameters {…} and body {…} done in 0.006s: 200` */
const REQUEST =
  /^(\S{1,128}) (?:\(([0-9a-f]{32,64})\) )?([0-9A-Fa-f.:]{2,45}) "([A-Z]{3,8}) (\S{1,512})" with parameters (.*) and body (.*) done in ([\d.]{1,12})s: (\d{3})$/s;
/** A line of a daemon: `2026/03/02 10:29:01 ossec-logcollector(1950): INFO: `, `wazuh-modulesd:syscollector[12] sys.c:1 at f(): INFO: `. */
const DAEMON = new RegExp(
  `^\\s?(${DATE}) ((?:ossec|wazuh)-[a-z]{2,20}|rootcheck|sca|indexer-connector|agent-upgrade)(?::([a-z-]{2,40}))?(?:\\[(\\d{1,10})\\])?(?: [\\w.-]{1,40}\\.c:\\d{1,6} at \\w{1,60}\\(\\))?(?:\\((\\d{3,5})\\))?: (?:(${LEVEL}): )?(?:\\((\\d{3,5})\\): )?`,
);
/** OSSEC's active responses: `Mon Mar  2 10:29:01 CET 2026 /var/ossec/active-response/bin/firewall-drop.sh add - 192.0.2.1 1772447341.1 5712`. */
const RESPONSE =
  /^(?:([A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d (?:[A-Z]{2,5}|[+-]\d{2,4}) \d{4}) )(\S{0,200}active-response\/bin\/\S{1,80}) (add|delete) (\S{1,128}) (\S{1,64})(?: (\d{5,12}\.\d{1,12}))?(?: (\d{1,7}))?/;
/** Wazuh 4's: `2026/03/02 10:29:01 active-response/bin/firewall-drop: {json}`. */
const RESPONSE_4 = new RegExp(`^\\s?(${DATE}) (\\S{0,200}active-response\\/bin\\/[\\w.-]{1,60}): `);

function respond(doc: EcsFields, script: string, command: string | undefined): void {
  doc['process.executable'] = script;
  doc['process.name'] = baseName(script);
  categorise(doc, {
    category: ['configuration', 'network'],
    type: [
      command === 'delete' ? 'deletion' : 'creation',
      ...(command === 'delete' ? [] : ['denied' as const]),
    ],
    action: command === undefined ? 'active-response' : `active-response-${command}`,
  });
}

function readResponse(input: ParseInput, doc: EcsFields): boolean {
  const old = RESPONSE.exec(input.text.slice(0, 1_000));
  if (old !== null) {
    const [, date, script, command, user, address, alert, rule] = old;
    putDate(doc, '@timestamp', parseDate(date!, input));
    respond(doc, script!, command);
    if (user !== '-') putAccount(doc, 'user', user);
    if (parseIp(address!) !== undefined) putEndpoint(doc, 'source', address);
    put(doc, `${VENDOR}alert_id`, alert);
    put(doc, 'rule.id', rule);
    return true;
  }
  const head = RESPONSE_4.exec(input.text.slice(0, 1_000));
  if (head === null) return false;
  putDate(doc, '@timestamp', parseDate(head[1]!.replaceAll('/', '-'), input));
  const rest = input.text.slice(head[0].length).trim();
  const json = object(embedded(rest));
  const command = textOf(json?.['command']);
  respond(doc, head[2]!, command);
  const alert = object(at(json, 'parameters', 'alert'));
  put(doc, 'rule.id', at(alert, 'rule', 'id'));
  put(doc, 'rule.name', at(alert, 'rule', 'description'));
  put(doc, `${VENDOR}alert_id`, alert?.['id']);
  const address = textOf(at(alert, 'data', 'srcip'));
  if (address !== undefined) putEndpoint(doc, 'source', address);
  if (json === undefined) doc['event.reason'] = rest;
  return true;
}

/** What a request to the API does, by its path and method. */
function requestMeaning(method: string, path: string): Categorisation {
  if (/^\/security\/user\/authenticate/.test(path)) return { ...WHAT.login, action: 'login' };
  const category: Categorisation['category'] = /^\/security\/(?:users|roles|policies|rules)/.test(path)
    ? ['api', 'iam']
    : method === 'GET'
      ? ['api']
      : ['api', 'configuration'];
  const type =
    method === 'GET'
      ? 'access'
      : method === 'DELETE'
        ? 'deletion'
        : method === 'POST'
          ? 'creation'
          : 'change';
  return { category, type: [type], action: `${method.toLowerCase()}-request` };
}

function readApi(rest: string, level: string, doc: EcsFields): ParseOutcome {
  const request = REQUEST.exec(rest);
  if (request === null) {
    const blocked = /^IP blocked due to exceeded number of log(?:in|ins|ons?) attempts: (\S{2,45})$/.exec(
      rest,
    );
    doc['event.reason'] = rest;
    if (blocked !== null) {
      putEndpoint(doc, 'source', blocked[1]);
      categorise(doc, { ...WHAT.login, action: 'address-blocked', outcome: 'failure' });
      return 'parsed';
    }
    const failed = level === 'ERROR' || level === 'CRITICAL';
    categorise(doc, failed ? WHAT.hostError : WHAT.hostInfo);
    return /private key|certificate|Starting API|Listening on|server\.key/i.test(rest) ? 'parsed' : 'partial';
  }
  const [, user, hash, address, method, path, parameters, body, seconds, status] = request;
  categorise(doc, requestMeaning(method!, path!));
  if (user !== 'unknown_user') putAccount(doc, 'user', user);
  if (hash !== undefined) doc[`${VENDOR}auth_context`] = hash;
  putEndpoint(doc, 'source', address);
  doc['http.request.method'] = method!;
  putUrl(doc, path);
  if (parameters !== '{}') doc[`${VENDOR}parameters`] = parameters!;
  if (body !== '{}') doc['http.request.body.content'] = body!;
  putDuration(doc, seconds);
  const code = Number(status);
  doc['http.response.status_code'] = code;
  doc['event.outcome'] = code < 400 ? 'success' : 'failure';
  return 'parsed';
}

function readDaemon(input: ParseInput, head: RegExpExecArray, doc: EcsFields): ParseOutcome {
  const [, date, daemon, module, pid, code, level, number] = head;
  putDate(doc, '@timestamp', parseDate(date!.replaceAll('/', '-'), input));
  doc['process.name'] = daemon!;
  put(doc, 'process.pid', pid);
  put(doc, `${VENDOR}module`, module);
  put(doc, 'event.code', code ?? number);
  if (level !== undefined) doc['log.level'] = level.toLowerCase();
  const rest = input.text.slice(head[0].length).trim();
  doc['message'] = rest;
  doc['event.reason'] = rest;
  const file = /^Analyzing file: '([^']{1,400})'/.exec(rest)?.[1];
  put(doc, 'file.path', file);
  const failed = level === 'ERROR' || level === 'CRITICAL';
  let what: Categorisation = failed ? WHAT.hostError : WHAT.hostInfo;
  if (/^(?:Started|Starting|Process started)/.test(rest))
    what = { ...WHAT.processStart, action: 'service-started' };
  else if (/SIGNAL \[|Exiting|shutting down/i.test(rest))
    what = { ...WHAT.processEnd, action: 'service-stopped' };
  else if (/Invalid (?:username|password)|Agent key|authd: (?:WARN|ERR)|Duplicate/i.test(rest))
    what = { ...WHAT.authentication, action: 'agent-enrolment', outcome: 'failure' };
  else if (/^New connection from|^Agent key generated/i.test(rest)) {
    what = { ...WHAT.authentication, action: 'agent-enrolment' };
    const from = parseIp(/from ([0-9A-Fa-f.:]{3,45})$/.exec(rest)?.[1] ?? '');
    if (from !== undefined) putEndpoint(doc, 'source', from);
  }
  categorise(doc, what);
  return 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  if (json !== undefined) {
    const event = fileEventOf(json);
    if (isVulnerability(json)) readVulnerability(json, doc);
    else if (event !== undefined) readFileEvent(event, doc);
    else return 'rejected';
    doc['observer.vendor'] = 'Wazuh';
    doc['observer.product'] = 'Wazuh manager';
    return 'parsed';
  }
  const daemon = DAEMON.exec(input.text.slice(0, 400));
  const api = daemon === null ? API.exec(input.text) : null;
  const fields: EcsFields = {};
  let outcome: ParseOutcome = 'parsed';
  if (daemon !== null) outcome = readDaemon(input, daemon, fields);
  else if (api !== null) {
    putDate(fields, '@timestamp', parseDate(api[1]!.replaceAll('/', '-'), input));
    fields['log.level'] = api[2]!.toLowerCase();
    const rest = input.text.slice(api[0].length).trim();
    fields['message'] = rest;
    outcome = readApi(rest, api[2]!, fields);
  } else if (!readResponse(input, fields)) return 'rejected';
  Object.assign(doc, fields);
  doc['observer.vendor'] = 'Wazuh';
  doc['observer.product'] = 'Wazuh manager';
  return outcome;
}

/** Own logs of Wazuh 3 and 4 and of OSSEC. */
export default defineSource({
  id: 'wazuh.manager',
  signatures: [
    { kind: 'json', keys: ['vulnerability'], test: isVulnerability },
    { kind: 'json', keys: ['type', 'data'], test: (json) => fileEventOf(json) !== undefined },
    {
      kind: 'json',
      keys: ['syscheck'],
      test: (json) => !('rule' in json) && fileEventOf(json) !== undefined,
    },
    { kind: 'text', literals: ['" with parameters ', ' and body ', ' done in '] },
    { kind: 'text', literals: ['active-response/bin/'] },
    ...[' ossec-', ' wazuh-', ' rootcheck: ', ' sca: ', ' indexer-connector: '].map((word) => ({
      kind: 'text' as const,
      literals: [word],
      test: ({ text }: ParseInput) => DAEMON.test(text.slice(0, 400)),
    })),
    // The API's other lines: its date and Python's level are all that they have of their own.
    ...['DEBUG', 'DEBUG2', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'].map((level) => ({
      kind: 'text' as const,
      literals: [` ${level}: `],
      test: ({ text }: ParseInput) => API.test(text),
    })),
  ],
  parse,
});
