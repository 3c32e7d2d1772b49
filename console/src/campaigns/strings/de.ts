import type { Strings } from './en.ts';

/** Words of campaigns, in German. */
export const de: Strings = {
  title: 'Kampagnen',
  hint: 'Vorfälle mehrerer Kunden, hinter denen ein Angreifer steht. Kein Kunde sieht diese Seite.',
  none: 'Noch keine Kampagne',
  noneText: 'Öffnen Sie einen Vorfall: Dort steht, was er mit Vorfällen anderer Kunden gemeinsam hat.',
  closed: 'Geschlossen',
  close: 'Kampagne schließen',
  reopen: 'Wieder öffnen',
  members: (count) => (count === 1 ? '1 Vorfall' : `${count} Vorfälle`),
  section: 'Kampagne',
  suggestions: 'Vielleicht derselbe Angreifer bei anderen Kunden',
  noSuggestions:
    'Kein Vorfall eines anderen Kunden teilt eine Adresse, eine Domain, eine Datei oder eine seltene Regel mit diesem.',
  fresh: 'Neue Kampagne',
  name: 'Name der Kampagne',
  make: 'Kampagne anlegen',
  made: 'Kampagne angelegt.',
  join: 'Diesen Vorfall hinzufügen',
  add: 'Hinzufügen',
  added: 'Hinzugefügt.',
  remove: 'Herausnehmen',
  removed: 'Herausgenommen.',
  choose: 'Kampagne',
  note: 'Notiz',
  only: 'Nur für den Anbieter',
  kinds: { hash: 'Datei', address: 'Adresse', domain: 'Domain', rule: 'Regel' },
};
