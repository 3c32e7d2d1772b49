import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { hashName, putHash } from '../../kit/hash.ts';
import { at, objects, text } from '../../kit/json.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'cybereason.';
const TABLE = cefTable(
  VENDOR,
  `
MalopId          event.id               text
MachineName      host.name              text
dhost            host.name              text
IncidentLink     event.url              text
requestContext   event.reason           text
MalwareName      threat.software.name   text
MalopHashList    file.hash              hash
duser            user                   account
CybereasonCEFgeneratorOrganizationName1  user.domain  text
filePath         file                   own
rt               @timestamp             own
`,
);

function readCef(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || cef.vendor !== 'Cybereason') return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  delete doc['log.level'];
  doc['event.action'] = cef.name;
  const host = doc['host.name'];
  if (typeof host === 'string' && pairs.has('dhost')) doc['host.hostname'] = host;
  putFile(doc, pairs.get('filePath') ?? pairs.get('MalwarePath'));
  if (/malware/i.test(cef.name)) doc['threat.software.type'] = pairs.get('MalwareType') ?? 'Malware';
  if (/Created|Malware/.test(cef.name)) {
    categorise(doc, { ...WHAT.malware, action: cef.name });
    doc['event.kind'] = 'alert';
  } else
    categorise(doc, {
      ...(/Connection/.test(cef.name) ? { category: ['session'], type: ['info'] } : WHAT.intrusion),
      action: cef.name,
    });
  return 'parsed';
}

function putTime(doc: EcsFields, value: unknown): void {
  const ms = Number(value);
  if (Number.isFinite(ms) && ms > 0) putDate(doc, '@timestamp', ms);
}

function putFileModel(doc: EcsFields, file: JsonObject): void {
  put(doc, 'file.name', text(file['elementDisplayName']));
  const hash = text(file['sha1String']);
  if (hash !== undefined) putHash(doc, 'file.hash', hash);
  const path = text(file['correctedPath']);
  if (path !== undefined) putFile(doc, path);
  put(doc, 'host.name', text(file['ownerMachineName']));
}

const TECHNIQUE = /^(T\d{4}(?:\.\d{3})?) - (.{1,200}?)(?: : |$)/;

function readJson(json: JsonObject, doc: EcsFields): ParseOutcome {
  const model = text(json['@class']) ?? '';
  doc['observer.vendor'] = 'Cybereason';
  doc['observer.product'] = 'Cybereason';
  putTime(
    doc,
    at(json, 'metadata', 'timestamp') ??
      json['lastUpdateTime'] ??
      json['creationTime'] ??
      json['firstTimestamp'],
  );
  put(doc, 'event.id', text(json['guid']) ?? text(at(json, 'metadata', 'malopGuid')));
  for (const key of [
    'displayName',
    'severity',
    'priority',
    'status',
    'malopDetectionType',
    'rootCauseElementType',
    'primaryRootCauseName',
  ])
    put(doc, VENDOR + key, text(json[key]));
  if (/FileSuspect/.test(model)) {
    putFileModel(doc, json);
    doc['event.code'] = 'file_suspect';
    categorise(doc, { category: ['file'], type: ['info'] });
    return 'parsed';
  }
  if (/Suspicion/.test(model)) {
    const name = text(json['name']);
    put(doc, 'rule.name', name);
    const found = TECHNIQUE.exec(name ?? '');
    if (found !== null) {
      doc['threat.technique.id'] = [found[1]!];
      doc['threat.technique.name'] = [found[2]!];
    }
    doc['event.code'] = 'suspicion';
    categorise(doc, WHAT.intrusion);
    return 'parsed';
  }
  doc['event.code'] = 'malop';
  const machine = objects(json['machines'])[0];
  put(doc, 'host.name', text(machine?.['displayName']));
  const system = osTypeOf(text(machine?.['osType']) ?? '');
  if (system !== undefined) doc['host.os.type'] = system;
  putAccount(doc, 'user', text(objects(json['users'])[0]?.['displayName']));
  const cause = text(json['primaryRootCauseName']);
  const element = text(json['rootCauseElementType']);
  if (element === 'Process') put(doc, 'process.name', cause);
  else if (element === 'File') put(doc, 'file.name', cause);
  const hashes = text(json['rootCauseElementHashes']);
  if (hashes !== undefined && hashName(hashes) !== undefined) putHash(doc, 'file.hash', hashes);
  const file = objects(json['files'])[0];
  if (file !== undefined) putFileModel(doc, file);
  put(doc, 'event.reason', text(json['displayName']));
  categorise(doc, WHAT.malware);
  doc['event.kind'] = 'alert';
  return /Malop|Detection/.test(model) ? 'parsed' : 'partial';
}

export default defineSource({
  id: 'cybereason.edr',
  signatures: [
    { kind: 'text', literals: ['|Cybereason|Cybereason|'] },
    { kind: 'json', keys: ['@class', 'guid'], test: (json) => /Model$/.test(text(json['@class']) ?? '') },
    { kind: 'json', keys: ['@class', 'metadata'], test: (json) => /Model$/.test(text(json['@class']) ?? '') },
    { kind: 'json', keys: ['rootCauseElementType', 'malopDetectionType'] },
  ],
  parse: (input, doc) => (input.json === undefined ? readCef(input, doc) : readJson(input.json, doc)),
});
