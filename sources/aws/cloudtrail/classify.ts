import type { Categorisation, EventCategory, EventType } from '../../kit/categorise.ts';

/**
 * What kind of event an API call is, in ECS terms. CloudTrail names more than fifteen thousand operations;
 * their services and verbs say what they are, so the classification is by both and needs no list of calls.
 */
export type Classification = Pick<Categorisation, 'category' | 'type'>;

/** Services whose calls are about identities and what they may do. */
const IDENTITY_SERVICES = new Set([
  'iam',
  'sso',
  'sso-directory',
  'identitystore',
  'organizations',
  'cognito-idp',
  'cognito-identity',
  'rolesanywhere',
  'ram',
  'ds',
]);

/** Services that store tables. */
const DATABASE_SERVICES = new Set([
  'rds',
  'rds-data',
  'dynamodb',
  'redshift',
  'redshift-data',
  'docdb',
  'neptune',
  'elasticache',
  'athena',
  'glue',
]);

/** S3 operations on objects, as opposed to the bucket's settings. */
const OBJECT_OPERATION =
  /^(?:Get|Put|Delete|Copy|Head|Restore|Upload|List|Create|Complete|Abort)(?:Object|Objects|Part|PartCopy|Parts|MultipartUpload|MultipartUploads)(?:V2)?$/;

/** EC2 calls about the network rather than about machines. */
const NETWORK_OPERATION =
  /Vpc|Subnet|SecurityGroup|RouteTable|Route|NetworkAcl|NetworkInterface|InternetGateway|NatGateway|FlowLog|Address|VpnConnection|VpnGateway|TransitGateway/;

/** EC2 and ECS calls about machines. */
const HOST_OPERATION = /Instance|Image|Snapshot|Volume|Task|KeyPair|Fleet|LaunchTemplate/;

/** First verb of an operation's name → ECS `event.type`. */
const VERB_TYPES: ReadonlyMap<string, EventType> = new Map(
  Object.entries({
    access:
      'Get List Describe Head Search Lookup Select Query Scan Batch View Check Verify Preview Estimate Detect Decrypt Encrypt Download Poll Receive Test Validate Simulate Read Generate',
    creation: 'Create Run Register Import Allocate Request Copy Provision Upload Issue Clone Restore',
    deletion: 'Delete Terminate Deregister Release Purge Destroy Remove Revoke Schedule Cancel Erase',
    start: 'Start Invoke Execute Begin Initiate Resume Send Publish Connect',
    end: 'Stop Abort End Complete Suspend Reboot Shutdown',
    change:
      'Put Update Modify Set Attach Detach Add Associate Disassociate Enable Disable Tag Untag Change Reset Replace Authorize Apply Move Rename Rotate Upgrade Promote Accept Reject Assign Unassign Merge Deactivate Activate Increase Decrease Leave Invite Share Subscribe Unsubscribe',
  }).flatMap(([type, verbs]) => verbs.split(' ').map((verb) => [verb, type as EventType] as const)),
);

const cache = new Map<string, Classification>();
/** A hostile sender could invent names without end; past this many the answer is computed each time. */
const CACHE_LIMIT = 8192;

/**
 * Classifies one API call.
 *
 * @param service first label of `eventSource` (`iam` of `iam.amazonaws.com`)
 * @param name `eventName`
 * @param eventType CloudTrail's own `eventType`
 * @param readOnly CloudTrail's `readOnly`, decisive where the verb is not known
 */
export function classify(
  service: string,
  name: string,
  eventType: string,
  readOnly: boolean | undefined,
): Classification {
  const key = `${service}\n${name}\n${eventType}\n${readOnly}`;
  let found = cache.get(key);
  if (found === undefined) {
    found = compute(service, name, eventType, readOnly);
    if (cache.size < CACHE_LIMIT) cache.set(key, found);
  }
  return found;
}

function compute(
  service: string,
  name: string,
  eventType: string,
  readOnly: boolean | undefined,
): Classification {
  if (eventType === 'AwsConsoleSignIn' || service === 'signin') {
    return { category: ['authentication'], type: [/Logout|SignOut/i.test(name) ? 'end' : 'start'] };
  }
  if (
    service === 'sts' &&
    (name.startsWith('AssumeRole') || name === 'GetFederationToken' || name === 'GetSessionToken')
  ) {
    return { category: ['authentication', 'session'], type: ['start'] };
  }
  if (service.startsWith('sso') && (name === 'Authenticate' || name === 'Federate' || name === 'CreateToken'))
    return { category: ['authentication'], type: ['start'] };
  if (eventType === 'AwsCloudTrailInsight') return { category: ['intrusion_detection'], type: ['info'] };

  const verbType = typeOf(name, readOnly);
  if (IDENTITY_SERVICES.has(service)) return { category: ['iam'], type: identityTypes(name, verbType) };
  const category: EventCategory[] = ['api'];
  if (service === 's3' && OBJECT_OPERATION.test(name)) category.push('file');
  else if (DATABASE_SERVICES.has(service)) category.push('database');
  else if (NETWORK_OPERATION.test(name)) category.push('network');
  else if (HOST_OPERATION.test(name)) category.push('host');
  // Calls that run or send something leave the configuration as it is.
  const changes =
    verbType !== 'access' && verbType !== 'info' && !/^(?:Invoke|Execute|Send|Publish|Connect)/.test(name);
  if (changes && !category.includes('file')) category.push('configuration');
  return { category, type: [verbType] };
}

function typeOf(name: string, readOnly: boolean | undefined): EventType {
  const verb = /^[A-Z][a-z]*/.exec(name)?.[0] ?? '';
  const type = VERB_TYPES.get(verb);
  if (type !== undefined && verb !== 'Batch') return type;
  if (readOnly === true) return 'access';
  if (readOnly === false) return 'change';
  return 'info';
}

function identityTypes(name: string, verbType: EventType): readonly EventType[] {
  const types: EventType[] = [];
  if (/Policy|Policies|Permission/.test(name)) types.push('admin');
  if (/Group/.test(name)) types.push('group');
  if (/User|LoginProfile|AccessKey|MFADevice|Password|SigningCertificate|SSHPublicKey/.test(name))
    types.push('user');
  if (/Role|Account|InstanceProfile|Provider/.test(name) && !types.includes('admin')) types.push('admin');
  if (verbType === 'access') types.push('info');
  else if (verbType === 'creation' || verbType === 'deletion') types.push(verbType);
  else types.push('change');
  return types;
}
