import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, putDate } from '../../kit/dates.ts';
import { baseName, putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { putDuration, putObserver, putTransport } from '../../kit/network.ts';
import { putSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { readRecord, type SepRecord, stated } from './record.ts';

const VENDOR = 'broadcom.endpoint-protection.';

type Writer = (record: SepRecord, doc: EcsFields) => Categorisation;

/** The client that an event is about. */
function putClient(doc: EcsFields, name: string | undefined, address?: string): void {
  const host = stated(name);
  if (host !== undefined) {
    doc['host.name'] = host;
    doc['host.hostname'] = host.split('.', 1)[0]!;
  }
  const ip = parseIp(address ?? '');
  if (ip !== undefined && ip !== '0.0.0.0') doc['host.ip'] = [ip];
}

function putProgram(doc: EcsFields, program: string | undefined): void {
  const path = stated(program);
  if (path === undefined) return;
  doc['process.executable'] = path;
  doc['process.name'] = baseName(path);
}

function putSideOf(
  doc: EcsFields,
  side: 'source' | 'destination',
  record: SepRecord,
  which: 'local' | 'remote',
): void {
  const { labelled } = record;
  // Some versions end the address with a full stop.
  const ip = parseIp((labelled.get(`${which} host ip`) ?? '').replace(/\.$/, ''));
  if (ip !== undefined && ip !== '0.0.0.0') {
    doc[`${side}.ip`] = ip;
    doc[`${side}.address`] = ip;
  }
  const name = which === 'remote' ? labelled.get('remote host name') : undefined;
  if (name !== undefined) {
    doc[`${side}.domain`] = name;
    doc[`${side}.address`] ??= name;
  }
  const port = Number(labelled.get(`${which} port`));
  if (port > 0 && port < 65_536) doc[`${side}.port`] = port;
  const mac = parseMac(labelled.get(`${which} host mac`) ?? '');
  if (mac !== undefined && !/^(?:00-){5}00$/.test(mac)) doc[`${side}.mac`] = mac;
}

/** Both ends of traffic: whoever began it is the source. */
function putTraffic(record: SepRecord, doc: EcsFields): void {
  const { bare, labelled } = record;
  const words = new Set(bare.map((word) => word.toLowerCase()));
  const inbound = words.has('inbound');
  if (inbound || words.has('outbound')) doc['network.direction'] = inbound ? 'inbound' : 'outbound';
  const transport = bare.find((word) => /^(?:TCP|UDP|ICMP|Ethernet|IGMP|\d{1,3})$/i.test(word));
  putTransport(doc, transport);
  putSideOf(doc, inbound ? 'destination' : 'source', record, 'local');
  putSideOf(doc, inbound ? 'source' : 'destination', record, 'remote');
  putClient(doc, bare[0], labelled.get('local host ip'));
  putProgram(doc, labelled.get('application'));
  put(doc, 'process.hash.sha256', digest(labelled.get('sha256')));
  put(doc, 'process.hash.md5', digest(labelled.get('md5')));
}

/** A digest, unless all zeros say that there is none. */
function digest(value: string | undefined): string | undefined {
  return value === undefined || /^0+$/.test(value) ? undefined : value.toLowerCase();
}

const security: Writer = (record, doc) => {
  const { labelled } = record;
  putTraffic(record, doc);
  // The signature's number in front stands in a column of its own.
  put(doc, 'event.reason', labelled.get('event description')?.replace(/^\[SID ?: ?\d{1,9}\]\s?/, ''));
  put(doc, 'rule.id', labelled.get('signature id'));
  put(doc, 'rule.name', labelled.get('signature'));
  putUrl(doc, labelled.get('intrusion url') ?? labelled.get('payload url'));
  doc['event.kind'] = 'alert';
  const text = doc['event.reason'];
  const blocked =
    typeof text === 'string' &&
    /\b(?:has been|was|is) blocked\b|\bbloqué/i.test(text) &&
    !/pas bloquée|not blocked/i.test(text);
  return { ...WHAT.networkIntrusion, type: blocked ? ['info', 'denied'] : ['info'] };
};

const traffic: Writer = (record, doc) => {
  const { labelled } = record;
  putTraffic(record, doc);
  put(doc, 'rule.name', labelled.get('rule'));
  const action = labelled.get('action');
  const verdict = verdictOf(action);
  return {
    category: ['network'],
    type: verdict === undefined ? ['connection'] : ['connection', verdict],
    action,
  };
};

/** What application and device control saw: caller, target, and what was done about it. */
const behaviour: Writer = (record, doc) => {
  const { bare, labelled } = record;
  const [host, address, action, description, call, pid, caller, , module, target] = bare;
  putClient(doc, host, address);
  put(doc, 'event.reason', stated(description));
  put(doc, `${VENDOR}api`, stated(call));
  put(doc, 'process.pid', pid);
  putProgram(doc, caller);
  put(doc, `${VENDOR}module`, stated(module));
  const path = stated(target);
  if (path !== undefined && /[\\/]/.test(path)) putFile(doc, path);
  else put(doc, `${VENDOR}parameter`, path);
  put(doc, 'file.size', labelled.get('file size'));
  put(doc, 'rule.name', labelled.get('rule'));
  put(doc, 'device.id', labelled.get('device id'));
  const verdict = verdictOf(action);
  const type = verdict ?? 'info';
  const word = call?.toLowerCase() ?? '';
  if (word.startsWith('file')) {
    const kind = word.includes('write')
      ? 'change'
      : word.includes('delete')
        ? 'deletion'
        : word.includes('create')
          ? 'creation'
          : 'access';
    return { category: ['file'], type: verdict === undefined ? [kind] : [kind, verdict], action };
  }
  if (word.startsWith('reg'))
    return { category: ['registry'], type: verdict === undefined ? ['change'] : ['change', verdict], action };
  return { category: ['process'], type: [type], action };
};

/** Malware and risks, whether a scan or SONAR found them. */
const risk: Writer = (record, doc) => {
  const { bare, labelled } = record;
  putClient(doc, labelled.get('computer'), labelled.get('ip address'));
  put(doc, 'event.reason', bare[0]);
  doc['event.kind'] = 'alert';
  // Older versions write the path and its description without labels.
  putFile(doc, labelled.get('file path') ?? stated(bare.slice(1).find((word) => /[\\/]/.test(word))));
  put(doc, 'file.size', labelled.get('file size'));
  putHash(doc, 'file.hash', labelled.get('application hash'));
  put(doc, 'file.pe.company', labelled.get('company name'));
  put(doc, 'file.pe.file_version', labelled.get('application version'));
  put(
    doc,
    'file.pe.product',
    labelled.get('application name') === 'Unknown' ? undefined : labelled.get('application name'),
  );
  put(doc, 'file.code_signature.subject_name', labelled.get('certificate issuer'));
  const signed = Number(labelled.get('signing timestamp'));
  if (signed > 0) putDate(doc, 'file.code_signature.timestamp', parseEpoch(signed));
  put(doc, 'threat.software.name', labelled.get('risk name'));
  put(doc, 'rule.name', labelled.get('risk name'));
  put(doc, 'rule.category', labelled.get('category type') ?? labelled.get('detection type'));
  putUrl(doc, labelled.get('download site'));
  const from = parseIp(labelled.get('source ip') ?? '');
  if (from !== undefined && from !== '0.0.0.0') {
    doc['source.ip'] = from;
    doc['source.address'] = from;
  }
  put(doc, 'source.domain', labelled.get('source computer'));
  const action = labelled.get('actual action');
  const outcome = /invalid|failed|left alone/i.test(action ?? '')
    ? 'failure'
    : action === undefined
      ? undefined
      : 'success';
  return { ...WHAT.malware, action, ...(outcome === undefined ? {} : { outcome }) };
};

const scan: Writer = (record, doc) => {
  const { bare, labelled } = record;
  putClient(doc, labelled.get('computer'), labelled.get('ip address'));
  put(doc, 'event.id', labelled.get('scan id'));
  putDuration(doc, labelled.get('duration'));
  put(doc, 'event.reason', bare.slice(1).join(' ').trim());
  const status = bare[0]?.toLowerCase();
  const end = status === 'completed' || status === 'stopped' || status === 'cancelled';
  return {
    category: ['host'],
    type: [status === 'started' ? 'start' : end ? 'end' : 'info'],
    action: `scan-${status ?? 'reported'}`,
  };
};

const system: Writer = (record, doc) => {
  const { bare, labelled } = record;
  putClient(doc, bare[0]);
  put(doc, 'event.provider', stated(bare[1]));
  put(doc, 'event.reason', labelled.get('event description') ?? bare.slice(2).join(',').trim());
  return WHAT.hostInfo;
};

/** What the management server did, its administrators, policies, and what clients told it. */
const server: Writer = (record, doc) => {
  const { bare, labelled } = record;
  const admin = labelled.get('admin');
  const text = labelled.get('event description') ?? bare[0];
  put(doc, 'event.reason', text);
  put(doc, 'user.name', admin);
  if (labelled.has('event description')) {
    put(doc, 'rule.ruleset', stated(bare[0]));
    const word = (text ?? '').toLowerCase();
    const type = /delet/.test(word) ? 'deletion' : /add|creat/.test(word) ? 'creation' : 'change';
    return { category: ['configuration'], type: [type] };
  }
  if (admin !== undefined) {
    const word = (text ?? '').toLowerCase();
    if (/log ?o(?:n|ff|ut)|logg?ed (?:on|out|off)/.test(word)) {
      const failed = /fail/.test(word);
      return /log ?o(?:ff|ut)|logged (?:off|out)/.test(word)
        ? { ...WHAT.logout, outcome: 'success' }
        : { ...WHAT.login, outcome: failed ? 'failure' : 'success' };
    }
    return { category: ['configuration'], type: ['info'] };
  }
  if (bare.length > 1) {
    putClient(doc, bare[3] === undefined || bare[3] === '' ? bare[1] : bare[3]);
    put(doc, 'host.hostname', stated(bare[1]));
    put(doc, 'user.name', stated(bare[2]));
  }
  return WHAT.hostInfo;
};

/** Which of the sixteen logs a record is from, by the columns that only this one has. */
function writerOf({ labelled, bare }: SepRecord): readonly [name: string, writer: Writer] | undefined {
  const has = (label: string): boolean => labelled.has(label);
  if (has('site') && has('server')) {
    if (has('event description')) return ['policy', server];
    return [has('admin') ? 'administrative' : bare.length > 1 ? 'activity' : 'system', server];
  }
  if (has('risk name') || has('detection type') || has('actual action'))
    return [has('detection type') ? 'proactive' : 'risk', risk];
  if (has('scan id')) return ['scan', scan];
  if (has('signature id') || (has('event description') && has('local host ip')))
    return ['security', security];
  if (has('local host ip')) return [has('begin') ? 'traffic' : 'packet', traffic];
  if (has('begin') && bare.length >= 8) return ['behavior', behaviour];
  if (has('category') && bare.length >= 2) return ['client-system', system];
  return undefined;
}

const KEPT = [
  'site',
  'server',
  'domain',
  'group',
  'location',
  'source',
  'requested action',
  'secondary action',
  'category set',
  'occurrences',
  'confidence',
  'prevalence',
  'disposition',
  'first seen',
  'downloaded by',
  'allowed reason',
  'protection level',
  'signature subid',
  'intrusion id',
  'certificate serial number',
  'certificate thumbprint',
  'certificate signer',
  'threats',
  'infected',
  'total files',
  'omitted',
  'category',
  'action type',
  'web domain',
  'risk level',
  'detection score',
  'sensitivity',
  'url risk',
  'url category',
] as const; // prettier-ignore

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const record = readRecord(input.text);
  const found = writerOf(record);
  if (found === undefined) return 'rejected';
  const [name, writer] = found;
  const { labelled } = record;
  doc['event.dataset'] = `broadcom.endpoint-protection.${name}`;
  putObserver(doc, { vendor: 'Broadcom', product: 'Symantec Endpoint Protection' });
  if (record.severity !== undefined) putSeverity(doc, record.severity);
  const what = writer(record, doc);
  const manager = labelled.get('server');
  if (manager !== undefined) doc['observer.name'] = manager;
  // An account that nobody is logged on with is called so in the server's language.
  const user = labelled.get('user');
  if (user !== undefined && !/^Aucun/i.test(user)) {
    doc['user.name'] ??= user;
    if (name !== 'risk' && name !== 'scan') put(doc, 'user.domain', labelled.get('domain'));
  }
  const begin = labelled.get('begin') ?? labelled.get('event time');
  const date = (field: string, text: string | undefined): void => {
    if (text !== undefined) putDate(doc, field, parseDate(text, input));
  };
  date('@timestamp', begin ?? record.time);
  if (labelled.has('begin')) date('event.start', labelled.get('begin'));
  date('event.end', labelled.get('end'));
  for (const label of KEPT) put(doc, VENDOR + label.replaceAll(' ', '_'), labelled.get(label));
  categorise(doc, what);
  return 'parsed';
}

const isRecord = ({ text }: ParseInput): boolean => writerOf(readRecord(text)) !== undefined;

/** Symantec Endpoint Protection Manager: external logging to syslog or to a file. */
export default defineSource({
  id: 'broadcom.endpoint-protection',
  signatures: [
    { kind: 'app', names: ['SymantecServer'], test: isRecord },
    { kind: 'text', literals: ['Risk name: ', ',Occurrences: ', 'Requested action: '], test: isRecord },
    { kind: 'text', literals: [',Detection type: ', 'Application hash: '], test: isRecord },
    { kind: 'text', literals: [',Local Host', ',Remote Host', ',Remote Port: '], test: isRecord },
    { kind: 'text', literals: [',Local Port: ', ',CIDS Signature ID: '], test: isRecord },
    { kind: 'text', literals: [',Begin: ', ',Rule: ', ',Action Type: '], test: isRecord },
    { kind: 'text', literals: ['Scan ID: ', ',Begin: ', 'Total files: '], test: isRecord },
    { kind: 'text', literals: [',Category: ', ',Event time: '], test: isRecord },
    { kind: 'text', literals: ['Site: ', ',Server Name: ', ',Domain Name: '], test: isRecord },
    { kind: 'text', literals: ['Site: ', ',Server: '], test: isRecord },
  ],
  parse,
});
