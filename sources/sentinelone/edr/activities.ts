import { type Categorisation, WHAT } from '../../kit/categorise.ts';

/** An activity type of the management console's API. */
export interface Activity {
  /** Name of the activity in the management console. */
  readonly name: string;
  readonly what: Pick<Categorisation, 'category' | 'type'>;
  readonly outcome?: Categorisation['outcome'];
  readonly isAlert?: true;
}

/** What the activities of a list are, by the word that stands before it. */
const KINDS: Readonly<Record<string, Omit<Activity, 'name'>>> = {
  agent: { what: WHAT.hostInfo },
  detected: { what: WHAT.malware, isAlert: true },
  threat: { what: WHAT.malware },
  failed: { what: WHAT.malware, outcome: 'failure' },
  done: { what: WHAT.malware, outcome: 'success' },
  alert: { what: WHAT.intrusion, isAlert: true },
  changed: { what: WHAT.configurationChanged },
  created: { what: WHAT.configurationCreated },
  deleted: { what: WHAT.configurationDeleted },
  user: { what: WHAT.userChanged },
  'user-created': { what: WHAT.userCreated },
  'user-deleted': { what: WHAT.userDeleted },
  group: { what: WHAT.groupChanged },
  'group-created': { what: WHAT.groupCreated },
  'group-deleted': { what: WHAT.groupDeleted },
  login: { what: WHAT.login, outcome: 'success' },
  'login-failed': { what: WHAT.login, outcome: 'failure' },
  logout: { what: WHAT.logout },
  session: { what: { category: ['session'], type: ['start'] } },
  'session-end': { what: { category: ['session'], type: ['end'] } },
  blocked: { what: { category: ['host'], type: ['denied'] } },
  allowed: { what: { category: ['host'], type: ['allowed'] } },
  connection: { what: { category: ['network'], type: ['connection', 'denied'] } },
};

/** `number name` after the kind of the activities. */
const LISTS: Readonly<Record<string, string>> = {
  agent: `
    5 Agent Software Update Downloaded
    15 User Marked Agent As Up To Date
    16 Agent Software Updated
    17 Agent Subscribed
    43 Agent Updated
    47 Agent Decommissioned
    48 Agent Recommissioned
    49 Agent Request Uninstall
    50 Uninstall Agent
    51 Agent Uninstalled
    52 User Approved Agent Uninstall Request
    53 User Rejected Agent Uninstall Request
    54 User Decommissioned Agent
    55 User Recommissioned Agent
    61 User Disconnected Agent From Network
    62 User Reconnected Agent to Network
    63 User Shutdown Agent
    64 User Requested Passphrase
    65 User Requested Full Log Report
    66 Agent Uploaded Full Log Report
    71 Scan Initiated
    72 Scan Aborted
    74 Machine Restart
    80 Agent Uploaded Fetched Files
    81 User Requested Fetch Files
    85 User Requested Fetch Threat File
    86 Agent Uploaded Threat File
    89 User Requested Randomized Agent UUID
    90 Agent Started Full Disk Scan
    91 Agent Aborted Full Disk Scan
    92 Agent Completed Full Disk Scan
    93 User Reset Agent's Local Config
    94 User Moved Agent To Another Site
    95 User Moved Agent to Group
    96 User Moved Agent from Site
    97 User Commanded Agent To Move To Another Console
    98 Agent Was Not Moved To Another Console
    99 Agent Successfully Moved To Another Console
    117 User Disabled Agent
    118 User Enabled Agent
    119 Agent Disabled
    120 Agent Enabled
    125 Disable Agent Error
    126 Agent Disabled
    127 Agent Disabled
    128 Agent Disabled Because of Database Corruption
    203 User Downloaded File
    1001 Agent Disconnected From Network
    1002 Agent ReConnected To Network
    3503 Ranger - Inventory Scan Completed
    3504 Ranger - Networks Discovered
    3505 Ranger - Devices Discovered
    3521 Ranger Deploy Initiated
    3614 Agent Started On-Demand Disk Scan
    3615 Agent Aborted On-Demand Scan
    3617 Agent Completed On-Demand Scan
    3618 Script Action Initiated
    3620 Manual CIS Scan Initiated
    3621 Manual CIS scan Completed
    3630 Agent Content Update Sent To Agent
    3631 Agent Content Update Merged To Agent
    3632 Agent Content Update Not Merged No Agent
    5009 Agent Moved To A Different Group
    5227 User Initiated Fetch Firewall Rules From Agent
    5228 Agent Uploaded Firewall Rules
    10000 Agent failed to move to another console`,
  detected: `
    18 New Threat Mitigated
    19 New Malicious Threat Not Mitigated
    20 New Threat Preemptive Block
    4003 New Suspicious Threat Not Mitigated`,
  threat: `
    2 Hash Defined as Malicious By Cloud
    21 Threat Resolved
    22 Threat Benign
    28 Activity Marked As Resolved By Cloud
    29 Activity Marked As Unresolved By Cloud
    34 Threat Unresolved
    221 Threat Automatically Resolved
    2011 User Issued Kill Command
    2012 User Issued Remediate Command
    2013 User Issued Rollback Command
    2014 User Issued Quarantine Command
    2015 User Issued Unquarantine Command
    2016 User Marked Application As Threat
    2021 Threat Killed By Policy
    2022 Threat Remediated By Policy
    2023 Threat Rolled Back By Policy
    2024 Threat Quarantined By Policy
    2025 Agent Disconnected From Network Due to Threat Mitigation By Policy
    2028 Threat Incident Status Changed
    2029 Ticket Number Changes
    2030 Analyst Verdict Changes
    2031 Threat Mitigation Report Kill Pending Reboot
    2032 Threat Mitigation Report Remediate Pending Reboot
    2033 Threat Mitigation Report Rollback Pending Reboot
    2034 Threat Mitigation Report Quarantine Pending Reboot
    2035 Threat Mitigation Report Unquarantine Pending Reboot
    2036 Threat Confidence Level Changed By Agent
    2037 Threat Confidence Level Changed By Cloud
    4001 Suspicious Threat Was Marked As Threat
    4002 Suspicious Threat Was Resolved
    4007 Suspicious Threat Was Marked As Benign
    4008 Threat Mitigation Status Changed
    4009 Process Was Marked As Threat
    4011 Suspicious Threat Was Unresolved
    4020 New Threat Note Added
    4021 Threat Note Updated
    4022 Threat Note Deleted
    4100 User Marked Deep Visibility Event As Threat
    4101 User Marked Deep Visibility Event As Suspicious
    4102 Agent Failed To Mark Deep Visibility Event As Threat
    4103 Agent Failed To Mark Deep Visibility Event As Suspicious
    4104 STAR Manual Response Marked Event As Malicious
    4105 STAR Manual Response Marked Event As Suspicious
    4106 STAR Active Response Marked Event As Malicious
    4107 STAR Active Response Marked Event As Suspicious`,
  done: `
    2001 Threat Mitigation Report Kill Success
    2002 Threat Mitigation Report Remediate Success
    2003 Threat Mitigation Report Rollback Success
    2004 Threat Mitigation Report Quarantine Success
    2026 Threat Mitigation Report Unquarantine Success`,
  failed: `
    2006 Threat Mitigation Report Kill Failed
    2007 Threat Mitigation Report Remediate Failed
    2008 Threat Mitigation Report Rollback Failed
    2009 Threat Mitigation Report Quarantine Failed
    2010 Agent Mitigation Report Quarantine Network Failed
    2027 Threat Mitigation Report Unquarantine Failed`,
  alert: `
    3608 Custom Rules - New Alert`,
  login: `
    27 User Logged In
    3624 User 2FA Verification Success
    3629 Login Using Saved 2FA Recovery Code`,
  'login-failed': `
    133 Existing User Login Failure
    134 Unknown User Login
    139 User Failed to Start an Unrestricted Session
    3625 User 2FA Verification Failed`,
  logout: `
    33 User Logged Out`,
  'user-created': `
    23 User Added
    1023 SSO User Added`,
  user: `
    24 User Modified
    37 User modified
    67 User 2FA Modified
    1024 SSO User Modified
    3626 User 2FA Email Verification Changed`,
  'user-deleted': `
    25 User Deleted
    102 User Deleted
    103 User Deleted`,
  session: `
    121 User Started Remote Profiling
    3200 User Started Remote Shell
    3201 Remote Shell Created`,
  'session-end': `
    122 User Stopped Remote Profiling
    3202 Remote Shell Failed
    3203 Remote Shell Terminated
    3204 Remote Shell Terminated By User
    3400 Agent Uploaded Remote Shell history`,
  created: `
    107 User Created RBAC Role
    1501 Location Created
    3001 User Added Hash Exclusion
    3002 User Added Blacklist Hash
    3005 Cloud Added Hash Exclusion
    3006 Cloud Added Blacklist Hash
    3008 New Path Exclusion
    3009 New Signer Identity Exclusion
    3010 New File Type Exclusion
    3011 New Browser Type Exclusion
    3100 User Added Package
    3600 Custom Rules - User Created A Rule
    3616 New Script Created
    3633 Marketplace - App Installed
    3650 Tag Manager - User Created New Tag
    5020 Site Created
    5040 Account Created
    5120 Device Rule Created
    5220 Firewall Rule Created
    5234 Network Quarantine Rule Created`,
  changed: `
    26 Management Updated
    38 Immune Settings Modified
    40 Cloud Intelligence Settings Modified
    41 Learning Mode Settings Modified
    42 Global 2FA modified
    44 Auto decommission On
    45 Auto decommission Off
    46 Auto Decommission Period Modified
    56 Auto Mitigation Actions Modified
    57 Quarantine Network Settings Modified
    58 Notification Option Level Modified
    59 Event Severity Level Modified
    60 Recipients Configuration Modified
    68 Engine Modified In Policy
    69 Mitigation Policy Modified
    70 Policy Setting - Agent Notification On Suspicious Modified
    73 Scan New Agents Changed
    76 Anti Tampering Modified
    77 Agent UI Settings Modified
    78 Snapshots Settings Modified
    79 Agent Logging Modified
    82 Monitor On Execute
    83 Monitor On Write
    84 Deep Visibility Settings Modified
    87 Remote Shell Settings Modified
    88 User Remote Shell Modified
    101 User Changed Agent's Customer Identifier
    105 Deep Visibility Settings Modified
    108 User Edited RBAC Role
    116 Policy Settings Modified
    129 Allowed Domains Settings Changed
    200 File Upload Settings Modified
    201 File Upload Enabled/Disabled
    1502 Location Copied
    1503 Location Modified
    3012 Path Exclusion Modified
    3013 Signer Identity Exclusion Modified
    3014 File Type Exclusion Modified
    3015 Browser Type Exclusion Modified
    3101 User Modified Package
    3500 User Toggled Ranger Status
    3501 Ranger Settings Modified
    3502 Ranger Network Settings Modified
    3506 Ranger - Device Review Modified
    3601 Custom Rules - User Changed A Rule
    3603 Custom Rules - Rule Status Changed
    3604 Custom Rules - Rule Status Change Failed
    3606 Custom Rules - Rule Expired
    3607 Custom Rules - Rule Reached Alert Limit
    3610 Account Uninstall Password Viewed
    3611 Account Uninstall Password Generated
    3612 Account Uninstall Password Regenerated
    3613 Account Uninstall Password Revoked
    3623 Script Updated
    3635 Marketplace - App Disabled
    3636 Marketplace - App Enabled
    3637 Marketplace - App Edit
    3651 Tag Manager - User Modified Tag
    3653 Tag Manager - User Attached Tag
    3654 Tag Manager - User Detached Tag
    4004 Policy Setting - Show Suspicious Activities Configuration Enabled
    4005 Policy Setting - Show Suspicious Activities Configuration Disabled
    4006 Remember Me Length Modified
    4012 UI Inactivity Timeout Modified
    5011 Group Policy Reverted
    5012 Group Token Regenerated
    5021 Site Modified
    5023 Site Expired
    5024 Site Policy Reverted
    5027 Site Token Regenerated
    5041 Account Modified
    5044 Account Policy Reverted
    5121 Device Rule Modified
    5123 Device Rules Reordered
    5124 Device Rules Settings Modified
    5127 Device Rule Moved From Scope
    5128 Device Rule Moved To Scope
    5129 Device Rule Copied To Scope
    5221 Firewall Rule Modified
    5225 Firewall Control Settings Modified
    5226 Firewall Rules Reordered
    5229 Firewall Rule Moved From Scope
    5230 Firewall Rule Moved To Scope
    5231 Firewall Rule Copied To Scope
    5233 User Requested Firewall Logging
    5235 Network Quarantine Rule Modified
    5237 Network Quarantine Control Settings Modified`,
  deleted: `
    109 User Deleted RBAC Role
    204 Scheduled Report Removed
    1504 Location Deleted
    3016 Path Exclusion Deleted
    3017 Signer Identity Exclusion Deleted
    3018 File Type Exclusion Deleted
    3019 Browser Type Exclusion Deleted
    3020 User Deleted Hash From Blacklist
    3021 User Deleted Hash Exclusion
    3022 Cloud Deleted Hash Exclusion
    3023 Cloud Deleted Blacklist Hash
    3102 User Deleted Package
    3602 Custom Rules - User Deleted A Rule
    3622 Script Deleted
    3634 Marketplace - App Deleted
    3652 Tag Manager - User Deleted Tag
    5022 Site Deleted
    5042 Account Deleted
    5122 Device Rule Deleted
    5222 Firewall Rule Deleted
    5236 Network Quarantine Rule Deleted`,
  'group-created': `
    5002 Dynamic Group Creation Started
    5003 Dynamic Group Creation Finished
    5008 Static Group Created`,
  group: `
    5000 AD Sync Started
    5001 AD Sync Finished
    5004 Dynamic Group Update Started
    5005 Dynamic Group Update Finished
    5007 Group Info Changed
    5010 Group Ranking Changed`,
  'group-deleted': `
    5006 Group Deleted
    5013 Group Deleted Because Site Deleted`,
  blocked: `
    5125 Device Control Blocked Event`,
  allowed: `
    5126 Device Control Approved Event`,
  connection: `
    5232 Firewall Control Blocked Event`,
};

/** Activity types by number (`/web/api/v2.1/activities/types`). */
export const ACTIVITIES: ReadonlyMap<number, Activity> = new Map(
  Object.entries(LISTS).flatMap(([kind, list]) =>
    list
      .trim()
      .split('\n')
      .map((line) => {
        const [number, name] = [line.trim().split(' ', 1)[0]!, line.trim().replace(/^\d+ /, '')];
        return [Number(number), { name, ...KINDS[kind]! }] as const;
      }),
  ),
);
