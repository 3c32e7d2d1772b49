import type { Strings } from './en.ts';

/** Words of the list of a person’s news, in German. */
export const de: Strings = {
  title: (unread) => (unread === 0 ? 'Neues für Sie' : `Neues für Sie: ${unread} ungelesen`),
  none: 'Nichts Neues für Sie.',
  readAll: 'Alles als gelesen markieren',
  kinds: {
    mention: (actor) => `${actor} hat Sie erwähnt`,
    'client-comment': (actor) => `${actor} (Kunde) schreibt`,
    'provider-comment': (actor) => `${actor} schreibt Ihnen`,
    asked: (actor) => `${actor} bittet um Ihre Antwort`,
    answer: (actor) => `${actor} hat geantwortet`,
    approved: (actor) => `${actor} hat zugestimmt`,
    refused: (actor) => `${actor} hat abgelehnt`,
    overdue: () => 'Eine Antwort ist überfällig',
    infected: (actor) => `Eine Datei von ${actor} ist infiziert`,
    assigned: (actor) => `${actor} hat ihn Ihnen übergeben`,
    'handed-on': (actor) => `${actor} hat ihn Ihnen abgenommen`,
    'clock-warning': () => 'Seine Frist läuft ab',
    'clock-breach': () => 'Seine Frist ist abgelaufen',
    'asset-comment': (actor) => `${actor} schreibt zu etwas in Ihrem Vorfall`,
  },
};
