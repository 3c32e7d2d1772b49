import { parseObject } from './envelope.ts';
import { createReader, type Readable } from './reader.ts';
import { createRecogniser } from './recognise.ts';
import type { RegisteredSource } from './registry.ts';
import { readSamples } from './samples.ts';
import type { ParseInput } from './source.ts';
import { parseSyslog } from './syslog-header.ts';

/** Speed of one technology, from the raw line to the ECS document, on one core. */
export interface SourceSpeed {
  readonly source: string;
  /** Distinct lines that the figure was taken over. */
  readonly samples: number;
  readonly bytesPerLine: number;
  readonly linesPerSecond: number;
  /** Time of recognition alone, microseconds a line. */
  readonly recogniseMicroseconds: number;
}

/**
 * Runs `work` over all items again and again for about `milliseconds` of processor time, all threads
 * counted, so that a busy machine does not change the figure; returns items a second of one core.
 */
function rate<T>(items: readonly T[], milliseconds: number, work: (item: T) => void): number {
  let rounds = 1;
  for (;;) {
    const start = process.cpuUsage();
    for (let round = 0; round < rounds; round++) for (const item of items) work(item);
    const { user, system } = process.cpuUsage(start);
    const elapsed = (user + system) / 1_000;
    if (elapsed >= milliseconds) return (rounds * items.length * 1000) / elapsed;
    rounds = elapsed < 1 ? rounds * 16 : Math.ceil((rounds * milliseconds * 1.1) / elapsed);
  }
}

/**
 * Measures every source of a registry over its own samples, after a warm-up over all of them together, so
 * that no source profits from being the only one that the compiler has seen. JSON samples are measured from
 * text: parsing the JSON is part of the cost.
 *
 * @param root the `sources` folder
 * @param milliseconds time spent on each source
 * @param wanted which sources are measured; all warm up
 */
export function measureSources(
  registry: readonly RegisteredSource[],
  root: string,
  milliseconds = 500,
  wanted: (id: string) => boolean = () => true,
): SourceSpeed[] {
  const reader = createReader({ registry });
  const recogniser = createRecogniser(registry);
  const bySource = registry.map(({ definition }) => ({
    source: definition.id,
    logs: readSamples(root, definition.id).flatMap((sample) =>
      sample.logs.map((log): Readable => ({ text: log.text, receivedAt: log.receivedAt })),
    ),
  }));
  const all = bySource.flatMap(({ logs }) => logs);
  rate(all, milliseconds, (log) => reader.read(log));
  return bySource
    .filter(({ source, logs }) => logs.length > 0 && wanted(source))
    .map(({ source, logs }) => {
      const inputs = logs.map((log): ParseInput => {
        const line = parseSyslog(log.text, { receivedAt: log.receivedAt, timeZone: 'UTC' });
        const text = line === undefined ? log.text : log.text.slice(line.at);
        const json = parseObject(text);
        return { text, json, syslog: line?.header, receivedAt: log.receivedAt, timeZone: 'UTC' };
      });
      return {
        source,
        samples: logs.length,
        bytesPerLine: Math.round(logs.reduce((sum, log) => sum + log.text.length, 0) / logs.length),
        linesPerSecond: Math.round(rate(logs, milliseconds, (log) => reader.read(log))),
        recogniseMicroseconds:
          1e6 / rate(inputs, milliseconds / 4, (input) => recogniser.recognise(input, () => true)),
      };
    });
}

/** The figures as a table for people, with the mean over all sources in the last row. */
export function formatSpeeds(speeds: readonly SourceSpeed[]): string {
  const rows = speeds.map(({ source, samples, bytesPerLine, linesPerSecond, recogniseMicroseconds }) => [
    source,
    String(samples),
    String(bytesPerLine),
    linesPerSecond.toLocaleString('en-GB'),
    recogniseMicroseconds.toFixed(2),
  ]);
  const mean = speeds.reduce((sum, speed) => sum + speed.linesPerSecond, 0) / Math.max(1, speeds.length);
  rows.push(['mean', '', '', Math.round(mean).toLocaleString('en-GB'), '']);
  const header = ['source', 'lines', 'bytes/line', 'lines/s', 'recognise µs'];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return [line(header), ...rows.map(line)].join('\n');
}
