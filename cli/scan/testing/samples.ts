import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { event, PROCESS } from '@vigie/evtx/test/events.ts';
import { value, writeEvtx } from '@vigie/evtx/test/writer.ts';
import { findInputs } from '../inputs.ts';
import { loadRules, type RuleChoice } from '../rules.ts';
import { type ScanResult, scan } from '../scan.ts';
import { Threads } from '../threads.ts';

const TAXONOMY = fileURLToPath(new URL('../../../detections/taxonomy', import.meta.url));

/** Rules of the tests. */
export const RULES = `
title: Account Asks Who It Is
id: 2d8f5c1e-90a4-4c64-a2f0-6f0d5f0b9a11
status: test
level: medium
tags: [attack.discovery, attack.t1033]
logsource: { product: windows }
detection:
  selection:
    EventID: 1
    Image|endswith: '\\whoami.exe'
  condition: selection
---
title: Secret On A Command Line
id: 6a0c5f52-3a1e-4d3b-8f55-21c3a7e0d922
status: experimental
level: high
tags: [attack.credential-access, attack.t1552.001]
logsource: { product: windows }
detection:
  selection:
    CommandLine|contains: 'hunter2'
  condition: selection
---
title: Failed Login
id: 9b7d4b0a-6f0e-4a3c-8c42-5d1f6ac0e833
name: failed_login
level: low
tags: [attack.credential-access, attack.t1110]
logsource: { product: linux, service: sshd }
detection:
  selection: ['Failed password']
  condition: selection
---
title: Many Failed Logins
id: 3e1a7c66-2b94-4f1d-9d10-8e7ab5c0f744
level: high
tags: [attack.credential-access, attack.t1110.001]
correlation:
  type: event_count
  rules: [failed_login]
  group-by: [source.ip]
  timespan: 5m
  generate: true
  condition: { gte: 3 }
---
title: Access Key Made
id: 7c5e9d10-4b3a-4e8f-b1a6-0d2c4e6f8a55
level: critical
tags: [attack.persistence, attack.t1098.001]
logsource: { product: aws, service: cloudtrail }
detection:
  selection:
    eventName: CreateAccessKey
  condition: selection
`;

/** An event log with `count` process starts; every tenth names a secret. */
export function eventLog(count: number): Buffer {
  const records = Array.from({ length: count }, (_, i) =>
    event(i + 1, 1, {
      template: PROCESS,
      values: [
        value.text(i % 2 === 0 ? 'C:\\Windows\\System32\\whoami.exe' : 'C:\\Tools\\list.exe'),
        value.u32(1000 + i),
        value.text(i % 10 === 0 ? 'login.exe /password:hunter2' : 'whoami /all'),
      ],
    }),
  );
  const chunks = [];
  for (let at = 0; at < records.length; at += 60) chunks.push(records.slice(at, at + 60));
  return Buffer.from(writeEvtx(chunks));
}

/** Failed logins over SSH from one address, a second apart. */
export function sshLines(count: number): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `2026-03-02T10:00:${String(i % 60).padStart(2, '0')}.000Z gate-1 sshd[${900 + i}]: Failed password for invalid user oracle from 198.51.100.23 port ${40_000 + i} ssh2\n`,
  ).join('');
}

/** A CloudTrail file as it lies in a bucket. */
export function cloudTrail(names: readonly string[]): string {
  return JSON.stringify({
    Records: names.map((eventName, i) => ({
      eventVersion: '1.09',
      eventTime: `2026-03-02T11:00:0${i}Z`,
      eventSource: 'iam.amazonaws.com',
      eventName,
      awsRegion: 'eu-west-3',
      sourceIPAddress: '203.0.113.9',
      userAgent: 'aws-cli/2.15',
      userIdentity: { type: 'IAMUser', userName: 'mallory', accountId: '111122223333' },
      requestParameters: { userName: 'mallory' },
      responseElements: null,
      eventID: `00000000-0000-4000-8000-00000000000${i}`,
      eventType: 'AwsApiCall',
      recipientAccountId: '111122223333',
    })),
  });
}

/** Writes files below a folder. */
export function put(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Scans with the rules of a folder. */
export async function scanFolder(
  paths: readonly string[],
  rules: string,
  options: { readonly worker?: string; readonly jobs?: number; readonly choice?: Partial<RuleChoice> } & {
    readonly from?: number;
    readonly to?: number;
    readonly explain?: boolean;
    readonly pipelines?: readonly string[];
  } = {},
): Promise<ScanResult> {
  const jobs = options.jobs ?? 1;
  const threads = new Threads({ worker: options.worker ?? '', jobs });
  try {
    return await scan({
      inputs: await findInputs(paths),
      rules: loadRules(
        [rules],
        TAXONOMY,
        { statuses: [], tags: [], exclude: [], ...options.choice },
        undefined,
        options.pipelines,
      ),
      threads,
      jobs,
      timeZone: 'UTC',
      explain: options.explain === true,
      bodies: true,
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.to === undefined ? {} : { to: options.to }),
    });
  } finally {
    await threads.close();
  }
}
