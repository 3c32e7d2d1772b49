import type { Strings } from './en.ts';

export const de: Strings = {
  criticality: { low: 'Niedrig', normal: 'Normal', high: 'Hoch', critical: 'Kritisch' },
  criticalityOf: (word) => `Kritikalität: ${word}`,
  handling: {
    'never-isolate': 'Niemals isolieren',
    'call-first': 'Zuerst anrufen',
    'no-scan': 'Nicht scannen',
  },
  call: (phone) => `Zuerst anrufen: ${phone}`,
  window: (days, from, to, zone) => `Eingriffe nur ${days}, ${from}–${to} Uhr (${zone})`,
  days: ['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So'],
  title: 'Vor jedem Eingriff beachten',
  had: (ip) => `hatte die Adresse ${ip}`,
  more: (count) => `+${count}`,
};
