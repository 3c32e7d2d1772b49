import type { Strings } from './en.ts';

export const it: Strings = {
  export: 'Esporta',
  csv: 'CSV, per i fogli di calcolo',
  ndjson: 'NDJSON, per i programmi',
  pdf: 'Rapporto in PDF',
  stix: 'STIX 2.1, per altre piattaforme',
  csvEvidence: 'CSV delle evidenze',
  json: 'JSON, tutto quanto',
};
