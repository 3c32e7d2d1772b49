import type { Strings } from './en.ts';

/** Words of the page behind a mailed link, in Dutch. */
export const nl: Strings = {
  title: 'Antwoord',
  loading: 'Uw link wordt geopend',
  dead: 'Deze link werkt niet meer',
  deadText:
    'Hij is al gebruikt, verlopen of ingetrokken. Staat er nog iets open, bel dan uw beveiligingsteam; het nummer staat in de mail.',
  slow: 'Te veel pogingen',
  slowText: 'Wacht een paar minuten en open de link opnieuw.',
  greeting: (name) => `Beste ${name}`,
  intro: (provider, tenant) => `${provider} vraagt u iets over een beveiligingsincident bij ${tenant}.`,
  due: 'Graag antwoorden vóór',
  done: 'Dank u. Uw antwoord is aangekomen.',
  doneText: 'U kunt deze pagina sluiten. De link is opgebruikt.',
  once: 'Uw antwoord is definitief: de link werkt één keer.',
  unsure: 'Twijfelt u, of bent u niet de juiste persoon? Bel ons:',
};
