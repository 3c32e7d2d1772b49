import type { Level, LooseAlert } from '../api/types.ts';

/** Loose alerts of one rule at one client: one decision is often right for all of them. */
export interface AlertGroup {
  readonly key: string;
  readonly tenant: string;
  readonly ruleId: string;
  readonly title: string;
  readonly level: Level;
  readonly rarity: number;
  readonly routine: boolean;
  readonly detections: number;
  readonly lastAt: number;
  readonly alerts: readonly LooseAlert[];
}

const ORDER: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

/** Groups alerts by client and rule, in the order in which each group is met first. Pure. */
export function groupsOf(alerts: readonly LooseAlert[]): AlertGroup[] {
  const groups = new Map<string, LooseAlert[]>();
  for (const alert of alerts) {
    const key = `${alert.tenant} ${alert.ruleId}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [alert]);
    else list.push(alert);
  }
  return [...groups].map(([key, list]) => {
    const [first] = list as [LooseAlert, ...LooseAlert[]];
    return {
      key,
      tenant: first.tenant,
      ruleId: first.ruleId,
      title: list.length === 1 ? first.title : first.ruleTitle,
      level: list.reduce(
        (most, { level }) => (ORDER.indexOf(level) > ORDER.indexOf(most) ? level : most),
        first.level,
      ),
      rarity: Math.max(...list.map(({ rarity }) => rarity)),
      routine: list.every(({ routine }) => routine),
      detections: list.reduce((sum, { count }) => sum + count, 0),
      lastAt: Math.max(...list.map(({ lastAt }) => lastAt)),
      alerts: list,
    };
  });
}

/** A line of the list: a group, or one alert of an opened one. */
export interface Line extends AlertGroup {
  readonly single: boolean;
}

/** An alert as a group of its own. Pure. */
export function lineOf(alert: LooseAlert): AlertGroup {
  return groupsOf([alert])[0]!;
}
