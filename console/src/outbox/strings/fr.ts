import type { Strings } from './en.ts';

export const fr: Strings = {
  title: 'Envois',
  mail: 'E-mail',
  to: 'À',
  asText: 'En texte brut',
  state: 'État',
  states: { all: 'Tous', pending: 'En attente', sending: 'En cours', sent: 'Envoyés', dead: 'Abandonnés' },
  held: 'Retenu pour un envoi groupé',
  gathered: 'Dans un envoi groupé',
  comes: 'arrive',
  sendNow: 'Envoyer maintenant',
  columns: {
    state: 'État',
    subject: 'Objet',
    to: 'À',
    incident: 'Incident',
    attempts: 'Essais',
    created: 'Écrit',
    sent: 'Envoyé',
  },
  retry: 'Réessayer',
  retried: 'L’e-mail repart.',
  nextAttempt: 'prochain essai',
  view: (subject) => `Voir l’e-mail : ${subject}`,
  emptyTitle: 'Aucun e-mail ici',
  emptyText:
    'Les e-mails aux clients attendent ici que leur serveur les accepte. Ils sont écrits quand un incident atteint le niveau d’un contact ; les contacts se règlent chez le client.',
  toTenants: 'Configurer les contacts',
  notConfigured:
    'Aucun serveur de messagerie n’est configuré. Les e-mails attendent ; renseignez la section mail de vigie.yml.',
  test: 'Envoyer un test',
  testTo: 'Envoyer à',
  testOk: (detail) => `Le serveur de messagerie a accepté le test : ${detail}`,
  testBad: (detail) => `Le test a échoué : ${detail}`,
  send: 'Envoyer',
  more: 'Afficher la suite',
};
