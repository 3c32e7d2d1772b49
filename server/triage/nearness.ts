import { joiningKeys } from './entities.ts';
import { JOINS_AT, LOOKBACK, weigh } from './joining.ts';
import type { AlertRecord, IncidentRecord, Nearness } from './ports.ts';

/**
 * What an alert and an incident have in common; undefined where that is nothing, or they are more than
 * {@link LOOKBACK} apart.
 *
 * @param window milliseconds in which what shares an entity joins by itself
 */
export function nearness(
  alert: Pick<AlertRecord, 'ruleId' | 'level' | 'rarity' | 'routine' | 'firstAt' | 'lastAt' | 'entities'>,
  incident: Pick<IncidentRecord, 'firstAt' | 'activeAt' | 'signalRules'> & {
    readonly keys: readonly string[];
  },
  window: number,
): Nearness | undefined {
  const shared = joiningKeys(alert.entities).filter((key) => incident.keys.includes(key));
  const sameRule = incident.signalRules.includes(alert.ruleId);
  const after = Math.max(0, alert.firstAt - incident.activeAt);
  const before = Math.max(0, incident.firstAt - alert.lastAt);
  if ((shared.length === 0 && !sameRule) || Math.max(after, before) > LOOKBACK) return undefined;
  const reason = weigh({
    level: alert.level,
    shared: shared.map((key) => key.slice(key.indexOf(':') + 1)),
    cohort: sameRule ? [alert.ruleId] : [],
    sweep: 0,
    apart: Math.max(after, before),
    window,
    surprise: { score: alert.rarity, term: alert.rarity > 0 ? 'rare' : 'usual' },
    habit: alert.routine ? 'routine' : 'none',
    strong: false,
    progress: false,
  });
  return {
    shared,
    apart: before > 0 ? -before : after,
    sameRule,
    total: reason?.total ?? null,
    needed: JOINS_AT,
  };
}
