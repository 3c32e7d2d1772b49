import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Level } from '@vigie/contracts';
import type { ScanResult } from '../scan.ts';
import { iso } from '../summary.ts';

const LEVELS: Readonly<Record<Level, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  informational: 'note',
};
/** `security-severity`, 0 to 10, as code hosts sort by it. */
const SEVERITY: Readonly<Record<Level, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  informational: '0.0',
};

/** All detections as SARIF 2.1.0. */
export function* sarif(result: ScanResult, version: string): Generator<string> {
  const used = [...new Set(result.rows.map(({ label }) => label))].sort((a, b) => a - b);
  const place = new Map(used.map((label, index) => [label, index]));
  const rules = used.map((label) => {
    const { id, title, level, tags } = result.labels[label]!;
    return {
      id,
      name: title,
      shortDescription: { text: title },
      defaultConfiguration: { level: LEVELS[level] },
      properties: { tags, 'security-severity': SEVERITY[level] },
    };
  });
  const driver = { name: 'Vigie', version, rules };
  yield '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":';
  yield `${JSON.stringify({ driver })},"columnKind":"utf16CodeUnits","results":[`;
  for (const [index, row] of result.rows.entries()) {
    const { id, title, level } = result.labels[row.label]!;
    const { fields } = JSON.parse(`{${row.body()}}`) as { fields: unknown };
    const who = [row.host, row.user].filter((text) => text !== null).join(', ');
    const entry = {
      ruleId: id,
      ruleIndex: place.get(row.label)!,
      level: LEVELS[level],
      message: { text: `${title}${who === '' ? '' : ` (${who})`}, ${iso(row.time)}` },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: uriOf(row.path) } },
          logicalLocations: [{ name: String(row.record), kind: 'record' }],
        },
      ],
      properties: { time: iso(row.time), record: row.record, host: row.host, user: row.user, fields },
    };
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(entry)}`;
  }
  yield '\n]}]}\n';
}

function uriOf(path: string): string {
  if (path === '-') return 'stdin';
  return isAbsolute(path) ? pathToFileURL(path).href : path.split('/').map(encodeURIComponent).join('/');
}
