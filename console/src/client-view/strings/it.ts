import type { Strings } from './en.ts';

/** Words of the client’s own view of an incident, in Italian. */
export const it: Strings = {
  status: {
    new: 'Il vostro team di sicurezza è stato avvisato e se ne occuperà.',
    'in-progress': 'Il vostro team di sicurezza ci sta lavorando.',
    'waiting-for-client': 'Attendiamo qualcosa da parte vostra.',
    contained: 'Quanto stava accadendo è stato fermato; il resto si sta sistemando.',
    closed: 'Questo incidente è chiuso.',
  },
  verdict: {
    'true-positive': 'È stato un attacco o una violazione delle regole.',
    'benign-true-positive': 'È successo davvero, ed era consentito. Tutto a posto.',
    'false-positive': 'È stato un falso allarme.',
  },
  asked: 'Attendiamo la vostra risposta, più sotto.',
  technical: 'Dettagli tecnici',
  technicalHint: 'Orari, righe di log e regole, per chi vuole guardare più da vicino.',
  handler: (name) => `Se ne occupa ${name}.`,
};
