import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from './random.ts';
import { readSeeds } from './seeds.ts';
import { SHARES, targetOf } from './targets.ts';
import { type Finding, minimise, runStretch } from './watchdog.ts';

const USAGE = `usage: npm run fuzz -- [--inputs N] [--seconds N] [--seed N] [--target NAME]… [--corpus DIR] [--keep-going]
                           [--hang MS]

Feeds made and damaged inputs to the Sigma engine and the reader of event logs, and stops at the first that
throws, takes more than 2 s (--hang) or all memory: it is printed, made smaller and kept in .cache/fuzz, and the exit
code is 1. The same seed makes the same inputs. VIGIE_CORPUS names a corpus too.
Targets: ${SHARES.map(([name]) => name).join(', ')}
`;

interface Run {
  readonly root: string;
  readonly script: string;
  readonly corpus: string | undefined;
  readonly seed: number;
  /** Milliseconds of processor time after which an input counts as hanging. */
  readonly hang: number;
}

/**
 * @param root the project's folder
 * @param script the bundled worker.ts
 * @returns exit code
 */
export async function main(root: string, script: string, args: readonly string[]): Promise<number> {
  let values: ReturnType<typeof readArguments>;
  try {
    values = readArguments(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { inputs, seconds, seed, hang, targets } = values;
  const corpus = values.corpus ?? process.env['VIGIE_CORPUS'];
  const run: Run = { root, script, corpus, seed, hang };
  const shares = targets.length > 0 ? targets.map((name) => [name, 1] as const) : SHARES;
  const whole = shares.reduce((sum, [, share]) => sum + share, 0);
  const started = Date.now();
  let total = 0;
  let findings = 0;
  for (const [name, share] of shares) {
    const own = await fuzzTarget(
      run,
      name,
      Math.ceil((inputs * share) / whole),
      (seconds * 1000 * share) / whole,
      values.keepGoing,
    );
    total += own.ran;
    findings += own.findings;
    if (findings > 0 && !values.keepGoing) break;
  }
  const took = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${total} inputs in ${took} s with seed ${seed}: ${findings} findings\n`);
  return findings > 0 ? 1 : 0;
}

function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      inputs: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string', multiple: true, default: [] },
      corpus: { type: 'string' },
      hang: { type: 'string' },
      'keep-going': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'inputs' | 'seconds' | 'seed' | 'hang', fallback: number): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    if (!/^\d{1,12}$/.test(text)) throw new Error(`--${name} takes a whole number`);
    return Number(text);
  };
  const limited = values.inputs !== undefined || values.seconds !== undefined;
  for (const name of values.target) targetOf(name, { rules: [], logs: [] });
  return {
    inputs: number('inputs', limited ? 1e12 : 1_000_000),
    seconds: number('seconds', 1e9),
    seed: number('seed', 1),
    hang: number('hang', 2000),
    targets: values.target,
    corpus: values.corpus,
    keepGoing: values['keep-going'],
    help: values.help,
  };
}

async function fuzzTarget(
  run: Run,
  name: string,
  inputs: number,
  milliseconds: number,
  keepGoing: boolean,
): Promise<{ ran: number; findings: number }> {
  const started = Date.now();
  const outcomes = new Map<string, number>();
  let ran = 0;
  let findings = 0;
  for (let next = 0; next < inputs; ) {
    const task = {
      ...run,
      target: name,
      from: next,
      to: inputs,
      input: undefined,
      until: started + milliseconds,
    };
    const stretch = await runStretch(run.script, task, run.hang);
    ran += stretch.ran;
    for (const [outcome, count] of Object.entries(stretch.outcomes))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
    if (!stretch.finding) break;
    next = stretch.next;
    ran++;
    if (await show(run, name, stretch.finding)) {
      findings++;
      if (!keepGoing) break;
    }
  }
  const parts = [...outcomes].sort((a, b) => b[1] - a[1]).map(([outcome, count]) => `${outcome} ${count}`);
  process.stdout.write(
    `${name.padEnd(10)} ${String(ran).padStart(9)} inputs ${((Date.now() - started) / 1000).toFixed(1).padStart(8)} s  ${findings} findings  ${parts.join(', ')}\n`,
  );
  return { ran, findings };
}

/** Tries a finding again by itself, makes it smaller, prints and keeps it; false: it was the machine's load. */
async function show(run: Run, name: string, finding: Finding): Promise<boolean> {
  const target = targetOf(name, readSeeds(run.root, run.corpus));
  const input = target.make(new Random(run.seed, name, finding.at));
  const alike = async (text: string): Promise<boolean> => {
    const task = { ...run, target: name, from: 0, to: 1, input: text, until: Number.MAX_SAFE_INTEGER };
    const own = (await runStretch(run.script, task, run.hang)).finding;
    return own?.kind === finding.kind && firstLine(own.error) === firstLine(finding.error);
  };
  if (!(await alike(input))) {
    process.stdout.write(`${name} input ${finding.at}: ${finding.kind} once, but not when run by itself\n`);
    return finding.kind === 'thrown';
  }
  const small = await minimise(input, alike, finding.kind === 'hang' ? 24 : 120);
  const folder = join(run.root, '.cache', 'fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${run.seed}-${finding.at}.txt`);
  writeFileSync(file, small);
  process.stdout.write(
    `FINDING ${name} input ${finding.at} of seed ${run.seed}: ${finding.kind}\n${finding.error}\n` +
      `input (${input.length} characters, made smaller to ${small.length}), kept in ${file}:\n${JSON.stringify(small.slice(0, 4000))}\n`,
  );
  return true;
}

/** What kind of failure it was, without the values in the message. */
function firstLine(error: string): string {
  return (error.split('\n')[0] ?? '').replace(/[:[{"].*$/s, '');
}
