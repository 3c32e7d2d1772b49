import type { Strings } from './en.ts';

const s = (n: number) => (n < 2 ? '' : 's');

export const fr: Strings = {
  title: 'Alertes isolées',
  intro:
    'Alertes qui n’ont ouvert aucun incident. Les plus inhabituelles d’abord ; une touche règle toute une règle chez un client.',
  groups: { all: 'Toutes', rare: 'Rares', routine: 'Routine' },
  groupFilter: 'Sorte',
  review: { open: 'À regarder', done: 'Regardées', all: 'Toutes' },
  reviewFilter: 'État',
  columns: { alert: 'Alerte', tenant: 'Client', count: 'Fois', rarity: 'Inhabituel', last: 'Dernière' },
  alerts: (n) => `${n} alerte${s(n)}`,
  detections: (n) => `${n} détection${s(n)}`,
  rarity: { routine: 'routine', usual: 'habituel', rare: 'rare', new: 'jamais vu' },
  promote: 'En faire un incident',
  routine: 'Routine',
  wrong: 'Faux positif',
  seen: 'Regardé',
  reopen: 'À revoir',
  promoted: (id) => `INC-${id} en a été fait.`,
  made: {
    routine: 'Routine pour 90 jours',
    'false-positive': 'Faux positif',
    seen: 'Regardé',
    open: 'À revoir',
  },
  reviewed: (what, n) => `${what} : ${n} alerte${s(n)}.`,
  by: (who) => `par ${who}`,
  undo: 'Annuler',
  except: 'Créer une exception…',
  expand: 'Montrer chacune',
  collapse: 'Replier',
  emptyTitle: 'Rien n’attend',
  emptyText: 'Chaque alerte est dans un incident ou a été regardée.',
  keys: 'j k : se déplacer · r : routine · f : faux positif · d : regardé · p : en faire un incident · Entrée : montrer chacune',
  help: {
    next: 'Suivante',
    previous: 'Précédente',
    expand: 'Montrer chaque alerte',
    promote: 'En faire un incident',
    routine: 'Déclarer routine',
    wrong: 'Déclarer faux positif',
    seen: 'Regardé, rien à dire',
    undo: 'Annuler',
  },
};
