import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One line of the data set. `phase` and `cause` are its labels, which triage never sees. */
export interface Labelled {
  readonly time: number;
  readonly rule: string;
  readonly title: string;
  readonly host: string;
  readonly ip: string;
  readonly phase: string;
  readonly cause: string;
}

/** Reads `*_alerts.csv.gz`; the lines in order of time. */
export function readRows(file: string): Labelled[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  const head = lines[0]!.split(',');
  const at = (name: string) => head.indexOf(name);
  const [time, title, ip, host, rule, phase, cause] = [
    'time',
    'name',
    'ip',
    'host',
    'short',
    'time_label',
    'event_label',
  ].map(at);
  return lines
    .slice(1)
    .map((line) => cells(line, head.length))
    .map((c) => ({
      time: Number(c[time!]),
      title: c[title!]!,
      ip: c[ip!]!,
      host: c[host!]!,
      rule: c[rule!]!,
      phase: c[phase!]!,
      cause: c[cause!]!.trim(),
    }))
    .sort((a, b) => a.time - b.time);
}

/** Fields of a CSV line (RFC 4180, no line break within a field). */
function cells(line: string, count: number): string[] {
  if (!line.includes('"')) return line.split(',');
  const found: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(?:,|$)/gy;
  while (found.length < count) {
    const field = pattern.exec(line)?.[1] ?? '';
    found.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
  }
  return found;
}
