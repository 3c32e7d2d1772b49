import type { Language, MailView } from '@vigie/contracts/api';

type MailState = MailView['state'];

/** What the story of an incident says between the words of its rules. */
export interface IncidentWords {
  /** Behind the title of an alert that came more than once; `until` is a clock time in UTC. */
  readonly times: (count: number, until: string) => string;
  readonly mail: (to: string, state: string) => string;
  /** The last sentence of the summary: other alerts, and how many more there are than are named. */
  readonly also: (titles: string, more: number) => string;
}

const STATES: Readonly<Record<Language, Readonly<Record<MailState, string>>>> = {
  en: { pending: 'pending', sending: 'sending', sent: 'sent', dead: 'dead' },
  fr: { pending: 'en attente', sending: 'en cours d’envoi', sent: 'envoyé', dead: 'abandonné' },
  it: { pending: 'in attesa', sending: 'in invio', sent: 'inviata', dead: 'abbandonata' },
  nl: { pending: 'in wacht', sending: 'wordt verzonden', sent: 'verzonden', dead: 'opgegeven' },
  de: { pending: 'wartet', sending: 'wird gesendet', sent: 'gesendet', dead: 'aufgegeben' },
};

/** A state that is not known here keeps its own name. */
function stateIn(language: Language, state: string): string {
  return (STATES[language] as Readonly<Record<string, string>>)[state] ?? state;
}

/** The words in each language. */
export const INCIDENT_WORDS: Readonly<Record<Language, IncidentWords>> = {
  en: {
    times: (count, until) => `(${count} times until ${until} UTC)`,
    mail: (to, state) => `Mail to ${to}: ${stateIn('en', state)}`,
    also: (titles, more) => `Also seen in this incident: ${titles}${more > 0 ? `; and ${more} more` : ''}.`,
  },
  fr: {
    times: (count, until) => `(${count} fois jusqu’à ${until} UTC)`,
    mail: (to, state) => `E-mail à ${to}\u00a0: ${stateIn('fr', state)}`,
    also: (titles, more) =>
      `Aussi observé dans cet incident\u00a0: ${titles}${more > 0 ? `\u202f; et ${more} de plus` : ''}.`,
  },
  it: {
    times: (count, until) => `(${count} volte fino alle ${until} UTC)`,
    mail: (to, state) => `E-mail a ${to}: ${stateIn('it', state)}`,
    also: (titles, more) =>
      `Osservato anche in questo incidente: ${titles}${more > 0 ? `; e altri ${more}` : ''}.`,
  },
  nl: {
    times: (count, until) => `(${count} keer tot ${until} UTC)`,
    mail: (to, state) => `E-mail aan ${to}: ${stateIn('nl', state)}`,
    also: (titles, more) => `Ook gezien in dit incident: ${titles}${more > 0 ? `; en nog ${more}` : ''}.`,
  },
  de: {
    times: (count, until) => `(${count}-mal bis ${until} UTC)`,
    mail: (to, state) => `E-Mail an ${to}: ${stateIn('de', state)}`,
    also: (titles, more) =>
      `Außerdem in diesem Vorfall beobachtet: ${titles}${more > 0 ? `; und ${more} weitere` : ''}.`,
  },
};
