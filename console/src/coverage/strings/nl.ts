import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('nl');

export const nl: Strings = {
  title: 'Dekking',
  views: { sources: 'Wat binnenkomt', matrix: 'ATT&CK' },
  chooseText: 'Elke organisatie stuurt haar eigen logs en heeft dus haar eigen dekking.',
  overview: {
    client: 'Klant',
    technologies: 'Technologieën',
    rules: 'Regels die kunnen afgaan',
    grey: 'Grijs',
    techniques: 'Technieken',
    greyTechniques: 'Grijze technieken',
    missing: 'Zou het meest toevoegen',
    complete: 'volledig',
  },
  figures: {
    fed: 'Actieve regels die kunnen afgaan',
    of: (live) => `van ${live}`,
    degraded: 'Waarvan grijs: hun bron heeft een probleem',
    techniques: 'Gedekte ATT&CK-technieken',
    grey: 'Technieken die nu grijs zijn',
  },
  sent: 'Wat de klant stuurt',
  sentEmpty: 'In de logs van deze klant is nog geen technologie herkend.',
  columns: {
    technology: 'Technologie',
    since: 'Sinds',
    last: 'Laatste',
    day: 'Gebeurtenissen 24 u',
    rules: 'Gevoede regels',
    techniques: 'Technieken',
    sources: 'Bronnen',
  },
  missing: 'Wat het meest zou toevoegen',
  missingText:
    'Technologieën die deze klant niet stuurt, naar wat hun logs de regels zouden laten zien en nog nergens uit blijkt.',
  missingEmpty: 'Niets: elke actieve regel heeft wat hij nodig heeft.',
  adds: (rules, techniques) =>
    `+${rules} regels${techniques === 0 ? '' : `, +${count(techniques, 'techniek', 'technieken')}`}`,
  setup: 'Hoe u logging aanzet',
  components: 'Datacomponenten',
  starving: 'Regels die niet kunnen afgaan',
  starvingText: 'Actieve regels, naar de logs waarop ze wachten en die deze klant nergens stuurt.',
  rules: (n) => `${n} regels`,
  states: { covered: 'gedekt', degraded: 'grijs', uncovered: 'niet gedekt' },
  all: 'alle technieken',
  filter: 'Tonen',
  layer: 'Navigator-laag',
  ofTactic: (covered, all) => `${covered} van ${all}`,
  sub: (covered, all) => `${covered}/${all} subtechnieken`,
  correlation: 'correlatie',
  noRules: 'Geen actieve regel noemt deze techniek.',
  since: 'al',
  firing: (firing, all) => `${firing} van ${all} regels kunnen afgaan`,
  technologies: 'Gevoed door',
  nothingFeeds: 'niets wat wij kennen',
};
