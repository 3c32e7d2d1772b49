import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../main.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-rules-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = 0;
});

/** Runs a command line; what it wrote and its exit code. */
async function vigie(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = { out: '', err: '' };
  const streams = { out: process.stdout, err: process.stderr } as const;
  const originals = { out: process.stdout.write, err: process.stderr.write };
  process.exitCode = 0;
  for (const name of ['out', 'err'] as const)
    streams[name].write = ((text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    }) as typeof process.stdout.write;
  try {
    await main(args);
  } finally {
    for (const name of ['out', 'err'] as const) streams[name].write = originals[name];
  }
  return { ...written, code: Number(process.exitCode) };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const RULE = `title: Whoami under a shell
id: 44444444-4444-4444-8444-444444444444
status: test
level: medium
tags:
    - attack.discovery
    - attack.t1033
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image|endswith: '\\whoami.exe'
        ParentImage|endswith: ['\\cmd.exe', '\\powershell.exe']
    filter:
        User|contains: svc-
    condition: selection and not filter
`;

const sysmon = (image: string, user: string) =>
  JSON.stringify({
    Event: {
      System: {
        Provider: { Name: 'Microsoft-Windows-Sysmon' },
        EventID: 1,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'wks1.example.com',
        TimeCreated: { SystemTime: '2026-03-04T10:00:00Z' },
      },
      EventData: { Image: image, ParentImage: 'C:\\Windows\\cmd.exe', User: user, ProcessId: '10' },
    },
  });
const WHOAMI = 'C:\\Windows\\System32\\whoami.exe';

const casesOf = (rows: readonly (readonly [string, boolean, string])[]) =>
  `cases:\n${rows
    .map(([name, fires, log]) => `  - name: ${name}\n    fires: ${fires}\n    logs:\n      - log: '${log}'`)
    .join('\n')}\n`;

describe('rules lint', () => {
  test('passes a good rule, and fails a wrong one with its place', async () => {
    file('good.yml', RULE);
    expect(await vigie('rules', 'lint', folder)).toMatchObject({ code: 0 });
    const wrong = file(
      'wrong.yml',
      RULE.replace('44444444', '55555555').replace('Image|endswith', 'Image|ends'),
    );
    const junit = join(folder, 'report.xml');
    const { out, code } = await vigie('rules', 'lint', folder, '--junit', junit);
    expect(code).toBe(1);
    expect(out).toContain(`${wrong}:13:9: error: unknown modifier "ends" [modifier_unknown]`);
    const report = readFileSync(junit, 'utf8');
    expect(report).toContain('tests="2" failures="1"');
    expect(report).toContain('unknown modifier &quot;ends&quot;');
  });

  test('--fix repairs the file, --json tells what is left', async () => {
    const path = file('old.yml', RULE.replace('level:', 'date: 2026/03/04\nlevl:'));
    expect((await vigie('rules', 'lint', path)).code).toBe(1);
    const { out, code } = await vigie('--json', 'rules', 'lint', path, '--fix');
    expect(JSON.parse(out)).toEqual({ files: 1, fixed: 2, issues: [] });
    expect([code, readFileSync(path, 'utf8')]).toEqual([
      0,
      RULE.replace('level:', 'date: 2026-03-04\nlevel:'),
    ]);
  });

  test('a path that is not there is said, not linted', async () => {
    const { err, code } = await vigie('rules', 'lint', join(folder, 'none'));
    expect([code, err]).toEqual([2, expect.stringContaining('no such file')]);
  });

  test('the shipped rules have no errors', async () => {
    const { out, code } = await vigie('--json', 'rules', 'lint');
    expect(code, out).toBe(0);
    expect(JSON.parse(out).files).toBeGreaterThan(40);
  });
});

describe('rules test', () => {
  test('passes and fails by the raw log, and says what was missing', async () => {
    file('whoami.yml', RULE);
    file(
      'whoami.cases.yml',
      casesOf([
        ['by a person', true, sysmon(WHOAMI, 'EX\\kim')],
        ['by a service', false, sysmon(WHOAMI, 'EX\\svc-a')],
        ['another program', true, sysmon('C:\\a.exe', 'EX\\kim')],
        ['excluded', true, sysmon(WHOAMI, 'EX\\svc-a')],
        ['should not', false, sysmon(WHOAMI, 'EX\\kim')],
      ]),
    );
    file('untested.yml', RULE.replace('44444444', '66666666').replace('Whoami', 'Other'));
    const junit = join(folder, 'report.xml');
    const { out, code } = await vigie('--json', 'rules', 'test', folder, '--junit', junit);
    const report = JSON.parse(out);
    expect([code, report.passed, report.failed, report.untested.length]).toEqual([1, 2, 3, 1]);
    const reasons = Object.fromEntries(
      report.cases.map(({ name, reason }: { name: string; reason?: string[] }) => [name, reason?.join('\n')]),
    );
    expect(reasons['another program']).toMatch(/Image\|endswith: .*whoami\.exe .*← .*= C:\\a\.exe/);
    expect(reasons['excluded']).toMatch(/excluded by User\|contains: svc-/);
    expect(reasons['should not']).toContain('fired, and should not');
    expect(readFileSync(junit, 'utf8')).toContain('tests="5" failures="3"');
  });

  test('a correlation in the file below its threshold says how far it came', async () => {
    file(
      'many.yml',
      `${RULE.replace('level: medium', 'level: informational\nname: whoami')}---
title: Whoami again and again
id: 77777777-7777-4777-8777-777777777777
status: test
level: high
correlation:
    type: event_count
    rules: [whoami]
    group-by: [host.name]
    timespan: 5m
    condition: { gte: 3 }
`,
    );
    const log = sysmon(WHOAMI, 'EX\\kim');
    const cases = (times: number) => `cases:
  - { name: enough, fires: true, logs: [{ log: '${log}', times: ${times} }] }
  - { name: too few, fires: false, logs: [{ log: '${log}', times: 2 }] }
`;
    file('many.cases.yml', cases(3));
    expect(await vigie('rules', 'test', folder)).toMatchObject({ code: 0 });
    file('many.cases.yml', cases(2));
    const { out, code } = await vigie('rules', 'test', folder);
    expect([code, out]).toEqual([1, expect.stringContaining('"Whoami under a shell" holds on 2 of 2 logs')]);
  });

  test('samples are read inside their folder only', async () => {
    file('whoami.yml', RULE);
    file(
      'whoami.cases.yml',
      `cases:\n  - { name: a, fires: true, logs: [{ sample: ../../etc/passwd }] }\n  - { name: b, fires: false, logs: [{ sample: ../x }] }\n`,
    );
    const { out, code } = await vigie('rules', 'test', folder, '--samples', folder);
    expect([code, out]).toEqual([1, expect.stringContaining('lies outside of')]);
  });
});

describe('rules explain', () => {
  test('a raw record, the ECS document it becomes, and the document over several lines', async () => {
    const rule = file('whoami.yml', RULE);
    const raw = file('raw.json', sysmon(WHOAMI, 'EX\\kim'));
    const explained = JSON.parse((await vigie('--json', 'rules', 'explain', rule, '--event', raw)).out);
    expect(explained).toMatchObject([{ event: 1, source: 'microsoft.windows-sysmon', matches: true }]);
    const { out: document } = await vigie('normalize', raw);
    for (const text of [document, JSON.stringify(JSON.parse(document), null, 2)]) {
      const ecs = file('ecs.json', text);
      const { out } = await vigie('rules', 'explain', rule, '--event', ecs);
      expect(out).toContain('matches event 1 (ecs)');
      expect(out).toMatch(/✗ User\|contains: svc- .*EX\\kim/);
    }
  });

  test('one of several events, and an event of another logsource', async () => {
    const rule = file('whoami.yml', RULE);
    const lines = file('two.ndjson', `${sysmon('C:\\a.exe', 'x')}\n${sysmon(WHOAMI, 'x')}\n`);
    const { out } = await vigie('--json', 'rules', 'explain', rule, '--event', lines, '--record', '2');
    expect(JSON.parse(out)).toMatchObject([{ event: 2, matches: true }]);
    const other = file(
      'other.log',
      '<13>Mar  4 10:00:00 host1 sshd[1]: Failed password for kim from 192.0.2.1 port 1 ssh2\n',
    );
    expect((await vigie('rules', 'explain', rule, '--event', other)).out).toContain("rule's logsource");
  });
});

describe('rules convert, fields and coverage', () => {
  test('convert: JSON, SQL, and a pipeline before', async () => {
    const rule = file('whoami.yml', RULE);
    const pipeline = file(
      'p.yml',
      'name: p\ntransformations:\n  - type: field_name_mapping\n    mapping: { Image: [a, b] }\n',
    );
    const { out } = await vigie('rules', 'convert', rule, '--to', 'json', '--pipeline', pipeline);
    expect(JSON.parse(out)[0].detection.selections[0].node.items[0]).toMatchObject({
      type: 'or',
      items: [{ field: 'a' }, { field: 'b' }],
    });
    const sql = JSON.parse((await vigie('--json', 'rules', 'convert', rule, '--to', 'sql')).out);
    expect(sql[0].where).toContain('whoami.exe');
    const broken = file('broken.yml', 'transformations: [{ type: nothing }]\n');
    const refused = await vigie('rules', 'convert', rule, '--to', 'json', '--pipeline', broken);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('broken.yml:1')]);
  });

  test('fields: where each is found, and how', async () => {
    const rule = file('whoami.yml', RULE.replace('User|contains', 'Unheard|contains'));
    const rows = JSON.parse((await vigie('--json', 'rules', 'fields', rule)).out);
    expect(rows.find(({ field }: { field: string }) => field === 'Image')).toMatchObject({
      logsource: 'windows/process_creation/*',
      origin: 'mapped',
      rules: 1,
    });
    const unmapped = JSON.parse((await vigie('--json', 'rules', 'fields', rule, '--unmapped')).out);
    expect(unmapped.map(({ field }: { field: string }) => field)).toEqual(['Unheard']);
  });

  test('coverage: by tactic, with a source or without, and a Navigator layer', async () => {
    file('a.yml', RULE);
    file(
      'b.yml',
      RULE.replace('44444444', '88888888').replace('Whoami', 'Mainframe').replace('windows', 'zos'),
    );
    file('c.yml', RULE.replace('44444444', '99999999').replace('Whoami', 'None').replace('t1033', 't9999'));
    const layer = join(folder, 'layer.json');
    const { out } = await vigie('--json', 'rules', 'coverage', folder, '--layer', layer);
    const report = JSON.parse(out);
    expect(report.techniques).toMatchObject([{ id: 'T1033', rules: { length: 2 }, fed: 1 }]);
    expect(report.unknown).toEqual(['T9999']);
    expect(report.tactics.find(({ tactic }: { tactic: string }) => tactic === 'discovery')).toMatchObject({
      covered: 1,
      fed: 1,
      rules: 2,
    });
    expect(JSON.parse(readFileSync(layer, 'utf8'))).toMatchObject({
      versions: { layer: '4.5' },
      domain: 'enterprise-attack',
      techniques: [{ techniqueID: 'T1033', score: 2 }],
    });
  });
});
