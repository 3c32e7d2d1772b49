import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { SHARES, targetOf } from './targets.ts';

const root = join(import.meta.dirname, '..', '..');

function fuzz(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env };
    delete env['VIGIE_CORPUS'];
    const child = spawn(process.execPath, ['scripts/fuzz.mjs', ...args], { cwd: root, env });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

// The two build into one folder, so they run one after the other.
describe.sequential('the fuzzer', () => {
  it('finds nothing in its short form', async () => {
    const { code, output } = await fuzz('--inputs', '4000', '--seed', '2026');
    expect(output).toMatch(/^\d+ inputs in [\d.]+ s with seed 2026: 0 findings$/m);
    for (const [name] of SHARES) expect(output).toMatch(new RegExp(`^${name} +[1-9]\\d* inputs`, 'm'));
    expect(code).toBe(0);
  }, 300_000);

  it('finds, makes smaller and prints a planted crash and a planted hang, and fails', async () => {
    const args = [
      '--target',
      'planted-crash',
      '--target',
      'planted-hang',
      '--inputs',
      '1600',
      '--keep-going',
      '--hang',
      '200',
    ];
    const { code, output } = await fuzz(...args);
    expect(output).toMatch(/FINDING planted-crash .*: thrown\nTypeError: planted[\s\S]*\n"crash"\n/);
    expect(output).toMatch(/FINDING planted-hang .*: hang\n[\s\S]*\n"loop"\n/);
    expect(code).toBe(1);
  }, 300_000);

  it('refuses what it does not know', async () => {
    for (const args of [['--target', 'nothing'], ['--inputs', 'many'], ['--wrong']])
      expect((await fuzz(...args)).code).toBe(2);
  }, 120_000);
});

it('makes the same inputs for the same seed, and others for another', () => {
  for (const [name] of SHARES) {
    const target = targetOf(name, { rules: [], logs: [] });
    const inputs = (seed: number) =>
      Array.from({ length: 5 }, (_, at) => target.make(new Random(seed, name, at)));
    expect(inputs(1)).toEqual(inputs(1));
    expect(inputs(1)).not.toEqual(inputs(2));
  }
});
