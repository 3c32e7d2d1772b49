import type { Strings } from './en.ts';

/** Words of the list of a person’s news, in Italian. */
export const it: Strings = {
  title: (unread) => (unread === 0 ? 'Novità per te' : `Novità per te: ${unread} da leggere`),
  none: 'Nessuna novità.',
  readAll: 'Segna tutto come letto',
  kinds: {
    mention: (actor) => `${actor} ti ha menzionato`,
    'client-comment': (actor) => `${actor} (cliente) ha scritto`,
    'provider-comment': (actor) => `${actor} ti ha scritto`,
    asked: (actor) => `${actor} chiede una tua risposta`,
    answer: (actor) => `${actor} ha risposto`,
    approved: (actor) => `${actor} ha approvato`,
    refused: (actor) => `${actor} ha rifiutato`,
    overdue: () => 'Una risposta è in ritardo',
    infected: (actor) => `Un file di ${actor} è infetto`,
    assigned: (actor) => `${actor} te l’ha affidato`,
    'handed-on': (actor) => `${actor} ti ha sollevato dall’incarico`,
    'clock-warning': () => 'Il suo termine sta per scadere',
    'clock-breach': () => 'Il suo termine è scaduto',
    'asset-comment': (actor) => `${actor} ha scritto su un elemento del tuo incidente`,
  },
};
