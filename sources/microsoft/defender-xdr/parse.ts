import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { isHostName } from '../../kit/field-table.ts';
import { baseName, putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { embedded, object, objects, strings, text } from '../../kit/json.ts';
import { putMac } from '../../kit/mac.ts';
import { putTransport } from '../../kit/network.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { classify } from './classify.ts';
import { ACTION, CREATION, VENDOR } from './table.ts';

const PREFIX = 'AdvancedHunting-';

/** A row of a table of advanced hunting. */
interface Row {
  readonly table: string;
  readonly columns: JsonObject;
  /** Time of the envelope, where the row has none. */
  readonly time?: string | undefined;
}

/** The table of a row that came without its envelope, by the columns that only that table has. */
function tableOf(row: JsonObject): string | undefined {
  const named = text(row['$table']) ?? text(row['Type']);
  if (named !== undefined && classify(named, undefined) !== undefined) return named;
  const action = text(row['ActionType']) ?? '';
  const has = (name: string) => Object.hasOwn(row, name);
  if (action.startsWith('Process')) return 'DeviceProcessEvents';
  if (action.startsWith('Registry')) return 'DeviceRegistryEvents';
  if (action === 'ImageLoaded') return 'DeviceImageLoadEvents';
  if (/^File(?:Created|Modified|Renamed|Deleted)$/.test(action)) return 'DeviceFileEvents';
  if (action.startsWith('Logon') && has('DeviceId')) return 'DeviceLogonEvents';
  if (/Connection(?:Success|Failed|Attempt|Accepted|Created|Inspected)/.test(action))
    return 'DeviceNetworkEvents';
  return action !== '' && has('DeviceId') ? 'DeviceEvents' : undefined;
}

function rowOf(json: JsonObject): Row | undefined {
  const properties = object(json['properties']);
  const category = text(json['category']);
  if (properties !== undefined && category?.startsWith(PREFIX) === true)
    return { table: category.slice(PREFIX.length), columns: properties, time: text(json['time']) };
  const table = tableOf(json);
  return table === undefined ? undefined : { table, columns: json };
}

/** `C:\dir` and `a.exe`, or the whole path in the first: both spellings occur, by table. */
function pathOf(row: JsonObject): string | undefined {
  const name = text(row['FileName']);
  const folder = text(row['FolderPath']);
  if (folder === undefined) return name;
  if (name === undefined || baseName(folder).toLowerCase() === baseName(name).toLowerCase()) return folder;
  const separator = folder.includes('\\') || !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : `${folder}${separator}${name}`;
}

/** `TcpV4`, `Udp` → transport and network layer; Kerberos, Ntlm, Dns → the protocol. */
function putProtocol(doc: EcsFields, protocol: string | undefined): void {
  if (protocol === undefined) return;
  const found = /^(tcp|udp|icmp)(?:v([46]))?$/i.exec(protocol);
  if (found === null) {
    doc['network.protocol'] = protocol.toLowerCase();
    return;
  }
  putTransport(doc, found[1]);
  if (found[2] !== undefined) doc['network.type'] = `ipv${found[2]}`;
}

function putConnection(doc: EcsFields, row: JsonObject, table: string, extra: JsonObject | undefined): void {
  const action = text(row['ActionType']) ?? '';
  // Attempts are of either direction, which only the details say.
  const direction = text(extra?.['direction'])?.toLowerCase();
  const isInbound =
    table === 'DeviceLogonEvents' ||
    /Inbound/.test(action) ||
    (/^Connection/.test(action) && direction === 'in');
  const [local, remote] = isInbound ? ['destination', 'source'] : ['source', 'destination'];
  const sides = [
    [local!, row['LocalIP'], row['LocalPort']],
    [remote!, row['RemoteIP'], row['RemotePort']],
  ] as const;
  for (const [side, ip, port] of sides) {
    if (put(doc, `${side}.ip`, text(ip))) doc[`${side}.address`] ??= doc[`${side}.ip`]!;
    put(doc, `${side}.port`, port);
  }
  const name = text(row['RemoteDeviceName']);
  if (name !== undefined && table === 'DeviceLogonEvents') doc['source.domain'] = name;
  if (isInbound && table === 'DeviceNetworkEvents') doc['network.direction'] = 'ingress';
  else if (direction === 'out' && table === 'DeviceNetworkEvents') doc['network.direction'] = 'egress';
  const [from, to] = isInbound ? ['destination', 'source'] : ['source', 'destination'];
  putMac(doc, `${from}.mac`, text(extra?.['Source Mac']));
  putMac(doc, `${to}.mac`, text(extra?.['Destination Mac']));
}

/** What the evidence of an alert says of itself beyond its columns. */
function putEvidence(doc: EcsFields, extra: JsonObject): void {
  put(doc, 'process.pid', extra['ProcessId']);
  put(doc, 'process.command_line', extra['CommandLine']);
  const parent = object(extra['ParentProcess']);
  if (parent !== undefined) {
    put(doc, 'process.parent.pid', parent['ProcessId']);
    put(doc, 'process.parent.command_line', parent['CommandLine']);
    put(doc, 'process.parent.name', object(parent['ImageFile'])?.['Name']);
  }
  put(doc, 'email.sender.address', extra['Sender']);
  put(doc, 'email.to.address', text(extra['Recipient']));
  putMessageId(doc, text(extra['InternetMessageId']));
  if (put(doc, 'source.ip', text(extra['SenderIp']) ?? text(extra['SenderIP'])))
    doc['source.address'] ??= doc['source.ip']!;
  if (doc['url.original'] === undefined) putRemoteUrl(doc, text(extra['Url']) ?? strings(extra['Urls'])[0]);
}

/** Who was signed in at a machine: the first of a list that may be a text. */
function putLoggedOn(doc: EcsFields, row: JsonObject): void {
  const first = objects(embedded(row['LoggedOnUsers']) ?? row['LoggedOnUsers'])[0];
  if (first === undefined) return;
  put(doc, 'user.name', text(first['UserName']));
  put(doc, 'user.domain', text(first['DomainName']));
  put(doc, 'user.id', text(first['Sid']));
}

/** Addresses of a machine's adapter: a list of objects that may be a text. */
function putAddresses(doc: EcsFields, row: JsonObject): void {
  const found: string[] = [];
  for (const item of objects(embedded(row['IPAddresses']) ?? row['IPAddresses']).slice(0, 50)) {
    const ip = parseIp(text(item['IPAddress']) ?? '');
    if (ip !== undefined && !found.includes(ip)) found.push(ip);
  }
  if (found.length > 0) doc['host.ip'] = found;
}

/** A URL, or the host alone. */
function putRemoteUrl(doc: EcsFields, url: string | undefined): void {
  if (url === undefined) return;
  // Evidence found in a mail writes the parameter in front.
  const target = url.startsWith('uri=') ? url.slice(4) : url;
  if (target.includes('/')) putUrl(doc, target);
  else if (isHostName(url)) doc['url.domain'] = url;
  else doc[`${VENDOR}RemoteUrl`] = url;
}

/** A drive that was plugged in. */
function putDrive(doc: EcsFields, extra: JsonObject): void {
  put(doc, 'device.manufacturer', extra['Manufacturer']);
  put(doc, 'device.serial_number', extra['SerialNumber']);
  put(doc, 'volume.bus_type', extra['BusType']);
  put(doc, 'volume.product_name', extra['ProductName']);
  put(doc, 'volume.mount_name', extra['DriveLetter']);
}

function putMessageId(doc: EcsFields, id: string | undefined): void {
  if (id !== undefined) put(doc, 'email.message_id', id.replace(/^<([^<>]*)>$/, '$1'));
}

/** Files that an investigation looked at, from the raw event of Defender for Cloud Apps. */
function putInvestigation(doc: EcsFields, raw: JsonObject | undefined): void {
  const data = object(embedded(raw?.['Data']));
  if (data === undefined) return;
  const names = new Set<string>();
  for (const entity of objects(data['Entities']))
    for (const file of [entity, ...objects(entity['Files'])]) {
      if (text(file['Type'])?.toLowerCase() !== 'file') continue;
      const name = text(file['Name']);
      if (name !== undefined) names.add(name);
      for (const hash of objects(file['FileHashes']))
        putHash(doc, 'email.attachments.file.hash', text(hash['Value']));
    }
  if (names.size > 0) doc['email.attachments.file.name'] = [...names];
}

function outcomeOf(action: string | undefined, row: JsonObject): Categorisation['outcome'] {
  if (action !== undefined) {
    if (/(?:Success|Accepted)$/.test(action)) return 'success';
    if (/Failed$/.test(action)) return 'failure';
  }
  const result = text(row['ActionResult']);
  if (result === 'Success') return 'success';
  return result === 'Error' || result === 'Failure' ? 'failure' : undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const found = input.json === undefined ? undefined : rowOf(input.json);
  if (found === undefined) return 'rejected';
  const { table, columns: row } = found;
  const action = text(row['ActionType']);
  const isCreation = table === 'CloudProcessEvents' || table === 'DeviceProcessEvents';
  (isCreation ? CREATION : ACTION).put(doc, row);
  if (doc['@timestamp'] === undefined && found.time !== undefined)
    putDate(doc, '@timestamp', parseDate(found.time, input));
  const device = text(row['DeviceId']);
  if (device !== undefined) doc['agent.id'] = device;
  const platform = text(row['OSPlatform']);
  const system = platform === undefined ? undefined : osTypeOf(platform);
  if (system !== undefined) doc['host.os.type'] = system;
  const extra = object(row['AdditionalFields']) ?? object(embedded(row['AdditionalFields']));

  const path = pathOf(row);
  if (isCreation) {
    put(doc, 'process.executable', text(row['FolderPath']) ?? path);
    put(doc, 'process.name', path === undefined ? undefined : baseName(path));
  } else putFile(doc, path);
  if (table === 'AlertEvidence') {
    if (text(row['EntityType']) === 'Process') put(doc, 'process.name', text(row['FileName']));
    if (extra !== undefined) putEvidence(doc, extra);
  }
  putConnection(doc, row, table, extra);
  if (extra !== undefined && action?.startsWith('UsbDrive') === true) putDrive(doc, extra);
  putRemoteUrl(doc, text(row['RemoteUrl']));
  putProtocol(doc, text(row['Protocol']) ?? text(row['RequestProtocol']));
  putMessageId(doc, text(row['InternetMessageId']));
  const key = text(row['RegistryKey']) ?? text(row['PreviousRegistryKey']);
  putRegistryKey(doc, key, text(row['RegistryValueName']) ?? text(row['PreviousRegistryValueName']));
  if (table === 'IdentityQueryEvents' && text(row['Protocol'])?.toLowerCase() === 'dns')
    put(doc, 'dns.question.name', row['QueryTarget']);
  else put(doc, `${VENDOR}QueryTarget`, row['QueryTarget']);
  put(doc, `${VENDOR}LogonType`, row['LogonType']);
  if (table === 'DeviceInfo') putLoggedOn(doc, row);
  if (table === 'DeviceNetworkInfo') putAddresses(doc, row);
  if (table === 'CloudAppEvents') putInvestigation(doc, object(row['RawEventData']));
  if (table.startsWith('Alert')) doc['event.kind'] = 'alert';
  doc[`${VENDOR}table`] = table;

  const what = classify(table, action);
  if (what === undefined) return 'partial';
  const outcome = outcomeOf(action, row);
  categorise(doc, outcome === undefined ? what : { ...what, outcome });
  return 'parsed';
}

export default defineSource({
  id: 'microsoft.defender-xdr',
  signatures: [
    {
      kind: 'json',
      keys: ['category', 'properties'],
      test: (json) => text(json['category'])?.startsWith(PREFIX) === true,
    },
    { kind: 'json', keys: ['Timestamp', 'DeviceId', 'ReportId', 'ActionType'] },
  ],
  parse,
});
