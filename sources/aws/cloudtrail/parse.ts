import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIp } from '../../kit/ip.ts';
import { object, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put, toBoolean } from '../../kit/types.ts';
import { classify } from './classify.ts';

const PREFIX = 'aws.cloudtrail.';

/** Host name as AWS services sign themselves (`ec2.amazonaws.com`, `aws.internal`). */
const HOST_NAME = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,10}$/i;

/** Record fields that go, as text, below `aws.cloudtrail.` under the name beside them. */
const PLAIN: readonly (readonly [string, string])[] = [
  ['eventVersion', 'event_version'],
  ['eventType', 'event_type'],
  ['eventCategory', 'event_category'],
  ['apiVersion', 'api_version'],
  ['recipientAccountId', 'recipient_account_id'],
  ['requestID', 'request_id'],
  ['sharedEventID', 'shared_event_id'],
  ['vpcEndpointId', 'vpc_endpoint_id'],
  ['vpcEndpointAccountId', 'vpc_endpoint_account_id'],
  ['errorCode', 'error_code'],
  ['errorMessage', 'error_message'],
];

/** Record fields that go below `aws.cloudtrail.` as booleans. */
const FLAGS: readonly (readonly [string, string])[] = [
  ['readOnly', 'read_only'],
  ['managementEvent', 'management_event'],
  ['sessionCredentialFromConsole', 'session_credential_from_console'],
];

/** Objects that are kept both as text and, key by key under AWS's own names, as fields. */
const OBJECTS: readonly (readonly [string, string])[] = [
  ['requestParameters', 'request_parameters'],
  ['responseElements', 'response_elements'],
  ['additionalEventData', 'additional_eventdata'],
  ['serviceEventDetails', 'service_event_details'],
];

/** Rarer objects, kept key by key only. */
const DETAILS: readonly (readonly [string, string])[] = [
  ['insightDetails', 'insight_details'],
  ['addendum', 'addendum'],
  ['edgeDeviceDetails', 'edge_device_details'],
  ['eventContext', 'event_context'],
];

const SNAKE = new Map<string, string>();

/** `sessionContext` → `session_context`; remembered, as AWS uses few names. */
function snake(name: string): string {
  let found = SNAKE.get(name);
  if (found === undefined) {
    found = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
    if (SNAKE.size < 512) SNAKE.set(name, found);
  }
  return found;
}

/** `userIdentity` under snake-case names, lists and deep parts flattened. */
function putIdentity(doc: EcsFields, identity: JsonObject, prefix: string, depth: number): void {
  for (const name of Object.keys(identity)) {
    const value = identity[name];
    if (value === null || value === undefined || value === '') continue;
    const key = prefix + snake(name);
    const inner = object(value);
    if (inner !== undefined && depth > 0) putIdentity(doc, inner, `${key}.`, depth - 1);
    else if (typeof value === 'object') flatten({ [key]: value }, '', doc, 4);
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      doc[key] = value;
  }
}

/** Last part of an ARN's resource: the role, user or session name. */
function arnName(arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined;
  const slash = arn.lastIndexOf('/');
  return slash > 0 ? text(arn.slice(slash + 1)) : undefined;
}

/** Who called: ECS `user.*` from the identity types that CloudTrail knows. */
function putUser(doc: EcsFields, identity: JsonObject): void {
  const type = text(identity['type']);
  const issuer = object(object(identity['sessionContext'])?.['sessionIssuer']);
  put(doc, 'user.id', identity['principalId'] ?? identity['identityProvider']);
  let name = text(identity['userName']);
  if (name === undefined) {
    switch (type) {
      case 'Root':
        name = 'root';
        break;
      case 'AssumedRole':
      case 'Role':
        name = text(issuer?.['userName']) ?? arnName(text(identity['arn']));
        break;
      case 'FederatedUser':
        name = arnName(text(identity['arn'])) ?? text(issuer?.['userName']);
        break;
      case 'AWSService':
        name = undefined;
        break;
      default:
        name = arnName(text(identity['arn']));
    }
  }
  put(doc, 'user.name', name);
  if (name?.includes('@')) put(doc, 'user.email', name);
  // The session name of an assumed role says which person stands behind the role.
  const arn = text(identity['arn']);
  if (type === 'AssumedRole' && arn !== undefined) {
    const session = arnName(arn);
    if (session?.includes('@')) put(doc, 'user.email', session);
  }
}

/** Whom or what the call acts on. */
function putTarget(
  doc: EcsFields,
  service: string,
  name: string,
  request: JsonObject,
  response: JsonObject | undefined,
): void {
  if (service === 'iam' || service === 'cognito-idp' || service === 'identitystore') {
    put(doc, 'user.target.name', text(request['userName']) ?? text(request['username']));
    const user = object(response?.['user']);
    if (user !== undefined) put(doc, 'user.target.id', user['userId']);
    const group = text(request['groupName']);
    if (group !== undefined) put(doc, 'group.name', group);
    const role = text(request['roleName']);
    if (role !== undefined) put(doc, 'user.target.roles', [role]);
    if (name === 'UpdateUser') put(doc, 'user.changes.name', text(request['newUserName']));
  } else if (service === 'sts') {
    const role = arnName(text(request['roleArn']));
    if (role !== undefined) put(doc, 'user.effective.roles', [role]);
  } else if (service === 's3') {
    put(doc, 'file.path', text(request['key']));
  }
  const instance = text(request['instanceId']);
  if (instance !== undefined) put(doc, 'cloud.instance.id', instance);
}

function putSource(doc: EcsFields, address: string | undefined): void {
  if (address === undefined) return;
  const ip = parseIp(address);
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  } else if (HOST_NAME.test(address) && !/^[\d.]+$/.test(address)) {
    doc['source.address'] = address;
    doc['source.domain'] = address;
  } else doc['aws.cloudtrail.source_ip_address'] = address;
}

/** `Failure` of a sign-in stands in the response, not in `errorCode`. */
function outcome(record: JsonObject, response: JsonObject | undefined): 'success' | 'failure' {
  if (text(record['errorCode']) !== undefined || text(record['errorMessage']) !== undefined) return 'failure';
  if (response !== undefined) {
    for (const key of [
      'ConsoleLogin',
      'SwitchRole',
      'CheckMfa',
      'PasswordRecoveryRequested',
      'PasswordRecoveryCompleted',
    ]) {
      if (response[key] === 'Failure') return 'failure';
    }
  }
  return 'success';
}

function putTls(doc: EcsFields, details: JsonObject): void {
  const version = text(details['tlsVersion']);
  if (version !== undefined && !putTlsVersion(doc, version))
    doc['aws.cloudtrail.tls_details.tls_version'] = version;
  put(doc, 'tls.cipher', details['cipherSuite']);
  put(doc, 'tls.client.server_name', details['clientProvidedHostHeader']);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const record = input.json;
  if (record === undefined) return 'rejected';
  const time = text(record['eventTime']);
  const version = text(record['eventVersion']);
  if (time === undefined || version === undefined) return 'rejected';

  const insight = object(record['insightDetails']);
  const name = text(record['eventName']) ?? text(insight?.['eventName']);
  const provider = text(record['eventSource']) ?? text(insight?.['eventSource']);
  const eventType = text(record['eventType']) ?? '';
  const request = object(record['requestParameters']);
  const response = object(record['responseElements']);
  const identity = object(record['userIdentity']);
  const dot = provider === undefined ? -1 : provider.indexOf('.');
  const service = provider === undefined ? '' : dot < 0 ? provider : provider.slice(0, dot);

  put(doc, '@timestamp', time);
  doc['event.kind'] = insight === undefined ? 'event' : 'alert';
  categorise(doc, classify(service, name ?? '', eventType, toBoolean(record['readOnly'])));
  put(doc, 'event.action', name);
  put(doc, 'event.provider', provider);
  put(doc, 'event.id', record['eventID']);
  if (insight === undefined) doc['event.outcome'] = outcome(record, response);
  put(doc, 'error.code', record['errorCode'] ?? insight?.['errorCode']);
  put(doc, 'error.message', record['errorMessage']);

  doc['cloud.provider'] = 'aws';
  doc['cloud.service.name'] = 'cloudtrail';
  put(doc, 'cloud.region', record['awsRegion']);
  put(doc, 'cloud.account.id', record['recipientAccountId'] ?? identity?.['accountId']);
  putSource(doc, text(record['sourceIPAddress']));
  put(doc, 'user_agent.original', record['userAgent']);

  for (const [from, to] of PLAIN) {
    const value = record[from];
    if (typeof value === 'string' && value !== '') doc[PREFIX + to] = value;
  }
  for (const [from, to] of FLAGS) {
    const value = toBoolean(record[from]);
    if (value !== undefined) doc[PREFIX + to] = value;
  }
  if (identity !== undefined) {
    putUser(doc, identity);
    putIdentity(doc, identity, 'aws.cloudtrail.user_identity.', 4);
  }
  if (request !== undefined) putTarget(doc, service, name ?? '', request, response);
  for (const [from, to] of OBJECTS) {
    const value = record[from];
    if (value === null || value === undefined || value === '') continue;
    // Rules search the whole object as text and single keys by name: both are kept.
    doc[PREFIX + to] = typeof value === 'string' ? value : JSON.stringify(value);
    const inner = object(value);
    if (inner !== undefined) flatten(inner, `${PREFIX}${to}.`, doc, 12);
  }
  for (const [from, to] of DETAILS) {
    const value = object(record[from]);
    if (value !== undefined) flatten(value, `${PREFIX}${to}.`, doc, 12);
  }
  const resources = record['resources'];
  if (Array.isArray(resources)) putResources(doc, resources);
  const tls = object(record['tlsDetails']);
  if (tls !== undefined) putTls(doc, tls);
  return name === undefined && insight === undefined ? 'partial' : 'parsed';
}

function putResources(doc: EcsFields, resources: readonly unknown[]): void {
  const arns: string[] = [];
  const types: string[] = [];
  const accounts: string[] = [];
  for (const item of resources) {
    const resource = object(item);
    if (resource === undefined) continue;
    const arn = text(resource['ARN']) ?? text(resource['ARNPrefix']);
    if (arn !== undefined) arns.push(arn);
    const type = text(resource['type']);
    if (type !== undefined) types.push(type);
    const account = text(resource['accountId']);
    if (account !== undefined) accounts.push(account);
  }
  if (arns.length > 0) doc['aws.cloudtrail.resources.arn'] = arns;
  if (types.length > 0) doc['aws.cloudtrail.resources.type'] = types;
  if (accounts.length > 0) doc['aws.cloudtrail.resources.account_id'] = accounts;
}

/** AWS CloudTrail records: one record a log, as CloudTrail writes them. */
export default defineSource({
  id: 'aws.cloudtrail',
  signatures: [
    { kind: 'json', keys: ['eventVersion', 'eventTime', 'eventSource', 'eventName', 'awsRegion'] },
    { kind: 'json', keys: ['eventVersion', 'eventTime', 'insightDetails', 'awsRegion'] },
  ],
  parse,
});
