import { defineSource } from '../../kit/source.ts';
import { readWindowsEvent, signaturesOf } from '../_shared/read.ts';
import { type EventMapping, writeEvent, writeLogger } from '../_shared/winlog.ts';
import { channelDataset } from './channels.ts';
import { DEFENDER_EVENTS } from './defender.ts';
import { CLASSIC_POWERSHELL_EVENTS, POWERSHELL_EVENTS } from './powershell.ts';
import { RAS_CLIENT_EVENTS, REMOTE_ACCESS_EVENTS } from './remote-access.ts';
import {
  APP_LOCKER_EVENTS,
  APPLICATION_ERROR_EVENTS,
  BITS_EVENTS,
  DIRECTORY_EVENTS,
  DNS_CLIENT_EVENTS,
  DNS_SERVER_EVENTS,
  FIREWALL_EVENTS,
  INSTALLER_EVENTS,
  LOCAL_SESSION_EVENTS,
  REMOTE_CONNECTION_EVENTS,
  TASK_SCHEDULER_EVENTS,
  WMI_EVENTS,
} from './services.ts';
import {
  EVENT_LOG_EVENTS,
  KDC_EVENTS,
  KERNEL_GENERAL_EVENTS,
  KERNEL_POWER_EVENTS,
  SERVICE_CONTROL_EVENTS,
  USER32_EVENTS,
} from './system-log.ts';

/** Event tables by provider: event ids mean something only together with who wrote them. */
export const PROVIDERS: ReadonlyMap<string, Readonly<Record<number, EventMapping>>> = new Map([
  ['Application Error', APPLICATION_ERROR_EVENTS],
  ['EventLog', EVENT_LOG_EVENTS],
  ['Eventlog', EVENT_LOG_EVENTS],
  ['Microsoft-Windows-ActiveDirectory_DomainService', DIRECTORY_EVENTS],
  ['Microsoft-Windows-AppLocker', APP_LOCKER_EVENTS],
  ['Microsoft-Windows-Bits-Client', BITS_EVENTS],
  ['Microsoft-Windows-DNS-Client', DNS_CLIENT_EVENTS],
  ['Microsoft-Windows-DNS-Server-Service', DNS_SERVER_EVENTS],
  ['Microsoft-Windows-DNSServer', DNS_SERVER_EVENTS],
  ['Microsoft-Windows-Eventlog', EVENT_LOG_EVENTS],
  ['Microsoft-Windows-Kerberos-Key-Distribution-Center', KDC_EVENTS],
  ['Microsoft-Windows-Kernel-General', KERNEL_GENERAL_EVENTS],
  ['Microsoft-Windows-Kernel-Power', KERNEL_POWER_EVENTS],
  ['Microsoft-Windows-PowerShell', POWERSHELL_EVENTS],
  ['Microsoft-Windows-TaskScheduler', TASK_SCHEDULER_EVENTS],
  ['Microsoft-Windows-TerminalServices-LocalSessionManager', LOCAL_SESSION_EVENTS],
  ['Microsoft-Windows-TerminalServices-RemoteConnectionManager', REMOTE_CONNECTION_EVENTS],
  ['Microsoft-Windows-WMI-Activity', WMI_EVENTS],
  ['Microsoft-Windows-Windows Defender', DEFENDER_EVENTS],
  ['Microsoft-Windows-Windows Firewall With Advanced Security', FIREWALL_EVENTS],
  ['MsiInstaller', INSTALLER_EVENTS],
  ['PowerShell', CLASSIC_POWERSHELL_EVENTS],
  ['PowerShellCore', POWERSHELL_EVENTS],
  ['RasClient', RAS_CLIENT_EVENTS],
  ['RasMan', REMOTE_ACCESS_EVENTS],
  ['RemoteAccess', REMOTE_ACCESS_EVENTS],
  ['Service Control Manager', SERVICE_CONTROL_EVENTS],
  ['User32', USER32_EVENTS],
]);

/** Providers whose every event matters to a defender: one without an entry is a kind this source does not know yet. */
const WATCHED = new Set([
  'Microsoft-Windows-AppLocker',
  'Microsoft-Windows-PowerShell',
  'Microsoft-Windows-Windows Defender',
  'Microsoft-Windows-WMI-Activity',
  'PowerShell',
]);

/** Channels and providers that have a source of their own. */
const ELSEWHERE = new Set([
  'Security',
  'Microsoft-Windows-Sysmon/Operational',
  'Linux-Sysmon/Operational',
  'Microsoft-Windows-Sysmon',
  'Linux-Sysmon',
  'Microsoft-Windows-Security-Auditing',
]);

function belongs(channel: string | undefined, provider: string | undefined): boolean {
  if (provider !== undefined && (provider === 'Microsoft-Windows-Sysmon' || provider === 'Linux-Sysmon'))
    return false;
  if (channel !== undefined) return !ELSEWHERE.has(channel);
  return (
    provider !== undefined &&
    !ELSEWHERE.has(provider) &&
    (PROVIDERS.has(provider) || provider.startsWith('Microsoft-Windows-'))
  );
}

export default defineSource({
  id: 'microsoft.windows',
  signatures: signaturesOf(belongs),
  parse(input, doc) {
    const event = readWindowsEvent(input);
    if (!event || !belongs(event.channel, event.provider)) return 'rejected';
    const mapping = event.provider === undefined ? undefined : PROVIDERS.get(event.provider)?.[event.eventId];
    writeEvent(event, mapping, doc);
    writeLogger(event, doc);
    if (event.channel !== undefined) {
      const name = channelDataset(event.channel);
      if (name !== '') doc['event.dataset'] = `microsoft.windows.${name}`;
    }
    // Thousands of providers write to hundreds of channels: one without a table is read in full all the same.
    return mapping || event.provider === undefined || !WATCHED.has(event.provider) ? 'parsed' : 'partial';
  },
});
