import { type Categorisation, WHAT } from '../../kit/categorise.ts';

interface Activity {
  /** Name of the activity in the management console. */
  readonly name: string;
  readonly what: Pick<Categorisation, 'category' | 'type'>;
  readonly outcome?: Categorisation['outcome'];
  readonly isAlert?: true;
}

const HOST = WHAT.hostInfo;
const MALWARE = WHAT.malware;
const POLICY = WHAT.configurationChanged;

/** Activity types of the management console's API that matter to a defender, by number. */
export const ACTIVITIES: ReadonlyMap<number, Activity> = new Map<number, Activity>([
  [17, { name: 'Agent Subscribed', what: HOST }],
  [18, { name: 'Threat Detected', what: MALWARE, isAlert: true }],
  [19, { name: 'New Malicious Threat Not Mitigated', what: MALWARE, isAlert: true }],
  [20, { name: 'New Threat Preemptive Block', what: MALWARE, isAlert: true }],
  [21, { name: 'Threat Resolved', what: MALWARE }],
  [22, { name: 'Threat Benign', what: MALWARE }],
  [23, { name: 'User Added', what: WHAT.userCreated }],
  [24, { name: 'User Modified', what: WHAT.userChanged }],
  [25, { name: 'User Deleted', what: WHAT.userDeleted }],
  [27, { name: 'User Logged In', what: WHAT.login, outcome: 'success' }],
  [33, { name: 'User Logged Out', what: WHAT.logout }],
  [40, { name: 'Cloud Hash Added to Blocklist', what: POLICY }],
  [43, { name: 'Agent Updated', what: HOST }],
  [47, { name: 'Agent Decommissioned', what: HOST }],
  [48, { name: 'Agent Recommissioned', what: HOST }],
  [51, { name: 'Agent Uninstalled', what: HOST }],
  [52, { name: 'Agent Moved', what: HOST }],
  [61, { name: 'Disconnect From Network', what: HOST }],
  [62, { name: 'Reconnect To Network', what: HOST }],
  [68, { name: 'Full Disk Scan Started', what: HOST }],
  [71, { name: 'Scan Initiated', what: HOST }],
  [90, { name: 'Agent Started Full Disk Scan', what: HOST }],
  [91, { name: 'Agent Aborted Full Disk Scan', what: HOST }],
  [92, { name: 'Agent Completed Full Disk Scan', what: HOST }],
  [133, { name: 'Existing User Logged In From New Location', what: WHAT.login, outcome: 'success' }],
  [139, { name: 'User Failed to Start an Unrestricted Session', what: WHAT.login, outcome: 'failure' }],
  [1002, { name: 'Agent Enabled', what: POLICY }],
  [1003, { name: 'Agent Disabled', what: POLICY }],
  [2001, { name: 'Threat Mitigation Report Kill Success', what: MALWARE }],
  [2002, { name: 'Threat Mitigation Report Remediate Success', what: MALWARE }],
  [2003, { name: 'Threat Mitigation Report Rollback Success', what: MALWARE }],
  [2004, { name: 'Threat Mitigation Report Quarantine Success', what: MALWARE }],
  [2005, { name: 'Threat Mitigation Report Kill Failed', what: MALWARE }],
  [2008, { name: 'Threat Mitigation Report Quarantine Failed', what: MALWARE }],
  [3005, { name: 'Cloud Hash Exclusion Added', what: POLICY }],
  [3600, { name: 'Custom Rules - User Created A Rule', what: WHAT.configurationCreated }],
  [3601, { name: 'Custom Rules - User Changed A Rule', what: POLICY }],
  [3602, { name: 'Custom Rules - User Deleted A Rule', what: WHAT.configurationDeleted }],
  [3608, { name: 'Custom Rules - New Alert', what: WHAT.intrusion, isAlert: true }],
  [4001, { name: 'Suspicious Threat Was Marked As Threat', what: MALWARE }],
  [4003, { name: 'New Suspicious Threat Not Mitigated', what: MALWARE, isAlert: true }],
  [4008, { name: 'Threat Status Changed', what: MALWARE }],
  [5120, { name: 'Device Rule Created', what: WHAT.configurationCreated }],
  [5125, { name: 'Device Control Blocked Event', what: HOST }],
  [5126, { name: 'Device Control Approved Event', what: HOST }],
  [5220, { name: 'Firewall Rule Created', what: WHAT.configurationCreated }],
  [5232, { name: 'Firewall Control Blocked Event', what: WHAT.connection }],
]);
