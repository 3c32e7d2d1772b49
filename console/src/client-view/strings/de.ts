import type { Strings } from './en.ts';

/** Words of the client’s own view of an incident, in German. */
export const de: Strings = {
  status: {
    new: 'Ihr Sicherheitsteam ist benachrichtigt und wird sich darum kümmern.',
    'in-progress': 'Ihr Sicherheitsteam arbeitet daran.',
    'waiting-for-client': 'Wir warten auf etwas von Ihnen.',
    contained: 'Was im Gange war, ist gestoppt; der Rest wird in Ordnung gebracht.',
    closed: 'Dieser Vorfall ist abgeschlossen.',
  },
  verdict: {
    'true-positive': 'Es war ein Angriff oder ein Verstoß gegen die Regeln.',
    'benign-true-positive': 'Es ist geschehen und war erlaubt. Alles in Ordnung.',
    'false-positive': 'Es war ein Fehlalarm.',
  },
  asked: 'Wir warten weiter unten auf Ihre Antwort.',
  technical: 'Technische Einzelheiten',
  technicalHint: 'Zeiten, Protokollzeilen und Regeln, für alle, die genauer hinsehen möchten.',
  handler: (name) => `${name} kümmert sich darum.`,
};
