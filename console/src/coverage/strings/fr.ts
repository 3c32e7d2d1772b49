import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('fr');

export const fr: Strings = {
  title: 'Couverture',
  views: { sources: 'Ce qui est envoyé', matrix: 'ATT&CK' },
  chooseText: 'Chaque organisation envoie ses propres journaux ; chacune a donc sa propre couverture.',
  overview: {
    client: 'Client',
    technologies: 'Technologies',
    rules: 'Règles qui peuvent se déclencher',
    grey: 'Grises',
    techniques: 'Techniques',
    greyTechniques: 'Techniques grises',
    missing: 'Apporterait le plus',
    complete: 'complète',
  },
  figures: {
    fed: 'Règles actives qui peuvent se déclencher',
    of: (live) => `sur ${live}`,
    degraded: 'Dont grises : leur source a un problème',
    techniques: 'Techniques ATT&CK couvertes',
    grey: 'Techniques grises en ce moment',
  },
  sent: 'Ce qu’il envoie',
  sentEmpty: 'Aucune technologie n’a encore été reconnue dans les journaux de ce client.',
  columns: {
    technology: 'Technologie',
    since: 'Depuis',
    last: 'Dernier',
    day: 'Événements 24 h',
    rules: 'Règles alimentées',
    techniques: 'Techniques',
    sources: 'Sources',
  },
  missing: 'Ce qui apporterait le plus',
  missingText:
    'Les technologies que ce client n’envoie pas, selon ce que leurs journaux feraient voir aux règles et que rien ne montre encore.',
  missingEmpty: 'Rien : chaque règle active a ce qu’il lui faut.',
  adds: (rules, techniques) =>
    `+${rules} règles${techniques === 0 ? '' : `, +${count(techniques, 'technique', 'techniques')}`}`,
  setup: 'Comment activer la journalisation',
  components: 'Composants de données',
  starving: 'Règles qui ne peuvent pas se déclencher',
  starvingText: 'Règles actives, selon les journaux qu’elles attendent et que ce client n’envoie nulle part.',
  rules: (n) => `${n} règles`,
  states: { covered: 'couvertes', degraded: 'grises', uncovered: 'non couvertes' },
  all: 'toutes les techniques',
  filter: 'Afficher',
  layer: 'Couche Navigator',
  ofTactic: (covered, all) => `${covered} sur ${all}`,
  sub: (covered, all) => `${covered}/${all} sous-techniques`,
  correlation: 'corrélation',
  noRules: 'Aucune règle active ne cite cette technique.',
  since: 'depuis',
  firing: (firing, all) => `${firing} règles sur ${all} peuvent se déclencher`,
  technologies: 'Alimentée par',
  nothingFeeds: 'rien de connu',
};
