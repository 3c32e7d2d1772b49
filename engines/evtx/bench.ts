/**
 * Records per second of one core, printed:
 *
 *     npx esbuild engines/evtx/bench.ts --bundle --platform=node --format=esm | node --input-type=module - [FILE|FOLDER…]
 *
 * Without files it reads a log of its own making.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type EvtxRecord, readEvtx } from './index.ts';
import { processEvent } from './test/events.ts';
import { writeEvtx } from './test/writer.ts';

const ROUNDS = 7;

function load(paths: readonly string[]): Uint8Array[] {
  return paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.evtx'))
          .map((name) => readFileSync(join(path, name)))
      : [readFileSync(path)],
  );
}

function example(): Uint8Array[] {
  const chunks = Array.from({ length: 200 }, (_, chunk) =>
    Array.from({ length: 100 }, (__, index) =>
      processEvent(chunk * 100 + index, `C:\\Windows\\System32\\whoami.exe /all /fo csv ${index}`),
    ),
  );
  return [writeEvtx(chunks)];
}

/** Best of several rounds, in records per second of CPU time. */
function measure(name: string, files: readonly Uint8Array[], use: (record: EvtxRecord) => unknown): void {
  let best = 0;
  let count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    count = 0;
    for (const file of files)
      for (const record of readEvtx(file)) {
        use(record);
        count++;
      }
    const spent = process.cpuUsage(before);
    best = Math.max(best, count / ((spent.user + spent.system) / 1e6));
  }
  console.log(`${name.padEnd(34)} ${String(Math.round(best)).padStart(9)} records/s  (${count} records)`);
}

const paths = process.argv.slice(2).filter((argument) => argument !== '-');
const files = paths.length > 0 ? load(paths) : example();
measure('record frames', files, () => undefined);
measure('System fields', files, (record) => [
  record.eventId,
  record.channel,
  record.provider,
  record.computer,
  record.system('SystemTime'),
]);
measure('candidate decision (4 data fields)', files, (record) => [
  record.eventId,
  record.channel,
  record.provider,
  record.data('Image'),
  record.data('CommandLine'),
  record.data('ParentImage'),
  record.data('TargetUserName'),
]);
measure('full JSON object', files, (record) => record.toJson());
measure('full JSON text', files, (record) => JSON.stringify(record.toJson()));
