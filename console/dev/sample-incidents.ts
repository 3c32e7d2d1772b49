import type { AlertView, EventView, IncidentView, MailView } from '@vigie/contracts/api';
import { seeded } from './random.ts';
import type { sampleEvents } from './sample-events.ts';

const random = seeded(7);
const T = {
  brute: { id: 'T1110.001', name: 'Password Guessing', tactic: 'Credential Access' },
  valid: { id: 'T1078', name: 'Valid Accounts', tactic: 'Initial Access' },
  sudo: { id: 'T1548.003', name: 'Sudo and Sudo Caching', tactic: 'Privilege Escalation' },
  tool: { id: 'T1105', name: 'Ingress Tool Transfer', tactic: 'Command and Control' },
  shell: { id: 'T1059.001', name: 'PowerShell', tactic: 'Execution' },
  exfil: { id: 'T1567', name: 'Exfiltration Over Web Service', tactic: 'Exfiltration' },
  scan: { id: 'T1595.002', name: 'Vulnerability Scanning', tactic: 'Reconnaissance' },
  mfa: { id: 'T1621', name: 'Multi-Factor Authentication Request Generation', tactic: 'Credential Access' },
} as const;

type Entity = AlertView['entities'][number];
const ref = (event: EventView) => ({ id: event.id, at: event.at, source: event.source });

function story(now: number, data: ReturnType<typeof sampleEvents>, tenant: string): IncidentView {
  const entities: Entity[] = [
    { type: 'ip', value: '203.0.113.24' },
    { type: 'user', value: 'm.janssens' },
    { type: 'host', value: 'bastion-1' },
  ];
  const brute: AlertView = {
    id: 'a1',
    ruleId: 'linux-ssh-password-guessing',
    title: 'Many failed SSH log-ins from one address',
    level: 'medium',
    count: 64,
    firstAt: data.failures[0]!.at,
    lastAt: data.failures.at(-1)!.at,
    entities: entities.slice(0, 1).concat(entities[2]!),
    techniques: [T.brute],
    diagnosis:
      'One address tried many passwords on an SSH service within minutes. This is how guessing tools work.',
    advice: ['Block 203.0.113.24 on the outer firewall.', 'Allow SSH from known networks only.'],
    part: 'evidence',
    pinned: false,
    reason: joined('web-02', 1.5),
    falsePositives: ['A script with an old password', 'A vulnerability scanner you own'],
    evidence: data.failures
      .slice(-50)
      .reverse()
      .map((event, index) => ({
        detectionId: `d1-${index}`,
        at: event.at,
        matched: [
          { field: 'event.outcome', value: 'failure', condition: 'event.outcome: failure' },
          { field: 'process.name', value: 'sshd', condition: 'process.name: sshd' },
          { field: 'source.ip', value: '203.0.113.24', condition: 'group-by: source.ip' },
        ],
        events: [ref(event)],
      })),
  };
  const login: AlertView = {
    id: 'a2',
    ruleId: 'linux-ssh-login-after-guessing',
    title: 'Log-in succeeded after many failures',
    level: 'high',
    count: 1,
    firstAt: data.login.at,
    lastAt: data.login.at,
    entities,
    techniques: [T.valid, T.brute],
    diagnosis:
      'The same address that failed 64 times got in. The password of this account is known to somebody else.',
    advice: [
      'Lock the account m.janssens and end its sessions.',
      'Set a new password and require a second factor.',
    ],
    part: 'evidence',
    pinned: false,
    reason: joined('web-02', 2),
    falsePositives: ['The user mistyped many times from a home connection'],
    evidence: [
      {
        detectionId: 'd2',
        at: data.login.at,
        matched: [
          { field: 'event.outcome', value: 'success', condition: 'event.outcome: success' },
          { field: 'user.name', value: 'm.janssens', condition: 'group-by: user.name' },
          { field: 'source.ip', value: '203.0.113.24', condition: 'group-by: source.ip' },
        ],
        events: [ref(data.login), ref(data.failures.at(-1)!), ref(data.failures.at(-2)!)],
      },
    ],
  };
  const sudo: AlertView = {
    id: 'a3',
    ruleId: 'linux-sudo-download-and-run',
    title: 'Script fetched from the internet and run as root',
    level: 'critical',
    count: 1,
    firstAt: data.sudo.at,
    lastAt: data.sudo.at,
    entities: [...entities.slice(1), { type: 'ip', value: '203.0.113.190' }],
    techniques: [T.sudo, T.tool],
    diagnosis:
      'A user with sudo rights downloaded a script and ran it as root in one step, without looking at it.',
    advice: [
      'Take bastion-1 off the network, but leave it running.',
      'Keep /var/log and the memory for analysis.',
    ],
    part: 'evidence',
    pinned: false,
    reason: joined('web-02', 2),
    falsePositives: ['An installer documented by a vendor in this form'],
    evidence: [
      {
        detectionId: 'd3',
        at: data.sudo.at,
        matched: [
          {
            field: 'process.command_line',
            value: String(data.sudo.fields['process.command_line']),
            condition: "CommandLine|contains: 'curl -s http'",
          },
          {
            field: 'process.command_line',
            value: String(data.sudo.fields['process.command_line']),
            condition: "CommandLine|contains: '| bash'",
          },
          { field: 'user.effective.name', value: 'root', condition: 'user.effective.name: root' },
        ],
        events: [ref(data.sudo)],
      },
    ],
  };
  return {
    id: 1042,
    tenant,
    title: 'Password guessed on bastion-1, then a script run as root',
    status: 'new',
    level: 'critical',
    verdict: null,
    owner: null,
    firstAt: brute.firstAt,
    lastAt: sudo.lastAt,
    createdAt: brute.firstAt + 22_000,
    alerts: 3,
    detections: 66,
    entities: [...entities, { type: 'ip', value: '203.0.113.190' }],
    techniques: [T.brute, T.valid, T.sudo, T.tool],
    demo: false,
    verdictReason: null,
    urgency: urgencyOf(16, brute.firstAt + 22_000),
    changed: null,
    seen: false,
    dueAt: null,
    clockState: null,
    summary:
      'From 203.0.113.24 (Brazil) somebody tried 64 passwords on the SSH service of bastion-1 within five minutes and then got in as m.janssens. 95 seconds later this account fetched a script from 203.0.113.190 and ran it as root. The machine must be treated as taken over.',
    advice: [
      'Take bastion-1 off the network, but leave it running: its memory is evidence.',
      'Lock the account m.janssens, end its sessions, and set a new password with a second factor.',
      'Block 203.0.113.24 and 203.0.113.190 in both directions on the outer firewall.',
      'Look for other log-ins of m.janssens since the first evidence.',
    ],
    reason: opened,
    mergedInto: null,
    merged: [],
    alertList: [sudo, login, brute],
    timeline: [
      {
        at: brute.firstAt,
        kind: 'evidence',
        text: 'First failed SSH log-in from 203.0.113.24',
        alertId: 'a1',
        event: ref(data.failures[0]!),
      },
      { at: brute.firstAt + 20_000, kind: 'alert', text: brute.title, level: 'medium', alertId: 'a1' },
      { at: brute.firstAt + 22_000, kind: 'incident', text: 'Incident opened' },
      {
        at: brute.lastAt,
        kind: 'evidence',
        text: '64 failures in 5 minutes',
        alertId: 'a1',
        event: ref(data.failures.at(-1)!),
      },
      {
        at: data.login.at,
        kind: 'evidence',
        text: 'm.janssens logged in from 203.0.113.24',
        alertId: 'a2',
        event: ref(data.login),
      },
      { at: data.login.at + 400, kind: 'alert', text: login.title, level: 'high', alertId: 'a2' },
      { at: data.login.at + 2400, kind: 'mail', text: 'Mail to soc-contact@brouwerij.example.com: high' },
      {
        at: data.sudo.at,
        kind: 'evidence',
        text: 'sudo: curl … | bash as root on bastion-1',
        alertId: 'a3',
        event: ref(data.sudo),
      },
      { at: data.sudo.at + 300, kind: 'alert', text: sudo.title, level: 'critical', alertId: 'a3' },
      { at: data.sudo.at + 1900, kind: 'mail', text: 'Mail to director@brouwerij.example.com: critical' },
      {
        at: now - 9 * 60_000,
        kind: 'comment',
        text: 'Called the client at 14:20, the machine is being isolated.\nThey confirm that m.janssens is on leave.',
        actor: 'Aline Leroy',
      },
    ],
    mails: [
      {
        id: 'm2',
        to: 'director@brouwerij.example.com',
        subject: '[Critical] INC-1042 Password guessed on bastion-1, then a script run as root',
        state: 'sent',
        at: data.sudo.at + 1900,
      },
      {
        id: 'm1',
        to: 'soc-contact@brouwerij.example.com',
        subject: '[High] INC-1042 Password guessed on bastion-1',
        state: 'sent',
        at: data.login.at + 2400,
      },
    ],
  };
}

const KINDS = [
  [
    'Encoded PowerShell started by Word on ws-114',
    'high',
    [T.shell],
    [
      ['host', 'ws-114'],
      ['user', 'c.dubois'],
    ],
  ],
  [
    'Scanner tried 38 known weaknesses on web-02',
    'low',
    [T.scan],
    [
      ['ip', '198.51.100.77'],
      ['host', 'web-02'],
    ],
  ],
  [
    'Unusual upload of 4.2 GB to a file-sharing site',
    'medium',
    [T.exfil],
    [
      ['host', 'ws-221'],
      ['user', 'l.rossi'],
      ['domain', 'files.example.net'],
    ],
  ],
  [
    'Repeated second-factor prompts for a.peeters',
    'medium',
    [T.mfa],
    [
      ['user', 'a.peeters'],
      ['cloud', 'm365:a.peeters@example.org'],
      ['ip', '192.0.2.15'],
    ],
  ],
  [
    'New local administrator on srv-files',
    'high',
    [T.valid],
    [
      ['host', 'srv-files'],
      ['user', 'svc-backup'],
    ],
  ],
  [
    'Firewall policy changed outside working hours',
    'informational',
    [],
    [
      ['host', 'fw-edge'],
      ['user', 'administrator'],
    ],
  ],
] as const;
const OWNERS = [null, null, { id: 'u1', name: 'Aline Leroy' }, { id: 'u2', name: 'Bram Maes' }];

/** Urgency of an open incident whose assets nobody has written down. */
function urgencyOf(severity: number, openedAt: number): IncidentView['urgency'] {
  return {
    score: severity,
    terms: [
      { term: 'severity', factor: severity },
      { term: 'criticality', factor: 1, criticality: 'normal', asset: null },
      { term: 'confidence', factor: 1, probability: null },
      { term: 'age', factor: 1, dueAt: openedAt + 86_400_000, fallback: true },
    ],
  };
}

/** The told story and some forty smaller incidents. */
export function sampleIncidents(
  now: number,
  data: ReturnType<typeof sampleEvents>,
  tenants: readonly string[],
): IncidentView[] {
  const list = [story(now, data, tenants[0]!)];
  for (let index = 0; index < 41; index++) {
    const [title, level, techniques, entities] = KINDS[index % KINDS.length]!;
    const at = now - (index + 1) * 2_300_000 - random.int(1_000_000);
    const status =
      index < 4 ? 'new' : index % 3 === 0 ? 'closed' : random.pick(['new', 'in-progress'] as const);
    const event = index === 0 ? data.encoded : data.events[(index * 97) % data.events.length]!;
    const own = entities.map(([type, value]) => ({ type, value }));
    const alert: AlertView = {
      id: `b${index}`,
      ruleId: `sample-rule-${index % KINDS.length}`,
      title,
      level,
      count: 1 + random.int(20),
      firstAt: at - 60_000,
      lastAt: at,
      entities: own,
      techniques: [...techniques],
      diagnosis:
        'Word started PowerShell with a hidden, encoded command. Documents do not need that; attackers do.',
      advice: [
        'Ask the user which document was opened.',
        'Isolate the workstation until the answer is known.',
      ],
      part: 'evidence',
      pinned: false,
      reason: null,
      falsePositives: ['A macro of the accounting department'],
      evidence: [
        {
          detectionId: `e${index}`,
          at: event.at,
          matched: event.fields['process.command_line']
            ? [
                {
                  field: 'process.command_line',
                  value: String(event.fields['process.command_line']),
                  condition: 'CommandLine|contains: -encodedcommand',
                },
              ]
            : [
                {
                  field: 'event.dataset',
                  value: String(event.fields['event.dataset']),
                  condition: 'event.dataset',
                },
              ],
          events: [ref(event)],
        },
      ],
    };
    list.push({
      id: 1041 - index,
      tenant: event === data.encoded ? event.tenant : event.tenant,
      title,
      status,
      level,
      verdict:
        status === 'closed'
          ? random.pick(['true-positive', 'benign-true-positive', 'false-positive'] as const)
          : null,
      owner: status === 'new' ? null : random.pick(OWNERS),
      firstAt: at - 60_000,
      lastAt: at,
      createdAt: at - 30_000,
      alerts: 1 + random.int(4),
      detections: 1 + random.int(60),
      entities: own,
      techniques: [...techniques],
      demo: index % 5 === 4,
      verdictReason: null,
      urgency:
        status === 'closed'
          ? { score: 0, terms: [] }
          : urgencyOf(
              2 ** ['informational', 'low', 'medium', 'high', 'critical'].indexOf(level),
              at - 30_000,
            ),
      changed: null,
      seen: status !== 'new',
      dueAt: null,
      clockState: null,
      summary: `${title}. One user and one machine are involved; nothing else in this network shows the same.`,
      advice: alert.advice,
      reason: null,
      mergedInto: null,
      merged: [],
      alertList: [alert],
      timeline: [
        { at: event.at, kind: 'evidence', text: title, event: ref(event), alertId: alert.id },
        { at: event.at + 800, kind: 'alert', text: title, level, alertId: alert.id },
        { at: event.at + 900, kind: 'incident', text: 'Incident opened' },
      ],
      mails: [],
    });
  }
  return list;
}

/** Mails in every state. */
export function sampleMails(now: number, incidents: readonly IncidentView[]): MailView[] {
  const states = ['sent', 'sent', 'sent', 'pending', 'sent', 'dead', 'sent', 'sending'] as const;
  return incidents.slice(0, 24).map((incident, index) => {
    const state = states[index % states.length]!;
    return {
      id: index === 0 ? 'm2' : index === 1 ? 'm1' : `m${index + 2}`,
      tenant: incident.tenant,
      incident: incident.id,
      to: index === 0 ? 'director@brouwerij.example.com' : 'soc-contact@client.example.com',
      subject: `[${incident.level}] INC-${incident.id} ${incident.title}`,
      state,
      attempts: state === 'dead' ? 12 : state === 'pending' ? 3 : 1,
      createdAt: now - (index + 1) * 900_000,
      nextAttemptAt: state === 'pending' ? now + 180_000 : null,
      sentAt: state === 'sent' ? now - (index + 1) * 900_000 + 2100 : null,
      held: false,
      digest: null,
      lastError:
        state === 'dead'
          ? '550 5.1.1 mailbox unknown'
          : state === 'pending'
            ? 'connect ECONNREFUSED 192.0.2.25:587'
            : null,
    };
  });
}

const opened = {
  total: 3,
  needed: 2,
  terms: [{ term: 'level', weight: 3, text: 'level high, which always opens one' }],
};

function joined(host: string, near: number) {
  return {
    total: 5 + near,
    needed: 5,
    terms: [
      { term: 'shared', weight: 4, text: `shares ${host} with the incident` },
      { term: 'time', weight: near, text: 'near in time to its evidence' },
      { term: 'level', weight: 1, text: 'level high' },
    ],
  };
}
