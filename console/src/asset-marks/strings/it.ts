import type { Strings } from './en.ts';

export const it: Strings = {
  criticality: { low: 'Bassa', normal: 'Normale', high: 'Alta', critical: 'Critica' },
  criticalityOf: (word) => `Criticità: ${word}`,
  handling: {
    'never-isolate': 'Non isolare mai',
    'call-first': 'Telefonare prima',
    'no-scan': 'Non scansionare',
  },
  call: (phone) => `Telefonare prima: ${phone}`,
  window: (days, from, to, zone) => `Interventi solo ${days}, ${from}–${to} (${zone})`,
  days: ['lun', 'mar', 'mer', 'gio', 'ven', 'sab', 'dom'],
  title: 'Da sapere prima di intervenire',
  had: (ip) => `aveva l’indirizzo ${ip}`,
  more: (count) => `+${count}`,
};
