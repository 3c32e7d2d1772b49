import type { Strings } from './en.ts';

/** Words of the list of a person’s news, in French. */
export const fr: Strings = {
  title: (unread) => (unread === 0 ? 'Vos nouvelles' : `Vos nouvelles : ${unread} non lue(s)`),
  none: 'Rien de neuf pour vous.',
  readAll: 'Tout marquer comme lu',
  kinds: {
    mention: (actor) => `${actor} vous a mentionné`,
    'client-comment': (actor) => `${actor} (client) a écrit`,
    'provider-comment': (actor) => `${actor} vous a écrit`,
    asked: (actor) => `${actor} attend votre réponse`,
    answer: (actor) => `${actor} a répondu`,
    approved: (actor) => `${actor} a approuvé`,
    refused: (actor) => `${actor} a refusé`,
    overdue: () => 'Une réponse est en retard',
    infected: (actor) => `Un fichier de ${actor} est infecté`,
    assigned: (actor) => `${actor} vous l’a confié`,
    'handed-on': (actor) => `${actor} vous en a déchargé`,
    'clock-warning': () => 'Son délai arrive à échéance',
    'clock-breach': () => 'Son délai est dépassé',
    'asset-comment': (actor) => `${actor} a écrit sur un élément de votre incident`,
  },
};
