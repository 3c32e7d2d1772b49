import type { Strings } from './en.ts';

/** Words of the list of a person’s news, in Dutch. */
export const nl: Strings = {
  title: (unread) => (unread === 0 ? 'Nieuws voor u' : `Nieuws voor u: ${unread} ongelezen`),
  none: 'Niets nieuws voor u.',
  readAll: 'Alles als gelezen markeren',
  kinds: {
    mention: (actor) => `${actor} heeft u genoemd`,
    'client-comment': (actor) => `${actor} (klant) schreef`,
    'provider-comment': (actor) => `${actor} schreef u`,
    asked: (actor) => `${actor} vraagt uw antwoord`,
    answer: (actor) => `${actor} heeft geantwoord`,
    approved: (actor) => `${actor} heeft goedgekeurd`,
    refused: (actor) => `${actor} heeft geweigerd`,
    overdue: () => 'Een antwoord is te laat',
    infected: (actor) => `Een bestand van ${actor} is besmet`,
    assigned: (actor) => `${actor} heeft het aan u gegeven`,
    'handed-on': (actor) => `${actor} heeft het van u overgenomen`,
    'clock-warning': () => 'De tijd raakt op',
    'clock-breach': () => 'De tijd is om',
    'asset-comment': (actor) => `${actor} schreef over iets in uw incident`,
  },
};
