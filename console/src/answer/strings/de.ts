import type { Strings } from './en.ts';

/** Words of the page behind a mailed link, in German. */
export const de: Strings = {
  title: 'Antwort',
  loading: 'Ihr Link wird geöffnet',
  dead: 'Dieser Link ist nicht mehr gültig',
  deadText:
    'Er wurde schon benutzt, ist abgelaufen oder wurde zurückgezogen. Ist noch etwas offen, rufen Sie Ihr Sicherheitsteam an; die Nummer steht in der Mail.',
  slow: 'Zu viele Versuche',
  slowText: 'Bitte warten Sie einige Minuten und öffnen Sie den Link erneut.',
  greeting: (name) => `Guten Tag ${name}`,
  intro: (provider, tenant) => `${provider} hat eine Frage zu einem Sicherheitsvorfall bei ${tenant}.`,
  due: 'Antwort erbeten bis',
  done: 'Danke. Ihre Antwort ist angekommen.',
  doneText: 'Sie können diese Seite schließen. Der Link ist verbraucht.',
  once: 'Ihre Antwort ist endgültig: Der Link funktioniert einmal.',
  unsure: 'Unsicher, oder nicht die richtige Person? Rufen Sie uns an:',
};
