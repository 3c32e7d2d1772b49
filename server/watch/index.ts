export { describe, isTold, lasting, type SourceAlert, type Step, steadyFor, step } from './alerts.ts';
export {
  type CoverageRule,
  type RuleCoverage,
  rankMissing,
  ruleState,
  type SentDataset,
} from './coverage.ts';
export { evenHour, type HourRecord, Skip } from './history.ts';
export { ALERT_KINDS, type AlertKind, type Lesson, patience, zoneOffset } from './judge.ts';
export { goesOn, isOver, type Maintenance } from './maintenance.ts';
export type * from './ports.ts';
export { DAY, HOUR, ZoneClock } from './slots.ts';
export type { DelayFigures, Watched } from './watched.ts';
export { SourceWatcher, type WatchedSource, type WatcherOptions } from './watcher.ts';
export { rightZone } from './zones.ts';
