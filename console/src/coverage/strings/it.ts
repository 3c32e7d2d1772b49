import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('it');

export const it: Strings = {
  title: 'Copertura',
  views: { sources: 'Che cosa invia', matrix: 'ATT&CK' },
  chooseText: 'Ogni organizzazione invia i propri log, quindi ciascuna ha la propria copertura.',
  overview: {
    client: 'Cliente',
    technologies: 'Tecnologie',
    rules: 'Regole che possono scattare',
    grey: 'Grigie',
    techniques: 'Tecniche',
    greyTechniques: 'Tecniche grigie',
    missing: 'Aggiungerebbe di più',
    complete: 'completa',
  },
  figures: {
    fed: 'Regole attive che possono scattare',
    of: (live) => `su ${live}`,
    degraded: 'Di cui grigie: la loro sorgente ha problemi',
    techniques: 'Tecniche ATT&CK coperte',
    grey: 'Tecniche ora grigie',
  },
  sent: 'Che cosa invia',
  sentEmpty: 'Nei log di questo cliente non è ancora stata riconosciuta nessuna tecnologia.',
  columns: {
    technology: 'Tecnologia',
    since: 'Dal',
    last: 'Ultimo',
    day: 'Eventi 24 h',
    rules: 'Regole alimentate',
    techniques: 'Tecniche',
    sources: 'Sorgenti',
  },
  missing: 'Che cosa aggiungerebbe di più',
  missingText:
    'Le tecnologie che questo cliente non invia, secondo ciò che i loro log farebbero vedere alle regole e che nulla mostra ancora.',
  missingEmpty: 'Nulla: ogni regola attiva ha ciò che le serve.',
  adds: (rules, techniques) =>
    `+${rules} regole${techniques === 0 ? '' : `, +${count(techniques, 'tecnica', 'tecniche')}`}`,
  setup: 'Come attivare i log',
  components: 'Componenti di dati',
  starving: 'Regole che non possono scattare',
  starvingText: 'Regole attive, secondo i log che aspettano e che questo cliente non invia.',
  rules: (n) => `${n} regole`,
  states: { covered: 'coperte', degraded: 'grigie', uncovered: 'non coperte' },
  all: 'tutte le tecniche',
  filter: 'Mostra',
  layer: 'Layer di Navigator',
  ofTactic: (covered, all) => `${covered} su ${all}`,
  sub: (covered, all) => `${covered}/${all} sottotecniche`,
  correlation: 'correlazione',
  noRules: 'Nessuna regola attiva cita questa tecnica.',
  since: 'da',
  firing: (firing, all) => `${firing} regole su ${all} possono scattare`,
  technologies: 'Alimentata da',
  nothingFeeds: 'nulla di noto',
};
