import { stamp } from './stamp.ts';

/**
 * Ordinary days: what the technologies of the demo write when nothing happens. Made by code from a seed, so
 * that the same seed always gives the same logs; follows the working day of an office.
 */

/** One raw log of the background. */
export interface NoiseLine {
  /** Milliseconds after the start. */
  readonly at: number;
  readonly source: NoiseSource;
  readonly text: string;
}

/** Source key → technology and name. */
export const NOISE_SOURCES = {
  linux: { type: null, name: 'Linux servers' },
  windows: { type: null, name: 'Windows workstations and servers' },
  fortigate: { type: 'fortinet.fortigate', name: 'Firewall fw-hq' },
  paloalto: { type: 'paloalto.ngfw', name: 'Firewall fw-dc' },
  stormshield: { type: 'stormshield.sns', name: 'Firewall fw-branch' },
  suricata: { type: 'suricata.eve', name: 'Network sensor' },
  aws: { type: 'aws.cloudtrail', name: 'AWS account 111122223333' },
  m365: { type: 'microsoft.m365-audit', name: 'Microsoft 365' },
  nginx: { type: 'nginx.access', name: 'Web site' },
  squid: { type: 'squid.access', name: 'Proxy' },
} as const satisfies Record<string, { type: string | null; name: string }>;
export type NoiseSource = keyof typeof NOISE_SOURCES;

export interface NoiseOptions {
  /** Epoch milliseconds of the first moment. */
  readonly start: number;
  /** Milliseconds; default 24 hours. */
  readonly duration?: number;
  /** Lines in all; default 4,000. */
  readonly count?: number;
  /** Same seed, same logs. */
  readonly seed?: number;
}

/** Draws numbers from a seed (mulberry32): good enough for a play, and the same everywhere. */
class Draw {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  /** Whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }
  one<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }
}

const PEOPLE = ['nora', 'lea', 'max', 'ana', 'tom', 'eva', 'ben', 'ida'] as const;
const SITES = [
  'www.example.org',
  'news.example.net',
  'mail.example.com',
  'cdn.example.net',
  'maps.example.org',
] as const;
const PAGES = [
  '/',
  '/products',
  '/contact',
  '/news/spring',
  '/img/logo.svg',
  '/assets/app.js',
  '/search?q=chair',
] as const;

const pc = (person: string): string => `10.20.0.${20 + PEOPLE.indexOf(person as (typeof PEOPLE)[number])}`;

/** Work of an office by hour of the day (UTC), as a share of the busiest hour. */
const BUSY = [1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 8, 7, 9, 10, 9, 8, 5, 3, 2, 2, 1, 1, 1].map(
  (share) => share / 10,
);

type Writer = (draw: Draw) => string;

const winlog = (channel: string, provider: string, id: number, host: string, data: object): string =>
  JSON.stringify({
    '@timestamp': '{{iso}}',
    winlog: { channel, provider_name: provider, event_id: String(id), computer_name: host, event_data: data },
    host: { name: host },
  });

const WRITERS: Readonly<Record<NoiseSource, readonly Writer[]>> = {
  linux: [
    (draw) =>
      `{{syslog}} app0${draw.whole(1, 3)} sshd[${draw.whole(1000, 9999)}]: Accepted publickey for deploy from 10.0.0.${draw.whole(5, 9)} port ${draw.whole(40_000, 60_000)} ssh2: ED25519 SHA256:InventedFingerprint`,
    (draw) =>
      `{{syslog}} app0${draw.whole(1, 3)} CRON[${draw.whole(1000, 9999)}]: (root) CMD (run-parts /etc/cron.hourly)`,
    (draw) =>
      `{{syslog}} app0${draw.whole(1, 3)} sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/systemctl status nginx`,
    (draw) =>
      `{{syslog}} app0${draw.whole(1, 3)} systemd-logind[740]: New session ${draw.whole(100, 999)} of user deploy.`,
    // The internet's usual knocking, far below any threshold.
    (draw) =>
      `{{syslog}} app01 sshd[${draw.whole(1000, 9999)}]: Failed password for invalid user test from 198.51.100.${draw.whole(1, 250)} port ${draw.whole(40_000, 60_000)} ssh2`,
  ],
  windows: [
    (draw) => {
      const user = draw.one(PEOPLE);
      return winlog('Security', 'Microsoft-Windows-Security-Auditing', 4624, `pc-${user}.example.com`, {
        TargetUserName: user,
        TargetDomainName: 'EXAMPLE',
        TargetUserSid: 'S-1-5-21-1-2-3-1105',
        LogonType: '7',
        IpAddress: '-',
        IpPort: '-',
      });
    },
    (draw) => {
      const user = draw.one(PEOPLE);
      const program = draw.one([
        'C:\\Program Files\\Example\\Browser\\browser.exe',
        'C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE',
        'C:\\Windows\\System32\\notepad.exe',
        'C:\\Windows\\System32\\svchost.exe',
      ]);
      return winlog(
        'Microsoft-Windows-Sysmon/Operational',
        'Microsoft-Windows-Sysmon',
        1,
        `pc-${user}.example.com`,
        {
          UtcTime: '{{space}}',
          ProcessId: String(draw.whole(1000, 9000)),
          Image: program,
          CommandLine: `"${program}"`,
          ParentImage: 'C:\\Windows\\explorer.exe',
          ParentCommandLine: 'C:\\Windows\\explorer.exe',
          User: `EXAMPLE\\${user}`,
          IntegrityLevel: 'Medium',
        },
      );
    },
    (draw) =>
      winlog(
        'Microsoft-Windows-Sysmon/Operational',
        'Microsoft-Windows-Sysmon',
        22,
        `pc-${draw.one(PEOPLE)}.example.com`,
        {
          UtcTime: '{{space}}',
          ProcessId: '3000',
          QueryName: draw.one(SITES),
          QueryStatus: '0',
          QueryResults: '198.51.100.80;',
          Image: 'C:\\Program Files\\Example\\Browser\\browser.exe',
        },
      ),
    (draw) =>
      winlog('System', 'Service Control Manager', 7036, `pc-${draw.one(PEOPLE)}.example.com`, {
        param1: 'Windows Update',
        param2: 'running',
      }),
    (draw) =>
      winlog('Security', 'Microsoft-Windows-Security-Auditing', 4625, 'srv-04.example.com', {
        TargetUserName: draw.one(PEOPLE),
        TargetDomainName: 'EXAMPLE',
        LogonType: '3',
        IpAddress: pc(draw.one(PEOPLE)),
        IpPort: '50000',
        Status: '0xc000006d',
        SubStatus: '0xc000006a',
      }),
  ],
  fortigate: [
    (draw) =>
      `date={{date}} time={{time}} devname="fw-hq" devid="FGT60FTK00000001" eventtime={{nanos}} tz="+0000" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=${pc(draw.one(PEOPLE))} srcport=${draw.whole(40_000, 60_000)} srcintf="lan" dstip=198.51.100.${draw.whole(1, 250)} dstport=443 dstintf="wan1" proto=6 action="close" policyid=5 policytype="policy" service="HTTPS" duration=${draw.whole(1, 300)} sentbyte=${draw.whole(500, 90_000)} rcvdbyte=${draw.whole(500, 900_000)}`,
    (draw) =>
      `date={{date}} time={{time}} devname="fw-hq" devid="FGT60FTK00000001" eventtime={{nanos}} tz="+0000" logid="0000000013" type="traffic" subtype="forward" level="warning" vd="root" srcip=198.51.100.${draw.whole(1, 250)} srcport=${draw.whole(40_000, 60_000)} srcintf="wan1" dstip=192.0.2.10 dstport=${draw.one([22, 23, 445, 3389, 8080])} dstintf="dmz" proto=6 action="deny" policyid=0 service="tcp"`,
  ],
  paloalto: [
    (draw) =>
      `1,{{slash}},007000000001,TRAFFIC,end,2561,{{slash}},10.40.0.${draw.whole(10, 60)},198.51.100.${draw.whole(1, 250)},0.0.0.0,0.0.0.0,allow-web,,,ssl,vsys1,trust,untrust,ethernet1/1,ethernet1/2,siem,{{slash}},${draw.whole(1000, 99_999)},1,${draw.whole(40_000, 60_000)},443,0,0,0x1c,tcp,allow,${draw.whole(2000, 90_000)},1000,${draw.whole(1000, 89_000)},30,{{slash}},12,any,0,100,0x0,10.0.0.0-10.255.255.255,United States,0,15,15,tcp-fin`,
  ],
  stormshield: [
    (draw) =>
      `id=firewall time="{{date}} {{time}}" fw="fw-branch" tz=+0000 startime="{{date}} {{time}}" pri=5 confid=01 slotlevel=2 ruleid=3 srcif="Ethernet1" srcifname="in" ipproto=tcp proto=https src=10.50.0.${draw.whole(10, 60)} srcport=${draw.whole(40_000, 60_000)} dst=198.51.100.${draw.whole(1, 250)} dstport=443 ipv=4 sent=${draw.whole(500, 9000)} rcvd=${draw.whole(500, 90_000)} duration=1.50 action=pass logtype="connection"`,
  ],
  suricata: [
    (draw) =>
      JSON.stringify({
        timestamp: '{{micro}}',
        flow_id: draw.whole(1e12, 9e12),
        in_iface: 'eth1',
        event_type: 'dns',
        src_ip: pc(draw.one(PEOPLE)),
        src_port: draw.whole(40_000, 60_000),
        dest_ip: '10.20.0.2',
        dest_port: 53,
        proto: 'UDP',
        dns: { type: 'query', id: draw.whole(1, 65_535), rrname: draw.one(SITES), rrtype: 'A', tx_id: 0 },
      }),
    (draw) =>
      JSON.stringify({
        timestamp: '{{micro}}',
        flow_id: draw.whole(1e12, 9e12),
        in_iface: 'eth1',
        event_type: 'tls',
        src_ip: pc(draw.one(PEOPLE)),
        src_port: draw.whole(40_000, 60_000),
        dest_ip: `198.51.100.${draw.whole(1, 250)}`,
        dest_port: 443,
        proto: 'TCP',
        tls: { sni: draw.one(SITES), version: 'TLS 1.3' },
      }),
    (draw) =>
      JSON.stringify({
        timestamp: '{{micro}}',
        flow_id: draw.whole(1e12, 9e12),
        in_iface: 'eth1',
        event_type: 'alert',
        src_ip: pc(draw.one(PEOPLE)),
        src_port: 50_000,
        dest_ip: '198.51.100.80',
        dest_port: 80,
        proto: 'TCP',
        alert: {
          action: 'allowed',
          gid: 1,
          signature_id: 9_100_100,
          rev: 1,
          signature: 'INVENTED outdated browser',
          category: 'Potential Corporate Privacy Violation',
          severity: 3,
        },
      }),
  ],
  aws: [
    (draw) =>
      JSON.stringify({
        eventVersion: '1.09',
        userIdentity: {
          type: 'AssumedRole',
          principalId: 'AROAEXAMPLE:deploy',
          arn: 'arn:aws:sts::111122223333:assumed-role/deploy/pipeline',
          accountId: '111122223333',
        },
        eventTime: '{{seconds}}',
        eventSource: draw.one(['ec2.amazonaws.com', 's3.amazonaws.com']),
        eventName: draw.one(['DescribeInstances', 'ListBuckets', 'GetBucketLocation']),
        awsRegion: 'eu-west-1',
        sourceIPAddress: '192.0.2.20',
        userAgent: 'aws-cli/2.15',
        requestParameters: null,
        responseElements: null,
        eventID: `0f6c1e02-0000-4000-8000-${draw.whole(1e11, 9e11)}`,
        readOnly: true,
        eventType: 'AwsApiCall',
        managementEvent: true,
        recipientAccountId: '111122223333',
      }),
  ],
  m365: [
    (draw) => {
      const user = draw.one(PEOPLE);
      return JSON.stringify({
        CreationTime: '{{local}}',
        Id: `5a1c0000-0000-4000-8000-${draw.whole(1e11, 9e11)}`,
        Operation: draw.one(['FileAccessed', 'FileModified', 'FilePreviewed']),
        OrganizationId: '7f000000-0000-4000-8000-000000000001',
        RecordType: 6,
        UserKey: user,
        UserType: 0,
        Version: 1,
        Workload: 'SharePoint',
        ClientIP: '192.0.2.20',
        UserId: `${user}@example.com`,
        ObjectId: `https://example.sharepoint.com/sites/team/Docs/plan-${draw.whole(1, 40)}.xlsx`,
        SourceFileName: 'plan.xlsx',
        SourceFileExtension: 'xlsx',
        ItemType: 'File',
      });
    },
    (draw) => {
      const user = draw.one(PEOPLE);
      return JSON.stringify({
        CreationTime: '{{local}}',
        Id: `5a1d0000-0000-4000-8000-${draw.whole(1e11, 9e11)}`,
        Operation: 'UserLoggedIn',
        OrganizationId: '7f000000-0000-4000-8000-000000000001',
        RecordType: 15,
        ResultStatus: 'Success',
        UserKey: user,
        UserType: 0,
        Version: 1,
        Workload: 'AzureActiveDirectory',
        ClientIP: '192.0.2.20',
        UserId: `${user}@example.com`,
        ActorIpAddress: '192.0.2.20',
        ErrorNumber: '0',
      });
    },
  ],
  nginx: [
    (draw) =>
      `198.51.100.${draw.whole(1, 250)} - - [{{clf}}] "GET ${draw.one(PAGES)} HTTP/1.1" 200 ${draw.whole(200, 40_000)} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
    (draw) =>
      `198.51.100.${draw.whole(1, 250)} - - [{{clf}}] "GET /${draw.one(['wp-login.php', '.env', 'admin'])} HTTP/1.1" 404 153 "-" "Mozilla/5.0"`,
  ],
  squid: [
    (draw) =>
      `{{epoch.ms}}    ${draw.whole(20, 900)} ${pc(draw.one(PEOPLE))} TCP_TUNNEL/200 ${draw.whole(900, 90_000)} CONNECT ${draw.one(SITES)}:443 - HIER_DIRECT/198.51.100.80 -`,
    (draw) =>
      `{{epoch.ms}}    ${draw.whole(20, 900)} ${pc(draw.one(PEOPLE))} TCP_MISS/200 ${draw.whole(900, 90_000)} GET http://${draw.one(SITES)}/index.html - HIER_DIRECT/198.51.100.80 text/html`,
  ],
};

/** Which source writes how much, in parts. */
const PARTS: readonly (readonly [NoiseSource, number])[] = [
  ['windows', 30],
  ['fortigate', 22],
  ['squid', 14],
  ['suricata', 12],
  ['nginx', 8],
  ['linux', 5],
  ['paloalto', 4],
  ['stormshield', 2],
  ['m365', 2],
  ['aws', 1],
];
const TOTAL = PARTS.reduce((sum, [, part]) => sum + part, 0);

/** The source in whose share of the parts a number falls. */
function pick(number: number): NoiseSource {
  let end = 0;
  for (const [source, share] of PARTS) {
    end += share;
    if (number < end) return source;
  }
  return 'windows';
}

/** Background logs in order of time. */
export function noise({ start, duration = 86_400_000, count = 4000, seed = 1 }: NoiseOptions): NoiseLine[] {
  const draw = new Draw(seed);
  const lines: NoiseLine[] = [];
  while (lines.length < count) {
    const at = Math.floor(draw.next() * duration);
    const time = start + at;
    if (draw.next() > BUSY[new Date(time).getUTCHours()]!) continue;
    const source = pick(draw.next() * TOTAL);
    lines.push({ at, source, text: stamp(draw.one(WRITERS[source])(draw), time) });
  }
  return lines.sort((a, b) => a.at - b.at);
}
