import type { Strings } from './en.ts';

export const fr: Strings = {
  sections: { systems: 'Vos systèmes', closer: 'Voir de plus près', organisation: 'Votre organisation' },
  waiting: 'En attente de vous',
  pages: {
    '/': { name: 'Vue d’ensemble', about: '' },
    '/incidents': { name: 'Incidents', about: 'Ce que nous avons trouvé chez vous, et où cela en est.' },
    '/clocks': {
      name: 'Délais promis',
      about: 'Dans quel délai nous avons promis d’agir, et le temps qu’il reste.',
    },
    '/outbox': { name: 'Nos e-mails', about: 'Ce que nous vous avons écrit, et si c’est arrivé.' },
    '/sources': {
      name: 'Ce que nous surveillons',
      about: 'Les systèmes qui nous envoient leurs journaux. Ce qui se tait ne peut pas être surveillé.',
    },
    '/assets': {
      name: 'Machines et personnes',
      about:
        'Ce que nous savons de vos machines et comptes : ce qui en dépend, et ce qu’il ne faut pas leur faire.',
    },
    '/coverage': {
      name: 'Ce que nous détectons',
      about: 'Les formes d’attaque que nous verrions avec les journaux reçus de vous.',
    },
    '/exceptions': {
      name: 'Exceptions convenues',
      about: 'Ce qui est normal chez vous et ne déclenche pas d’alarme, avec sa raison et sa fin.',
    },
    '/events': {
      name: 'Recherche dans les journaux',
      about: 'Tout ce que vos systèmes ont envoyé, pour qui veut voir de plus près.',
    },
    '/procedures': {
      name: 'Procédures',
      about: 'Ce qui se fait lors d’un incident, étape par étape. Certaines étapes vous reviennent.',
    },
    '/rules': { name: 'Règles', about: 'Ce que cherche chaque détection.' },
    '/mappings': {
      name: 'Lecture des journaux',
      about: 'Comment les lignes d’un système à vous deviennent des champs que l’on peut chercher.',
    },
    '/tenants': {
      name: 'Contacts et contrat',
      about: 'Qui nous prévenons et appelons, quand vous travaillez, et ce qui est convenu.',
    },
    '/access': { name: 'Utilisateurs et clés', about: 'Qui peut entrer ici, et ce que chacun peut faire.' },
    '/single-sign-on': { name: 'Connexion', about: 'Comment vos personnes prouvent qui elles sont.' },
    '/webhooks': { name: 'Webhooks', about: 'Vos programmes auxquels on dit ce qui se passe.' },
    '/audit': { name: 'Journal d’audit', about: 'Qui a fait quoi ici, et quand.' },
  },
};
