/** Invented Windows events, flat, of the sizes and mixture that a fleet of workstations sends. */
import type { EcsFields } from '@vigie/contracts';

/** A small random generator (mulberry32), so that measurements repeat. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const PROGRAMS = [
  ['C:\\Windows\\System32\\svchost.exe', 'svchost.exe -k netsvcs -p -s Schedule'],
  ['C:\\Windows\\System32\\svchost.exe', 'svchost.exe -k LocalServiceNetworkRestricted -p'],
  ['C:\\Windows\\System32\\conhost.exe', '\\??\\C:\\WINDOWS\\system32\\conhost.exe 0xffffffff -ForceV1'],
  ['C:\\Windows\\System32\\taskhostw.exe', 'taskhostw.exe Install $(Arg0)'],
  [
    'C:\\Windows\\System32\\backgroundTaskHost.exe',
    '"C:\\WINDOWS\\system32\\backgroundTaskHost.exe" -ServerName:App.Sync',
  ],
  [
    'C:\\Windows\\System32\\cmd.exe',
    'C:\\Windows\\system32\\cmd.exe /c ""D:\\Depot\\Nightly\\collect.cmd" --quiet"',
  ],
  [
    'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    'powershell.exe -NoProfile -File D:\\Depot\\inventory.ps1',
  ],
  [
    'C:\\Program Files\\Harbour\\Sync\\harbour-sync.exe',
    '"C:\\Program Files\\Harbour\\Sync\\harbour-sync.exe" --channel stable',
  ],
  [
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
    '"C:\\Program Files\\Mozilla Firefox\\firefox.exe" -contentproc --channel=4412',
  ],
  [
    'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE',
    '"WINWORD.EXE" /n "C:\\Users\\alva\\Documents\\plan.docx" /o ""',
  ],
  ['C:\\Users\\alva\\AppData\\Local\\Harbour\\update.exe', 'update.exe --processStart harbour.exe --silent'],
  ['C:\\Windows\\System32\\net1.exe', 'C:\\Windows\\system32\\net1 user'],
  [
    'C:\\Windows\\System32\\rundll32.exe',
    'rundll32.exe C:\\Windows\\System32\\shell32.dll,SHCreateLocalServerRunDll {9BA05972}',
  ],
  ['C:\\Windows\\System32\\reg.exe', 'reg  query HKLM\\SOFTWARE\\Harbour /v Version'],
] as const;
const HIVES = [
  'HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-21-7\\Version',
  'HKU\\S-1-5-21-7\\Software\\Harbour\\Sync\\LastRun',
  'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved\\Run\\Harbour',
];
const LIBRARIES = ['ntdll.dll', 'kernel32.dll', 'bcryptprimitives.dll', 'harbourcore.dll', 'taskschd.dll'];

/**
 * @param count events to make
 * @param filler characters of text to add to each (a long field no rule asks for)
 */
export function windowsEvents(count: number, seed = 7, filler = 0): EcsFields[] {
  const random = randomSource(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const kind = random();
    const base = common(index, random);
    if (filler > 0)
      base['winlog.task_text'] = 'routine operation of the harbour fleet. '
        .repeat(Math.ceil(filler / 40))
        .slice(0, filler);
    if (kind < 0.4) return { ...base, ...processCreation(index, pick) };
    if (kind < 0.55) return { ...base, ...registrySet(pick) };
    if (kind < 0.68) return { ...base, ...imageLoad(pick) };
    if (kind < 0.8) return { ...base, ...networkConnection(index, pick) };
    if (kind < 0.9) return { ...base, ...fileCreated(index, pick) };
    return { ...base, ...logon(index, random) };
  });
}

function common(index: number, random: () => number): EcsFields {
  const host = `wks-${String(Math.floor(random() * 400)).padStart(4, '0')}`;
  return {
    '@timestamp': new Date(1_780_000_000_000 + index * 37).toISOString(),
    'event.module': 'windows',
    'event.kind': 'event',
    'ecs.version': '8.17.0',
    'host.name': `${host}.corp.example.com`,
    'winlog.computer_name': `${host}.corp.example.com`,
    'winlog.record_id': 5_000_000 + index,
  };
}

function sysmon(code: string): EcsFields {
  return {
    'event.code': code,
    'winlog.channel': 'Microsoft-Windows-Sysmon/Operational',
    'winlog.provider_name': 'Microsoft-Windows-Sysmon',
    'user.name': 'CORP\\alva',
  };
}

type Pick = <T>(list: readonly T[]) => T;

function processCreation(index: number, pick: Pick): EcsFields {
  const [image, command] = pick(PROGRAMS);
  const [parent, parentCommand] = pick(PROGRAMS);
  return {
    ...sysmon('1'),
    'process.executable': image,
    'process.command_line': `${command} /job:${index}`,
    'process.working_directory': 'C:\\Windows\\system32\\',
    'process.parent.executable': parent,
    'process.parent.command_line': parentCommand,
    'process.pid': 1000 + (index % 9000),
    'process.pe.original_file_name': image.slice(image.lastIndexOf('\\') + 1),
    'process.pe.description': 'Host Process for Windows Tasks',
    'process.pe.company': 'Microsoft Corporation',
    'process.pe.product': 'Microsoft\u00ae Windows\u00ae Operating System',
    'winlog.event_data.IntegrityLevel': 'Medium',
    'winlog.event_data.Hashes': `SHA256=${(index * 7919).toString(16).padStart(64, '0')}`,
    'winlog.event_data.LogonId': `0x${index.toString(16)}`,
  };
}

function registrySet(pick: Pick): EcsFields {
  return {
    ...sysmon('13'),
    'process.executable': pick(PROGRAMS)[0],
    'registry.path': pick(HIVES),
    'registry.data.strings': 'DWORD (0x00000001)',
    'winlog.event_data.EventType': 'SetValue',
  };
}

function imageLoad(pick: Pick): EcsFields {
  return {
    ...sysmon('7'),
    'process.executable': pick(PROGRAMS)[0],
    'dll.path': `C:\\Windows\\System32\\${pick(LIBRARIES)}`,
    'winlog.event_data.Signed': 'true',
    'winlog.event_data.Signature': 'Harbour Works Ltd',
    'winlog.event_data.SignatureStatus': 'Valid',
  };
}

function networkConnection(index: number, pick: Pick): EcsFields {
  return {
    ...sysmon('3'),
    'process.executable': pick(PROGRAMS)[0],
    'source.ip': `10.20.${index % 250}.${(index * 7) % 250}`,
    'source.port': 49152 + (index % 16000),
    'destination.ip': `203.0.113.${index % 250}`,
    'destination.port': pick([443, 443, 80, 445, 8443]),
    'destination.domain': `edge-${index % 50}.example.net`,
    'network.direction': 'egress',
  };
}

function fileCreated(index: number, pick: Pick): EcsFields {
  return {
    ...sysmon('11'),
    'process.executable': pick(PROGRAMS)[0],
    'file.path': `C:\\Users\\alva\\AppData\\Local\\Harbour\\cache\\part-${index}.${pick(['tmp', 'dat', 'log'])}`,
  };
}

function logon(index: number, random: () => number): EcsFields {
  return {
    'event.code': random() < 0.8 ? '4624' : '4625',
    'winlog.channel': 'Security',
    'winlog.provider_name': 'Microsoft-Windows-Security-Auditing',
    'user.name': `user${index % 300}`,
    'user.domain': 'CORP',
    'winlog.event_data.LogonType': '3',
    'winlog.event_data.AuthenticationPackageName': 'Kerberos',
    'winlog.event_data.LogonProcessName': 'Kerberos',
    'winlog.event_data.WorkstationName': '-',
    'source.ip': `10.20.${index % 250}.9`,
    'source.port': 50000 + (index % 1000),
    'winlog.event_data.TargetLogonId': `0x${(index * 31).toString(16)}`,
    'winlog.event_data.KeyLength': '0',
    'winlog.event_data.ElevatedToken': '%%1842',
  };
}
