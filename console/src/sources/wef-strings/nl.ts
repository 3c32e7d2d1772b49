import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('nl');

export const nl: Strings = {
  title: 'Windows-machines zonder agent',
  none: 'Er stuurt nog geen Windows-machine haar gebeurtenislogboeken door naar deze bron. Geef aan van wie haar machines hun certificaten hebben.',
  authority: 'Certificaten uitgegeven door',
  thumbprint: 'Vingerafdruk voor het groepsbeleid (IssuerCA)',
  assign: 'Hoort bij deze bron',
  assigned: 'Machines met deze certificaten horen nu bij deze bron.',
  machines: 'Machines',
  ailing: (late) => (late === 0 ? 'alle op tijd gehoord' : `${late} te laat of gestopt`),
  total: (machines) => count(machines, 'machine', 'machines'),
  first: (machines) => `De ${machines} die het langst niet gehoord zijn.`,
  asked: 'Gevraagd',
  askedText: (queries) => count(queries, 'query', 'query’s'),
  standard: 'de standaardset',
  off: 'niets: doorsturen staat uit',
  change: 'Wijzigen wat gevraagd wordt…',
  show: 'Machines tonen',
  columns: {
    machine: 'Machine',
    state: 'Status',
    heard: 'Laatst gehoord',
    events: 'Gebeurtenissen',
    version: 'Werkt volgens',
  },
  states: { ok: 'stuurt door', late: 'te laat', ended: 'gestopt' },
  current: 'wat nu gevraagd wordt',
  outdated: 'een eerdere versie',
  certificate: (name) => `Certificaat: ${name}`,
  forget: 'Vergeten',
  forgetTitle: 'Deze machine vergeten?',
  forgetText: (name) =>
    `${name} verdwijnt uit de lijst, en hoe ver zij was, wordt vergeten. Komt zij terug, dan begint zij met haar volgende gebeurtenis.`,
  forgotten: 'Vergeten.',
  form: (source) => `Wat de Windows-machines van ${source} doorsturen`,
  enabled: 'Machines sturen hun gebeurtenissen door',
  channel: 'Gebeurtenislogboek',
  xpath: 'Welke gebeurtenissen (XPath; * is alle)',
  addQuery: 'Query toevoegen',
  removeQuery: (channel) => `${channel} verwijderen`,
  newChannel:
    'Windows stuurt alles wat een toegevoegd logboek al bevat, niet alleen wat nieuw is: voeg grote logboeken op een rustig uur toe.',
  rendered: 'Met teksten in de taal van de machine (vele malen groter)',
  existing: 'Nieuwe machines sturen wat hun logboeken al bevatten',
  latency: 'Machines verzamelen gebeurtenissen gedurende (seconden)',
  heartbeat: 'Levensteken na (seconden)',
  save: 'Opslaan',
  reset: 'De standaardset gebruiken',
  saved: 'Opgeslagen. Machines nemen het over bij hun volgende vraag, meestal binnen enkele minuten.',
};
