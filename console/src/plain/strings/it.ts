import type { Strings } from './en.ts';

export const it: Strings = {
  sections: {
    systems: 'I vostri sistemi',
    closer: 'Più da vicino',
    organisation: 'La vostra organizzazione',
  },
  waiting: 'In attesa di voi',
  pages: {
    '/': { name: 'Panoramica', about: '' },
    '/incidents': { name: 'Incidenti', about: 'Che cosa abbiamo trovato presso di voi, e a che punto è.' },
    '/clocks': {
      name: 'Tempi promessi',
      about: 'Entro quando abbiamo promesso di agire, e quanto tempo resta.',
    },
    '/outbox': { name: 'Le nostre e-mail', about: 'Che cosa vi abbiamo scritto, e se è arrivato.' },
    '/sources': {
      name: 'Che cosa sorvegliamo',
      about: 'I sistemi che ci inviano i loro log. Ciò che tace non si può sorvegliare.',
    },
    '/assets': {
      name: 'Macchine e persone',
      about:
        'Che cosa sappiamo delle vostre macchine e dei vostri account: che cosa ne dipende, e che cosa non va fatto.',
    },
    '/coverage': {
      name: 'Che cosa rileviamo',
      about: 'I modi di attacco che noteremmo con i log che riceviamo da voi.',
    },
    '/exceptions': {
      name: 'Eccezioni concordate',
      about: 'Che cosa presso di voi è normale e non fa scattare allarmi, con il motivo e la fine.',
    },
    '/events': {
      name: 'Ricerca nei log',
      about: 'Tutto ciò che i vostri sistemi hanno inviato, per chi vuole guardare più da vicino.',
    },
    '/procedures': {
      name: 'Procedure',
      about: 'Che cosa si fa in un incidente, passo per passo. Alcuni passi sono vostri.',
    },
    '/rules': { name: 'Regole', about: 'Che cosa cerca ogni rilevamento.' },
    '/mappings': {
      name: 'Lettura dei log',
      about: 'Come le righe di un vostro sistema diventano campi in cui cercare.',
    },
    '/tenants': {
      name: 'Contatti e contratto',
      about: 'Chi avvisiamo e chiamiamo, quando lavorate, e che cosa è concordato.',
    },
    '/access': { name: 'Utenti e chiavi', about: 'Chi può entrare qui, e che cosa può fare.' },
    '/single-sign-on': { name: 'Accesso', about: 'Come le vostre persone provano chi sono.' },
    '/webhooks': { name: 'Webhook', about: 'I vostri programmi a cui si dice che cosa succede.' },
    '/audit': { name: 'Registro di audit', about: 'Chi ha fatto che cosa qui, e quando.' },
  },
};
