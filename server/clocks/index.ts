export { ALWAYS, BusinessCalendar, type Calendar } from './calendar.ts';
export { isOpen, stateOf, stop, viewOf } from './clock.ts';
export { type Holiday, publicHolidays, regionsOf } from './holidays.ts';
export { type CallLetter, ClockKeeper, calendarOf, type KeeperOptions } from './keeper.ts';
export { type Place, Places } from './places.ts';
export type * from './ports.ts';
export {
  draftReport,
  gapsIn,
  proposal,
  type Regime,
  type RegimeStep,
  type Regimes,
  type ReportFacts,
  readRegimes,
  stepClock,
} from './regime.ts';
export { nextDuty, onCall, plan } from './rota.ts';
export { dateAt } from './wall.ts';
