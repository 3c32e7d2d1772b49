import type { Strings } from './en.ts';

export const nl: Strings = {
  sections: { systems: 'Uw systemen', closer: 'Van dichtbij', organisation: 'Uw organisatie' },
  waiting: 'Wacht op u',
  pages: {
    '/': { name: 'Overzicht', about: '' },
    '/incidents': { name: 'Incidenten', about: 'Wat wij bij u hebben gevonden, en hoe het ermee staat.' },
    '/clocks': {
      name: 'Reactietijden',
      about: 'Hoe snel wij hebben beloofd te handelen, en hoeveel tijd er nog is.',
    },
    '/outbox': { name: 'E-mails aan u', about: 'Wat wij u hebben geschreven, en of het is aangekomen.' },
    '/sources': {
      name: 'Wat wij bewaken',
      about: 'De systemen die ons hun logs sturen. Wat zwijgt, kan niet worden bewaakt.',
    },
    '/assets': {
      name: 'Machines en personen',
      about: 'Wat wij van uw machines en accounts weten: wat ervan afhangt, en wat er niet mee mag gebeuren.',
    },
    '/coverage': {
      name: 'Wat wij ontdekken',
      about: 'De manieren van aanvallen die wij zouden zien met de logs die wij van u krijgen.',
    },
    '/exceptions': {
      name: 'Afgesproken uitzonderingen',
      about: 'Wat bij u normaal is en geen alarm geeft, met de reden en het einde ervan.',
    },
    '/events': {
      name: 'Zoeken in logs',
      about: 'Alles wat uw systemen hebben gestuurd, voor wie het van dichtbij wil zien.',
    },
    '/procedures': {
      name: 'Procedures',
      about: 'Wat er bij een incident stap voor stap gebeurt. Sommige stappen zijn voor u.',
    },
    '/rules': { name: 'Regels', about: 'Waar elke detectie naar zoekt.' },
    '/mappings': {
      name: 'Hoe logs worden gelezen',
      about: 'Hoe de regels van een eigen systeem velden worden waarin u kunt zoeken.',
    },
    '/tenants': {
      name: 'Contacten en contract',
      about: 'Wie wij inlichten en bellen, wanneer u werkt, en wat is afgesproken.',
    },
    '/access': { name: 'Gebruikers en sleutels', about: 'Wie hier binnen mag, en wat die mag doen.' },
    '/single-sign-on': { name: 'Aanmelden', about: 'Hoe uw mensen bewijzen wie zij zijn.' },
    '/webhooks': { name: 'Webhooks', about: 'Programma’s van u die horen wat er gebeurt.' },
    '/audit': { name: 'Auditlogboek', about: 'Wie hier wat heeft gedaan, en wanneer.' },
  },
};
