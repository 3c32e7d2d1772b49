import type { Strings } from './en.ts';

export const it: Strings = {
  verdict: {
    'true-positive': 'Vero positivo',
    'benign-true-positive': 'Vero positivo benigno',
    'false-positive': 'Falso positivo',
  },
  hint: {
    'true-positive': 'Era un attacco o una violazione delle regole.',
    'benign-true-positive': 'È successo come rilevato, ed era permesso.',
    'false-positive': 'Non è successo; la regola sbagliava.',
  },
  reason: {
    'attack-succeeded': 'L’attacco è riuscito',
    'attack-stopped': 'L’attacco è stato fermato',
    attempt: 'Tentativo senza effetto',
    'policy-breach': 'Violazione delle regole interne',
    'authorised-test': 'Test autorizzato',
    administration: 'Amministrazione',
    expected: 'Attività prevista',
    misconfiguration: 'Configurazione errata',
    'rule-too-broad': 'La regola è troppo ampia',
    'wrong-data': 'Dati errati o letti male',
    'outdated-indicator': 'Indicatore superato',
    'missing-context': 'Mancava il contesto',
    other: 'Altro (da spiegare nella nota)',
  },
  unspecified: 'senza motivo',
  closeTitle: (what) => `Chiudere ${what}`,
  judgeTitle: (what) => `Verdetto su ${what}`,
  what: 'Che cos’era?',
  why: 'Perché?',
  rules: 'Regole in difetto',
  rulesHint: 'Nessuna scelta: tutte.',
  note: 'Nota',
  noteHint: 'Che cosa L’ha convinta? Chi viene dopo Le sarà grato.',
  noteNeeded: '«Altro» richiede una nota.',
  close: 'Chiudi',
  give: 'Dai il verdetto',
  keys: 'Un numero per che cosa, un numero per perché, poi Invio.',
  title: 'Verdetti',
  none: 'Nessuno lo ha ancora giudicato.',
  onAlert: (title) => `sull’allarme «${title}»`,
  takenBack: 'Verdetto ritirato',
  by: (who, side) => `${who} (${side === 'client' ? 'cliente' : 'fornitore'})`,
  faulty: (rules) => `in difetto: ${rules}`,
  agrees: 'è d’accordo',
  disagrees: 'non è d’accordo',
  agree: 'Sono d’accordo',
  disagree: 'Non sono d’accordo…',
  disagreeWhy: 'Che cosa vede diversamente?',
  send: 'Invia',
  sent: 'La Sua risposta è conservata con il verdetto.',
  alertVerdict: 'Verdetto su questo allarme',
  alertAsIncident: 'come l’incidente',
  except: 'Crea un’eccezione…',
  again: 'Cambia il verdetto…',
  ranking: 'Probabilità di un vero positivo',
  rankingHint: (percent) => `${percent} % all’apertura`,
  feature: {
    'rule-here': (right, of) =>
      of === null
        ? 'regola mai giudicata presso questo cliente'
        : `regola giusta in ${right} casi su ${of} presso questo cliente`,
    'rule-overall': (right, of) =>
      of === null
        ? 'quanto la regola è giusta in generale'
        : `regola giusta in ${right} casi su ${of} in tutto`,
    pair: (right, of, subject) => `questa regola su ${subject}: giusta in ${right ?? 0} casi su ${of ?? 0}`,
    entity: (right, of, subject) => `incidenti con ${subject}: reali in ${right ?? 0} casi su ${of ?? 0}`,
    tenant: (right, of) =>
      of === null
        ? 'ancora nulla di giudicato presso questo cliente'
        : `incidenti di questo cliente: reali in ${right} casi su ${of}`,
    'source-kind': (right, of, subject) =>
      of === null ? `ciò che viene da ${subject}` : `da ${subject}: reali in ${right} casi su ${of}`,
    level: () => 'la sua gravità',
    rarity: () => 'quanto è insolito',
    criticality: () => 'quanto è critico l’asset',
    'off-hours': () => 'orario di lavoro o no',
    rules: () => 'numero di regole concordi',
    techniques: () => 'numero di tecniche',
  },
};
