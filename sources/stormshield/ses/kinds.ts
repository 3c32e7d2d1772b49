import type { Categorisation } from '../../kit/categorise.ts';

/** What an agent's log means, by the words that its type is named with; the first that fits counts. */
const KINDS: readonly (readonly [pattern: RegExp, what: Categorisation])[] = [
  [/^Registry(?:Key|Value)?Create/, { category: ['registry'], type: ['creation'] }],
  [
    /^(?:Registry\w*|AgentRemediationRemoveRegistry\w*)Delete|RemoveRegistry/,
    { category: ['registry'], type: ['deletion'] },
  ],
  [/^Registry\w*(?:Read|Open|Query|Enum|Load|Save)/, { category: ['registry'], type: ['access'] }],
  [/^Registry/, { category: ['registry'], type: ['change'] }],
  [/^FileCreate/, { category: ['file'], type: ['creation'] }],
  [/^FileDelete|RemoveFile|DeleteFile/, { category: ['file'], type: ['deletion'] }],
  [
    /^File(?:Read|Open|Execute|Access)|^RawVolumeAccess|^VolumeAccess/,
    { category: ['file'], type: ['access'] },
  ],
  [/ExtractFiles|RestoreFile/, { category: ['file'], type: ['info'] }],
  [/^File/, { category: ['file'], type: ['change'] }],
  [/^Process(?:Exit|Terminate|End)/, { category: ['process'], type: ['end'] }],
  [/^Process(?:Creat|Start|Exec)/, { category: ['process'], type: ['start'] }],
  [/^Process(?:Access|Open)|^ThreadAccess/, { category: ['process'], type: ['access'] }],
  [/^(?:Driver|Module|Image|Dll)Load/, { category: ['driver'], type: ['start'] }],
  [/^TemporaryWebAccessStartFailed|^TemporaryWebAccessStop/, { category: ['network'], type: ['end'] }],
  [/^TemporaryWebAccessStart/, { category: ['network'], type: ['start'] }],
  [
    /^(?:Bluetooth|Wifi|Wi-?Fi|Network|Tcp|Udp|Socket|Firewall|Icmp)/i,
    { category: ['network'], type: ['connection'] },
  ],
  [
    /^(?:Usb|CDRom|Floppy|Serial|Parallel|Device|Pcmcia|IrDA|Printer|Imaging|Smartcard|Modem|Mobile|Removable)/i,
    { category: ['driver'], type: ['info'] },
  ],
  [
    /^New(?:Policy|Configuration)(?:FromUpdate)?Notification|^PolicyChange/,
    { category: ['configuration'], type: ['change'] },
  ],
  [
    /^New(?:Policy|Configuration)\w*Error|^Invalid(?:Policy|Configuration|Hive)/,
    { category: ['configuration'], type: ['error'] },
  ],
  [/YaraFile|YaraProcess|IocAnalysis|Malicious|Ransom|Malware/, { category: ['malware'], type: ['info'] }],
  [
    /Guard$|HookEx|Spoofing|Persistence|^Discovery|Keylog|Hollow|Injection|Stack|Heap|Privilege|Credential|Overflow|Flow|Certutil|^AgentOperation/,
    { category: ['intrusion_detection'], type: ['info'] },
  ],
  [/^AgentRemediation/, { category: ['intrusion_detection'], type: ['info'] }],
  [
    /Failed|Failure|Error|Invalid|Exceed|DidNotEnd|Expired|TooMany|Lost/,
    { category: ['host'], type: ['error'] },
  ],
  [/Upgrade|Install/, { category: ['package'], type: ['info'] }],
  [/Start$/, { category: ['host'], type: ['start'] }],
  [/(?:Stop|End)$/, { category: ['host'], type: ['end'] }],
]; // prettier-ignore

const OTHER: Categorisation = { category: ['host'], type: ['info'] };

/** @param name the type as the log spells it out (`TypeComputedMap`) */
export function kindOf(name: string): Categorisation {
  for (const [pattern, what] of KINDS) if (pattern.test(name.slice(0, 120))) return what;
  return OTHER;
}
