import type { Strings } from './en.ts';

/** Words of campaigns, in French. */
export const fr: Strings = {
  title: 'Campagnes',
  hint: 'Incidents de plusieurs clients dus à un même attaquant. Aucun client ne voit cette page.',
  none: 'Aucune campagne',
  noneText: 'Ouvrez un incident : ce qu’il partage avec ceux d’autres clients y est indiqué.',
  closed: 'Close',
  close: 'Clore la campagne',
  reopen: 'Rouvrir',
  members: (count) => `${count} incident${count === 1 ? '' : 's'}`,
  section: 'Campagne',
  suggestions: 'Peut-être le même attaquant chez d’autres clients',
  noSuggestions:
    'Aucun incident d’un autre client ne partage d’adresse, de domaine, de fichier ni de règle rare avec celui-ci.',
  fresh: 'Nouvelle campagne',
  name: 'Nom de la campagne',
  make: 'Créer une campagne',
  made: 'Campagne créée.',
  join: 'Ajouter cet incident',
  add: 'Ajouter',
  added: 'Ajouté.',
  remove: 'Retirer',
  removed: 'Retiré.',
  choose: 'Campagne',
  note: 'Note',
  only: 'Réservé au prestataire',
  kinds: { hash: 'fichier', address: 'adresse', domain: 'domaine', rule: 'règle' },
};
