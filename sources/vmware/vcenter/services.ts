import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseClf, parseIso, putDate } from '../../kit/dates.ts';
import { parseObject } from '../../kit/envelope.ts';
import type { ParseInput } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { putOriginator, putPeer, readOriginator } from '../_shared/originator.ts';
import { classify, putActor, VENDOR } from './events.ts';

const ISO = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)`;
const LEVELS = 'TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL';
/** `time INFO websso[42:thread] [CorId=…] [logger] text`. */
const SERVICE = new RegExp(
  String.raw`^(${ISO}) (${LEVELS}) ([A-Za-z][\w.-]{1,60})\[(\d{1,10})(?::([^\]]{1,120}))?\] (?:\[(?:CorId|OpId|opId)=([^\]]{0,80})\] )?\[([^\]]{1,200})\] (.*)$`,
  's',
);
/** `time [thread [] INFO logger opId=…] text`. */
const THREAD = new RegExp(
  String.raw`^(${ISO}) \[(\S{1,80}) \[[^\]]{0,80}\] (${LEVELS}) {1,2}(\S{1,250}) opId=([^\]]{0,80})\] (.*)$`,
  's',
);
/** `[time] [INFO ] text`. */
const BRACKETS = new RegExp(String.raw`^\[(${ISO})\] \[(${LEVELS}) {0,2}\] (.*)$`, 's');
/** `time: 23134193.224: [GC (Allocation Failure)]`: the collector of a service's Java machine. */
const COLLECTOR = new RegExp(String.raw`^(${ISO}): (\d{1,12}\.\d{3}): \[(.*?)\]?$`, 's');
const TOMCAT =
  /^\[([^\]]{20,40})\] (\S{1,80}) \[Request\] ([0-9a-fA-F.:]{2,45}?):(\d{1,5}) to local (\d{1,5}) - HTTP\/(\d(?:\.\d)?) ([A-Z]{3,10}) (\S{1,4000}) \[Response\] (\d{3}) - (\d{1,15}) bytes/;
const ENVOY = new RegExp(
  String.raw`^${ISO} ([A-Z]{3,10}) (\S{1,4000}) HTTP/(\d(?:\.\d)?) (\d{3}) \S{1,60} \S{1,200} (\d{1,15}) (\d{1,15}) \d{1,12} \d{1,12} \d{1,12} ([0-9a-fA-F.:]{2,45}):(\d{1,5}) ([0-9a-fA-F.:]{2,45}):(\d{1,5})`,
);
const ENVOY_DEFAULT = new RegExp(
  String.raw`^\[${ISO}\] "([A-Z]{3,10}) (\S{1,4000}) HTTP/(\d(?:\.\d)?)" (\d{1,3}) \S{1,60} (\d{1,15}) (\d{1,15}) (\d{1,12}) (?:\S{1,12} )?"[^"]{0,80}" "([^"]{0,1000})"`,
);

function putRequest(doc: EcsFields, method: string, target: string, version: string, status: string): void {
  categorise(doc, WHAT.webRequest);
  doc['http.request.method'] = method;
  putUrl(doc, target);
  doc['http.version'] = version;
  if (status !== '0') put(doc, 'http.response.status_code', status);
}

function readEnvoy(text: string, doc: EcsFields): boolean {
  const line = ENVOY.exec(text);
  if (line !== null) {
    putRequest(doc, line[1]!, line[2]!, line[3]!, line[4]!);
    put(doc, 'http.request.body.bytes', line[5]);
    put(doc, 'http.response.body.bytes', line[6]);
    putPeer(doc, 'source', line[7]!, line[8]);
    putPeer(doc, 'destination', line[9]!, line[10]);
    return true;
  }
  const other = ENVOY_DEFAULT.exec(text);
  if (other === null) return false;
  putRequest(doc, other[1]!, other[2]!, other[3]!, other[4]!);
  put(doc, 'http.request.body.bytes', other[5]);
  put(doc, 'http.response.body.bytes', other[6]);
  put(doc, 'user_agent.original', other[8]);
  return true;
}

/** Single sign-on's audit events are JSON, with its quotes escaped by some forwarders. */
function readAudit(text: string, doc: EcsFields): boolean {
  const json =
    parseObject(text) ?? (text.startsWith('{\\"') ? parseObject(text.replaceAll('\\"', '"')) : undefined);
  const type = json?.['type'];
  if (json === undefined || typeof type !== 'string') return false;
  const description = typeof json['description'] === 'string' ? json['description'] : '';
  classify(doc, type, description);
  doc['event.code'] = type;
  doc['event.action'] = type.slice(type.lastIndexOf('.') + 1);
  doc['event.reason'] = description;
  if (typeof json['user'] === 'string') putAccount(doc, 'user', json['user']);
  if (typeof json['client'] === 'string' && json['client'] !== '') putPeer(doc, 'source', json['client']);
  put(doc, 'http.response.status_code', /\bresponse code (\d{3})\b/.exec(description)?.[1]);
  return true;
}

function readText(text: string, doc: EcsFields): void {
  doc['event.reason'] = text;
  const named = /\bUser \{Name: ([^,}]{1,200}), Domain: ([^}]{1,200})\}/.exec(text);
  const privileged = /^User (\S{1,200}) who belongs to group/.exec(text);
  if (named !== null || privileged !== null) {
    categorise(doc, { category: ['iam'], type: ['info'], action: 'authorization', outcome: 'success' });
    if (named !== null) {
      doc['user.name'] = named[1]!;
      doc['user.domain'] = named[2]!.trim();
    } else putAccount(doc, 'user', privileged![1]);
    return;
  }
  const fault = /\bvim\.fault\.([A-Za-z]{2,60})/.exec(text);
  if (fault !== null) {
    const login = fault[1] === 'InvalidLogin';
    categorise(
      doc,
      login
        ? { ...WHAT.login, outcome: 'failure', action: 'login' }
        : { ...WHAT.hostError, outcome: 'failure' },
    );
    doc['event.code'] = `vim.fault.${fault[1]!}`;
    const end = /(?:: vim\.fault\.|; <<|\n|\\\\?n-->)/.exec(text)?.index;
    if (end !== undefined) doc['event.reason'] = text.slice(0, end);
    const user = /Arg userName:(?:\\\\?n|\s)*(?:--> ?)?\\*"([^"\\]{1,200})\\*"/.exec(text)?.[1];
    if (user !== undefined) putAccount(doc, 'user', user);
    return;
  }
  categorise(doc, WHAT.hostInfo);
  putActor(doc, text);
}

function readService(match: RegExpExecArray, input: ParseInput, doc: EcsFields): void {
  const [, time, level, process, pid, thread, correlation, logger, text] = match as unknown as (
    | string
    | undefined
  )[];
  if (!readAudit(text!, doc)) readText(text!, doc);
  putDate(doc, '@timestamp', parseIso(time!, input.timeZone));
  doc['log.level'] = level!;
  doc['process.name'] = process!;
  const number = toLong(pid);
  if (number !== undefined) doc['process.pid'] = number;
  if (thread !== undefined) doc['process.thread.name'] = thread;
  if (correlation !== undefined && correlation !== '') doc['trace.id'] = correlation;
  doc['log.logger'] = logger!;
}

/** Reads a line of one of vCenter's services; returns whether it is one. */
export function readServiceLine(text: string, input: ParseInput, doc: EcsFields): boolean {
  const line = readOriginator(text);
  if (line !== undefined) {
    if (!readEnvoy(line.message, doc)) readText(line.message, doc);
    const user = doc['user.name'];
    putOriginator(doc, line, VENDOR);
    if (user !== undefined) doc['user.name'] = user;
    if (line.time !== undefined) putDate(doc, '@timestamp', parseIso(line.time, input.timeZone));
    return true;
  }
  const service = SERVICE.exec(text);
  if (service !== null) {
    readService(service, input, doc);
    return true;
  }
  const thread = THREAD.exec(text);
  if (thread !== null) {
    readText(thread[6]!, doc);
    putDate(doc, '@timestamp', parseIso(thread[1]!, input.timeZone));
    doc['process.thread.name'] = thread[2]!;
    doc['log.level'] = thread[3]!;
    doc['log.logger'] = thread[4]!;
    return true;
  }
  const tomcat = TOMCAT.exec(text);
  if (tomcat !== null) {
    putRequest(doc, tomcat[7]!, tomcat[8]!, tomcat[6]!, tomcat[9]!);
    putDate(doc, '@timestamp', parseClf(tomcat[1]!, input.timeZone));
    putPeer(doc, 'source', tomcat[3]!, tomcat[4]);
    put(doc, 'destination.port', tomcat[5]);
    put(doc, 'http.response.bytes', tomcat[10]);
    return true;
  }
  const other = BRACKETS.exec(text) ?? COLLECTOR.exec(text);
  if (other === null) return false;
  categorise(doc, WHAT.hostInfo);
  putDate(doc, '@timestamp', parseIso(other[1]!, input.timeZone));
  if (/^[A-Z]+$/.test(other[2]!)) doc['log.level'] = other[2]!;
  doc['event.reason'] = other[3]!;
  return true;
}

/** Whether a line without a tag is one of vCenter's services' own formats. */
export function looksLikeService(text: string): boolean {
  const head = text.slice(0, 1_500);
  return (
    SERVICE.test(head) ||
    THREAD.test(head) ||
    TOMCAT.test(head) ||
    BRACKETS.test(head) ||
    COLLECTOR.test(head)
  );
}
