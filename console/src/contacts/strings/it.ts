import type { Strings } from './en.ts';

export const it: Strings = {
  whom: {
    'client-it': 'Informatica',
    'client-management': 'Direzione',
    'client-dpo': 'Responsabile della protezione dei dati',
    'client-engineering': 'Ingegneria (medica, industriale)',
    'client-staff': 'Avvisi al personale',
    'on-call': 'Reperibilità',
    'regulator-liaison': 'Contatto per le autorità',
    'human-resources': 'Risorse umane',
    'authority-nis2': 'Autorità NIS2 o CSIRT',
    'authority-data-protection': 'Autorità per la protezione dei dati',
    police: 'Polizia',
    bank: 'Banca',
    supplier: 'Fornitore o partner',
    'cloud-provider': 'Fornitore cloud',
    'shift-lead': 'Responsabile del turno',
    'persons-concerned': 'Persone interessate',
  },
};
