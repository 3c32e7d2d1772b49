import type { ResultRow, ScanResult } from '../scan.ts';
import { iso } from '../summary.ts';

/** One detection as a line of JSON, without its end. */
export function detectionLine(row: ResultRow, ruleJson: string): string {
  return `{"time":"${iso(row.time)}","rule":${ruleJson},"source":${JSON.stringify({ path: row.path, record: row.record })},${row.body()}}`;
}

/** All detections as NDJSON, in the order of time. */
export function* ndjson(result: ScanResult): Generator<string> {
  const rules = result.labels.map((label) => JSON.stringify(label));
  for (const row of result.rows) yield `${detectionLine(row, rules[row.label]!)}\n`;
}

/** All detections as one JSON document: `{ "summary", "detections" }`. */
export function* json(result: ScanResult, summary: object): Generator<string> {
  const rules = result.labels.map((label) => JSON.stringify(label));
  yield `{"summary":${JSON.stringify(summary)},"detections":[`;
  for (const [index, row] of result.rows.entries())
    yield `${index === 0 ? '' : ','}\n${detectionLine(row, rules[row.label]!)}`;
  yield '\n]}\n';
}
