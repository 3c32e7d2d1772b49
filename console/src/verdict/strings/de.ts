import type { Strings } from './en.ts';

export const de: Strings = {
  verdict: {
    'true-positive': 'Echt',
    'benign-true-positive': 'Echt, aber erlaubt',
    'false-positive': 'Fehlalarm',
  },
  hint: {
    'true-positive': 'Es war ein Angriff oder ein Verstoß gegen Regeln.',
    'benign-true-positive': 'Es geschah wie gemeldet, und es war erlaubt.',
    'false-positive': 'Es ist nicht geschehen; die Regel irrte.',
  },
  reason: {
    'attack-succeeded': 'Der Angriff gelang',
    'attack-stopped': 'Der Angriff wurde gestoppt',
    attempt: 'Versuch ohne Wirkung',
    'policy-breach': 'Verstoß gegen Richtlinien',
    'authorised-test': 'Genehmigter Test',
    administration: 'Administration',
    expected: 'Erwartete Aktivität',
    misconfiguration: 'Fehlkonfiguration',
    'rule-too-broad': 'Die Regel ist zu weit gefasst',
    'wrong-data': 'Falsche oder falsch gelesene Daten',
    'outdated-indicator': 'Veralteter Indikator',
    'missing-context': 'Es fehlte Kontext',
    other: 'Anderes (siehe Notiz)',
  },
  unspecified: 'ohne Begründung',
  closeTitle: (what) => `${what} schließen`,
  judgeTitle: (what) => `Urteil über ${what}`,
  what: 'Was war es?',
  why: 'Warum?',
  rules: 'Regeln, die irrten',
  rulesHint: 'Keine gewählt: alle.',
  note: 'Notiz',
  noteHint: 'Was hat Sie überzeugt? Wer nach Ihnen kommt, dankt es Ihnen.',
  noteNeeded: '„Anderes“ braucht eine Notiz.',
  close: 'Schließen',
  give: 'Urteil geben',
  keys: 'Eine Ziffer für was, eine für warum, dann Enter.',
  title: 'Urteile',
  none: 'Noch hat niemand geurteilt.',
  onAlert: (title) => `über den Alarm „${title}“`,
  takenBack: 'Urteil zurückgenommen',
  by: (who, side) => `${who} (${side === 'client' ? 'Kunde' : 'Dienstleister'})`,
  faulty: (rules) => `irrten: ${rules}`,
  agrees: 'stimmt zu',
  disagrees: 'widerspricht',
  agree: 'Ich stimme zu',
  disagree: 'Ich widerspreche…',
  disagreeWhy: 'Was sehen Sie anders?',
  send: 'Senden',
  sent: 'Ihre Antwort bleibt beim Urteil.',
  alertVerdict: 'Urteil über diesen Alarm',
  alertAsIncident: 'wie der Vorfall',
  except: 'Ausnahme anlegen…',
  again: 'Urteil ändern…',
  ranking: 'Wahrscheinlichkeit, dass er echt ist',
  rankingHint: (percent) => `${percent} % beim Öffnen`,
  feature: {
    'rule-here': (right, of) =>
      of === null
        ? 'Regel bei diesem Kunden noch nie beurteilt'
        : `Regel bei diesem Kunden in ${right} von ${of} Fällen richtig`,
    'rule-overall': (right, of) =>
      of === null
        ? 'wie oft die Regel allgemein stimmt'
        : `Regel insgesamt in ${right} von ${of} Fällen richtig`,
    pair: (right, of, subject) =>
      `diese Regel bei ${subject}: in ${right ?? 0} von ${of ?? 0} Fällen richtig`,
    entity: (right, of, subject) => `Vorfälle mit ${subject}: ${right ?? 0} von ${of ?? 0} echt`,
    tenant: (right, of) =>
      of === null
        ? 'bei diesem Kunden noch nichts beurteilt'
        : `Vorfälle dieses Kunden: ${right} von ${of} echt`,
    'source-kind': (right, of, subject) =>
      of === null ? `was aus ${subject} kommt` : `aus ${subject}: ${right} von ${of} echt`,
    level: () => 'seine Schwere',
    rarity: () => 'wie ungewöhnlich er ist',
    criticality: () => 'wie kritisch Gerät oder Konto ist',
    'off-hours': () => 'Arbeitszeit oder nicht',
    rules: () => 'Zahl der Regeln, die übereinstimmen',
    techniques: () => 'Zahl der Techniken',
  },
};
