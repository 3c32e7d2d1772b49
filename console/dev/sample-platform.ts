import type { QuarantineView, RuleDetail, SourceView, StatusView, TenantView } from '@vigie/contracts/api';
import type { z } from 'zod';
import { seeded } from './random.ts';

const random = seeded(99);

/** Three clients of the invented provider. */
export function sampleTenants(now: number): TenantView[] {
  const names = [
    ['brouwerij-de-molen', 'Brouwerij De Molen', 'nl', false],
    ['clinique-sainte-anne', 'Clinique Sainte-Anne', 'fr', false],
    ['demo', 'Demo client', 'en', true],
  ] as const;
  return names.map(([id, name, language, demo], index) => ({
    id,
    name,
    language,
    timeZone: 'Europe/Brussels',
    retentionDays: 365,
    demo,
    createdAt: now - (90 - index * 30) * 86_400_000,
    contacts: [
      {
        name: 'Jan Claes',
        email: 'soc-contact@client.example.com',
        phone: '+32 2 555 01 00',
        minLevel: 'medium',
        kinds: ['incident', 'operations'],
        functions: ['client-it', 'on-call'],
        languages: ['nl', 'en'],
        hours: 'always',
      },
      {
        name: 'Sofie Wouters',
        email: 'director@client.example.com',
        minLevel: 'critical',
        kinds: ['incident'],
        functions: ['client-management'],
        languages: [],
        hours: { from: 8, to: 18, days: [1, 2, 3, 4, 5] },
      },
    ],
  }));
}

/** Sources in every state of health. */
export function sampleSources(now: number, tenants: readonly string[]): SourceView[] {
  const kinds = [
    ['linux-syslog', 'Linux servers', null, 3.2, 'linux.auth'],
    ['fw-edge', 'Edge firewall', 'fortinet.fortigate', 148.6, 'fortinet.fortigate'],
    ['web-front', 'Web front', 'nginx.access', 12.4, 'nginx.access'],
    ['windows', 'Windows event forwarding', null, 31.9, 'windows.sysmon'],
    ['m365', 'Microsoft 365 audit', 'microsoft.m365-audit', 0, 'microsoft.m365-audit'],
  ] as const;
  return tenants.flatMap((tenant, at) =>
    kinds.slice(0, 5 - at).map(([id, name, type, rate, dataset], index): SourceView => {
      const silent = id === 'm365';
      return {
        id,
        tenant,
        name,
        type,
        timeZone: 'Europe/Brussels',
        addresses: id === 'fw-edge' ? ['10.20.0.1', '10.20.9.0/24'] : [],
        enabled: true,
        demo: tenant === 'demo',
        createdAt: now - 40 * 86_400_000,
        health: {
          rate: rate === 0 ? 0 : rate * (0.8 + random.next() * 0.4),
          lastSeenAt: silent ? now - 5.4 * 3_600_000 : now - random.int(4000),
          silentForMs: silent ? 5.4 * 3_600_000 : null,
          events24h: Math.round(rate * 86_400 * 0.8) + (silent ? 8120 : 0),
          parseFailures24h: id === 'linux-syslog' ? 37 : 0,
          recent: Array.from({ length: 60 }, (_, minute) =>
            Math.round(rate * 60 * (0.7 + 0.5 * Math.sin(minute / 7 + index) ** 2 + random.next() * 0.3)),
          ),
          technologies:
            id === 'linux-syslog'
              ? [
                  { dataset: 'linux.auth', events: 188_400 },
                  { dataset: 'linux.auditd', events: 31_020 },
                  { dataset: 'unknown', events: 37 },
                ]
              : [{ dataset, events: Math.round(rate * 69_000) + 8120 }],
          usualRate: null,
          alerts: [],
          maintenance: false,
          drops: id === 'fw-edge' ? { truncated: 4, 'rate-limited': 1210 } : {},
        },
      };
    }),
  );
}

/** Two senders that nobody knows yet. */
export function sampleQuarantine(now: number): z.infer<typeof QuarantineView>[] {
  return [
    {
      id: 'q1',
      transport: 'syslog-udp',
      sender: '10.44.3.8',
      firstSeenAt: now - 3_900_000,
      lastSeenAt: now - 9000,
      lines: 18_240,
      held: 10_000,
      samples: [
        '<134>Nov 22 02:11:09 sw-core-1 %LINK-3-UPDOWN: Interface Gi1/0/14, changed state to down',
        '<134>Nov 22 02:11:12 sw-core-1 %LINK-3-UPDOWN: Interface Gi1/0/14, changed state to up',
      ],
    },
    {
      id: 'q2',
      transport: 'syslog-tcp',
      sender: '192.0.2.200',
      firstSeenAt: now - 600_000,
      lastSeenAt: now - 480_000,
      lines: 3,
      held: 3,
      samples: ['<13>hello from a new printer \u0000\u0001'],
    },
  ];
}

/** Sixty rules, some that cannot run. */
export function sampleRules(now: number): z.infer<typeof RuleDetail>[] {
  const subjects = [
    'SSH password guessing',
    'Sudo download and run',
    'Encoded PowerShell',
    'New local administrator',
    'LSASS memory read',
    'Web shell in upload folder',
    'Root console log-in',
    'Mailbox forwarding rule',
    'Firewall policy change',
    'DNS tunnel',
  ];
  const levels = [
    'medium',
    'critical',
    'high',
    'high',
    'critical',
    'high',
    'medium',
    'medium',
    'low',
    'informational',
  ] as const;
  return Array.from({ length: 60 }, (_, index) => {
    const subject = subjects[index % subjects.length]!;
    const level = levels[index % levels.length]!;
    const state = index % 17 === 5 ? 'rejected' : index % 13 === 9 ? 'unmapped' : 'live';
    const hits = state === 'live' && index % 4 === 0 ? random.int(400) : 0;
    const title = index < 10 ? subject : `${subject}, variant ${Math.floor(index / 10) + 1}`;
    return {
      id:
        index === 0
          ? 'linux-ssh-password-guessing'
          : `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      title,
      kind: index % 9 === 0 ? 'correlation' : 'rule',
      level,
      status: index % 3 === 0 ? 'stable' : 'test',
      enabled: index % 11 !== 10,
      state,
      problem:
        state === 'rejected'
          ? "line 14: condition names 'selection_img', but there is no such search"
          : state === 'unmapped'
            ? 'no source writes zeek / dns'
            : null,
      logsource: index % 2 === 0 ? 'linux / sshd' : 'windows / process_creation',
      tags: ['attack.credential-access', 'attack.t1110.001'],
      origin: index < 44 ? 'vigie' : 'sigmahq',
      path: `detections/sigma/linux/${title.toLowerCase().replace(/[^a-z]+/g, '-')}.yml`,
      versions: null,
      hits24h: hits,
      lastHitAt: hits > 0 ? now - random.int(40_000_000) : null,
      cases: null,
      author: null,
      references: [],
      techniques: [{ id: 'T1110.001', name: 'Password Guessing', tactic: 'Credential Access' }],
      words: null,
      adapted: null,
      description: `Finds ${subject.toLowerCase()}. Attackers do this early; administrators rarely.`,
      falsePositives: ['A script with an old password', 'A scanner that you own'],
      source: `title: ${title}\nid: ${index}\nstatus: stable # proven\nlevel: ${level}\nlogsource:\n  product: linux\n  service: sshd\ndetection:\n  selection:\n    process.name: sshd\n    event.outcome: 'failure'\n    source.port|gte: 1024\n  filter:\n    source.ip|cidr:\n      - 10.0.0.0/8\n      - 192.168.0.0/16\n  condition: selection and not filter\ntags:\n  - attack.credential-access\n  - attack.t1110.001\nfalsepositives:\n  - A script with an old password\n`,
    };
  });
}

/** A platform that runs, with two things to look at. */
export function sampleStatus(now: number): StatusView {
  const started = now - 3.2 * 86_400_000;
  const component = (name: string, detail: string, restarts = 0) => ({
    name,
    state: 'running' as const,
    restarts,
    since: restarts > 0 ? now - 7_400_000 : started,
    detail,
  });
  return {
    version: '0.1.0',
    startedAt: started,
    dataDirectory: '/var/lib/vigie',
    components: [
      component('event store', 'chDB, 41.2 M events, 11.3 GB'),
      component('state database', 'PostgreSQL 18'),
      component('collectors', 'syslog 5514 UDP/TCP, HTTP 8080'),
      component('pipeline', '1 worker', 1),
      component('detection', '60 rules, 2 rejected'),
      {
        name: 'mail',
        state: 'restarting',
        restarts: 4,
        since: now - 20_000,
        detail: 'connect ECONNREFUSED 192.0.2.25:587',
      },
    ],
    pipeline: {
      rate: 412.6,
      stored: 41_203_118,
      detected: 41_203_004,
      queued: 96,
      undetected: 114,
      drops: { truncated: 12, 'rate-limited': 1210 },
    },
    mail: { configured: true, pending: 3, dead: 3 },
    warnings: [
      {
        code: 'VIGIE_RESPOND_SMTP_DOWN',
        message: 'The mail server 192.0.2.25:587 refuses connections; 3 mails wait.',
        since: now - 1_200_000,
      },
      {
        code: 'VIGIE_COLLECT_SOURCE_SILENT',
        message:
          'Microsoft 365 audit of Brouwerij De Molen is silent for 5 h; it usually writes every 4 minutes.',
        since: now - 18_000_000,
      },
    ],
  };
}
