export { csvCell, csvLine, csvTime } from './csv.ts';
export type { IncidentReport } from './incident.ts';
export { incidentCsv } from './incident-csv.ts';
export { incidentPdf } from './pdf.ts';
export { type StixBundle, type StixObject, stixBundle } from './stix.ts';
export { MOST_ROWS, type TableColumn, type TablePage, tableText } from './table.ts';
