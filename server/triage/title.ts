import { LEVELS, type Level } from '@vigie/contracts';

/** Position of a level, 0 (informational) to 4 (critical). */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}

/** The higher of two levels. */
export function higher(a: Level, b: Level): Level {
  return levelRank(a) >= levelRank(b) ? a : b;
}

const MAX_TITLE = 160;

/**
 * The title of an incident as a person would put it: what matters most, and what came after it.
 *
 * The most severe alert leads (of equals the latest kind of deed); if another kind of alert at least as
 * severe as `medium` began after it, the last of those is added.
 */
export function incidentTitle(
  alerts: readonly {
    readonly ruleId: string;
    readonly title: string;
    readonly level: Level;
    readonly firstAt: number;
  }[],
): string {
  const byWeight = [...alerts].sort(
    (a, b) => levelRank(b.level) - levelRank(a.level) || b.firstAt - a.firstAt,
  );
  const lead = byWeight[0];
  if (lead === undefined) return 'Incident';
  const later = alerts
    .filter(
      (a) =>
        a.ruleId !== lead.ruleId && a.firstAt > lead.firstAt && levelRank(a.level) >= levelRank('medium'),
    )
    .sort((a, b) => b.firstAt - a.firstAt)[0];
  if (later === undefined) return lead.title;
  const joined = `${lead.title}, then ${lowerFirst(later.title)}`;
  return joined.length <= MAX_TITLE ? joined : lead.title;
}

function lowerFirst(text: string): string {
  // An acronym or a product's name keeps its capital.
  return /^[A-Z][a-z]/.test(text) && !/^[A-Z][a-z]+[A-Z]/.test(text)
    ? text[0]!.toLowerCase() + text.slice(1)
    : text;
}
