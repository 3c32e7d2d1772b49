import type { Strings } from './en.ts';

export const nl: Strings = {
  export: 'Exporteren',
  csv: 'CSV, voor een spreadsheet',
  ndjson: 'NDJSON, voor programma’s',
  pdf: 'PDF-rapport',
  stix: 'STIX 2.1, voor andere platformen',
  csvEvidence: 'CSV van de sporen',
  json: 'JSON, alles',
};
