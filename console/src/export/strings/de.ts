import type { Strings } from './en.ts';

export const de: Strings = {
  export: 'Exportieren',
  csv: 'CSV für Tabellen',
  ndjson: 'NDJSON für Programme',
  pdf: 'Bericht als PDF',
  stix: 'STIX 2.1 für andere Plattformen',
  csvEvidence: 'CSV der Spuren',
  json: 'JSON mit allem',
};
