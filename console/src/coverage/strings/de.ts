import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('de');

export const de: Strings = {
  title: 'Abdeckung',
  views: { sources: 'Was ankommt', matrix: 'ATT&CK' },
  chooseText: 'Jede Organisation sendet ihre eigenen Protokolle und hat daher ihre eigene Abdeckung.',
  overview: {
    client: 'Kunde',
    technologies: 'Technologien',
    rules: 'Regeln, die auslösen können',
    grey: 'Grau',
    techniques: 'Techniken',
    greyTechniques: 'Graue Techniken',
    missing: 'Würde am meisten bringen',
    complete: 'vollständig',
  },
  figures: {
    fed: 'Aktive Regeln, die auslösen können',
    of: (live) => `von ${live}`,
    degraded: 'Davon grau: Ihre Quelle ist gestört',
    techniques: 'Abgedeckte ATT&CK-Techniken',
    grey: 'Derzeit graue Techniken',
  },
  sent: 'Was der Mandant sendet',
  sentEmpty: 'In den Protokollen dieses Mandanten wurde noch keine Technologie erkannt.',
  columns: {
    technology: 'Technologie',
    since: 'Seit',
    last: 'Zuletzt',
    day: 'Ereignisse 24 h',
    rules: 'Versorgte Regeln',
    techniques: 'Techniken',
    sources: 'Quellen',
  },
  missing: 'Was am meisten brächte',
  missingText:
    'Technologien, die dieser Mandant nicht sendet, danach geordnet, was ihre Protokolle den Regeln zeigen würden und was bisher nichts zeigt.',
  missingEmpty: 'Nichts: Jede aktive Regel hat, was sie braucht.',
  adds: (rules, techniques) =>
    `+${rules} Regeln${techniques === 0 ? '' : `, +${count(techniques, 'Technik', 'Techniken')}`}`,
  setup: 'So schalten Sie die Protokollierung ein',
  components: 'Datenkomponenten',
  starving: 'Regeln, die nicht auslösen können',
  starvingText: 'Aktive Regeln nach den Protokollen, auf die sie warten; dieser Mandant sendet keine davon.',
  rules: (n) => `${n} Regeln`,
  states: { covered: 'abgedeckt', degraded: 'grau', uncovered: 'nicht abgedeckt' },
  all: 'alle Techniken',
  filter: 'Anzeigen',
  layer: 'Navigator-Layer',
  ofTactic: (covered, all) => `${covered} von ${all}`,
  sub: (covered, all) => `${covered}/${all} Untertechniken`,
  correlation: 'Korrelation',
  noRules: 'Keine aktive Regel nennt diese Technik.',
  since: 'seit',
  firing: (firing, all) => `${firing} von ${all} Regeln können auslösen`,
  technologies: 'Versorgt durch',
  nothingFeeds: 'nichts Bekanntes',
};
