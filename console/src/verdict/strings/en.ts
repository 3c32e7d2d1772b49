/** Words of verdicts. */
export const en = {
  verdict: {
    'true-positive': 'True positive',
    'benign-true-positive': 'Benign true positive',
    'false-positive': 'False positive',
  },
  hint: {
    'true-positive': 'It was an attack or a breach of policy.',
    'benign-true-positive': 'It happened as detected, and it was allowed.',
    'false-positive': 'It did not happen; the rule was wrong.',
  },
  reason: {
    'attack-succeeded': 'The attack succeeded',
    'attack-stopped': 'The attack was stopped',
    attempt: 'An attempt without effect',
    'policy-breach': 'Breach of policy',
    'authorised-test': 'Authorised test',
    administration: 'Administration',
    expected: 'Expected activity',
    misconfiguration: 'Misconfiguration',
    'rule-too-broad': 'The rule is too broad',
    'wrong-data': 'Wrong or misread data',
    'outdated-indicator': 'Outdated indicator',
    'missing-context': 'Context was missing',
    other: 'Other (say in the note)',
  },
  unspecified: 'no reason given',
  closeTitle: (what: string) => `Close ${what}`,
  judgeTitle: (what: string) => `Verdict on ${what}`,
  what: 'What was it?',
  why: 'Why?',
  rules: 'Rules at fault',
  rulesHint: 'None chosen: all of them.',
  note: 'Note',
  noteHint: 'What convinced you? The next analyst will thank you.',
  noteNeeded: '“Other” needs a note.',
  close: 'Close',
  give: 'Give verdict',
  keys: 'A number for what, a number for why, then Enter.',
  title: 'Verdicts',
  none: 'Nobody has judged it yet.',
  onAlert: (title: string) => `on the alert “${title}”`,
  takenBack: 'Verdict taken back',
  by: (who: string, side: 'provider' | 'client') => `${who} (${side === 'client' ? 'client' : 'provider'})`,
  faulty: (rules: string) => `at fault: ${rules}`,
  agrees: 'agrees',
  disagrees: 'disagrees',
  agree: 'I agree',
  disagree: 'I disagree…',
  disagreeWhy: 'What do you see differently?',
  send: 'Send',
  sent: 'Your answer is kept with the verdict.',
  alertVerdict: 'Verdict on this alert',
  alertAsIncident: 'as the incident',
  except: 'Make an exception…',
  again: 'Change the verdict…',
  ranking: 'Probability of a true positive',
  rankingHint: (percent: number) => `${percent} % when it was opened`,
  feature: {
    'rule-here': (right: number | null, of: number | null) =>
      of === null
        ? 'the rule was never judged at this client'
        : `rule right in ${right} of ${of} cases at this client`,
    'rule-overall': (right: number | null, of: number | null) =>
      of === null ? 'how often the rule is right overall' : `rule right in ${right} of ${of} cases overall`,
    pair: (right: number | null, of: number | null, subject: string) =>
      `this rule on ${subject}: right in ${right ?? 0} of ${of ?? 0} cases`,
    entity: (right: number | null, of: number | null, subject: string) =>
      `incidents with ${subject}: true in ${right ?? 0} of ${of ?? 0}`,
    tenant: (right: number | null, of: number | null) =>
      of === null
        ? 'nothing judged at this client yet'
        : `this client’s incidents: true in ${right} of ${of}`,
    'source-kind': (right: number | null, of: number | null, subject: string) =>
      of === null ? `what comes from ${subject}` : `from ${subject}: true in ${right} of ${of}`,
    level: () => 'its severity',
    rarity: () => 'how unusual it is',
    criticality: () => 'how critical the asset is',
    'off-hours': () => 'working hours, or not',
    rules: () => 'number of rules that agree',
    techniques: () => 'number of techniques',
  },
};
export type Strings = typeof en;
