import type { Strings } from './en.ts';

export const fr: Strings = {
  criticality: { low: 'Faible', normal: 'Normale', high: 'Élevée', critical: 'Critique' },
  criticalityOf: (word) => `Criticité : ${word}`,
  handling: {
    'never-isolate': 'Ne jamais isoler',
    'call-first': 'Appeler d’abord',
    'no-scan': 'Ne pas scanner',
  },
  call: (phone) => `Appeler d’abord : ${phone}`,
  window: (days, from, to, zone) => `Interventions uniquement ${days}, ${from}–${to} (${zone})`,
  days: ['lun.', 'mar.', 'mer.', 'jeu.', 'ven.', 'sam.', 'dim.'],
  title: 'À savoir avant d’agir',
  had: (ip) => `avait l’adresse ${ip}`,
  more: (count) => `+${count}`,
};
