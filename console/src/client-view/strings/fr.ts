import type { Strings } from './en.ts';

/** Words of the client’s own view of an incident, in French. */
export const fr: Strings = {
  status: {
    new: 'Votre équipe de sécurité est prévenue et va s’en occuper.',
    'in-progress': 'Votre équipe de sécurité y travaille.',
    'waiting-for-client': 'Nous attendons quelque chose de votre part.',
    contained: 'Ce qui se passait est arrêté ; le reste est en cours de remise en ordre.',
    closed: 'Cet incident est clos.',
  },
  verdict: {
    'true-positive': 'C’était une attaque ou une infraction aux règles.',
    'benign-true-positive': 'C’est bien arrivé, et c’était permis. Tout va bien.',
    'false-positive': 'C’était une fausse alerte.',
  },
  asked: 'Nous attendons votre réponse, plus bas.',
  technical: 'Détails techniques',
  technicalHint: 'Heures, lignes de journal et règles, pour qui veut regarder de plus près.',
  handler: (name) => `${name} s’en occupe.`,
};
