import { reason } from './content.ts';
import { LARGE } from './inputs.ts';
import { Judge } from './judge.ts';
import { readUnit } from './read-unit.ts';
import type { Found, Problem, ThreadInput, UnitReport } from './types.ts';

/** Where a thread's results go. */
export interface ThreadOutput {
  found(batch: Found[]): void;
  unit(report: UnitReport): void;
  /** Called between pieces of work; resolves when the thread may go on. */
  breathe(): Promise<void>;
}

/** Detections sent at once; the first one is sent at once. */
const BATCH = 200;
/** Milliseconds after which waiting detections are sent. */
const LINGER = 100;

/**
 * Takes units until none is left. The same code runs in the main thread and in the others; a
 * shared mark on each unit says whether it is taken, so that none waits while another has work.
 *
 * @returns errors of rules while matching: rule index → message
 */
export async function runThread(
  input: ThreadInput,
  output: ThreadOutput,
): Promise<ReadonlyMap<number, string>> {
  const counters = new Float64Array(input.counters);
  const [events, bytes] = [input.thread * 2, input.thread * 2 + 1];
  let batch: Found[] = [];
  let sent = 0;
  const send = (): void => {
    sent = performance.now();
    if (batch.length === 0) return;
    output.found(batch);
    batch = [];
  };
  const judge = new Judge(input, (found) => {
    batch.push(found);
    if (batch.length >= BATCH || performance.now() - sent > LINGER) send();
  });
  const { units, sources } = input.inputs;
  for (const number of turns(input)) {
    const unit = units[number]!;
    const source = sources[unit.source]!;
    const problems: Problem[] = [];
    const from = performance.now();
    const doneBytes = counters[bytes]!;
    const doneEvents = counters[events]!;
    judge.begin(number);
    let lines = 0;
    try {
      lines = await readUnit(unit, source, {
        record: (record) => judge.record(record),
        log: (text, json, line) => judge.log(text, json, line),
        problem: (message) => problems.push({ path: source.name, message }),
        progress: (read) => {
          counters[bytes] = doneBytes + Math.min(read, unit.to - unit.from);
          counters[events] = doneEvents + judge.tally.events;
        },
        breathe: () => output.breathe(),
      });
    } catch (error) {
      // What was read before stands; the file is listed with what is wrong.
      problems.push({ path: source.name, message: `${reason(error)}; read up to there` });
    }
    const { tally } = judge;
    counters[bytes] = doneBytes + (unit.to - unit.from);
    counters[events] = doneEvents + tally.events;
    send();
    output.unit({
      unit: number,
      events: tally.events,
      lines,
      unrecognised: tally.unrecognised,
      ...(tally.events > 0 ? { first: tally.first, last: tally.last } : {}),
      problems,
      took: performance.now() - from,
    });
    await output.breathe();
  }
  send();
  return judge.rules.failures;
}

/** Takes units: the large ones in their order, then the small ones from the thread's own place on. */
function* turns({ inputs, taken, thread, threads }: ThreadInput): Generator<number> {
  const { units, sources } = inputs;
  const marks = new Int32Array(taken);
  const small = units.findIndex(({ from, to }) => to - from <= LARGE);
  const large = small < 0 ? units.length : small;
  for (let i = 0; i < large; i++) if (Atomics.exchange(marks, i, 1) === 0) yield i;
  const rest = units.length - large;
  const start = Math.floor((rest * thread) / threads);
  for (let i = 0; i < rest; i++) {
    const number = large + ((start + i) % rest);
    // Only the main thread has the process's standard input.
    if (thread > 0 && sources[units[number]!.source]!.path === '-') continue;
    if (Atomics.exchange(marks, number, 1) === 0) yield number;
  }
}
