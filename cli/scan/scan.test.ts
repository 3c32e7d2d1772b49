import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson } from './formats/lines.ts';
import { findInputs } from './inputs.ts';
import { checkOutputs, keepInputs } from './outputs.ts';
import type { ScanResult } from './scan.ts';
import { OnceOnly } from './standard-input.ts';
import { DetectionStore } from './store.ts';
import { zip, zstd, zstdBomb } from './testing/packers.ts';
import { cloudTrail, eventLog, put, RULES, scanFolder, sshLines } from './testing/samples.ts';
import type { Detection } from './types.ts';

let folder: string;
let rules: string;
let worker: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-scan-test-'));
  rules = join(folder, 'rules.yml');
  writeFileSync(rules, RULES);
  // Inside the checkout, so that it finds its packages.
  const out = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'vigie-test');
  worker = join(out, 'scan-worker.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile: worker,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    external: ['fzstd', 'yauzl', 'yaml', 'zod'],
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function detections(result: ScanResult): Detection[] {
  try {
    return [...ndjson(result)].map((line) => JSON.parse(line) as Detection);
  } finally {
    result.close();
  }
}

function titles(list: readonly Detection[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rule } of list) counts[rule.title] = (counts[rule.title] ?? 0) + 1;
  return counts;
}

function fresh(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe('inputs', () => {
  const events = eventLog(130);
  const lines = sshLines(4);
  const forms: [string, string, Buffer | string, Record<string, number>][] = [
    ['an event log', 'a.evtx', events, { 'Account Asks Who It Is': 65, 'Secret On A Command Line': 13 }],
    [
      'a renamed event log',
      'a.bin',
      events,
      { 'Account Asks Who It Is': 65, 'Secret On A Command Line': 13 },
    ],
    [
      'a gzipped event log',
      'a.evtx.gz',
      gzipSync(events),
      { 'Account Asks Who It Is': 65, 'Secret On A Command Line': 13 },
    ],
    [
      'a zstd event log',
      'a.zst',
      zstd(events),
      { 'Account Asks Who It Is': 65, 'Secret On A Command Line': 13 },
    ],
    ['lines', 'auth.log', lines, { 'Failed Login': 4, 'Many Failed Logins': 1 }],
    [
      'lines with carriage returns',
      'b.log',
      lines.replaceAll('\n', '\r\n'),
      { 'Failed Login': 4, 'Many Failed Logins': 1 },
    ],
    [
      'UTF-16 lines',
      'c.log',
      Buffer.from(`\uFEFF${lines}`, 'utf16le'),
      { 'Failed Login': 4, 'Many Failed Logins': 1 },
    ],
    ['CloudTrail', 't.json', cloudTrail(['ListUsers', 'CreateAccessKey']), { 'Access Key Made': 1 }],
    ['gzipped CloudTrail', 't.json.gz', gzipSync(cloudTrail(['CreateAccessKey'])), { 'Access Key Made': 1 }],
    [
      'an indented array',
      'array.json',
      JSON.stringify(
        (JSON.parse(cloudTrail(['CreateAccessKey', 'CreateAccessKey'])) as { Records: object[] }).Records,
        null,
        2,
      ),
      { 'Access Key Made': 2 },
    ],
    [
      'CSV with the names of Windows',
      'w.csv',
      'TimeCreated,Channel,EventID,Computer,Image,CommandLine\r\n2026-03-02T10:00:00Z,Microsoft-Windows-Sysmon/Operational,1,ws1,C:\\Windows\\System32\\whoami.exe,"whoami ""hunter2"", all"\r\n',
      { 'Account Asks Who It Is': 1, 'Secret On A Command Line': 1 },
    ],
    [
      'a search engine export',
      'export.ndjson',
      `${JSON.stringify({ _index: 'x', _id: '1', _source: (JSON.parse(cloudTrail(['CreateAccessKey'])) as { Records: object[] }).Records[0] })}\n`,
      { 'Access Key Made': 1 },
    ],
    [
      'a zip of them',
      'all.zip',
      zip({ 'host/a.evtx': events, '../../escape.log': Buffer.from(lines), 'deep/x.gz': gzipSync(lines) }),
      {
        'Account Asks Who It Is': 65,
        'Secret On A Command Line': 13,
        'Failed Login': 8,
        'Many Failed Logins': 1,
      },
    ],
  ];
  it.each(forms)('reads %s', async (_, name, content, expected) => {
    const path = fresh(`form-${name}`);
    put(path, { [name]: content });
    const result = await scanFolder([path], rules);
    expect(result.problems).toEqual([]);
    expect(titles(detections(result))).toEqual(expected);
  });

  it('reads a file once, whatever links lead to it, and does not follow circles', async () => {
    const path = fresh('links');
    put(path, { 'auth.log': sshLines(1) });
    symlinkSync(path, join(path, 'again'));
    symlinkSync(join(path, 'auth.log'), join(path, 'same.log'));
    symlinkSync(join(path, 'nothing'), join(path, 'broken.log'));
    const result = await scanFolder([path, path, join(path, 'auth.log')], rules);
    expect(result.events).toBe(1);
    expect(result.problems.map(({ message }) => message)).toEqual(['a link to nothing']);
    result.close();
  });

  it('lists what it could not read, and reads the rest', async () => {
    const path = fresh('damage');
    const packed = gzipSync(sshLines(4000));
    put(path, {
      'cut.log.gz': packed.subarray(0, packed.length >> 1),
      'picture.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, ...new Array<number>(200).fill(0)]),
      'empty.log': '',
      'broken.zip': Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(60)]),
      'ok.log': sshLines(1),
      'cut.evtx': eventLog(130).subarray(0, 4096 + 65_536 + 30_000),
    });
    const result = await scanFolder([path], rules);
    const problems = result.problems.map(
      ({ path: file, message }) => `${file.split('/').at(-1)}: ${message}`,
    );
    expect(problems.some((text) => text.startsWith('cut.log.gz: '))).toBe(true);
    expect(problems.some((text) => text.startsWith('picture.png: no log'))).toBe(true);
    expect(problems.some((text) => text.startsWith('broken.zip: '))).toBe(true);
    expect(problems).toContain('empty.log: empty');
    expect(problems.some((text) => text.startsWith('cut.evtx: '))).toBe(true);
    expect(problems.some((text) => text.startsWith('ok.log'))).toBe(false);
    const found = titles(detections(result));
    expect(found['Failed Login']).toBeGreaterThan(1000);
    expect(found['Account Asks Who It Is']).toBeGreaterThan(30);
  });

  it('stops at a bomb', async () => {
    const path = fresh('bomb');
    put(path, { 'bomb.zst': zstdBomb(2300), 'ok.log': sshLines(1) });
    const result = await scanFolder([path], rules);
    expect(result.problems).toHaveLength(1);
    expect(result.problems[0]!.message).toContain('as no log does');
    expect(titles(detections(result))).toEqual({ 'Failed Login': 1 });
  }, 240_000);
});

describe('threads', () => {
  it('find the same on one thread and on three, in the same order, with true line numbers', async () => {
    const path = fresh('threads');
    const filler = `${'2026-03-02T09:59:00.000Z gate-1 app[1]: nothing to see here, really nothing at all'.padEnd(200, '.')}\n`;
    const big = filler.repeat(130_000) + sshLines(5) + filler.repeat(10_000) + sshLines(1);
    put(path, {
      'big.log': big,
      'a.evtx': eventLog(300),
      'b.evtx': eventLog(90),
      't.json': cloudTrail(['CreateAccessKey']),
    });
    const one = await scanFolder([path], rules);
    const three = await scanFolder([path], rules, { jobs: 3, worker });
    expect(three.events).toBe(one.events);
    const [a, b] = [detections(one), detections(three)];
    expect(b).toEqual(a);
    expect(
      a.filter(({ source }) => source.path.endsWith('big.log')).map(({ source }) => source.record),
    ).toEqual(expect.arrayContaining([130_001, 130_005, 140_006]));
    expect(titles(a)).toEqual({
      'Account Asks Who It Is': 195,
      'Secret On A Command Line': 39,
      'Failed Login': 6,
      'Many Failed Logins': 1,
      'Access Key Made': 1,
    });
  }, 60_000);
});

describe('detections', () => {
  it('have the members that the documentation promises', async () => {
    const path = fresh('members');
    put(path, { 'auth.log': sshLines(3) });
    const [first, , , joined] = detections(await scanFolder([path], rules));
    expect(Object.keys(first!)).toEqual(['time', 'rule', 'source', 'host', 'user', 'fields', 'event']);
    expect(first).toMatchObject({
      time: '2026-03-02T10:00:00.000Z',
      rule: { id: '9b7d4b0a-6f0e-4a3c-8c42-5d1f6ac0e833', title: 'Failed Login', level: 'low', status: null },
      source: { path: join(path, 'auth.log'), record: 1 },
      host: 'gate-1',
      event: { source: { ip: '198.51.100.23' } },
    });
    expect(joined).toMatchObject({
      time: '2026-03-02T10:00:02.000Z',
      rule: { title: 'Many Failed Logins', level: 'high' },
      fields: { 'source.ip': '198.51.100.23' },
      event_count: 3,
    });
    expect(joined!.events!.map(({ source }) => source.record)).toEqual([1, 2, 3]);
    expect(joined!.events![0]!.event).toEqual(first!.event);
  });

  it('keep to the chosen rules, and keep what a chosen correlation builds on', async () => {
    const path = fresh('choice');
    put(path, { 'auth.log': sshLines(3), 'a.evtx': eventLog(20) });
    const of = async (choice: object) => titles(detections(await scanFolder([path], rules, { choice })));
    expect(await of({ minLevel: 'high' })).toEqual({
      'Secret On A Command Line': 2,
      'Many Failed Logins': 1,
    });
    expect(await of({ statuses: ['experimental'] })).toEqual({ 'Secret On A Command Line': 2 });
    expect(await of({ tags: ['attack.t1110'] })).toEqual({ 'Failed Login': 3, 'Many Failed Logins': 1 });
    expect(await of({ tags: ['attack.t1110.001'] })).toEqual({ 'Many Failed Logins': 1 });
    expect(await of({ minLevel: 'high', exclude: ['Secret on a command line'] })).toEqual({
      'Many Failed Logins': 1,
    });
    await expect(of({ exclude: ['no such rule'] })).rejects.toThrow('no rule has this id');
  });

  it('keep to the chosen time', async () => {
    const path = fresh('time');
    put(path, { 'auth.log': sshLines(10) });
    const from = Date.parse('2026-03-02T10:00:04Z');
    const result = await scanFolder([path], rules, { from, to: from + 3000 });
    expect(
      detections(result)
        .filter(({ rule }) => rule.title === 'Failed Login')
        .map(({ time }) => time),
    ).toEqual(['2026-03-02T10:00:04.000Z', '2026-03-02T10:00:05.000Z', '2026-03-02T10:00:06.000Z']);
  });

  it('come from rules for unknown technologies, on logs of no known technology', async () => {
    const path = fresh('foreign');
    const rule = `title: Badge Refused\nid: 5f0c2c39-8f3b-4a39-9c6d-92a7b1e0d266\nlogsource: { product: doorkeeper }\ndetection: { s: { door.verdict: refused }, condition: s }\nlevel: low\n`;
    put(path, {
      'rule.yml': rule,
      'logs/doors.json':
        '{"time":"2026-03-02T10:00:00Z","door":{"verdict":"refused"}}\n{"door":{"verdict":"open"}}\n',
      'logs/auth.log': sshLines(1),
    });
    const [only, ...others] = detections(await scanFolder([join(path, 'logs')], join(path, 'rule.yml')));
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      time: '2026-03-02T10:00:00.000Z',
      source: { record: 1 },
      fields: { 'door.verdict': 'refused' },
    });
  });

  it('say why, when asked', async () => {
    const path = fresh('why');
    put(path, { 'a.evtx': eventLog(1) });
    const [first] = detections(await scanFolder([path], rules, { explain: true }));
    expect(first!.explanation).toMatchObject({ matches: true, logsource: 'holds' });
  });
});

describe('rules that wait for values', () => {
  const WAITING = `
title: Somebody Of The List
id: 5d0c9f53-7a0b-4f2d-9a86-0f3a1b2c3d40
level: high
logsource: { product: linux, service: sshd }
detection:
  selection: { user.name|expand: '%guests%' }
  condition: selection
`;
  const PIPELINE = 'name: lists\nvars: { guests: [ora*] }\ntransformations:\n  - type: value_placeholders\n';

  it('are told, with the placeholder, and run where a pipeline gives them', async () => {
    const path = fresh('waiting');
    put(path, { 'logs/auth.log': sshLines(2), 'rules.yml': WAITING, 'pipeline.yml': PIPELINE });
    const scanned = await scanFolder([join(path, 'logs')], join(path, 'rules.yml'));
    expect(scanned.problems.map(({ message }) => message)).toEqual([
      '1 not run for want of values for %guests%; --pipeline can give them',
    ]);
    expect(detections(scanned)).toEqual([]);
    const adapted = await scanFolder([join(path, 'logs')], join(path, 'rules.yml'), {
      pipelines: [join(path, 'pipeline.yml')],
    });
    expect(adapted.problems).toEqual([]);
    expect(titles(detections(adapted))).toEqual({ 'Somebody Of The List': 2 });
  });

  it('are told too where it is a filter over them that waits', async () => {
    const path = fresh('filter-waits');
    const filter = `---
title: Not The Guests
logsource: { product: linux }
filter:
  rules: any
  guests: { user.name|expand: '%guests%' }
  condition: not guests
`;
    put(path, { 'logs/auth.log': sshLines(1), 'rules.yml': RULES + filter });
    const scanned = await scanFolder([join(path, 'logs')], join(path, 'rules.yml'));
    expect(scanned.problems.map(({ message }) => message)).toEqual([
      '1 not run for want of values for %guests%; --pipeline can give them',
      // What counts the rule.
      expect.stringContaining('there is no rule "failed_login"'),
    ]);
    scanned.close();
  });
});

it('takes a technique by its id alone', async () => {
  const path = fresh('technique');
  put(path, { 'auth.log': sshLines(1) });
  const scanned = await scanFolder([path], rules, { choice: { tags: ['T1110'] } });
  expect(titles(detections(scanned))).toEqual({ 'Failed Login': 1 });
});

describe('outputs', () => {
  it('that can’t be written are refused before the scan', () => {
    const path = fresh('outputs');
    for (const [out, why] of [
      ['', 'missing'],
      [path, 'is a folder'],
      [join(path, 'none', 'a.json'), 'no such folder'],
    ])
      expect(() => checkOutputs({ '--out': out })).toThrow(why);
    const twice = join(path, 'a.json');
    expect(() => checkOutputs({ '--out': twice, '--attack-layer': twice })).toThrow('--out writes there');
    expect(() => checkOutputs({ '--out': twice, '--attack-layer': undefined })).not.toThrow();
  });

  it('never are what is to be read, whatever link leads there', async () => {
    const path = fresh('evidence');
    put(path, { 'logs/auth.log': sshLines(1) });
    symlinkSync(join(path, 'logs', 'auth.log'), join(path, 'out.csv'));
    const inputs = await findInputs([join(path, 'logs')]);
    expect(() => keepInputs({ '--out': join(path, 'out.csv') }, inputs)).toThrow(
      'one of the files to be read',
    );
    expect(() => keepInputs({ '--out': join(path, 'new.csv') }, inputs)).not.toThrow();
  });
});

it('leaves no detections on the disk, however the process ends', () => {
  const before = new Set(readdirSync(tmpdir()));
  const store = new DetectionStore(10);
  const found = { rule: 0, time: 1, source: 0, unit: 0, record: 1, host: null, user: null };
  for (const letter of ['a', 'b', 'c']) store.add({ ...found, body: letter.repeat(20) });
  expect(store.kept.map((kept) => store.body(kept)[0])).toEqual(['a', 'b', 'c']);
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith('vigie-scan-') && !before.has(name));
  expect(left.flatMap((name) => readdirSync(join(tmpdir(), name)))).not.toContain('detections');
  store.close();
});

describe('bytes that come once', () => {
  const pieces = ['one ', 'two ', 'three'];
  const once = () =>
    new OnceOnly(async function* () {
      for (const piece of pieces) yield Buffer.from(piece);
    });
  const all = async (bytes: OnceOnly) => {
    const parts: Buffer[] = [];
    for await (const piece of bytes.bytes()) parts.push(piece);
    return Buffer.concat(parts).toString();
  };

  it.each([0, 3, 6, 1000])('are given whole after a look at the first %i', async (wanted) => {
    const bytes = once();
    expect((await bytes.head(wanted)).toString()).toBe('one two three'.slice(0, wanted));
    expect((await bytes.head(2)).toString()).toBe('one two three'.slice(0, 2));
    expect(await all(bytes)).toBe('one two three');
  });
});
