import type { Strings } from './en.ts';

export const nl: Strings = {
  criticality: { low: 'Laag', normal: 'Normaal', high: 'Hoog', critical: 'Kritiek' },
  criticalityOf: (word) => `Kritikaliteit: ${word}`,
  handling: {
    'never-isolate': 'Nooit isoleren',
    'call-first': 'Eerst bellen',
    'no-scan': 'Niet scannen',
  },
  call: (phone) => `Eerst bellen: ${phone}`,
  window: (days, from, to, zone) => `Alleen wijzigen op ${days}, ${from}–${to} (${zone})`,
  days: ['ma', 'di', 'wo', 'do', 'vr', 'za', 'zo'],
  title: 'Let hierop voordat u ingrijpt',
  had: (ip) => `had adres ${ip}`,
  more: (count) => `+${count}`,
};
