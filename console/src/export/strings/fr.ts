import type { Strings } from './en.ts';

export const fr: Strings = {
  export: 'Exporter',
  csv: 'CSV, pour un tableur',
  ndjson: 'NDJSON, pour un programme',
  pdf: 'Rapport PDF',
  stix: 'STIX 2.1, pour d’autres plateformes',
  csvEvidence: 'CSV des indices',
  json: 'JSON, tout le contenu',
};
