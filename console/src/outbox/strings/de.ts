import type { Strings } from './en.ts';

export const de: Strings = {
  title: 'Postausgang',
  mail: 'E-Mail',
  to: 'An',
  asText: 'Als reiner Text',
  state: 'Status',
  states: {
    all: 'Alle',
    pending: 'Wartet',
    sending: 'Wird gesendet',
    sent: 'Gesendet',
    dead: 'Aufgegeben',
  },
  columns: {
    state: 'Status',
    subject: 'Betreff',
    to: 'An',
    incident: 'Vorfall',
    attempts: 'Versuche',
    created: 'Verfasst',
    sent: 'Gesendet',
  },
  retry: 'Erneut versuchen',
  retried: 'Die E-Mail wird erneut gesendet.',
  nextAttempt: 'nächster Versuch',
  view: (subject) => `E-Mail ansehen: ${subject}`,
  emptyTitle: 'Keine E-Mail',
  emptyText:
    'E-Mails an Kunden warten hier, bis deren Server sie annimmt. Sie entstehen, wenn ein Vorfall den Schweregrad eines Kontakts erreicht; Kontakte gehören zum Mandanten.',
  toTenants: 'Kontakte einrichten',
  notConfigured:
    'Es ist kein Mailserver eingerichtet. E-Mails warten so lange; füllen Sie den Abschnitt mail in vigie.yml aus.',
  test: 'Test senden',
  testTo: 'Senden an',
  testOk: (detail) => `Der Mailserver hat den Test angenommen: ${detail}`,
  testBad: (detail) => `Der Test ist fehlgeschlagen: ${detail}`,
  send: 'Senden',
  more: 'Mehr anzeigen',
};
