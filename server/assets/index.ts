/** The inventory of machines and people: found in logs, imported, written down by people. */
export { type DirectoryOptions, type DirectoryRecord, readDirectory } from './directory/read.ts';
export { Discovery } from './discovery.ts';
export { entityNames, namesOf } from './entity-names.ts';
export { judgeHandling } from './handling.ts';
export { bareName, hostName, identifierOf, keyOf, userName, writtenIdentifier } from './identifiers.ts';
export { type ImportedAsset, readImport } from './import.ts';
export { emptyAsset, observe, type Placed, regroup, strongestOf } from './inventory.ts';
export {
  isCommonName,
  type Mark,
  type MarkedAsset,
  MarkIndex,
  type MarkTable,
  markTable,
  strictest,
} from './marks.ts';
export type * from './ports.ts';
export { NO_FIGURES, RISK_DAYS, type RiskFigures, riskOf } from './risk.ts';
export { type Sighting, SightingCollector } from './sightings.ts';
