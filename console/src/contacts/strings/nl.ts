import type { Strings } from './en.ts';

export const nl: Strings = {
  whom: {
    'client-it': 'ICT',
    'client-management': 'Directie',
    'client-dpo': 'Functionaris gegevensbescherming',
    'client-engineering': 'Techniek (medisch, industrieel)',
    'client-staff': 'Berichten aan medewerkers',
    'on-call': 'Wachtdienst',
    'regulator-liaison': 'Contact met autoriteiten',
    'human-resources': 'Personeelszaken',
    'authority-nis2': 'NIS2-autoriteit of CSIRT',
    'authority-data-protection': 'Toezichthouder gegevensbescherming',
    police: 'Politie',
    bank: 'Bank',
    supplier: 'Leverancier of partner',
    'cloud-provider': 'Cloudaanbieder',
    'shift-lead': 'Ploegleider',
    'persons-concerned': 'Betrokken personen',
  },
};
