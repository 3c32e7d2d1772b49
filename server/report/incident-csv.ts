import { csvLine, csvTime } from './csv.ts';
import type { IncidentReport } from './incident.ts';

/** The evidence of an incident as a table: a row for each value that made a rule fire. Begins with a BOM. */
export function incidentCsv({ incident }: IncidentReport): string {
  const rows = incident.alertList.flatMap((alert) =>
    alert.evidence.flatMap((evidence) =>
      (evidence.matched.length === 0 ? [undefined] : evidence.matched).map((matched) =>
        csvLine([
          `INC-${incident.id}`,
          incident.tenant,
          csvTime(evidence.at),
          alert.level,
          alert.title,
          alert.ruleId,
          alert.techniques.map(({ id }) => id).join(' '),
          matched?.field,
          matched?.value,
          matched?.condition,
          evidence.events[0]?.source,
          evidence.events.map(({ id }) => id).join(' '),
        ]),
      ),
    ),
  );
  const head = csvLine([
    'incident',
    'tenant',
    'time',
    'level',
    'alert',
    'rule',
    'techniques',
    'field',
    'value',
    'condition',
    'source',
    'events',
  ]);
  return `\uFEFF${head}${rows.join('')}`;
}
