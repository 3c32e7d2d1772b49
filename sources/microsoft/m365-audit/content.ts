import type { EcsFields, JsonObject } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { embedded, object, objects, property, strings, text } from './values.ts';

/** `name.pdf (2048b); other.png (12b)`: how Exchange lists attachments. */
const ATTACHMENT = /^(.*) \((\d{1,15})b\)$/s;

/** Writes an address with optional port, in any of the forms the API uses (`[2001:db8::1]:443`, `::ffff:192.0.2.1`). */
export function putSource(doc: EcsFields, value: string | undefined): void {
  if (value === undefined) return;
  const { host, port } = splitHostPort(value.trim());
  const ip = parseIp(host);
  if (ip === undefined) return;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
  if (port !== undefined) doc['source.port'] = port;
}

function putMessage(doc: EcsFields, items: readonly JsonObject[]): void {
  const subjects: string[] = [];
  const names: string[] = [];
  const sizes: number[] = [];
  let id: string | undefined;
  for (const item of items.slice(0, 100)) {
    const subject = text(item['Subject']);
    if (subject !== undefined && !subjects.includes(subject)) subjects.push(subject);
    id ??= text(item['InternetMessageId']);
    const attachments = text(item['Attachments']);
    if (attachments === undefined) continue;
    for (const part of attachments.split(';', 100)) {
      const match = ATTACHMENT.exec(part.trim());
      if (match === null) continue;
      names.push(match[1]!);
      sizes.push(Number(match[2]));
    }
  }
  if (subjects.length > 0) doc['email.subject'] = subjects.length === 1 ? subjects[0]! : subjects;
  if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
  if (names.length > 0) {
    doc['email.attachments.file.name'] = names;
    doc['email.attachments.file.size'] = sizes;
  }
}

/** Exchange mailbox items, single (`Item`) and in groups (`AffectedItems`). */
export function putExchange(doc: EcsFields, record: JsonObject): void {
  const item = object(record['Item']);
  const items = item === undefined ? objects(record['AffectedItems']) : [item];
  if (items.length > 0) putMessage(doc, items);
  put(doc, 'process.name', text(record['ClientProcessName']));
  const owner = text(record['MailboxOwnerUPN']);
  // A mailbox opened by another than its owner is what many rules ask for.
  if (owner !== undefined && owner !== record['UserId']) putAccount(doc, 'user.target', owner);
}

/** SharePoint and OneDrive: the object is a URL, its parts stand beside it. */
export function putSharePoint(doc: EcsFields, record: JsonObject): void {
  put(doc, 'file.name', text(record['SourceFileName']));
  put(doc, 'file.extension', text(record['SourceFileExtension']));
  put(doc, 'file.directory', text(record['SourceRelativeUrl']));
  put(doc, 'file.size', record['FileSizeBytes'] ?? record['FileSyncBytesCommitted']);
  const target = text(record['TargetUserOrGroupName']);
  if (target !== undefined) {
    if (/group/i.test(text(record['TargetUserOrGroupType']) ?? '')) doc['group.name'] = target;
    else putAccount(doc, 'user.target', target);
  }
}

/** Entra ID: whom the change is about, and from which device the sign-in came. */
export function putDirectory(doc: EcsFields, record: JsonObject, operation: string): void {
  const extended = record['ExtendedProperties'];
  const details = object(embedded(property(extended, 'additionalDetails')));
  const agent = property(extended, 'UserAgent') ?? text(details?.['User-Agent']);
  put(doc, 'user_agent.original', agent);
  const objectId = text(record['ObjectId']);
  if (/\buser\b|member|password/i.test(operation) && objectId?.includes('@') === true)
    putAccount(doc, 'user.target', objectId);
  const role = property(record['ModifiedProperties'], 'Role.DisplayName');
  if (role !== undefined) doc['user.target.roles'] = [role];
  const group = property(record['ModifiedProperties'], 'Group.DisplayName');
  if (group !== undefined) doc['group.name'] = group;
  const device = record['DeviceProperties'];
  put(doc, 'host.os.full', property(device, 'OS'));
  put(doc, 'host.name', property(device, 'DisplayName'));
  put(doc, 'host.id', property(device, 'Id'));
  const error = text(record['LogonError']);
  if (error !== undefined) doc['event.reason'] = error;
  const code = text(record['ErrorNumber']);
  if (code !== undefined && code !== '0') doc['error.code'] = code;
}

/** Alerts of the security and compliance centre: policy, severity, and the user that `Data` names. */
export function putAlert(doc: EcsFields, record: JsonObject): void {
  put(doc, 'rule.id', text(record['PolicyId']));
  put(doc, 'rule.name', text(record['Name']));
  put(doc, 'rule.category', text(record['Category']));
  const data = object(embedded(record['Data']));
  const severity = text(record['Severity']) ?? text(data?.['sev']);
  if (severity !== undefined) doc['log.level'] = severity;
  if (data === undefined) return;
  const user = text(data['f3u']) ?? text(data['ut']);
  if (user !== undefined) {
    for (const field of ['user.name', 'user.domain', 'user.email', 'user.id']) delete doc[field];
    putAccount(doc, 'user', user);
  }
  put(doc, 'email.subject', text(data['von']) ?? text(data['ms']));
  // The three addresses are those of the compliance centre, of Defender and of Defender for Cloud Apps.
  put(doc, 'event.url', text(data['alk']) ?? text(data['ail']));
  put(doc, 'rule.reference', text(data['plk']));
  put(doc, 'event.reason', text(data['ad']));
  const from = text(data['ts']);
  if (from !== undefined) putDate(doc, 'event.start', parseDate(from, { timeZone: 'UTC', receivedAt: 0 }));
  const to = text(data['te']);
  if (to !== undefined) putDate(doc, 'event.end', parseDate(to, { timeZone: 'UTC', receivedAt: 0 }));
}

/** Automated investigations: what `Data` says of the investigation. */
export function putInvestigation(doc: EcsFields, record: JsonObject): void {
  const data = object(embedded(record['Data']));
  if (data === undefined) return;
  put(doc, 'rule.name', text(data['AlertDisplayName']));
  const mailboxes: string[] = [];
  for (const entity of objects(data['Entities'])) {
    const address = text(entity['MailboxPrimaryAddress']);
    if (address !== undefined && !mailboxes.includes(address)) mailboxes.push(address);
  }
  if (mailboxes.length > 0) doc['email.to.address'] = mailboxes;
  const severity = text(data['Severity']);
  if (severity !== undefined) doc['log.level'] = severity;
  for (const [key, field] of [
    ['StartTimeUtc', 'event.start'],
    ['EndTimeUtc', 'event.end'],
  ] as const) {
    const time = text(data[key]);
    if (time !== undefined) putDate(doc, field, parseDate(time, { timeZone: 'UTC', receivedAt: 0 }));
  }
}

/** Defender for Office 365: mail, file and link detections. */
export function putThreat(doc: EcsFields, record: JsonObject): void {
  const file = object(record['FileData']);
  if (file !== undefined) {
    put(doc, 'file.name', text(file['FileName']));
    put(doc, 'file.size', file['FileSize']);
    put(doc, 'file.hash.sha256', text(file['SHA256'])?.toLowerCase());
    putUrl(doc, text(file['FilePath']));
    const family = text(file['MalwareFamily']);
    if (family !== undefined) doc['rule.name'] = family;
  }
  put(doc, 'event.url', text(record['EventDeepLink']));
  putUrl(doc, text(record['Url']));
  putSource(doc, text(record['UserIp']) ?? text(record['SenderIp']));
  const from = text(record['P1Sender']) ?? text(record['P2Sender']);
  if (from !== undefined) doc['email.from.address'] = [from];
  const to = strings(record['Recipients']);
  if (to.length > 0) doc['email.to.address'] = to;
  put(doc, 'email.subject', text(record['Subject']));
  const id = text(record['InternetMessageId']);
  if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
  const names: string[] = [];
  const hashes: string[] = [];
  for (const attachment of objects(record['AttachmentData'])) {
    const name = text(attachment['FileName']);
    if (name !== undefined) names.push(name);
    const hash = text(attachment['SHA256']);
    if (hash !== undefined) hashes.push(hash.toLowerCase());
  }
  if (names.length > 0) doc['email.attachments.file.name'] = names;
  if (hashes.length > 0) doc['email.attachments.file.hash.sha256'] = hashes;
}

/** Data loss prevention: the policy that matched and the mail or document it matched in. */
export function putDlp(doc: EcsFields, record: JsonObject): void {
  const policy = objects(record['PolicyDetails'])[0];
  if (policy !== undefined) {
    put(doc, 'rule.ruleset', text(policy['PolicyName']));
    const rule = objects(policy['Rules'])[0];
    put(doc, 'rule.id', text(rule?.['RuleId']) ?? text(policy['PolicyId']));
    put(doc, 'rule.name', text(rule?.['RuleName']) ?? text(policy['PolicyName']));
    const severity = text(rule?.['Severity']);
    if (severity !== undefined) doc['log.level'] = severity;
  }
  const mail = object(record['ExchangeMetaData']);
  if (mail !== undefined) {
    const from = text(mail['From']);
    if (from !== undefined) doc['email.from.address'] = [from];
    const to = strings(mail['To']);
    if (to.length > 0) doc['email.to.address'] = to;
    put(doc, 'email.subject', text(mail['Subject']));
    const id = text(mail['MessageID']);
    if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
  }
  const document = object(record['SharePointMetaData']);
  if (document !== undefined) {
    put(doc, 'file.name', text(document['FileName']));
    put(doc, 'file.size', document['FileSize']);
    putUrl(doc, text(document['FilePathUrl']));
  }
  const endpoint = object(record['EndpointMetaData']);
  if (endpoint !== undefined) {
    put(doc, 'host.name', text(endpoint['DeviceName']));
    put(doc, 'file.hash.sha256', text(endpoint['Sha256'])?.toLowerCase());
    put(doc, 'file.size', endpoint['FileSize']);
    put(doc, 'process.name', text(endpoint['Application']));
    putSource(doc, text(endpoint['ClientIP']));
  }
}
