import type { Strings } from './en.ts';

export const nl: Strings = {
  verdict: {
    'true-positive': 'Terecht',
    'benign-true-positive': 'Terecht, maar onschuldig',
    'false-positive': 'Onterecht',
  },
  hint: {
    'true-positive': 'Het was een aanval of een overtreding van de regels.',
    'benign-true-positive': 'Het gebeurde zoals gemeld, en het mocht.',
    'false-positive': 'Het is niet gebeurd; de regel had het mis.',
  },
  reason: {
    'attack-succeeded': 'De aanval is geslaagd',
    'attack-stopped': 'De aanval is gestopt',
    attempt: 'Poging zonder gevolg',
    'policy-breach': 'Overtreding van het beleid',
    'authorised-test': 'Toegestane test',
    administration: 'Beheer',
    expected: 'Verwachte activiteit',
    misconfiguration: 'Verkeerde instelling',
    'rule-too-broad': 'De regel is te ruim',
    'wrong-data': 'Verkeerde of verkeerd gelezen gegevens',
    'outdated-indicator': 'Verouderde indicator',
    'missing-context': 'Context ontbrak',
    other: 'Anders (zie de notitie)',
  },
  unspecified: 'zonder reden',
  closeTitle: (what) => `${what} sluiten`,
  judgeTitle: (what) => `Oordeel over ${what}`,
  what: 'Wat was het?',
  why: 'Waarom?',
  rules: 'Regels die het mis hadden',
  rulesHint: 'Geen gekozen: allemaal.',
  note: 'Notitie',
  noteHint: 'Wat overtuigde u? De volgende analist zal u dankbaar zijn.',
  noteNeeded: '‘Anders’ vraagt om een notitie.',
  close: 'Sluiten',
  give: 'Oordeel geven',
  keys: 'Een cijfer voor wat, een cijfer voor waarom, dan Enter.',
  title: 'Oordelen',
  none: 'Nog niemand heeft erover geoordeeld.',
  onAlert: (title) => `over de melding ‘${title}’`,
  takenBack: 'Oordeel ingetrokken',
  by: (who, side) => `${who} (${side === 'client' ? 'klant' : 'dienstverlener'})`,
  faulty: (rules) => `had het mis: ${rules}`,
  agrees: 'is het eens',
  disagrees: 'is het oneens',
  agree: 'Eens',
  disagree: 'Oneens…',
  disagreeWhy: 'Wat ziet u anders?',
  send: 'Versturen',
  sent: 'Uw antwoord wordt bij het oordeel bewaard.',
  alertVerdict: 'Oordeel over deze melding',
  alertAsIncident: 'als het incident',
  except: 'Uitzondering maken…',
  again: 'Oordeel wijzigen…',
  ranking: 'Kans dat het echt is',
  rankingHint: (percent) => `${percent} % bij het openen`,
  feature: {
    'rule-here': (right, of) =>
      of === null
        ? 'regel nog nooit beoordeeld bij deze klant'
        : `regel terecht in ${right} van ${of} gevallen bij deze klant`,
    'rule-overall': (right, of) =>
      of === null
        ? 'hoe vaak de regel in het algemeen klopt'
        : `regel terecht in ${right} van ${of} gevallen in totaal`,
    pair: (right, of, subject) =>
      `deze regel op ${subject}: terecht in ${right ?? 0} van ${of ?? 0} gevallen`,
    entity: (right, of, subject) => `incidenten met ${subject}: echt in ${right ?? 0} van ${of ?? 0}`,
    tenant: (right, of) =>
      of === null
        ? 'bij deze klant nog niets beoordeeld'
        : `incidenten van deze klant: echt in ${right} van ${of}`,
    'source-kind': (right, of, subject) =>
      of === null ? `wat van ${subject} komt` : `van ${subject}: echt in ${right} van ${of}`,
    level: () => 'de ernst',
    rarity: () => 'hoe ongewoon het is',
    criticality: () => 'hoe kritiek het bedrijfsmiddel is',
    'off-hours': () => 'wel of niet tijdens werkuren',
    rules: () => 'aantal regels dat het eens is',
    techniques: () => 'aantal technieken',
  },
};
