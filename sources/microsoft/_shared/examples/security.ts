import type { EventFacts } from '../forms.ts';
import { ANN, BOB, DC, numbering, PC, SYSTEM_SID } from './company.ts';

/**
 * Events of our own making, stated once: the samples of the Windows sources hold each in one of the forms
 * that shippers give it, and a test reads all of them in every form.
 */

const records = numbering(52000);

const SUBJECT = {
  SubjectUserSid: ANN,
  SubjectUserName: 'ann.meyer',
  SubjectDomainName: 'CORP',
  SubjectLogonId: '0x5d21a',
};
const NOBODY = {
  SubjectUserSid: 'S-1-0-0',
  SubjectUserName: '-',
  SubjectDomainName: '-',
  SubjectLogonId: '0x0',
};
const MACHINE = {
  SubjectUserSid: SYSTEM_SID,
  SubjectUserName: 'DC01$',
  SubjectDomainName: 'CORP',
  SubjectLogonId: '0x3e7',
};

const SUCCESS = '0x8020000000000000';
const FAILURE = '0x8010000000000000';

function audit(
  eventId: number,
  task: number,
  taskName: string,
  data: Record<string, string>,
  more: Partial<EventFacts> = {},
): EventFacts {
  const recordId = records.next();
  return {
    channel: 'Security',
    provider: 'Microsoft-Windows-Security-Auditing',
    guid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
    eventId,
    task,
    taskName,
    keywords: SUCCESS,
    time: `2026-02-27T09:${String(10 + (recordId % 50)).padStart(2, '0')}:07Z`,
    recordId,
    pid: 712,
    tid: 5120,
    computer: DC,
    data,
    ...more,
  };
}

const LOGON = {
  LogonType: '3',
  LogonProcessName: 'NtLmSsp ',
  AuthenticationPackageName: 'NTLM',
  WorkstationName: 'PC-042',
  LogonGuid: '{00000000-0000-0000-0000-000000000000}',
  TransmittedServices: '-',
  LmPackageName: 'NTLM V2',
  KeyLength: '128',
  ProcessName: '-',
  IpAddress: '198.51.100.23',
  IpPort: '50122',
};
const TARGET = { TargetUserSid: BOB, TargetUserName: 'bob.durand', TargetDomainName: 'CORP' };
const TARGET_OF = { TargetUserName: 'bob.durand', TargetDomainName: 'CORP', TargetSid: BOB };
const GROUP = { TargetUserName: 'Server Operators', TargetDomainName: 'CORP', TargetSid: 'S-1-5-32-549' };
const MEMBER = { MemberName: 'CN=Durand\\, Bob,OU=Staff,DC=corp,DC=example,DC=com', MemberSid: BOB };

/** Events of the Security log, by sample. */
export const SECURITY: Readonly<Record<string, readonly EventFacts[]>> = {
  logon: [
    audit(4624, 12544, 'Logon', { ...NOBODY, ...TARGET, TargetLogonId: '0x9a41f', ...LOGON }, { version: 2 }),
    audit(
      4625,
      12544,
      'Ouvrir la session',
      {
        ...NOBODY,
        ...TARGET,
        TargetUserSid: 'S-1-0-0',
        Status: '0xc000006d',
        FailureReason: '%%2313',
        SubStatus: '0xc000006a',
        ...LOGON,
      },
      { keywords: FAILURE },
    ),
    audit(4634, 12545, 'Logoff', { ...TARGET, TargetLogonId: '0x9a41f', LogonType: '3' }),
    audit(4648, 12544, 'Logon', {
      ...SUBJECT,
      LogonGuid: '{00000000-0000-0000-0000-000000000000}',
      TargetUserName: 'svc-backup',
      TargetDomainName: 'CORP',
      TargetServerName: 'files.corp.example.com',
      TargetInfo: 'files.corp.example.com',
      ProcessName: 'C:\\Windows\\System32\\svchost.exe',
      IpAddress: '-',
      IpPort: '-',
    }),
    audit(4672, 12548, 'Special Logon', {
      ...SUBJECT,
      PrivilegeList: 'SeSecurityPrivilege\n\t\t\tSeDebugPrivilege',
    }),
    audit(4778, 12551, 'Other Logon/Logoff Events', {
      AccountName: 'bob.durand',
      AccountDomain: 'CORP',
      LogonID: '0x9a41f',
      SessionName: 'RDP-Tcp#3',
      ClientName: 'PC-042',
      ClientAddress: '198.51.100.23',
    }),
    audit(
      6273,
      12552,
      'Network Policy Server',
      {
        SubjectUserSid: BOB,
        SubjectUserName: 'bob.durand',
        SubjectDomainName: 'CORP',
        CallingStationID: '02-00-5E-10-00-01',
        NASIPv4Address: '192.0.2.17',
        ClientName: 'wlc-1',
        NetworkPolicyName: 'Staff wireless',
        ReasonCode: '16',
        Reason: 'Authentication failed due to a user credentials mismatch.',
      },
      { keywords: FAILURE },
    ),
  ],
  kerberos: [
    audit(4768, 14339, 'Kerberos Authentication Service', {
      TargetUserName: 'bob.durand',
      TargetDomainName: 'CORP',
      TargetSid: BOB,
      ServiceName: 'krbtgt',
      ServiceSid: 'S-1-5-21-3457937927-2839227994-823803824-502',
      TicketOptions: '0x40810010',
      Status: '0x0',
      TicketEncryptionType: '0x12',
      PreAuthType: '2',
      IpAddress: '::ffff:198.51.100.23',
      IpPort: '50140',
    }),
    audit(4769, 14337, 'Kerberos Service Ticket Operations', {
      TargetUserName: 'bob.durand@CORP.EXAMPLE.COM',
      TargetDomainName: 'CORP.EXAMPLE.COM',
      ServiceName: 'svc-sql',
      TicketOptions: '0x40810000',
      TicketEncryptionType: '0x17',
      IpAddress: '::ffff:198.51.100.23',
      IpPort: '50141',
      Status: '0x0',
    }),
    audit(
      4771,
      14339,
      'Kerberos Authentication Service',
      {
        TargetUserName: 'bob.durand',
        TargetSid: BOB,
        ServiceName: 'krbtgt/CORP',
        TicketOptions: '0x40810010',
        Status: '0x18',
        PreAuthType: '2',
        IpAddress: '2001:db8::23',
        IpPort: '50142',
      },
      { keywords: FAILURE },
    ),
    audit(
      4776,
      14336,
      'Credential Validation',
      {
        PackageName: 'MICROSOFT_AUTHENTICATION_PACKAGE_V1_0',
        TargetUserName: 'bob.durand',
        Workstation: 'PC-042',
        Status: '0xc0000064',
      },
      { keywords: FAILURE },
    ),
  ],
  accounts: [
    audit(4720, 13824, 'User Account Management', {
      ...TARGET_OF,
      ...SUBJECT,
      PrivilegeList: '-',
      SamAccountName: 'bob.durand',
      NewUacValue: '0x15',
    }),
    audit(4724, 13824, 'User Account Management', { ...TARGET_OF, ...SUBJECT }),
    audit(4738, 13824, 'User Account Management', {
      Dummy: '-',
      ...TARGET_OF,
      ...SUBJECT,
      OldUacValue: '0x10',
      NewUacValue: '0x10210',
    }),
    audit(4740, 13824, 'User Account Management', {
      TargetUserName: 'bob.durand',
      TargetDomainName: 'PC-042',
      TargetSid: BOB,
      ...MACHINE,
    }),
    audit(4781, 13824, 'User Account Management', {
      OldTargetUserName: 'bob.durand',
      NewTargetUserName: 'robert.durand',
      TargetDomainName: 'CORP',
      TargetSid: BOB,
      ...SUBJECT,
    }),
    audit(4741, 13825, 'Computer Account Management', {
      TargetUserName: 'PC-099$',
      TargetDomainName: 'CORP',
      TargetSid: 'S-1-5-21-3457937927-2839227994-823803824-1301',
      ...SUBJECT,
    }),
    audit(4732, 13826, 'Security Group Management', { ...MEMBER, ...GROUP, ...SUBJECT }),
    audit(4746, 13827, 'Distribution Group Management', { ...MEMBER, ...GROUP, ...SUBJECT }),
    audit(4799, 13826, 'Security Group Management', {
      ...GROUP,
      ...SUBJECT,
      CallerProcessId: '0x1a4',
      CallerProcessName: 'C:\\Tools\\collect.exe',
    }),
  ],
  process: [
    audit(
      4688,
      13312,
      'Process Creation',
      {
        ...SUBJECT,
        NewProcessId: '0x1b3c',
        NewProcessName: 'C:\\Windows\\System32\\cmd.exe',
        TokenElevationType: '%%1936',
        ProcessId: '0xa20',
        CommandLine: '"C:\\Windows\\System32\\cmd.exe" /c "dir C:\\Shares"',
        TargetUserSid: 'S-1-0-0',
        TargetUserName: '-',
        TargetDomainName: '-',
        TargetLogonId: '0x0',
        ParentProcessName: 'C:\\Windows\\explorer.exe',
        MandatoryLabel: 'S-1-16-8192',
      },
      { version: 2, computer: PC },
    ),
    audit(
      4689,
      13313,
      'Process Termination',
      { ...SUBJECT, Status: '0x1', ProcessId: '0x1b3c', ProcessName: 'C:\\Windows\\System32\\cmd.exe' },
      { computer: PC },
    ),
  ],
  objects: [
    audit(
      4663,
      12800,
      'File System',
      {
        ...SUBJECT,
        ObjectServer: 'Security',
        ObjectType: 'File',
        ObjectName: 'D:\\Shares\\Payroll\\2026.xlsx',
        HandleId: '0x1d4',
        AccessList: '%%4416',
        AccessMask: '0x1',
        ProcessId: '0x4',
        ProcessName: 'C:\\Windows\\System32\\ntoskrnl.exe',
      },
      { version: 1 },
    ),
    audit(4657, 12801, 'Registry', {
      ...SUBJECT,
      ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run',
      ObjectValueName: 'Updater',
      HandleId: '0x54',
      OperationType: '%%1904',
      NewValueType: '%%1873',
      NewValue: 'C:\\ProgramData\\upd.exe',
      ProcessId: '0x1b3c',
      ProcessName: 'C:\\Windows\\regedit.exe',
    }),
    audit(4662, 14080, 'Directory Service Access', {
      ...SUBJECT,
      ObjectServer: 'DS',
      ObjectType: '%{19195a5b-6da0-11d0-afd3-00c04fd930c9}',
      ObjectName: '%{bf967aba-0de6-11d0-a285-00aa003049e2}',
      AccessMask: '0x100',
      Properties: '%%7688\n\t\t{1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}',
    }),
    audit(5136, 14081, 'Directory Service Changes', {
      ...SUBJECT,
      DSName: 'corp.example.com',
      ObjectDN: 'CN=Bob Durand,OU=Staff,DC=corp,DC=example,DC=com',
      ObjectClass: 'user',
      AttributeLDAPDisplayName: 'servicePrincipalName',
      AttributeValue: 'HTTP/fake',
      OperationType: '%%14674',
    }),
    audit(5145, 12811, 'Detailed File Share', {
      ...SUBJECT,
      ObjectType: 'File',
      IpAddress: '198.51.100.23',
      IpPort: '50160',
      ShareName: '\\\\*\\Payroll',
      ShareLocalPath: '\\??\\D:\\Shares\\Payroll',
      RelativeTargetName: '2026\\january.xlsx',
      AccessMask: '0x120089',
      AccessList: '%%1538',
    }),
    audit(5145, 12811, 'Detailed File Share', {
      ...SUBJECT,
      ObjectType: 'File',
      IpAddress: '198.51.100.23',
      IpPort: '50161',
      ShareName: '\\\\*\\IPC$',
      RelativeTargetName: 'svcctl',
      AccessMask: '0x12019f',
    }),
    audit(4698, 12804, 'Other Object Access Events', {
      ...SUBJECT,
      TaskName: '\\Updates\\Nightly',
      TaskContent: '<?xml version="1.0"?><Task/>',
    }),
    audit(4697, 12289, 'Security System Extension', {
      ...SUBJECT,
      ServiceName: 'UpdSvc',
      ServiceFileName: 'C:\\ProgramData\\upd.exe -svc',
      ServiceType: '0x10',
      ServiceStartType: '2',
      ServiceAccount: 'LocalSystem',
    }),
  ],
  network: [
    audit(
      5156,
      12810,
      'Filtering Platform Connection',
      {
        ProcessID: '5160',
        Application: '\\device\\harddiskvolume3\\tools\\agent.exe',
        Direction: '%%14593',
        SourceAddress: '10.20.0.42',
        SourcePort: '50177',
        DestAddress: '203.0.113.80',
        DestPort: '443',
        Protocol: '6',
        FilterRTID: '71205',
        LayerName: '%%14611',
        LayerRTID: '48',
      },
      { computer: PC },
    ),
    audit(
      5157,
      12810,
      'Filtering Platform Connection',
      {
        ProcessID: '1044',
        Application: '\\device\\harddiskvolume3\\windows\\system32\\svchost.exe',
        Direction: '%%14592',
        SourceAddress: '10.20.0.42',
        SourcePort: '3389',
        DestAddress: '10.20.0.7',
        DestPort: '61022',
        Protocol: '6',
      },
      { computer: PC, keywords: FAILURE },
    ),
    audit(
      5158,
      12810,
      'Filtering Platform Connection',
      {
        ProcessId: '5160',
        Application: '\\device\\harddiskvolume3\\tools\\agent.exe',
        SourceAddress: '0.0.0.0',
        SourcePort: '4444',
        Protocol: '17',
      },
      { computer: PC },
    ),
  ],
  policy: [
    audit(4719, 13568, 'Audit Policy Change', {
      ...MACHINE,
      CategoryId: '%%8273',
      SubcategoryId: '%%12544',
      AuditPolicyChanges: '%%8448',
    }),
    audit(1102, 104, 'Log clear', SUBJECT, {
      provider: 'Microsoft-Windows-Eventlog',
      guid: '{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}',
      level: 4,
      keywords: '0x4020000000000000',
      userData: 'LogFileCleared',
    }),
    audit(4865, 13569, 'Authentication Policy Change', { ...SUBJECT, ForestRoot: 'partner.example.org' }),
  ],
  unknown: [audit(4000, 12292, 'Other System Events', { ...SUBJECT, Parameter: 'x' })],
};
