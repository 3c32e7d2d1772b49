import type { Readable } from 'node:stream';
import type { IncidentReport } from './incident.ts';

export { csvCell, csvLine, csvTime } from './csv.ts';
export type { IncidentReport } from './incident.ts';
export { incidentCsv } from './incident-csv.ts';
export { type StixBundle, type StixObject, stixBundle } from './stix.ts';
export { MOST_ROWS, type TableColumn, type TablePage, tableText } from './table.ts';

/** Writes the report of an incident as a tagged PDF, A4. What draws it is large, and loaded by the first report. */
export async function incidentPdf(report: IncidentReport): Promise<Readable> {
  const { incidentPdf: write } = await import('./pdf.ts');
  return write(report);
}
