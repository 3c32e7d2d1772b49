import type { Strings } from './en.ts';

/** Words of campaigns, in Dutch. */
export const nl: Strings = {
  title: 'Campagnes',
  hint: 'Incidenten van meerdere klanten met één aanvaller. Geen enkele klant ziet dit.',
  none: 'Nog geen campagne',
  noneText: 'Open een incident: daar staat wat het gemeen heeft met incidenten van andere klanten.',
  closed: 'Gesloten',
  close: 'Campagne sluiten',
  reopen: 'Heropenen',
  members: (count) => (count === 1 ? '1 incident' : `${count} incidenten`),
  section: 'Campagne',
  suggestions: 'Misschien dezelfde aanvaller bij andere klanten',
  noSuggestions:
    'Geen incident van een andere klant deelt een adres, domein, bestand of zeldzame regel met dit incident.',
  fresh: 'Nieuwe campagne',
  name: 'Naam van de campagne',
  make: 'Campagne maken',
  made: 'Campagne gemaakt.',
  join: 'Dit incident toevoegen',
  add: 'Toevoegen',
  added: 'Toegevoegd.',
  remove: 'Eruit halen',
  removed: 'Eruit gehaald.',
  choose: 'Campagne',
  note: 'Notitie',
  only: 'Alleen voor de dienstverlener',
  kinds: { hash: 'bestand', address: 'adres', domain: 'domein', rule: 'regel' },
};
