import type { Strings } from './en.ts';

export const it: Strings = {
  title: 'Posta in uscita',
  mail: 'E-mail',
  to: 'A',
  asText: 'Come testo semplice',
  state: 'Stato',
  states: { all: 'Tutte', pending: 'In attesa', sending: 'In invio', sent: 'Inviate', dead: 'Abbandonate' },
  held: 'Trattenuto per un riepilogo',
  gathered: 'In un riepilogo',
  comes: 'arriva',
  sendNow: 'Invia ora',
  columns: {
    state: 'Stato',
    subject: 'Oggetto',
    to: 'A',
    incident: 'Incidente',
    attempts: 'Tentativi',
    created: 'Scritta',
    sent: 'Inviata',
  },
  retry: 'Riprova',
  retried: 'L’e-mail viene inviata di nuovo.',
  nextAttempt: 'prossimo tentativo',
  view: (subject) => `Mostra e-mail: ${subject}`,
  emptyTitle: 'Nessuna e-mail',
  emptyText:
    'Le e-mail ai clienti attendono qui finché il loro server non le accetta. Vengono scritte quando un incidente raggiunge il livello di un contatto; i contatti si impostano nel cliente.',
  toTenants: 'Imposta i contatti',
  notConfigured:
    'Nessun server di posta è configurato. Le e-mail restano in attesa: compilate la sezione mail di vigie.yml.',
  test: 'Invia una prova',
  testTo: 'Invia a',
  testOk: (detail) => `Il server di posta ha accettato la prova: ${detail}`,
  testBad: (detail) => `La prova non è riuscita: ${detail}`,
  send: 'Invia',
  more: 'Mostra altro',
};
