/** Channels by the short name their data set has; others get one made of their own name. */
const KNOWN: Readonly<Record<string, string>> = {
  Application: 'application',
  System: 'system',
  Setup: 'setup',
  'Windows PowerShell': 'powershell',
  'Microsoft-Windows-PowerShell/Operational': 'powershell_operational',
  'PowerShellCore/Operational': 'powershellcore_operational',
  'Microsoft-Windows-Windows Defender/Operational': 'windows_defender',
  'Microsoft-Windows-TaskScheduler/Operational': 'taskscheduler_operational',
  'Microsoft-Windows-WMI-Activity/Operational': 'wmi_operational',
  'Microsoft-Windows-AppLocker/EXE and DLL': 'applocker_exe_and_dll',
  'Microsoft-Windows-AppLocker/MSI and Script': 'applocker_msi_and_script',
  'Microsoft-Windows-AppLocker/Packaged app-Deployment': 'applocker_packaged_app_deployment',
  'Microsoft-Windows-AppLocker/Packaged app-Execution': 'applocker_packaged_app_execution',
  'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational': 'terminalservices_local',
  'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational': 'terminalservices_remote',
  'Microsoft-Windows-DNS-Client/Operational': 'dns_client_operational',
  'Microsoft-Windows-DNSServer/Audit': 'dns_server_audit',
  'DNS Server': 'dns_server',
  'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall': 'windows_firewall',
  'Microsoft-Windows-Bits-Client/Operational': 'bits_client_operational',
  'Directory Service': 'directory_service',
};

const MAX_NAMES = 1024;
const names = new Map<string, string>(Object.entries(KNOWN));

/**
 * The data set of a channel below `microsoft.windows.`: lower case, letters and digits joined by `_`,
 * without the prefix that most channels share.
 */
export function channelDataset(channel: string): string {
  let name = names.get(channel);
  if (name === undefined) {
    name = channel
      .slice(0, 120)
      .replace(/^Microsoft-Windows-/, '')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '')
      .join('_');
    if (names.size < MAX_NAMES) names.set(channel, name);
  }
  return name;
}
