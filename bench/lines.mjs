// Log lines of a mixed estate, after each vendor's documented format, with values that vary as real ones do.
// Deterministic for a seed, so that two runs send the same bytes.

/** A small generator of numbers in [0, 1): mulberry32. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pad = (n) => String(n).padStart(2, '0');
const pick = (list, r) => list[Math.floor(r() * list.length)];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const USERS = Array.from({ length: 400 }, (_, i) => `user${i}`);
const HOSTS = Array.from({ length: 200 }, (_, i) => `srv-${i}`);
const CLIENTS = Array.from({ length: 900 }, (_, i) => `10.20.${Math.floor(i / 250)}.${(i % 250) + 1}`);
const SITES = Array.from({ length: 300 }, (_, i) => `198.51.100.${(i % 250) + 1}`);
const PROGRAMS = [
  [
    'C:\\Windows\\System32\\svchost.exe',
    'C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule',
    'C:\\Windows\\System32\\services.exe',
  ],
  [
    'C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE',
    '"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE"',
    'C:\\Windows\\explorer.exe',
  ],
  [
    'C:\\Windows\\System32\\conhost.exe',
    '\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1',
    'C:\\Windows\\System32\\cmd.exe',
  ],
  [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    '"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe" --type=renderer --lang=en-GB',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
  [
    'C:\\Windows\\System32\\taskhostw.exe',
    'taskhostw.exe Install $(Arg0)',
    'C:\\Windows\\System32\\svchost.exe',
  ],
  [
    'C:\\Windows\\System32\\backgroundTaskHost.exe',
    '"C:\\Windows\\system32\\backgroundTaskHost.exe" -ServerName:App.AppXmtcan0h2tfbfy7k9kn8hbxb6dmzz1zh0.mca',
    'C:\\Windows\\System32\\svchost.exe',
  ],
];

function fortigate(r, at) {
  const d = new Date(at);
  const sent = Math.floor(r() * 90000);
  return `<189>date=${d.toISOString().slice(0, 10)} time=${d.toISOString().slice(11, 19)} devname="fw-edge-1" devid="FGT60FTK00000001" eventtime=${Math.floor(at / 1000)}000000000 tz="+0000" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=${pick(CLIENTS, r)} srcport=${1024 + Math.floor(r() * 60000)} srcintf="lan" srcintfrole="lan" dstip=${pick(SITES, r)} dstport=${pick([443, 443, 443, 80, 53], r)} dstintf="wan1" dstintfrole="wan" sessionid=${Math.floor(r() * 4e9)} proto=6 action="${r() < 0.97 ? 'accept' : 'deny'}" policyid=${Math.floor(r() * 40)} policytype="policy" service="HTTPS" dstcountry="Netherlands" srccountry="Reserved" trandisp="snat" transip=192.0.2.10 transport=${1024 + Math.floor(r() * 60000)} duration=${Math.floor(r() * 300)} sentbyte=${sent} rcvdbyte=${sent * 7} sentpkt=${Math.floor(sent / 900)} rcvdpkt=${Math.floor(sent / 150)} appcat="unscanned"`;
}

function windows(r, at) {
  const [image, command, parent] = pick(PROGRAMS, r);
  const user = pick(USERS, r);
  const host = pick(HOSTS, r);
  const time = new Date(at).toISOString().replace('T', ' ').slice(0, 23);
  return `<14>1 ${new Date(at).toISOString()} ${host} sysmon - - - ${JSON.stringify({
    EventTime: time,
    Hostname: `${host}.corp.example`,
    Keywords: -9223372036854775000,
    EventType: 'INFO',
    SeverityValue: 2,
    Severity: 'INFO',
    EventID: 1,
    SourceName: 'Microsoft-Windows-Sysmon',
    ProviderGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
    Version: 5,
    Task: 1,
    OpcodeValue: 0,
    RecordNumber: Math.floor(r() * 1e8),
    ExecutionProcessID: 2344,
    ExecutionThreadID: 3456,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Domain: 'NT AUTHORITY',
    AccountName: 'SYSTEM',
    UserID: 'S-1-5-18',
    AccountType: 'User',
    RuleName: '-',
    UtcTime: time,
    ProcessGuid: `{AB12CD34-0001-65F0-${pad(Math.floor(r() * 90))}00-000000001200}`,
    ProcessId: String(Math.floor(r() * 30000)),
    Image: image,
    FileVersion: '10.0.19041.1',
    Description: 'Program of the estate',
    Company: 'Example Corporation',
    OriginalFileName: image.slice(image.lastIndexOf('\\') + 1),
    CommandLine: command,
    CurrentDirectory: 'C:\\Windows\\system32\\',
    User: `CORP\\${user}`,
    LogonGuid: '{AB12CD34-0002-65F0-E703-000000000000}',
    LogonId: '0x3e7',
    TerminalSessionId: '1',
    IntegrityLevel: 'Medium',
    Hashes: `SHA256=${Math.floor(r() * 4e9)
      .toString(16)
      .padStart(8, '0')
      .repeat(8)
      .toUpperCase()}`,
    ParentProcessId: String(Math.floor(r() * 30000)),
    ParentImage: parent,
    ParentCommandLine: parent,
    EventReceivedTime: time,
    SourceModuleName: 'eventlog',
    SourceModuleType: 'im_msvistalog',
  })}`;
}

function nginx(r, at) {
  const d = new Date(at);
  const stamp = `${pad(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${d.toISOString().slice(11, 19)} +0000`;
  return `<190>${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${d.toISOString().slice(11, 19)} web-${Math.floor(r() * 8)} nginx: ${pick(SITES, r)} - - [${stamp}] "GET /shop/item/${Math.floor(r() * 5000)}?page=${Math.floor(r() * 9)} HTTP/1.1" ${pick([200, 200, 200, 304, 404], r)} ${Math.floor(r() * 40000)} "https://www.example.org/shop" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"`;
}

function sshd(r, at) {
  const d = new Date(at);
  return `<38>${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${d.toISOString().slice(11, 19)} ${pick(HOSTS, r)} sshd[${1000 + Math.floor(r() * 30000)}]: Accepted publickey for ${pick(USERS, r)} from ${pick(CLIENTS, r)} port ${1024 + Math.floor(r() * 60000)} ssh2: ED25519 SHA256:8yJ0v4mH1c2pQw9sXo5bTn7dRk3fLz6gEa1iUhYqVtM`;
}

function suricata(r, at) {
  return `<13>1 ${new Date(at).toISOString()} sensor-1 suricata 812 - - ${JSON.stringify({
    timestamp: new Date(at).toISOString().replace('Z', '000+0000'),
    flow_id: Math.floor(r() * 9e15),
    in_iface: 'eth1',
    event_type: 'dns',
    src_ip: pick(CLIENTS, r),
    src_port: 1024 + Math.floor(r() * 60000),
    dest_ip: '10.20.0.53',
    dest_port: 53,
    proto: 'UDP',
    dns: {
      type: 'query',
      id: Math.floor(r() * 65535),
      rrname: `host${Math.floor(r() * 900)}.example.net`,
      rrtype: 'A',
      tx_id: 0,
      opcode: 0,
    },
  })}`;
}

const MIX = [
  [fortigate, 0.4],
  [windows, 0.25],
  [nginx, 0.15],
  [suricata, 0.1],
  [sshd, 0.1],
];

/** One line of the mix. */
export function line(r, at) {
  let x = r();
  for (const [make, share] of MIX) {
    x -= share;
    if (x < 0) return make(r, at);
  }
  return sshd(r, at);
}

/** A line that fires one rule of ours on a host of its own: one alert, one incident, one mail. */
export function marker(n, at) {
  const d = new Date(at);
  return `<86>${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${d.toISOString().slice(11, 19)} mark-${n} usermod[4711]: add 'marked${n}' to group 'sudo'`;
}
