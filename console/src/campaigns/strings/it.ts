import type { Strings } from './en.ts';

/** Words of campaigns, in Italian. */
export const it: Strings = {
  title: 'Campagne',
  hint: 'Incidenti di più clienti dovuti allo stesso attaccante. Nessun cliente vede questa pagina.',
  none: 'Nessuna campagna',
  noneText: 'Apri un incidente: lì trovi ciò che condivide con incidenti di altri clienti.',
  closed: 'Chiusa',
  close: 'Chiudi la campagna',
  reopen: 'Riapri',
  members: (count) => (count === 1 ? '1 incidente' : `${count} incidenti`),
  section: 'Campagna',
  suggestions: 'Forse lo stesso attaccante presso altri clienti',
  noSuggestions:
    'Nessun incidente di altri clienti condivide con questo un indirizzo, un dominio, un file o una regola rara.',
  fresh: 'Nuova campagna',
  name: 'Nome della campagna',
  make: 'Crea una campagna',
  made: 'Campagna creata.',
  join: 'Aggiungi questo incidente',
  add: 'Aggiungi',
  added: 'Aggiunto.',
  remove: 'Togli',
  removed: 'Tolto.',
  choose: 'Campagna',
  note: 'Nota',
  only: 'Solo per il fornitore',
  kinds: { hash: 'file', address: 'indirizzo', domain: 'dominio', rule: 'regola' },
};
