/** A Windows log as rules know it: Sigma's logsource, and what its events carry. */
export interface WindowsLog {
  /** `service` of Sigma's logsource, or its `category`. */
  readonly service?: string;
  readonly category?: string;
  readonly channel: string;
  readonly provider: string;
  /** Event ids of the log that rules ask for. */
  readonly ids: readonly number[];
  /** Fields that rules ask for, as the provider names them. */
  readonly fields: readonly string[];
  /** Where the provider puts them; `EventData` by default, `Data` without names. */
  readonly data?: 'UserData' | 'Data';
  /** Values that make the event one of the category. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Names from a text that parts them by commas; some hold blanks. */
const list = (names: string): string[] => names.split(', ').filter((name) => name !== '');
const SYSMON = 'Microsoft-Windows-Sysmon';
const sysmon = (category: string, ids: readonly number[], fields = ''): WindowsLog => ({
  category,
  channel: `${SYSMON}/Operational`,
  provider: SYSMON,
  ids,
  fields: list(fields),
});
const operational = (service: string, name: string, ids: readonly number[], fields = ''): WindowsLog => ({
  service,
  channel: `Microsoft-Windows-${name}/Operational`,
  provider: `Microsoft-Windows-${name}`,
  ids,
  fields: list(fields),
});
const security = (ids: readonly number[], fields = ''): WindowsLog => ({
  service: 'security',
  channel: 'Security',
  provider: 'Microsoft-Windows-Security-Auditing',
  ids,
  fields: list(fields),
});
const system = (provider: string, ids: readonly number[], fields = ''): WindowsLog => ({
  service: 'system',
  channel: 'System',
  provider,
  ids,
  fields: list(fields),
});
const application = (provider: string, ids: readonly number[]): WindowsLog => ({
  service: 'application',
  channel: 'Application',
  provider,
  ids,
  fields: list('Data'),
  data: 'Data',
});

/**
 * The Windows logs that public Sigma rules are written for, after Microsoft's and Sysmon's documentation of their
 * events and Sigma's of its logsources (https://sigmahq.io/docs/basics/log-sources.html).
 */
export const WINDOWS_LOGS: readonly WindowsLog[] = [
  // Sysmon, one category an event.
  sysmon(
    'process_creation',
    [1],
    'Image, CommandLine, OriginalFileName, ParentImage, ParentCommandLine, Description, Product, Company, Hashes, IntegrityLevel, User, CurrentDirectory, ParentUser, LogonId, FileVersion',
  ),
  sysmon('file_change', [2], 'Image, TargetFilename, PreviousCreationUtcTime, CreationUtcTime'),
  sysmon(
    'network_connection',
    [3],
    'Image, Initiated, DestinationHostname, DestinationIp, DestinationPort, Protocol, User, SourcePort, SourceHostname, SourceIp, SourceIsIpv6, DestinationIsIpv6',
  ),
  sysmon('sysmon_status', [4, 16], 'State, Configuration'),
  sysmon('process_termination', [5], 'Image'),
  sysmon('driver_load', [6], 'ImageLoaded, Hashes, Signature, SignatureStatus'),
  sysmon(
    'image_load',
    [7],
    'ImageLoaded, Image, Signed, SignatureStatus, OriginalFileName, Description, Product, Signature, Company, Hashes, FileVersion',
  ),
  sysmon('create_remote_thread', [8], 'SourceImage, TargetImage, StartFunction, StartModule, StartAddress'),
  sysmon('raw_access_thread', [9], 'Image, Device'),
  sysmon('process_access', [10], 'SourceImage, GrantedAccess, TargetImage, CallTrace, SourceUser'),
  sysmon('file_event', [11], 'TargetFilename, Image, CreationUtcTime, User'),
  { ...sysmon('registry_add', [12], 'TargetObject, Image'), values: { EventType: 'CreateKey' } },
  { ...sysmon('registry_delete', [12], 'TargetObject, Image'), values: { EventType: 'DeleteValue' } },
  {
    ...sysmon('registry_set', [13], 'TargetObject, Details, Image, User'),
    values: { EventType: 'SetValue' },
  },
  {
    ...sysmon('registry_event', [12, 13, 14], 'TargetObject, Image, NewName'),
    values: { EventType: 'RenameKey' },
  },
  sysmon('registry_rename', [14], 'TargetObject, NewName'),
  sysmon('create_stream_hash', [15], 'Image, TargetFilename, Contents, Hash'),
  sysmon('pipe_created', [17, 18], 'PipeName, Image'),
  sysmon('wmi_event', [19, 20, 21], 'Destination, Operation'),
  sysmon('dns_query', [22], 'Image, QueryName, QueryResults, QueryStatus'),
  sysmon('file_delete', [23, 26], 'TargetFilename, Image, User'),
  sysmon('clipboard_capture', [24], 'Image, ClientInfo'),
  sysmon('process_tampering', [25], 'Image, Type'),
  sysmon('file_block_executable', [27], 'Image, TargetFilename'),
  sysmon('file_block_shredding', [28], 'Image, TargetFilename'),
  sysmon('file_executable_detected', [29], 'Image, TargetFilename'),
  sysmon('sysmon_error', [255], 'Description'),
  { ...operational('sysmon', 'Sysmon', [16, 27, 28, 29, 255]), fields: [] },

  // PowerShell, old and new.
  {
    category: 'ps_script',
    channel: 'Microsoft-Windows-PowerShell/Operational',
    provider: 'Microsoft-Windows-PowerShell',
    ids: [4104],
    fields: list('ScriptBlockText, Path'),
  },
  {
    category: 'ps_script',
    channel: 'PowerShellCore/Operational',
    provider: 'PowerShellCore',
    ids: [4104],
    fields: list('ScriptBlockText'),
  },
  {
    category: 'ps_module',
    channel: 'Microsoft-Windows-PowerShell/Operational',
    provider: 'Microsoft-Windows-PowerShell',
    ids: [4103],
    fields: list('Payload, ContextInfo'),
  },
  {
    category: 'ps_classic_start',
    channel: 'Windows PowerShell',
    provider: 'PowerShell',
    ids: [400],
    fields: list('Data'),
    data: 'Data',
  },
  {
    category: 'ps_classic_provider_start',
    channel: 'Windows PowerShell',
    provider: 'PowerShell',
    ids: [600],
    fields: list('Data'),
    data: 'Data',
  },
  {
    category: 'ps_classic_script',
    channel: 'Windows PowerShell',
    provider: 'PowerShell',
    ids: [800],
    fields: list('Data'),
    data: 'Data',
  },
  {
    service: 'powershell-classic',
    channel: 'Windows PowerShell',
    provider: 'PowerShell',
    ids: [400, 600, 800],
    fields: list('Data'),
    data: 'Data',
  },
  operational('powershell', 'PowerShell', [4103, 4104]),

  // Security, by what is audited.
  security([4688], 'NewProcessName, CommandLine'),
  security(
    [4611, 4624, 4625, 4634, 4647, 4648, 4649],
    'LogonType, IpAddress, TargetUserName, SubjectUserName, AuthenticationPackageName, LogonProcessName, WorkstationName, ProcessName, Status, SubStatus, ElevatedToken, ImpersonationLevel',
  ),
  security(
    [4656, 4657, 4658, 4661, 4663],
    'ObjectName, ObjectType, ProcessName, AccessList, AccessMask, ObjectServer, ObjectValueName, HandleId',
  ),
  security(
    [4662, 5136, 5137],
    'ObjectServer, Properties, AttributeLDAPDisplayName, AttributeValue, ObjectClass, ObjectDN',
  ),
  security([4673, 4674, 4692, 4704], 'PrivilegeList, Service, MasterKeyId'),
  security(
    [4697],
    'ServiceName, ServiceFileName, ServiceType, ServiceStartType, ClientProcessId, ParentProcessId',
  ),
  security([4698, 4699, 4701, 4702], 'TaskName, TaskContent, TaskContentNew'),
  security(
    [4616, 4706, 4719, 4904, 4905, 1102, 6416, 6423],
    'AuditPolicyChanges, SubcategoryGuid, ClassName, DeviceDescription',
  ),
  security(
    [
      4720, 4727, 4728, 4729, 4730, 4731, 4732, 4737, 4738, 4741, 4742, 4743, 4754, 4755, 4756, 4765, 4766,
      4781, 4794, 4799,
    ],
    'SamAccountName, OldUacValue, NewUacValue, AllowedToDelegateTo, NewTargetUserName, TargetSid, CallerProcessName, ServicePrincipalNames, PasswordLastSet, SidHistory, UserAccountControl',
  ),
  security(
    [4768, 4769, 4771, 4776],
    'TicketEncryptionType, TicketOptions, ServiceName, TargetUserName, IpAddress, Status, PreAuthType, CertThumbprint, Workstation',
  ),
  security([4886, 4887, 4898, 4899], 'TemplateContent, NewTemplateContent, Attributes, RequestAttributes'),
  security([5038, 6281, 5140, 5145, 5379], 'ShareName, RelativeTargetName, ShareLocalPath, TargetName'),
  security(
    [5156, 5157, 5441, 5447, 5449, 4800, 4825],
    'Application, DestPort, SourcePort, LayerRTID, FilterOrigin, DestAddress, FilterName',
  ),

  // System and Application, by provider.
  system(
    'Service Control Manager',
    [7023, 7034, 7036, 7045],
    'ServiceName, ImagePath, AccountName, StartType, param1, param2, Binary',
  ),
  { ...system('Microsoft-Windows-Eventlog', [104], 'Channel'), data: 'UserData' },
  system('Microsoft-Windows-Kernel-General', [16], 'HiveName'),
  system('Microsoft-Windows-WindowsUpdateClient', [16, 20, 24, 213, 217]),
  system('Microsoft-Windows-DistributedCOM', [10001], 'param1, param2, param3'),
  system('NetLogon', [5723, 5805, 5829]),
  system('Microsoft-Windows-DHCP-Server', [1031, 1032, 1033, 1034]),
  system('Microsoft-Windows-Directory-Services-SAM', [16990, 16991]),
  system('Microsoft-Windows-Kerberos-Key-Distribution-Center', [16, 26, 27, 35, 36, 37, 38, 39, 41, 42]),
  system('Ntfs', [55], 'DeviceName, Origin, Description'),
  system('TermDD', [50, 56]),
  system('LsaSrv', [6038, 6039]),
  system('Application Popup', [26], 'Caption, Message'),
  system('Microsoft-Windows-Iphlpsvc', [4100], 'IsatapRouter'),
  system('Microsoft-Windows-WER-SystemErrorReporting', [1001], 'param1'),
  system('Microsoft-Windows-CertificationAuthority', [53]),
  application('MsiInstaller', [1033, 1034, 1040, 1042, 11724]),
  application('ESENT', [216, 325, 326, 327]),
  application('MSSQLSERVER', [8128, 15457, 18456, 33205]),
  application('Application Error', [1000]),
  application('Windows Error Reporting', [1001]),
  application('ScreenConnect', [200, 201]),
  application('MSExchange Control Panel', [4]),
  application('MSMQ', [2027]),
  application('Microsoft-Windows-Audit-CVE', [1]),
  application('Microsoft-Windows-Backup', [524]),
  application('Microsoft-Windows-SoftwareRestrictionPolicies', [865, 866, 867, 868, 882]),
  application('Microsoft-Windows-User Profiles Service', [1511]),
  application('Windows Server Update Services', [7053]),

  // One log a component.
  operational('bits-client', 'Bits-Client', [3, 16403], 'RemoteName, LocalName, processPath, jobTitle'),
  operational('taskscheduler', 'TaskScheduler', [129, 140, 141, 142], 'TaskName, Path, UserName'),
  operational(
    'codeintegrity-operational',
    'CodeIntegrity',
    [3001, 3021, 3022, 3023, 3032, 3033, 3034, 3035, 3036, 3037, 3077, 3082, 3083, 3104],
    'FileNameBuffer, ProcessNameBuffer, RequestedPolicy, ValidatedPolicy',
  ),
  {
    ...operational(
      'appxdeployment-server',
      'AppXDeployment-Server',
      [400, 401, 412, 441, 442, 453, 454, 603, 854],
      'Path, PackageSourceUri, PackageFullName, Flags, HasFullTrust, CallingProcess, ErrorCode',
    ),
    channel: 'Microsoft-Windows-AppXDeploymentServer/Operational',
  },
  {
    ...operational('appxpackaging-om', 'AppxPackagingOM', [157], 'subjectName, packageFullName'),
    channel: 'Microsoft-Windows-AppxPackaging/Operational',
  },
  {
    ...operational('appmodel-runtime', 'AppModel-Runtime', [201], 'ImageName, PackageFullName'),
    channel: 'Microsoft-Windows-AppModel-Runtime/Admin',
  },
  ...['EXE and DLL', 'MSI and Script', 'Packaged app-Deployment', 'Packaged app-Execution'].map(
    (name): WindowsLog => ({
      service: 'applocker',
      channel: `Microsoft-Windows-AppLocker/${name}`,
      provider: 'Microsoft-Windows-AppLocker',
      ids: [8003, 8004, 8006, 8007, 8021, 8022, 8024, 8025],
      fields: list('FilePath, FullFilePath, Fqbn'),
      data: 'UserData',
    }),
  ),
  {
    ...operational(
      'firewall-as',
      'Windows Firewall With Advanced Security',
      [2002, 2003, 2004, 2005, 2006, 2008, 2009, 2032, 2033, 2052, 2059, 2060, 2071, 2073, 2082, 2083, 2097],
      'ModifyingApplication, ApplicationPath, Action, RuleName, Direction, LocalPorts',
    ),
    channel: 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  },
  operational(
    'windefend',
    'Windows Defender',
    [1006, 1009, 1013, 1015, 1116, 1117, 1119, 1121, 3002, 3007, 5001, 5007, 5010, 5012, 5013, 5101],
    'Process Name, New Value, Old Value, Source Name, Path, Threat Name, Value, Feature Name, Reason, Severity Name, Category Name, Action Name, Detection User',
  ),
  operational('ntlm', 'NTLM', [8001, 8002, 8004], 'WorkstationName, TargetName, ProcessName, UserName'),
  {
    service: 'dns-server',
    channel: 'DNS Server',
    provider: 'Microsoft-Windows-DNS-Server-Service',
    ids: [150, 770, 771, 6004],
    fields: list('param1'),
  },
  {
    service: 'dns-server-audit',
    channel: 'Microsoft-Windows-DNSServer/Audit',
    provider: 'Microsoft-Windows-DNSServer',
    ids: [515, 541],
    fields: list('Zone, NAME'),
  },
  {
    service: 'dns-server-analytic',
    channel: 'Microsoft-Windows-DNSServer/Analytical',
    provider: 'Microsoft-Windows-DNSServer',
    ids: [257],
    fields: list('QNAME'),
  },
  operational('dns-client', 'DNS-Client', [3008], 'QueryName, QueryResults'),
  operational('dhcp', 'DHCP-Server', [70]),
  operational('driver-framework', 'DriverFrameworks-UserMode', [2003, 2100, 2102], 'InstanceId, lifetime'),
  {
    ...operational(
      'wmi',
      'WMI-Activity',
      [5858, 5859, 5861],
      'Operation, Provider, Query, User, PossibleCause',
    ),
    data: 'UserData',
  },
  { ...operational('printservice-operational', 'PrintService', [316], 'Param1, Param2'), data: 'UserData' },
  {
    ...operational('printservice-admin', 'PrintService', [808], 'PluginDllName, ErrorCode'),
    channel: 'Microsoft-Windows-PrintService/Admin',
    data: 'UserData',
  },
  {
    ...operational('smbclient-security', 'SMBClient', [31017], 'UserName, ServerName'),
    channel: 'Microsoft-Windows-SmbClient/Security',
  },
  {
    ...operational('smbclient-connectivity', 'SMBClient', [30803, 30804, 30806], 'ServerName, Address'),
    channel: 'Microsoft-Windows-SmbClient/Connectivity',
  },
  {
    ...operational('smbserver-connectivity', 'SMBServer', [4000], 'ClientAddress, ShareName, SigningUsed'),
    channel: 'Microsoft-Windows-SMBServer/Connectivity',
  },
  {
    ...operational(
      'terminalservices-localsessionmanager',
      'TerminalServices-LocalSessionManager',
      [21],
      'Address, User',
    ),
    data: 'UserData',
  },
  ...['KernelMode', 'UserMode'].map(
    (mode): WindowsLog => ({
      service: 'security-mitigations',
      channel: `Microsoft-Windows-Security-Mitigations/${mode}`,
      provider: 'Microsoft-Windows-Security-Mitigations',
      ids: [11, 12],
      fields: list('ImageName, ProcessPath'),
    }),
  ),
  operational('shell-core', 'Shell-Core', [28115], 'Name, AppID'),
  { ...operational('diagnosis-scripted', 'Diagnosis-Scripted', [101], 'PackagePath'), data: 'UserData' },
  { ...operational('capi2', 'CAPI2', [70], 'SubjectName'), data: 'UserData' },
  {
    ...operational(
      'certificateservicesclient-lifecycle-system',
      'CertificateServicesClient-Lifecycle-System',
      [1007],
      'SubjectNames',
    ),
    data: 'UserData',
  },
  {
    service: 'openssh',
    channel: 'OpenSSH/Operational',
    provider: 'OpenSSH',
    ids: [4],
    fields: list('process, payload'),
  },
  {
    service: 'ldap',
    channel: 'Microsoft-Windows-LDAP-Client/Debug',
    provider: 'Microsoft-Windows-LDAP-Client',
    ids: [30],
    fields: list('SearchFilter, DistinguishedName'),
  },
  operational('lsa-server', 'LSA', [300], 'TargetUserSid, SidList'),
  {
    service: 'microsoft-servicebus-client',
    channel: 'Microsoft-ServiceBus-Client/Operational',
    provider: 'Microsoft-ServiceBus-Client',
    ids: [40300, 40301, 40302],
    fields: [],
  },
  {
    service: 'msexchange-management',
    channel: 'MSExchange Management',
    provider: 'MSExchange CmdletLogs',
    ids: [1, 6, 8],
    fields: list('Data'),
    data: 'Data',
  },
  {
    ...operational('iis-configuration', 'IIS-Configuration', [29], 'Configuration, NewValue, OldValue'),
    channel: 'Microsoft-IIS-Configuration/Operational',
    provider: 'Microsoft-Windows-IIS-Configuration',
  },
  operational('vhdmp', 'VHDMP', [1], 'VhdFileName'),
  {
    service: 'hyper-v-worker',
    channel: 'Microsoft-Windows-Hyper-V-Worker-Admin',
    provider: 'Microsoft-Windows-Hyper-V-Worker',
    ids: [18500],
    fields: list('VmName'),
    data: 'UserData',
  },
  {
    service: 'kernel-event-tracing',
    channel: 'Microsoft-Windows-Kernel-EventTracing/Admin',
    provider: 'Microsoft-Windows-Kernel-EventTracing',
    ids: [2, 28],
    fields: list('SessionName'),
  },
  operational('kernel-shimengine', 'Kernel-ShimEngine', [4], 'DeviceName'),
  operational('ntfs', 'Ntfs', [4, 9], 'VolumeName'),
  {
    service: 'bitlocker',
    channel: 'Microsoft-Windows-BitLocker/BitLocker Management',
    provider: 'Microsoft-Windows-BitLocker-API',
    ids: [775],
    fields: list('VolumeName'),
  },
  {
    service: 'sense',
    channel: 'Microsoft-Windows-SENSE/Operational',
    provider: 'Microsoft-Windows-SENSE',
    ids: [30],
    fields: [],
  },
  {
    category: 'file_access',
    channel: 'Microsoft-Windows-Kernel-File/Analytic',
    provider: 'Microsoft-Windows-Kernel-File',
    ids: [12],
    fields: list('FileName'),
  },
];
