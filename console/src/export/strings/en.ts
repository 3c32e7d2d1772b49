export const en = {
  export: 'Export',
  csv: 'CSV, for spreadsheets',
  ndjson: 'NDJSON, for programs',
  pdf: 'PDF report',
  stix: 'STIX 2.1, for other platforms',
  csvEvidence: 'CSV of the evidence',
  json: 'JSON, everything',
};
export type Strings = typeof en;
