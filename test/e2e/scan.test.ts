import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloudTrail, eventLog, RULES, sshLines } from '../../cli/scan/testing/samples.ts';

const VIGIE = join(import.meta.dirname, '..', '..', 'vigie');

let folder: string;
let rules: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-scan-e2e-'));
  rules = join(folder, 'rules.yml');
  writeFileSync(rules, RULES);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `vigie scan` with something on its standard input. */
function start(args: readonly string[]) {
  const child = spawn(process.execPath, [VIGIE, 'scan', '--rules', rules, ...args], {
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  // It may have seen enough before it has read all.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  return { child, ended };
}

async function scan(input: string | Buffer, ...args: string[]) {
  const { child, ended } = start(args);
  child.stdin.end(input);
  return ended;
}

function counts(stdout: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const { rule } = JSON.parse(line) as { rule: { title: string } };
    found[rule.title] = (found[rule.title] ?? 0) + 1;
  }
  return found;
}

const EVENTS = { 'Account Asks Who It Is': 65, 'Secret On A Command Line': 13 };

test.each([
  ['an event log', () => eventLog(130), EVENTS],
  ['a gzipped event log', () => gzipSync(eventLog(130)), EVENTS],
  ['CloudTrail', () => cloudTrail(['ListUsers', 'CreateAccessKey']), { 'Access Key Made': 1 }],
  ['lines', () => sshLines(4), { 'Failed Login': 4, 'Many Failed Logins': 1 }],
])('standard input may be %s', async (_name, input, expected) => {
  // On two threads, of which only the main one has it.
  writeFileSync(join(folder, 'other.log'), 'nothing to see\n');
  const args = ['-', join(folder, 'other.log'), '--jobs', '2', '--format', 'ndjson'];
  const { code, stdout } = await scan(input(), ...args);
  expect(counts(stdout)).toEqual(expected);
  expect(code).toBe(0);
});

test('an empty standard input, or one that can’t be read, fails and says why', async () => {
  expect(await scan('', '-')).toMatchObject({ code: 1, stdout: expect.stringContaining('-: empty') });
  expect(await scan(Buffer.from('PK\u0003\u0004xyz', 'latin1'), '-')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('name the file'),
  });
});

test('the evidence is never written over', async () => {
  const log = join(folder, 'auth.log');
  writeFileSync(log, sshLines(2));
  const { code, stderr } = await scan('', log, '--out', log, '--format', 'csv');
  expect(code).toBe(2);
  expect(stderr).toContain('one of the files to be read');
  expect(readFileSync(log, 'utf8')).toBe(sshLines(2));
});

test.each(['ndjson', 'csv', 'sarif'])('what %s has no place for is told beside it', async (format) => {
  const empty = join(folder, 'emptied.log');
  writeFileSync(empty, '');
  const { code, stdout, stderr } = await scan(sshLines(1), '-', empty, '--format', format);
  expect(code).toBe(0);
  expect(stdout).toContain('Failed Login');
  expect(stderr).toBe(`vigie: ${empty}: empty\n`);
});

test('times in the wrong order are told', async () => {
  const { code, stderr } = await scan('', '-', '--from', '2026-03-02', '--to', '2026-03-01');
  expect(code).toBe(2);
  expect(stderr).toContain('--from must be earlier than --to');
});

test('who stops it gets the terminal back', async () => {
  const { child, ended } = start(['-', '--format', 'ndjson']);
  // More than pipe and first look hold: when all of it is taken, it is being read.
  await new Promise<void>((resolve) => child.stdin.write(sshLines(40_000), () => resolve()));
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('stopped before the end') });
});
