import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('de');

export const de: Strings = {
  title: 'Windows-Rechner ohne Agenten',
  none: 'Noch leitet kein Windows-Rechner seine Ereignisprotokolle an diese Quelle weiter. Geben Sie an, von wem ihre Rechner die Zertifikate haben.',
  authority: 'Zertifikate ausgestellt von',
  thumbprint: 'Fingerabdruck für die Gruppenrichtlinie (IssuerCA)',
  assign: 'Gehört zu dieser Quelle',
  assigned: 'Rechner mit diesen Zertifikaten gehören jetzt zu dieser Quelle.',
  machines: 'Rechner',
  ailing: (late) => (late === 0 ? 'alle rechtzeitig gehört' : `${late} verspätet oder ausgestiegen`),
  total: (machines) => count(machines, 'Rechner', 'Rechner'),
  first: (machines) => `Die ${machines}, die am längsten nicht gehört wurden.`,
  asked: 'Angefordert',
  askedText: (queries) => count(queries, 'Abfrage', 'Abfragen'),
  standard: 'der Standardsatz',
  off: 'nichts: die Weiterleitung ist aus',
  change: 'Ändern, was angefordert wird…',
  show: 'Rechner zeigen',
  columns: {
    machine: 'Rechner',
    state: 'Zustand',
    heard: 'Zuletzt gehört',
    events: 'Ereignisse',
    version: 'Arbeitet nach',
  },
  states: { ok: 'leitet weiter', late: 'verspätet', ended: 'ausgestiegen' },
  current: 'dem, was jetzt angefordert ist',
  outdated: 'einer früheren Fassung',
  certificate: (name) => `Zertifikat: ${name}`,
  forget: 'Vergessen',
  forgetTitle: 'Diesen Rechner vergessen?',
  forgetText: (name) =>
    `${name} verschwindet aus der Liste, und wie weit er war, wird vergessen. Kommt er wieder, beginnt er mit seinem nächsten Ereignis.`,
  forgotten: 'Vergessen.',
  form: (source) => `Was die Windows-Rechner von ${source} weiterleiten`,
  enabled: 'Rechner leiten ihre Ereignisse weiter',
  channel: 'Ereignisprotokoll',
  xpath: 'Welche Ereignisse (XPath; * sind alle)',
  addQuery: 'Abfrage hinzufügen',
  removeQuery: (channel) => `${channel} entfernen`,
  newChannel:
    'Windows sendet alles, was ein hinzugefügtes Protokoll schon enthält, nicht nur Neues: Fügen Sie große Protokolle zu einer ruhigen Stunde hinzu.',
  rendered: 'Mit Texten in der Sprache des Rechners (mehrfach so groß)',
  existing: 'Neue Rechner senden, was ihre Protokolle schon enthalten',
  latency: 'Rechner sammeln Ereignisse (Sekunden)',
  heartbeat: 'Lebenszeichen nach (Sekunden)',
  save: 'Speichern',
  reset: 'Den Standardsatz verwenden',
  saved: 'Gespeichert. Rechner übernehmen es, wenn sie das nächste Mal fragen, meist in wenigen Minuten.',
};
