import type { Criticality, RiskTerm } from '@vigie/contracts/api';

/** What alerts and incidents say of an asset. */
export interface RiskFigures {
  /** Open incidents that name it, and the highest of their levels (0 informational – 4 critical). */
  readonly incidents: number;
  readonly level: number;
  /** Alerts that name it, of the last seven days. */
  readonly alerts: number;
  /** Rules that spoke about it although they do not usually, of the last seven days. */
  readonly unusual: number;
}

export const NO_FIGURES: RiskFigures = { incidents: 0, level: 0, alerts: 0, unusual: 0 };

/** Days that alerts and unusual behaviour are counted for. */
export const RISK_DAYS = 7;

const CRITICALITY: Record<Criticality, number> = { low: 0, normal: 8, high: 22, critical: 35 };
const LEVEL = [4, 10, 18, 26, 35];

/**
 * Risk of an asset, 0–100: what it would cost (criticality, up to 35), what is open about it (35 for a critical
 * incident, down to 4 for an informational one, and 3 for each further one, up to 41), how much was said of it
 * (3·log₂(1 + alerts), up to 12), and whether that is unusual (4 a rule, up to 12).
 */
export function riskOf(criticality: Criticality, figures: RiskFigures): { risk: number; terms: RiskTerm[] } {
  const { incidents, level, alerts, unusual } = figures;
  const terms: RiskTerm[] = [{ term: 'criticality', points: CRITICALITY[criticality], value: criticality }];
  if (incidents > 0)
    terms.push({
      term: 'incidents',
      points: LEVEL[level]! + Math.min(6, 3 * (incidents - 1)),
      value: String(incidents),
    });
  if (alerts > 0)
    terms.push({
      term: 'alerts',
      points: Math.min(12, Math.round(3 * Math.log2(1 + alerts))),
      value: String(alerts),
    });
  if (unusual > 0) terms.push({ term: 'unusual', points: Math.min(12, 4 * unusual), value: String(unusual) });
  return {
    risk: Math.min(
      100,
      terms.reduce((sum, { points }) => sum + points, 0),
    ),
    terms,
  };
}
