import type { Strings } from './en.ts';

export const fr: Strings = {
  verdict: {
    'true-positive': 'Vrai positif',
    'benign-true-positive': 'Vrai positif bénin',
    'false-positive': 'Faux positif',
  },
  hint: {
    'true-positive': 'C’était une attaque ou une infraction aux règles.',
    'benign-true-positive': 'Cela s’est passé comme détecté, et c’était permis.',
    'false-positive': 'Cela n’a pas eu lieu ; la règle s’est trompée.',
  },
  reason: {
    'attack-succeeded': 'L’attaque a réussi',
    'attack-stopped': 'L’attaque a été arrêtée',
    attempt: 'Tentative sans effet',
    'policy-breach': 'Infraction aux règles internes',
    'authorised-test': 'Test autorisé',
    administration: 'Administration',
    expected: 'Activité attendue',
    misconfiguration: 'Mauvaise configuration',
    'rule-too-broad': 'La règle est trop large',
    'wrong-data': 'Données fausses ou mal lues',
    'outdated-indicator': 'Indicateur périmé',
    'missing-context': 'Le contexte manquait',
    other: 'Autre (à préciser dans la note)',
  },
  unspecified: 'sans motif',
  closeTitle: (what) => `Clore ${what}`,
  judgeTitle: (what) => `Verdict sur ${what}`,
  what: 'Qu’était-ce ?',
  why: 'Pourquoi ?',
  rules: 'Règles en cause',
  rulesHint: 'Aucune choisie : toutes.',
  note: 'Note',
  noteHint: 'Qu’est-ce qui vous a convaincu ? L’analyste suivant vous en saura gré.',
  noteNeeded: '« Autre » demande une note.',
  close: 'Clore',
  give: 'Rendre le verdict',
  keys: 'Un chiffre pour quoi, un chiffre pour pourquoi, puis Entrée.',
  title: 'Verdicts',
  none: 'Personne ne l’a encore jugé.',
  onAlert: (title) => `sur l’alerte « ${title} »`,
  takenBack: 'Verdict retiré',
  by: (who, side) => `${who} (${side === 'client' ? 'client' : 'prestataire'})`,
  faulty: (rules) => `en cause : ${rules}`,
  agrees: 'est d’accord',
  disagrees: 'n’est pas d’accord',
  agree: 'Je suis d’accord',
  disagree: 'Je ne suis pas d’accord…',
  disagreeWhy: 'Que voyez-vous autrement ?',
  send: 'Envoyer',
  sent: 'Votre réponse est conservée avec le verdict.',
  alertVerdict: 'Verdict sur cette alerte',
  alertAsIncident: 'comme l’incident',
  except: 'Créer une exception…',
  again: 'Changer le verdict…',
  ranking: 'Probabilité d’un vrai positif',
  rankingHint: (percent) => `${percent} % à l’ouverture`,
  feature: {
    'rule-here': (right, of) =>
      of === null
        ? 'règle jamais jugée chez ce client'
        : `règle juste dans ${right} cas sur ${of} chez ce client`,
    'rule-overall': (right, of) =>
      of === null ? 'justesse générale de la règle' : `règle juste dans ${right} cas sur ${of} en tout`,
    pair: (right, of, subject) => `cette règle sur ${subject} : juste dans ${right ?? 0} cas sur ${of ?? 0}`,
    entity: (right, of, subject) => `incidents avec ${subject} : réels dans ${right ?? 0} cas sur ${of ?? 0}`,
    tenant: (right, of) =>
      of === null
        ? 'rien de jugé encore chez ce client'
        : `incidents de ce client : réels dans ${right} cas sur ${of}`,
    'source-kind': (right, of, subject) =>
      of === null ? `ce qui vient de ${subject}` : `venus de ${subject} : réels dans ${right} cas sur ${of}`,
    level: () => 'sa gravité',
    rarity: () => 'son caractère inhabituel',
    criticality: () => 'la criticité de l’actif',
    'off-hours': () => 'heures ouvrées ou non',
    rules: () => 'nombre de règles concordantes',
    techniques: () => 'nombre de techniques',
  },
};
