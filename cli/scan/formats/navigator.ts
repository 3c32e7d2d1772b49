import type { Summary } from '../summary.ts';

/**
 * The techniques that were seen as a layer for ATT&CK Navigator (layer format 4.5): the score is the number
 * of detections.
 */
export function navigatorLayer(summary: Summary, version: string): object {
  const most = summary.techniques[0]?.count ?? 1;
  return {
    name: 'Vigie scan',
    versions: { attack: '18', navigator: '5.2.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: `${summary.detections} detections in ${summary.events} events, by Vigie ${version}`,
    sorting: 3,
    hideDisabled: false,
    techniques: summary.techniques.map(({ id, count, level }) => ({
      techniqueID: id,
      score: count,
      comment: `${count} detections, up to ${level}: ${summary.rules
        .filter(({ techniques }) => techniques.includes(id))
        .slice(0, 20)
        .map(({ title }) => title)
        .join('; ')}`,
      enabled: true,
      showSubtechniques: id.includes('.'),
    })),
    gradient: { colors: ['#ffe7a3', '#ff8f5c', '#c81e3a'], minValue: 0, maxValue: most },
    legendItems: [],
    showTacticRowBackground: false,
    selectTechniquesAcrossTactics: true,
    selectSubtechniquesWithParent: false,
  };
}
