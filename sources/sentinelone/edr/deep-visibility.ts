import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { dnsRecordType } from '../../kit/dns-record-types.ts';
import { parseIp } from '../../kit/ip.ts';
import { text } from '../../kit/json.ts';
import { type JsonTable, jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { putAccount } from '../../kit/user.ts';
import { VENDOR } from './vendor.ts';

const COMMON = `
timestamp               @timestamp              date
event.time              @timestamp              date
event.type              event.action            text
event.id                event.id                text
agent.version           agent.version           text
agent.uuid              agent.id                text
endpoint.name           host.name               text
endpoint.type           host.type               text
endpoint.os             host.os.family          text
os.name                 host.os.name            text
mgmt.osRevision         host.os.kernel          text
dataSource.vendor       observer.vendor         own
dataSource.name         observer.product        own
src.ip.address          source                  side
src.endpoint.ip.address source                  side
src.port.number         source.port             port
dst.ip.address          destination             side
dst.port.number         destination.port        port
event.network.protocolName  network.protocol    lower
event.network.direction network.direction       direction
event.dns.request       dns.question.name       own
event.dns.response      dns.answers             own
event.url.action        http.request.method     text
url.address             url                     url
tgt.file.path           file                    file
tgt.file.size           file.size               long
tgt.file.md5            file.hash               hash
tgt.file.sha1           file.hash               hash
tgt.file.sha256         file.hash               hash
tgt.file.creationTime   file.created            date
tgt.file.modificationTime  file.mtime           date
tgt.file.extension      file.extension          text
tgt.file.isSigned       file.code_signature.exists  own
registry.keyPath        registry.path           own
registry.value          registry.data.strings   own
registry.valueType      registry.data.type      own
event.login.userName    user.target.name        text
event.login.accountDomain   user.target.domain  text
event.login.accountSid  user.target.id          text
event.login.loginIsSuccessful  event.outcome    outcome
event.login.isAdministratorEquivalent  user.roles  own
module.path             dll                     exe
module.md5              dll.hash                hash
module.sha1             dll.hash                hash
cmdScript.content       process.io.text         own
task.name               service.name            own
indicator.name          rule.name               text
indicator.category      rule.category           text
indicator.description   rule.description        text
`;

const PROCESS = `
{from}.name             {to}.name                          text
{from}.image.path       {to}.executable                    text
{from}.pid              {to}.pid                           long
{from}.uid              {to}.entity_id                     text
{from}.cmdline          {to}.command_line                  text
{from}.startTime        {to}.start                         date
{from}.displayName      {to}.title                         text
{from}.publisher        {to}.code_signature.subject_name   text
{from}.reasonSignatureInvalid  {to}.code_signature.status  text
{from}.image.md5        {to}.hash                          hash
{from}.image.sha1       {to}.hash                          hash
{from}.image.sha256     {to}.hash                          hash
{from}.user             {to}.user                          account
{from}.eUserName        {to}.user.name                     text
{from}.eUserUid         {to}.user.id                       text
{from}.rUserName        {to}.real_user.name                text
{from}.rUserUid         {to}.real_user.id                  text
{from}.signedStatus     {to}.code_signature.exists         own
`;

/** A table in which the columns below `process` are the event's process, and `parent` its parent. */
function table(process: string, parent: string): JsonTable {
  const block = (from: string, to: string) => PROCESS.replaceAll('{from}', from).replaceAll('{to}', to);
  return jsonTable(VENDOR, `${COMMON}${block(process, 'process')}${block(parent, 'process.parent')}`);
}

/** Who acted, and where the sensor says who was behind it, that one (`osSrc`: the original source). */
const SOURCE = table('src.process', 'src.process.parent');
const ORIGINAL = table('osSrc.process', 'src.process.parent');
const TARGET = table('tgt.process', 'src.process');

/** Event categories of Deep Visibility. */
const CATEGORIES: ReadonlyMap<string, Pick<Categorisation, 'category' | 'type'>> = new Map<
  string,
  Pick<Categorisation, 'category' | 'type'>
>([
  ['process', { category: ['process'], type: ['info'] }],
  ['cross_process', { category: ['process'], type: ['info'] }],
  ['command_script', { category: ['process'], type: ['info'] }],
  ['module', { category: ['library'], type: ['start'] }],
  ['driver', { category: ['driver'], type: ['info'] }],
  ['dns', { category: ['network'], type: ['info'] }],
  ['ip', { category: ['network'], type: ['info'] }],
  ['url', { category: ['web'], type: ['info'] }],
  ['file', { category: ['file'], type: ['info'] }],
  ['registry', { category: ['registry'], type: ['change'] }],
  ['logins', { category: ['authentication'], type: ['info'] }],
  ['scheduled_task', { category: ['configuration'], type: ['info'] }],
  ['indicators', { category: ['intrusion_detection'], type: ['info'] }],
  ['group', { category: ['host'], type: ['info'] }],
  ['named_pipe', { category: ['file'], type: ['info'] }],
  ['threat_intelligence_indicators', { category: ['threat'], type: ['indicator'] }],
]);

const TYPES: ReadonlyMap<string, Pick<Categorisation, 'category' | 'type'>> = new Map<
  string,
  Pick<Categorisation, 'category' | 'type'>
>([
  ['Process Creation', WHAT.processStart],
  ['Process Exit', WHAT.processEnd],
  ['Process Termination', WHAT.processEnd],
  ['File Creation', WHAT.fileCreated],
  ['File Deletion', WHAT.fileDeleted],
  ['File Modification', WHAT.fileChanged],
  ['File Rename', WHAT.fileChanged],
  ['Registry Key Create', { category: ['registry'], type: ['creation'] }],
  ['Registry Value Create', { category: ['registry'], type: ['creation'] }],
  ['Registry Key Delete', { category: ['registry'], type: ['deletion'] }],
  ['Registry Value Delete', { category: ['registry'], type: ['deletion'] }],
  ['Login', WHAT.login],
  ['Logout', { category: ['authentication'], type: ['end'] }],
  ['Task Register', WHAT.configurationCreated],
  ['Task Update', WHAT.configurationChanged],
  ['Task Delete', WHAT.configurationDeleted],
]);

function signed(doc: EcsFields, field: string, status: unknown): void {
  if (typeof status === 'string' && status !== '') doc[field] = status.toLowerCase() === 'signed';
}

const RECORD = /^type:\s{0,4}(\d{1,5})\s{1,4}(\S{1,255})/;

/** `type:  28 name` of a request, and the answers after semicolons; addresses stand alone. */
function putDns(doc: EcsFields, request: string | undefined, response: string | undefined): void {
  if (request !== undefined) {
    const found = RECORD.exec(request);
    doc['dns.question.name'] = found?.[2] ?? request;
    const type = found === null ? undefined : dnsRecordType(found[1]!);
    if (type !== undefined) doc['dns.question.type'] = type;
  }
  if (response === undefined) return;
  doc['dns.type'] = 'answer';
  const addresses: string[] = [];
  for (const part of response.split(';', 100)) {
    const value = part.trim();
    const ip = parseIp(value);
    if (ip !== undefined) addresses.push(ip);
  }
  if (addresses.length > 0) doc['dns.resolved_ip'] = addresses;
}

const REGISTRY_TYPES: Readonly<Record<string, string>> = {
  BINARY: 'REG_BINARY',
  DWORD: 'REG_DWORD',
  QWORD: 'REG_QWORD',
  SZ: 'REG_SZ',
  STRING: 'REG_SZ',
  EXPAND_SZ: 'REG_EXPAND_SZ',
  MULTI_SZ: 'REG_MULTI_SZ',
};

function putRegistry(doc: EcsFields, json: JsonObject, event: string): void {
  const path = text(json['registry.keyPath']);
  const value = text(json['registry.value']);
  const at = event.includes('Value') ? (path?.lastIndexOf('\\') ?? -1) : -1;
  if (path !== undefined && at > 0) putRegistryKey(doc, path.slice(0, at), path.slice(at + 1));
  else putRegistryKey(doc, path);
  const type = text(json['registry.valueType']);
  const name = type === undefined ? undefined : (REGISTRY_TYPES[type.toUpperCase()] ?? type);
  if (name !== undefined) doc['registry.data.type'] = name;
  if (value === undefined) return;
  if (name === 'REG_BINARY') doc['registry.data.bytes'] = value;
  else doc['registry.data.strings'] = [value];
}

/** Writes an event of Deep Visibility (Cloud Funnel); returns whether its category is known. */
export function readDeepVisibility(json: JsonObject, doc: EcsFields): boolean {
  const has = (key: string) => Object.hasOwn(json, key);
  const isCreation = text(json['event.type']) === 'Process Creation' && has('tgt.process.pid');
  const isOriginal = !isCreation && (has('osSrc.process.pid') || has('osSrc.process.name'));
  const prefix = isCreation ? 'tgt.process' : isOriginal ? 'osSrc.process' : 'src.process';
  (isCreation ? TARGET : isOriginal ? ORIGINAL : SOURCE).putFlat(doc, onlyScalars(json));
  doc['observer.vendor'] = 'SentinelOne';
  const system = text(json['endpoint.os']);
  const type = system === undefined ? undefined : osTypeOf(system);
  if (type !== undefined) doc['host.os.type'] = type;
  signed(doc, 'process.code_signature.exists', json[`${prefix}.signedStatus`]);
  signed(
    doc,
    'process.parent.code_signature.exists',
    json[isCreation ? 'src.process.signedStatus' : 'src.process.parent.signedStatus'],
  );
  if (has('tgt.file.path')) signed(doc, 'file.code_signature.exists', json['tgt.file.isSigned']);
  const login = text(json['event.login.userName']);
  const account = text(json['src.process.user']) ?? text(json['src.process.eUserName']);
  putAccount(doc, 'user', account ?? text(json[`${prefix}.user`]) ?? text(json[`${prefix}.eUserName`]));
  if (login !== undefined && json['event.login.isAdministratorEquivalent'] === true)
    doc['user.target.roles'] = ['admin'];
  const event = text(json['event.type']) ?? '';
  const category = text(json['event.category']) ?? '';
  putDns(doc, text(json['event.dns.request']), text(json['event.dns.response']));
  if (category === 'registry') putRegistry(doc, json, event);
  if (category === 'ip') {
    const direction = /INCOMING|INBOUND/i.test(text(json['event.network.direction']) ?? '');
    if (has('event.network.direction')) doc['network.direction'] = direction ? 'inbound' : 'outbound';
  }
  const what = TYPES.get(event) ?? CATEGORIES.get(category);
  if (what === undefined) return false;
  categorise(doc, category === 'logins' && event === 'Logout' ? { ...what, outcome: 'success' } : what);
  if (category === 'indicators') doc['event.kind'] = 'alert';
  return true;
}

/** The columns are flat already; a list or an object in one is kept as its JSON. */
function onlyScalars(json: JsonObject): EcsFields {
  const flat: EcsFields = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (value === null || value === undefined || value === '' || key === '__proto__') continue;
    flat[key] = typeof value === 'object' ? JSON.stringify(value) : (value as EcsFields[string]);
  }
  return flat;
}
