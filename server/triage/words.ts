import { joiningKeys } from './entities.ts';
import { JOINS_AT, LOOKBACK, OPENS_AT } from './joining.ts';
import { nearness } from './nearness.ts';
import { incidentTitle } from './title.ts';

/**
 * What triage tells those that change incidents by hand.
 *
 * @param window milliseconds in which what shares an entity joins by itself
 */
export function groupingWords(window: number) {
  return {
    title: incidentTitle,
    joiningKeys,
    limits: { joinsAt: JOINS_AT, opensAt: OPENS_AT, lookback: LOOKBACK },
    near: (alert: Parameters<typeof nearness>[0], incident: Parameters<typeof nearness>[1]) =>
      nearness(alert, incident, window),
  };
}
