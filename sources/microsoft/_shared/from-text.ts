import type { ParseInput } from '../../kit/source.ts';
import { TITLES } from './titles.ts';
import { type DataFields, emptyData, type WindowsEvent } from './windows-event.ts';

const MAX_TEXT = 32_768;
const MAX_LINES = 400;

/** Whose account the labels of a section describe, by its heading. */
const SECTIONS: Readonly<Record<string, string>> = {
  subject: 'Subject',
  sujet: 'Subject',
  antragsteller: 'Subject',
  'new logon': 'Target',
  'nouvelle ouverture de session': 'Target',
  'neue anmeldung': 'Target',
  'target account': 'Target',
  'compte cible': 'Target',
  zielkonto: 'Target',
  'new account': 'Target',
  'nouveau compte': 'Target',
  'neues konto': 'Target',
  'new computer account': 'Target',
  'computer account that was changed': 'Target',
  'target computer': 'Target',
  'account for which logon failed': 'Target',
  "compte pour lequel l'ouverture de session a échoué": 'Target',
  'konto, für das die anmeldung fehlgeschlagen ist': 'Target',
  'account whose credentials were used': 'Target',
  "compte dont les informations d'identification ont été utilisées": 'Target',
  'account that was locked out': 'Target',
  'compte verrouillé': 'Target',
  'gesperrtes konto': 'Target',
  'account information': 'Target',
  'informations sur le compte': 'Target',
  group: 'Target',
  groupe: 'Target',
  'new group': 'Target',
  'deleted group': 'Target',
  gruppe: 'Target',
  user: 'Target',
  member: 'Member',
  membre: 'Member',
  mitglied: 'Member',
}; // prettier-ignore

/** Labels of an account, as the last part of the data's name. */
const ACCOUNT: Readonly<Record<string, 'Sid' | 'Name' | 'Domain' | 'LogonId'>> = {
  'security id': 'Sid',
  'id de sécurité': 'Sid',
  'sicherheits-id': 'Sid',
  'user id': 'Sid',
  'account name': 'Name',
  'nom du compte': 'Name',
  kontoname: 'Name',
  'group name': 'Name',
  'nom du groupe': 'Name',
  gruppenname: 'Name',
  'account domain': 'Domain',
  'domaine du compte': 'Domain',
  kontodomäne: 'Domain',
  'group domain': 'Domain',
  'domaine du groupe': 'Domain',
  'supplied realm name': 'Domain',
  'user domain': 'Domain',
  'logon id': 'LogonId',
  "id d'ouverture de session": 'LogonId',
  'anmelde-id': 'LogonId',
}; // prettier-ignore

/** Labels that mean the same in every section, by the name of the datum. */
const DATA: Readonly<Record<string, string>> = {
  'logon type': 'LogonType',
  "type d'ouverture de session": 'LogonType',
  anmeldetyp: 'LogonType',
  'logon guid': 'LogonGuid',
  "guid d'ouverture de session": 'LogonGuid',
  'anmelde-guid': 'LogonGuid',
  'process id': 'ProcessId',
  'id du processus': 'ProcessId',
  'prozess-id': 'ProcessId',
  'caller process id': 'ProcessId',
  "id du processus de l'appelant": 'ProcessId',
  'creator process id': 'ProcessId',
  'process name': 'ProcessName',
  'nom du processus': 'ProcessName',
  prozessname: 'ProcessName',
  'caller process name': 'ProcessName',
  "nom du processus de l'appelant": 'ProcessName',
  'new process id': 'NewProcessId',
  'id du nouveau processus': 'NewProcessId',
  'neue prozess-id': 'NewProcessId',
  'new process name': 'NewProcessName',
  'nom du nouveau processus': 'NewProcessName',
  'neuer prozessname': 'NewProcessName',
  'creator process name': 'ParentProcessName',
  'nom du processus créateur': 'ParentProcessName',
  'process command line': 'CommandLine',
  'ligne de commande du processus': 'CommandLine',
  'token elevation type': 'TokenElevationType',
  'workstation name': 'WorkstationName',
  'nom de la station de travail': 'WorkstationName',
  arbeitsstationsname: 'WorkstationName',
  'source workstation': 'Workstation',
  'logon account': 'TargetUserName',
  'source network address': 'IpAddress',
  'adresse du réseau source': 'IpAddress',
  quellnetzwerkadresse: 'IpAddress',
  'network address': 'IpAddress',
  'client address': 'IpAddress',
  'adresse du client': 'IpAddress',
  'source address': 'IpAddress',
  'source port': 'IpPort',
  'port source': 'IpPort',
  quellport: 'IpPort',
  'client port': 'IpPort',
  port: 'IpPort',
  'port client': 'IpPort',
  'target server name': 'TargetServerName',
  'nom du serveur cible': 'TargetServerName',
  'logon process': 'LogonProcessName',
  "processus d'ouverture de session": 'LogonProcessName',
  anmeldeprozess: 'LogonProcessName',
  'authentication package': 'AuthenticationPackageName',
  "package d'authentification": 'AuthenticationPackageName',
  authentifizierungspaket: 'AuthenticationPackageName',
  'package name (ntlm only)': 'LmPackageName',
  'key length': 'KeyLength',
  'failure reason': 'FailureReason',
  "raison de l'échec": 'FailureReason',
  fehlerursache: 'FailureReason',
  status: 'Status',
  état: 'Status',
  'sub status': 'SubStatus',
  'sous-état': 'SubStatus',
  unterstatus: 'SubStatus',
  'error code': 'Status',
  'result code': 'Status',
  'failure code': 'Status',
  'service name': 'ServiceName',
  'nom du service': 'ServiceName',
  'service id': 'ServiceSid',
  'service file name': 'ServiceFileName',
  'service type': 'ServiceType',
  'ticket options': 'TicketOptions',
  'options du ticket': 'TicketOptions',
  'ticket encryption type': 'TicketEncryptionType',
  'type de chiffrement du ticket': 'TicketEncryptionType',
  'pre-authentication type': 'PreAuthType',
  privileges: 'PrivilegeList',
  privilèges: 'PrivilegeList',
  'task name': 'TaskName',
  'nom de la tâche': 'TaskName',
  'task content': 'TaskContent',
  'share name': 'ShareName',
  'nom du partage': 'ShareName',
  'share path': 'ShareLocalPath',
  'relative target name': 'RelativeTargetName',
  'object type': 'ObjectType',
  'object name': 'ObjectName',
  "nom de l'objet": 'ObjectName',
  'object server': 'ObjectServer',
  'handle id': 'HandleId',
  'caller computer name': 'TargetDomainName',
  "nom de l'ordinateur de l'appelant": 'TargetDomainName',
  'sam account name': 'SamAccountName',
  'nom du compte sam': 'SamAccountName',
}; // prettier-ignore

/** Events in which Windows heads the account that leaves `Subject`; its data call it the target. */
const SUBJECT_IS_TARGET = new Set([4634, 4647]);
/** Events of logons, whose target's SID is `TargetUserSid`; elsewhere it is `TargetSid`. */
const LOGONS = new Set([4624, 4625, 4634, 4647, 4648, 4672, 4768, 4769, 4771]);
const FAILURES = new Set([4625, 4771, 6273]);

/** Line breaks and tabs as some syslog receivers escape them (`#015#012#011`), and typographic apostrophes. */
function plain(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replaceAll('#015', '')
    .replaceAll('#012', '\n')
    .replaceAll('#011', '\t')
    .replaceAll('’', "'");
}

/** The event that a rendered text's first line names. */
export function eventOfTitle(text: string): number | undefined {
  const end = /[\r\n\t]|#01[125]/.exec(text.slice(0, 200))?.index;
  return TITLES.get(
    text
      .slice(0, end ?? 200)
      .replaceAll('’', "'")
      .replaceAll('\u00a0', ' ')
      .trim(),
  );
}

function accountName(part: 'Sid' | 'Name' | 'Domain' | 'LogonId', owner: string, eventId: number): string {
  if (owner === 'Member') return part === 'Sid' ? 'MemberSid' : 'MemberName';
  if (part === 'Sid') return owner === 'Target' && !LOGONS.has(eventId) ? 'TargetSid' : `${owner}UserSid`;
  if (part === 'LogonId') return `${owner}LogonId`;
  return part === 'Name' ? `${owner}UserName` : `${owner}DomainName`;
}

/**
 * A Security event of which only the rendered text was sent (VMware Log Insight's Windows agent, agents that write
 * plain syslog): the first line says which event it is, sections and labels give the data their names.
 */
export function fromText(input: ParseInput): WindowsEvent | undefined {
  const eventId = eventOfTitle(input.text);
  if (eventId === undefined) return undefined;
  const data: DataFields = emptyData();
  let owner = 'Subject';
  const lines = plain(input.text).split('\n', MAX_LINES);
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const label = line.slice(0, colon).replaceAll('\u00a0', ' ').trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const section = Object.hasOwn(SECTIONS, label) ? SECTIONS[label] : undefined;
    if (value === '') {
      if (section !== undefined)
        owner = section === 'Subject' && SUBJECT_IS_TARGET.has(eventId) ? 'Target' : section;
      continue;
    }
    const part = Object.hasOwn(ACCOUNT, label) ? ACCOUNT[label] : undefined;
    const name =
      part !== undefined
        ? accountName(part, owner, eventId)
        : Object.hasOwn(DATA, label)
          ? DATA[label]
          : undefined;
    if (name !== undefined && data[name] === undefined) data[name] = value;
  }
  const status = data['Status'];
  const refused =
    FAILURES.has(eventId) ||
    ((eventId === 4768 || eventId === 4769 || eventId === 4776) &&
      status !== undefined &&
      !/^0x0+$/i.test(status));
  return {
    channel: 'Security',
    provider: 'Microsoft-Windows-Security-Auditing',
    eventId,
    audit: refused ? 'failure' : 'success',
    ...(input.syslog?.time === undefined ? {} : { time: input.syslog.time }),
    ...(input.syslog?.hostname === undefined ? {} : { computer: input.syslog.hostname }),
    data,
    message: plain(input.text).trim(),
  };
}
