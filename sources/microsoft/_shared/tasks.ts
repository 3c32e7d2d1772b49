import type { WindowsEvent } from './windows-event.ts';

/**
 * Names of the tasks (audit subcategories) of Microsoft-Windows-Security-Auditing. Shippers give the number
 * or its name in the machine's language; one name in one language lets rules and searches find both.
 */
const AUDIT_TASKS: Readonly<Record<number, string>> = {
  12288: 'Security State Change',
  12289: 'Security System Extension',
  12290: 'System Integrity',
  12291: 'IPsec Driver',
  12292: 'Other System Events',
  12544: 'Logon',
  12545: 'Logoff',
  12546: 'Account Lockout',
  12547: 'IPsec Main Mode',
  12548: 'Special Logon',
  12549: 'IPsec Quick Mode',
  12550: 'IPsec Extended Mode',
  12551: 'Other Logon/Logoff Events',
  12552: 'Network Policy Server',
  12553: 'User / Device Claims',
  12554: 'Group Membership',
  12800: 'File System',
  12801: 'Registry',
  12802: 'Kernel Object',
  12803: 'SAM',
  12804: 'Other Object Access Events',
  12805: 'Certification Services',
  12806: 'Application Generated',
  12807: 'Handle Manipulation',
  12808: 'File Share',
  12809: 'Filtering Platform Packet Drop',
  12810: 'Filtering Platform Connection',
  12811: 'Detailed File Share',
  12812: 'Removable Storage',
  12813: 'Central Policy Staging',
  13056: 'Sensitive Privilege Use',
  13057: 'Non Sensitive Privilege Use',
  13058: 'Other Privilege Use Events',
  13312: 'Process Creation',
  13313: 'Process Termination',
  13314: 'DPAPI Activity',
  13315: 'RPC Events',
  13316: 'Plug and Play Events',
  13317: 'Token Right Adjusted Events',
  13568: 'Audit Policy Change',
  13569: 'Authentication Policy Change',
  13570: 'Authorization Policy Change',
  13571: 'MPSSVC Rule-Level Policy Change',
  13572: 'Filtering Platform Policy Change',
  13573: 'Other Policy Change Events',
  13824: 'User Account Management',
  13825: 'Computer Account Management',
  13826: 'Security Group Management',
  13827: 'Distribution Group Management',
  13828: 'Application Group Management',
  13829: 'Other Account Management Events',
  14080: 'Directory Service Access',
  14081: 'Directory Service Changes',
  14082: 'Directory Service Replication',
  14083: 'Detailed Directory Service Replication',
  14336: 'Credential Validation',
  14337: 'Kerberos Service Ticket Operations',
  14338: 'Other Account Logon Events',
  14339: 'Kerberos Authentication Service',
};

/** Events whose task always is the same, for shippers that give only its rendered name. */
const TASK_OF_EVENT: Readonly<Record<number, number>> = {
  1100: 103,
  1102: 104,
  4608: 12288,
  4624: 12544,
  4625: 12544,
  4634: 12545,
  4647: 12545,
  4648: 12544,
  4657: 12801,
  4662: 14080,
  4672: 12548,
  4673: 13056,
  4688: 13312,
  4689: 13313,
  4697: 12289,
  4698: 12804,
  4699: 12804,
  4700: 12804,
  4701: 12804,
  4702: 12804,
  4703: 13317,
  4719: 13568,
  4768: 14339,
  4769: 14337,
  4770: 14337,
  4771: 14339,
  4776: 14336,
  4778: 12551,
  4779: 12551,
  4798: 13824,
  4799: 13826,
  5136: 14081,
  5140: 12808,
  5145: 12811,
  5156: 12810,
  5157: 12810,
  5158: 12810,
};

/** Sysmon's tasks; the rule name in brackets is its configuration's element. */
const SYSMON_TASKS: Readonly<Record<number, string>> = {
  1: 'Process Create (rule: ProcessCreate)',
  2: 'File creation time changed (rule: FileCreateTime)',
  3: 'Network connection detected (rule: NetworkConnect)',
  4: 'Sysmon service state changed',
  5: 'Process terminated (rule: ProcessTerminate)',
  6: 'Driver loaded (rule: DriverLoad)',
  7: 'Image loaded (rule: ImageLoad)',
  8: 'CreateRemoteThread detected (rule: CreateRemoteThread)',
  9: 'RawAccessRead detected (rule: RawAccessRead)',
  10: 'Process accessed (rule: ProcessAccess)',
  11: 'File created (rule: FileCreate)',
  12: 'Registry object added or deleted (rule: RegistryEvent)',
  13: 'Registry value set (rule: RegistryEvent)',
  14: 'Registry object renamed (rule: RegistryEvent)',
  15: 'File stream created (rule: FileCreateStreamHash)',
  16: 'Sysmon config state changed',
  17: 'Pipe Created (rule: PipeEvent)',
  18: 'Pipe Connected (rule: PipeEvent)',
  19: 'WmiEventFilter activity detected (rule: WmiEvent)',
  20: 'WmiEventConsumer activity detected (rule: WmiEvent)',
  21: 'WmiEventConsumerToFilter activity detected (rule: WmiEvent)',
  22: 'Dns query (rule: DnsQuery)',
  23: 'File Delete archived (rule: FileDelete)',
  24: 'Clipboard changed (rule: ClipboardChange)',
  25: 'Process Tampering (rule: ProcessTampering)',
  26: 'File Delete logged (rule: FileDeleteDetected)',
  27: 'File Block Executable (rule: FileBlockExecutable)',
  28: 'File Block Shredding (rule: FileBlockShredding)',
  29: 'File Executable Detected (rule: FileExecutableDetected)',
};

/** Categories of the classic PowerShell log. */
const POWERSHELL_TASKS: Readonly<Record<string, string>> = {
  '2': 'Engine Health',
  '3': 'Command Health',
  '4': 'Engine Lifecycle',
  '5': 'Command Lifecycle',
  '6': 'Provider Lifecycle',
  '7': 'Settings',
  '8': 'Pipeline Execution Details',
};

const AUDITING = 'microsoft-windows-security-auditing';

/** The task's English name where it is known, else what the shipper gave; task 0 means none. */
export function taskName(event: WindowsEvent): string | undefined {
  const { task, eventId } = event;
  const provider = event.provider?.toLowerCase();
  if (provider === AUDITING) {
    const number = task !== undefined && /^\d{1,5}$/.test(task) ? Number(task) : TASK_OF_EVENT[eventId];
    return (number === undefined ? undefined : AUDIT_TASKS[number]) ?? task;
  }
  if (provider === 'microsoft-windows-sysmon' || provider === 'linux-sysmon')
    return SYSMON_TASKS[eventId] ?? task;
  if (provider === 'microsoft-windows-eventlog') {
    if (eventId === 1102 || eventId === 104) return 'Log clear';
    if (eventId === 1100) return 'Service shutdown';
  }
  if (provider === 'powershell' && task !== undefined) return POWERSHELL_TASKS[task] ?? task;
  return task === '0' ? undefined : task;
}
