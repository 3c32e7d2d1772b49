import type { Categorisation, EventCategory, EventOutcome, EventType } from '../../kit/categorise.ts';

/** Record types of the Management Activity API that decide more than the workload does. */
const SIGN_IN = new Set([9, 15]);
const FILE = new Set([4, 6, 7, 14, 36, 37, 54, 55, 56]);
const MAIL_ITEM = new Set([2, 3, 19, 29, 50]);
const DLP = new Set([11, 13, 33, 63, 99, 100, 107]);
const ALERT = new Set([40, 42, 64, 65]);
const THREAT = new Set([28, 41, 47, 48]);

/** What a record says in ECS terms. */
export interface Verdict {
  readonly category: readonly EventCategory[];
  readonly type: readonly EventType[];
  readonly kind: 'event' | 'alert';
}

/** First matching verb of an operation's name → ECS type. */
const VERBS: readonly (readonly [RegExp, EventType])[] = [
  // Exchange and compliance cmdlets start with their verb.
  [/^(?:New|Add|Enable|Install|Start|Import|Restore)-/, 'creation'],
  [/^(?:Remove|Disable|Uninstall|Clear|Stop)-/, 'deletion'],
  [/^(?:Get|Search|Test|Export|Find)-/, 'access'],
  [/^[A-Z][a-z]+-/, 'change'],
  [/Access|View|Preview|Download|Read|Search|Visit|Print|Copied|Export|SyncClient/, 'access'],
  [/Delet|Remov|Purge|Recycled|Revok|Uninstall|^Disable/, 'deletion'],
  [/Creat|^Add\b|Added|Upload|^Send|Sent$|Restor|Invit|Install|^Enable/, 'creation'],
  [/Updat|Modif|^Set|Set$|Chang|Renam|Mov|Reset|Edit|Assign|Consent|Lock|Sharing|Link/, 'change'],
];

function verb(operation: string): EventType {
  for (const [pattern, type] of VERBS) if (pattern.test(operation)) return type;
  return 'info';
}

function identityTypes(operation: string): EventType[] {
  const types: EventType[] = [];
  if (/\bgroup\b/i.test(operation)) types.push('group');
  else if (/\b(?:user|member|password|license)\b/i.test(operation)) types.push('user');
  else if (
    /role|application|principal|policy|consent|delegation|domain|federation|tenant|permission|company/i.test(
      operation,
    )
  )
    types.push('admin');
  const type = verb(operation);
  types.push(type === 'access' ? 'info' : type);
  return types;
}

/**
 * @param record `RecordType`, −1 where absent
 */
export function classify(record: number, workload: string, operation: string): Verdict {
  if (ALERT.has(record))
    return { category: ['intrusion_detection'], type: ['info'], kind: record === 40 ? 'alert' : 'event' };
  if (THREAT.has(record) || workload === 'ThreatIntelligence')
    return {
      category:
        record === 28 ? ['email', 'malware'] : record === 41 ? ['web', 'malware'] : ['file', 'malware'],
      type: ['info'],
      kind: 'alert',
    };
  if (DLP.has(record)) return { category: [record === 13 ? 'email' : 'file'], type: ['info'], kind: 'alert' };
  if (SIGN_IN.has(record) || /^User(?:LoggedIn|LoginFailed)$/.test(operation))
    return { category: ['authentication'], type: ['start'], kind: 'event' };
  if (operation === 'UserLoggedOff' || operation === 'SignOut')
    return { category: ['authentication', 'session'], type: ['end'], kind: 'event' };
  if (record === 8 || workload === 'AzureActiveDirectory')
    return { category: ['iam'], type: identityTypes(operation), kind: 'event' };
  if (operation === 'MailboxLogin')
    return { category: ['authentication', 'email'], type: ['start'], kind: 'event' };
  if (operation === 'FileMalwareDetected')
    return { category: ['file', 'malware'], type: ['info'], kind: 'alert' };
  if (MAIL_ITEM.has(record))
    return {
      category: ['email'],
      type: [operation === 'MailItemsAccessed' ? 'access' : verb(operation)],
      kind: 'event',
    };
  if (/Admin(?:Added|Removed)|Permission|^(?:AddedTo|RemovedFrom)Group/.test(operation))
    return { category: ['iam'], type: ['admin', verb(operation)], kind: 'event' };
  if (FILE.has(record)) return { category: ['file'], type: [verb(operation)], kind: 'event' };
  if (/^(?:File|Folder)[A-Z]/.test(operation))
    return { category: ['file'], type: [verb(operation)], kind: 'event' };
  switch (workload) {
    case 'Exchange':
      if (/permission|RoleGroup|ManagementRole/i.test(operation))
        return { category: ['iam', 'email'], type: ['admin', verb(operation)], kind: 'event' };
      if (/^[A-Z][a-z]+-/.test(operation))
        return { category: ['configuration', 'email'], type: [verb(operation)], kind: 'event' };
      return { category: ['email'], type: [verb(operation)], kind: 'event' };
    case 'SharePoint':
    case 'OneDrive':
      if (/File|Folder|Sharing|Sync|Link/.test(operation))
        return { category: ['file'], type: [verb(operation)], kind: 'event' };
      if (/Group|Permission|Admin|User/.test(operation))
        return { category: ['iam'], type: identityTypes(operation), kind: 'event' };
      return { category: ['web'], type: [verb(operation)], kind: 'event' };
    case 'MicrosoftTeams':
      if (/Member/.test(operation))
        return { category: ['iam'], type: ['group', verb(operation)], kind: 'event' };
      if (/Setting|Policy|App|Bot|Connector|Tab/.test(operation))
        return { category: ['configuration'], type: [verb(operation)], kind: 'event' };
      return { category: ['network'], type: ['info'], kind: 'event' };
    case 'SecurityComplianceCenter':
    case 'ComplianceManager':
    case 'Compliance':
      return { category: ['configuration'], type: [verb(operation)], kind: 'event' };
    case 'PowerBI':
    case 'PowerApps':
    case 'MicrosoftFlow':
    case 'PowerPlatform':
    case 'MicrosoftForms':
    case 'Forms':
    case 'MicrosoftStream':
    case 'Yammer':
    case 'Planner':
    case 'Project':
    case 'CRM':
    case 'Copilot':
    case 'MicrosoftTodo':
      return { category: ['web'], type: [verb(operation)], kind: 'event' };
    default:
      return { category: ['api'], type: [verb(operation)], kind: 'event' };
  }
}

/** `ResultStatus` in its many spellings; a record without one tells of something done. */
export function outcomeOf(
  status: string | undefined,
  operation: string,
  isSuccess: unknown,
  logonError: string | undefined,
): EventOutcome {
  if (/LoginFailed$|Failed$/.test(operation) || logonError !== undefined) return 'failure';
  if (status !== undefined) {
    if (/^(?:succe|true|partiallysucceeded|ok|completed)/i.test(status)) return 'success';
    if (/^(?:fail|false|error|denied|unauthorized)/i.test(status)) return 'failure';
    if (/^unknown$/i.test(status)) return 'unknown';
    // `0` and `-2147…` are codes of Exchange cmdlets.
    if (/^-?\d+$/.test(status)) return Number(status) === 0 ? 'success' : 'failure';
  }
  if (isSuccess === false || isSuccess === 'false') return 'failure';
  return 'success';
}

/** As {@link Categorisation} for the kit. */
export function toCategorisation(
  verdict: Verdict,
  action: string | undefined,
  outcome: EventOutcome,
): Categorisation {
  return { category: verdict.category, type: verdict.type, action, outcome };
}
