import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putDuration, putObserver, putTotals, putTransport } from '../../kit/network.ts';
import { putSyslogSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { completeUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';
import { classify } from './classify.ts';
import { bare, TABLE, VENDOR } from './fields.ts';

const OBSERVER: Observer = { vendor: 'Huawei', product: 'VRP', type: 'firewall' };

/**
 * `%%01SHELL/5/CMDRECORD(s)[12]:`: version of the format, module, severity, mnemonic, the kind of information, the
 * sender's count. 10 is H3C's version, whose logs are others.
 */
const HEAD =
  /%%(?!10)(\d\d) ?([A-Za-z][\w-]{0,40})\/([0-7])\/([\w-]{1,80})(?:\(([a-z])\))?(?:\[(\d{1,10})\])?: ?(?:VS=\S{1,64}-)?(?:CID=\S{1,24};)?/;
/** A date in front that the reader has not taken off, and the device's name. */
const BEFORE =
  /^(?:(\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:\d\d)?(?: DST)?|[A-Z][a-z]{2} [ \d]?\d \d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:\d\d)?(?: DST)?) )?(\S{1,255}?):? ?(?:%%: ?)?$/;

const isNothing = (value: string): boolean =>
  value === '' ||
  value === '-' ||
  value === '--' ||
  value === 'none' ||
  value === '*' ||
  /^(?:unknown|N\/A|null)$/i.test(value);

/** The pairs of a message, and its sentence. */
function readPairs(text: string): { sentence: string; pairs: ReadonlyMap<string, string> } {
  const trimmed = text.trim();
  const open = trimmed.search(/\((?=[A-Za-z][\w -]{0,40}=)/);
  if (open >= 0) {
    const end = trimmed.lastIndexOf(')');
    return {
      sentence: trimmed.slice(0, open).trim(),
      pairs: parseKeyValue(trimmed.slice(open + 1, end > open ? end : undefined), { separator: ',' }),
    };
  }
  // `[USER_INFO_AUTHENTICATION]DEVICEMAC:…;USER:…;`
  const tagged = /^\[[A-Z_]{3,60}\](?=[A-Z_]{2,40}:)/.exec(trimmed);
  if (tagged !== null)
    return {
      sentence: '',
      pairs: parseKeyValue(trimmed.slice(tagged[0].length), { separator: ';', assign: ':' }),
    };
  if (/^[A-Za-z][\w -]{0,40}=/.test(trimmed)) {
    const bareText = trimmed.endsWith('.') ? trimmed.slice(0, -1) : trimmed;
    return {
      sentence: '',
      pairs: parseKeyValue(bareText, { separator: bareText.includes(',') ? ',' : ';' }),
    };
  }
  return { sentence: trimmed, pairs: new Map() };
}

/** The sentence form of sessions: `Built an udp session, A:1 (trust) to B:2 (untrust).` */
function putSessionSentence(doc: EcsFields, sentence: string): void {
  const found =
    /^(?:Built|Teardown|Denied|Closed)(?: an?)? (\w{2,12}) (?:session|packet), ([0-9A-Fa-f.:]{3,45}):(\d{1,5})(?:\[([0-9A-Fa-f.:]{3,45}):(\d{1,5})\])? ?\((\S{1,64})\) to ([0-9A-Fa-f.:]{3,45}):(\d{1,5})(?:\[([0-9A-Fa-f.:]{3,45}):(\d{1,5})\])? ?\((\S{1,64}?)\)/i.exec(
      sentence,
    );
  if (found === null) return;
  putTransport(doc, found[1]);
  putEndpoint(doc, 'source', found[2]);
  put(doc, 'source.port', found[3]);
  put(doc, 'source.nat.ip', found[4]);
  put(doc, 'source.nat.port', found[5]);
  doc['observer.ingress.zone'] = found[6]!;
  putEndpoint(doc, 'destination', found[7]);
  put(doc, 'destination.port', found[8]);
  put(doc, 'destination.nat.ip', found[9]);
  put(doc, 'destination.nat.port', found[10]);
  doc['observer.egress.zone'] = found[11]!;
}

/** Who logged in from where, where a sentence says it. */
function putPerson(doc: EcsFields, sentence: string): void {
  const user =
    /\b(?:user|User|username|UserName|administrator)(?: name)?(?: is|[ =:])+\s?"?([A-Za-z0-9_.@\\-]{1,128})"?/.exec(
      sentence,
    );
  const word = user?.[1];
  if (
    doc['user.name'] === undefined &&
    word !== undefined &&
    !/^(?:succeeded|failed|was|has|logged|from|in|the|login)$/.test(word)
  )
    putAccount(doc, 'user', word);
  const from = /\bfrom ([0-9A-Fa-f.:]{3,45})(?=[\s,;)]|\.?$|\. )/.exec(sentence);
  const ip = from === null ? undefined : parseIp(from[1]!.replace(/\.$/, ''));
  if (ip !== undefined && doc['source.ip'] === undefined) putEndpoint(doc, 'source', ip);
}

/** Values that stand for more than one field. */
function putSpecial(doc: EcsFields, key: string, value: string, input: ParseInput): void {
  switch (key) {
    case 'src':
    case 'dst': {
      const side = key === 'src' ? 'source' : 'destination';
      const { host, port } = splitHostPort(value.trim());
      if (parseIp(host) !== undefined) putEndpoint(doc, side, host);
      put(doc, `${side}.port`, port);
      break;
    }
    case 'user':
    case 'username':
      putAccount(doc, 'user', value);
      break;
    case 'vsys':
      doc[`${VENDOR}vsys`] = value;
      break;
    case 'begintime':
    case 'starttime':
      putDate(doc, 'event.start', parseDate(value, input));
      break;
    case 'endtime':
      putDate(doc, 'event.end', parseDate(value, input));
      break;
    case 'time':
      putDate(doc, 'event.created', parseDate(value, input));
      break;
    case 'page':
      if (value !== '') doc['url.path'] = value.startsWith('/') ? value : `/${value}`;
      break;
    default:
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const head = HEAD.exec(input.text.slice(0, 600));
  if (head === null) return 'rejected';
  const before = BEFORE.exec(input.text.slice(0, head.index));
  const text = input.text.slice(head.index + head[0].length);
  const [, version, module, severity, mnemonic, type, count] = head;
  putObserver(doc, OBSERVER);
  if (before?.[1] !== undefined)
    putDate(doc, '@timestamp', parseDate(before[1].replace(/ DST$/, '').replaceAll('/', '-'), input));
  const name = before?.[2] === undefined || before[2].startsWith('<') ? input.syslog?.hostname : before[2];
  if (name !== undefined && name !== '' && name !== '%%') doc['observer.name'] = name;
  doc['event.code'] = `${module}/${mnemonic}`;
  putSyslogSeverity(doc, severity);
  doc[`${VENDOR}module`] = module!;
  doc[`${VENDOR}mnemonic`] = mnemonic!;
  doc[`${VENDOR}format`] = version!;
  if (type !== undefined) doc[`${VENDOR}type`] = type;
  put(doc, `${VENDOR}count`, count);
  const { sentence, pairs } = readPairs(text);
  let action: string | undefined;
  for (const [key, value] of pairs) {
    const bareKey = bare(key);
    if (bareKey === 'action') action = value;
    if (isNothing(value)) continue;
    if (TABLE.fieldOf(bareKey) === undefined) doc[VENDOR + key.replace(/\s+/g, '_')] = value;
    else TABLE.put(doc, bareKey, value);
    putSpecial(doc, bareKey, value, input);
  }
  const message = text.trim();
  if (message !== '') doc['message'] = message;
  putSessionSentence(doc, sentence);
  putPerson(doc, sentence);
  if (sentence !== '') doc['event.reason'] ??= sentence;
  if (doc['url.domain'] !== undefined) completeUrl(doc, doc['url.domain'] as string);
  putTotals(doc);
  const start = doc['event.start'];
  const end = doc['event.end'];
  if (typeof start === 'string' && typeof end === 'string')
    putDuration(doc, Date.parse(end) - Date.parse(start), 1e3);
  const meaning = classify(module!, mnemonic!, action, message);
  categorise(doc, meaning?.what ?? WHAT.hostInfo);
  if (meaning?.alert === true) doc['event.kind'] = 'alert';
  if (action !== undefined && !isNothing(action)) doc['event.action'] = action.toLowerCase();
  const outcome = outcomeOf([...pairs].find(([key]) => bare(key) === 'result')?.[1]);
  if (outcome !== undefined) doc['event.outcome'] = outcome;
  return meaning === undefined ? 'partial' : 'parsed';
}

/** Logs of Huawei's VRP in all forms of its header: dates with hyphens, slashes, month names, and none. */
export default defineSource({
  id: 'huawei.vrp',
  signatures: [{ kind: 'text', literals: ['%%', '/'], test: ({ text }) => HEAD.test(text.slice(0, 600)) }],
  parse,
});
