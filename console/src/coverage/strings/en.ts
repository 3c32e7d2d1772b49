import { numbersIn } from '../../ui/numbers.ts';

const { count } = numbersIn('en');

/** Words of the coverage page. */
export const en = {
  title: 'Coverage',
  views: { sources: 'What is sent', matrix: 'ATT&CK' },
  chooseText: 'Each organisation sends its own logs, so each one has its own coverage.',
  overview: {
    client: 'Client',
    technologies: 'Technologies',
    rules: 'Rules that can fire',
    grey: 'Grey',
    techniques: 'Techniques',
    greyTechniques: 'Grey techniques',
    missing: 'Would add most',
    complete: 'complete',
  },
  figures: {
    fed: 'Live rules that can fire',
    of: (live: string) => `of ${live}`,
    degraded: 'Of these, grey: their source is in trouble',
    techniques: 'ATT&CK techniques covered',
    grey: 'Techniques that are grey now',
  },
  sent: 'What it sends',
  sentEmpty: 'No technology has been recognised in the logs of this tenant yet.',
  columns: {
    technology: 'Technology',
    since: 'Since',
    last: 'Last',
    day: 'Events 24 h',
    rules: 'Rules fed',
    techniques: 'Techniques',
    sources: 'Sources',
  },
  missing: 'What would add most',
  missingText:
    'Technologies that this tenant does not send, by what their logs would let the rules see that nothing shows yet.',
  missingEmpty: 'Nothing: every live rule has what it needs.',
  adds: (rules: string, techniques: number) =>
    `+${rules} rules${techniques === 0 ? '' : `, +${count(techniques, 'technique', 'techniques')}`}`,
  setup: 'How to switch logging on',
  components: 'Data components',
  starving: 'Rules that can’t fire',
  starvingText: 'Live rules by the logs they wait for; nothing that this tenant sends holds any.',
  rules: (n: string) => `${n} rules`,
  states: { covered: 'covered', degraded: 'grey', uncovered: 'not covered' },
  all: 'all techniques',
  filter: 'Show',
  layer: 'Navigator layer',
  ofTactic: (covered: number, all: number) => `${covered} of ${all}`,
  sub: (covered: number, all: number) => `${covered}/${all} sub-techniques`,
  correlation: 'correlation',
  noRules: 'No live rule names this technique.',
  since: 'for',
  firing: (firing: number, all: number) => `${firing} of ${all} rules can fire`,
  technologies: 'Fed by',
  nothingFeeds: 'nothing that we know',
};
export type Strings = typeof en;
