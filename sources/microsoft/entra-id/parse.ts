import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, object, objects, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const VENDOR = 'microsoft.entra-id.';

/** What all three kinds share; lists of targets and policies stay below the vendor's prefix. */
const TABLE = fieldTable(
  VENDOR,
  `
  id                                 event.id                      text
  correlationId                      trace.id                      text
  activityDisplayName                event.action                  text
  loggedByService                    event.provider                text
  resultReason                       event.reason                  text
  initiatedBy.user.ipAddress         source                        endpoint
  initiatedBy.user.displayName       user.full_name                text
  initiatedBy.user.id                user.id                       text
  initiatedBy.user.userPrincipalName user                          account
  ipAddress                          source                        endpoint
  userId                             user.id                       text
  userPrincipalName                  user                          account
  userDisplayName                    user.full_name                text
  userAgent                          user_agent.original           text
  appDisplayName                     service.name                  text
  appId                              service.id                    text
  status.failureReason               error.message                 text
  deviceDetail.deviceId              host.id                       text
  deviceDetail.displayName           host.name                     text
  deviceDetail.operatingSystem       host.os.full                  own
  deviceDetail.browser               user_agent.name               own
  location.city                      source.geo.city_name          text
  location.state                     source.geo.region_name        text
  location.countryOrRegion           source.geo.country_iso_code   country
  riskEventType                      event.action                  text+
  tenantId                           cloud.account.id              text
`,
);

/** Categories of diagnostic settings that come from Entra ID. */
const DIAGNOSTIC =
  /^(?:AuditLogs|\w{0,30}SignInLogs|UserRiskEvents|ServicePrincipalRiskEvents|Risky(?:Users|ServicePrincipals)|ProvisioningLogs|MicrosoftGraphActivityLogs)$/i;

/** What a change of the audit log is about, by its category. */
const SUBJECTS: Readonly<Record<string, readonly [Categorisation, Categorisation, Categorisation]>> = {
  UserManagement: [WHAT.userCreated, WHAT.userChanged, WHAT.userDeleted],
  GroupManagement: [WHAT.groupCreated, WHAT.groupChanged, WHAT.groupDeleted],
  RoleManagement: [WHAT.accessChanged, WHAT.accessChanged, WHAT.accessChanged],
};
const SETTINGS = [
  WHAT.configurationCreated,
  WHAT.configurationChanged,
  WHAT.configurationDeleted,
] as const satisfies readonly Categorisation[];

/** Whether an operation makes, changes or takes away what its category is about. */
function stepOf(operation: string, action: string): 0 | 1 | 2 {
  if (operation === 'Add' || operation === 'Create') return 0;
  if (operation === 'Delete') return 2;
  // Membership changes the group; only the object itself is created or deleted.
  if (operation !== '') return 1;
  if (
    /^(?:add|create|invite) (?:external )?(?:user|group|device|application|service principal)\b/i.test(action)
  )
    return 0;
  return /^(?:hard )?delete /i.test(action) ? 2 : 1;
}

function putTarget(doc: EcsFields, record: JsonObject, actsAsUser: boolean): void {
  let account = false;
  for (const target of objects(record['targetResources'])) {
    const id = text(target['id']);
    const name = text(target['displayName']);
    if (target['type'] === 'User' && !account) {
      account = true;
      const login = text(target['userPrincipalName']);
      putAccount(doc, 'user.target', login);
      put(doc, 'user.target.id', id);
      put(doc, 'user.target.full_name', name);
      // Where an application acts, the only person in the event is the one it is about.
      if (!actsAsUser) {
        putAccount(doc, 'user', login);
        // The login of an account without a mail domain is its address all the same.
        put(doc, 'user.email', login);
      }
    } else if (target['type'] === 'Group') {
      put(doc, 'group.id', id);
      put(doc, 'group.name', name);
    } else if (target['type'] === 'Device') {
      put(doc, 'host.id', id);
      put(doc, 'host.name', name);
    }
  }
}

function putAudit(doc: EcsFields, record: JsonObject): void {
  doc['event.dataset'] = 'microsoft.entra-id.audit';
  const action = text(record['activityDisplayName']) ?? '';
  const category = text(record['category']) ?? '';
  const subject = Object.hasOwn(SUBJECTS, category) ? SUBJECTS[category]! : SETTINGS;
  const step = stepOf(text(record['operationType']) ?? '', action);
  categorise(doc, { ...subject[step]!, outcome: outcomeOf(text(record['result'])) });
  put(doc, 'service.name', record['loggedByService']);
  const byUser =
    text(at(record, 'initiatedBy', 'user', 'id')) ??
    text(at(record, 'initiatedBy', 'user', 'userPrincipalName'));
  putTarget(doc, record, byUser !== undefined);
}

function putSignIn(doc: EcsFields, record: JsonObject): void {
  doc['event.dataset'] = 'microsoft.entra-id.sign-in';
  const code = text(at(record, 'status', 'errorCode'));
  categorise(doc, {
    ...WHAT.login,
    action: 'sign-in',
    outcome: code === undefined ? undefined : code === '0' ? 'success' : 'failure',
  });
  put(doc, 'event.code', code);
  if (code !== '0') put(doc, 'error.code', code);
  put(doc, 'event.provider', record['resourceDisplayName']);
  if (doc['error.message'] === 'Other.') delete doc['error.message'];
  put(doc, 'host.os.name', at(record, 'deviceDetail', 'operatingSystem'));
  if (doc['user_agent.original'] === undefined) {
    // `Edge 80.0.361`: the browser as Entra ID read it.
    const browser = text(at(record, 'deviceDetail', 'browser'));
    const blank = browser === undefined ? -1 : browser.lastIndexOf(' ');
    if (browser !== undefined) {
      doc['user_agent.name'] = blank > 0 ? browser.slice(0, blank) : browser;
      if (blank > 0) doc['user_agent.version'] = browser.slice(blank + 1);
    }
  }
}

function putRisk(doc: EcsFields, record: JsonObject): void {
  doc['event.dataset'] = 'microsoft.entra-id.risk';
  doc['event.kind'] = 'alert';
  categorise(doc, { category: ['authentication', 'intrusion_detection'], type: ['info'] });
  const level = text(record['riskLevel']);
  if (level !== undefined) doc['log.level'] = level.toLowerCase();
}

/** An account or an application whose risk was judged anew. */
function putRisky(doc: EcsFields, record: JsonObject): void {
  putRisk(doc, record);
  const state = text(record['riskState']);
  put(doc, 'event.action', state);
  put(doc, 'user.id', record['id']);
  delete doc['event.id'];
  put(doc, 'service.name', record['servicePrincipalDisplayName'] ?? record['displayName']);
  // What was remedied or dismissed is no alert any more.
  if (state !== undefined && /remediated|dismissed|confirmedSafe/i.test(state)) doc['event.kind'] = 'event';
}

/** What provisioning made, changed or took away in a system that accounts are copied to. */
function putProvisioning(doc: EcsFields, record: JsonObject): void {
  doc['event.dataset'] = 'microsoft.entra-id.provisioning';
  const action = text(record['action']) ?? text(record['provisioningAction']) ?? '';
  const what = /^create/i.test(action)
    ? WHAT.userCreated
    : /delete/i.test(action)
      ? WHAT.userDeleted
      : WHAT.userChanged;
  const status =
    text(at(record, 'statusInfo', 'status')) ?? text(at(record, 'provisioningStatusInfo', 'status'));
  categorise(doc, { ...what, action, outcome: outcomeOf(status) });
  put(doc, 'user.target.name', text(at(record, 'targetIdentity', 'displayName')));
  put(doc, 'user.target.id', text(at(record, 'targetIdentity', 'id')));
  put(doc, 'service.name', text(at(record, 'targetSystem', 'displayName')));
  put(doc, 'event.reason', text(at(record, 'statusInfo', 'reason')));
}

/** A request to Microsoft Graph. */
function putGraphCall(doc: EcsFields, record: JsonObject): void {
  doc['event.dataset'] = 'microsoft.entra-id.graph';
  const status = Number(record['responseStatusCode']);
  put(doc, 'http.request.method', record['requestMethod']);
  put(doc, 'http.response.status_code', record['responseStatusCode']);
  put(doc, 'http.response.bytes', record['responseSizeBytes']);
  put(doc, 'http.request.id', record['requestId']);
  putUrl(doc, text(record['requestUri']));
  const outcome = status >= 400 ? 'failure' : status > 0 ? 'success' : undefined;
  categorise(doc, { ...WHAT.apiCall, action: text(record['requestMethod'])?.toLowerCase(), outcome });
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  if (json === undefined) return 'rejected';
  const inner = object(json['properties']);
  const isDiagnostic = inner !== undefined && typeof json['category'] === 'string';
  if (isDiagnostic && !DIAGNOSTIC.test(json['category'] as string)) return 'rejected';
  const record = isDiagnostic ? inner : json;

  TABLE.putObject(doc, record);
  if (isDiagnostic) {
    for (const key of [
      'operationName',
      'category',
      'resultType',
      'resultSignature',
      'level',
      'Level',
    ] as const)
      put(doc, `${VENDOR}diagnostic.${key}`, json[key]);
    const caller = text(json['callerIpAddress']);
    if (doc['source.ip'] === undefined && parseIp(caller ?? '') !== undefined)
      putEndpoint(doc, 'source', caller);
    put(doc, 'cloud.account.id', json['tenantId']);
  }
  const when =
    text(record['activityDateTime']) ??
    text(record['detectedDateTime']) ??
    text(record['createdDateTime']) ??
    text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  doc['cloud.provider'] = 'azure';
  doc['cloud.service.name'] = 'Microsoft Entra ID';

  const kind = isDiagnostic ? String(json['category']) : '';
  if ('riskEventType' in record) putRisk(doc, record);
  else if (/^Risky/i.test(kind)) putRisky(doc, record);
  else if (/^Provisioning/i.test(kind)) putProvisioning(doc, record);
  else if (/^MicrosoftGraph/i.test(kind)) putGraphCall(doc, record);
  else if ('activityDisplayName' in record || 'targetResources' in record) putAudit(doc, record);
  else if ('appDisplayName' in record || 'appId' in record || 'status' in record) putSignIn(doc, record);
  else return 'partial';
  return 'parsed';
}

/** Microsoft Entra ID: records of Microsoft Graph, bare or below the `properties` of a diagnostic record. */
export default defineSource({
  id: 'microsoft.entra-id',
  signatures: [
    {
      kind: 'json',
      keys: ['activityDisplayName'],
      test: (json) => 'activityDateTime' in json || 'targetResources' in json || 'initiatedBy' in json,
    },
    {
      kind: 'json',
      keys: ['appDisplayName'],
      test: (json) =>
        'createdDateTime' in json || 'conditionalAccessStatus' in json || 'isInteractive' in json,
    },
    { kind: 'json', keys: ['riskEventType'], test: (json) => 'riskState' in json || 'riskLevel' in json },
    {
      kind: 'json',
      keys: ['category', 'properties'],
      test: (json) => typeof json['category'] === 'string' && DIAGNOSTIC.test(json['category']),
    },
  ],
  parse,
});
