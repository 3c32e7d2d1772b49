import type { Strings } from './en.ts';

export const de: Strings = {
  whom: {
    'client-it': 'IT-Abteilung',
    'client-management': 'Leitung',
    'client-dpo': 'Datenschutzbeauftragte',
    'client-engineering': 'Technik (Medizin, Industrie)',
    'client-staff': 'Mitteilungen an Beschäftigte',
    'on-call': 'Rufbereitschaft',
    'regulator-liaison': 'Kontakt zu Behörden',
    'human-resources': 'Personalabteilung',
    'authority-nis2': 'NIS2-Behörde oder CSIRT',
    'authority-data-protection': 'Datenschutzbehörde',
    police: 'Polizei',
    bank: 'Bank',
    supplier: 'Lieferant oder Partner',
    'cloud-provider': 'Cloud-Anbieter',
    'shift-lead': 'Schichtleitung',
    'persons-concerned': 'Betroffene Personen',
  },
};
