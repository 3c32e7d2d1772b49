import type { Strings } from './en.ts';

export const fr: Strings = {
  whom: {
    'client-it': 'Informatique',
    'client-management': 'Direction',
    'client-dpo': 'Délégué à la protection des données',
    'client-engineering': 'Ingénieurs (biomédical, industriel)',
    'client-staff': 'Annonces au personnel',
    'on-call': 'Astreinte',
    'regulator-liaison': 'Liaison avec les autorités',
    'human-resources': 'Ressources humaines',
    'authority-nis2': 'Autorité NIS2 ou CSIRT',
    'authority-data-protection': 'Autorité de protection des données',
    police: 'Police',
    bank: 'Banque',
    supplier: 'Fournisseur ou partenaire',
    'cloud-provider': 'Fournisseur de cloud',
    'shift-lead': 'Chef de quart',
    'persons-concerned': 'Personnes concernées',
  },
};
