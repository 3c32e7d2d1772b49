import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('fr');

export const fr: Strings = {
  title: 'Machines Windows sans agent',
  none: 'Aucune machine Windows ne transmet encore ses journaux à cette source. Indiquez de qui ses machines tiennent leurs certificats.',
  authority: 'Certificats émis par',
  thumbprint: 'Empreinte pour la stratégie de groupe (IssuerCA)',
  assign: 'Appartient à cette source',
  assigned: 'Les machines qui ont ces certificats appartiennent désormais à cette source.',
  machines: 'Machines',
  ailing: (late) => (late === 0 ? 'toutes entendues à temps' : `${late} en retard ou ayant renoncé`),
  total: (machines) => count(machines, 'machine', 'machines'),
  first: (machines) => `Les ${machines} entendues il y a le plus longtemps.`,
  asked: 'Demandé',
  askedText: (queries) => count(queries, 'requête', 'requêtes'),
  standard: 'l’ensemble standard',
  off: 'rien : la transmission est arrêtée',
  change: 'Modifier ce qui est demandé…',
  show: 'Afficher les machines',
  columns: {
    machine: 'Machine',
    state: 'État',
    heard: 'Dernier signe',
    events: 'Événements',
    version: 'Suit',
  },
  states: { ok: 'transmet', late: 'en retard', ended: 'a renoncé' },
  current: 'ce qui est demandé maintenant',
  outdated: 'une version antérieure',
  certificate: (name) => `Certificat : ${name}`,
  forget: 'Oublier',
  forgetTitle: 'Oublier cette machine ?',
  forgetText: (name) =>
    `${name} quitte la liste, et l’endroit où elle en était est oublié. Si elle revient, elle commence à son prochain événement.`,
  forgotten: 'Oubliée.',
  form: (source) => `Ce que transmettent les machines Windows de ${source}`,
  enabled: 'Les machines transmettent leurs événements',
  channel: 'Journal',
  xpath: 'Quels événements (XPath ; * pour tous)',
  addQuery: 'Ajouter une requête',
  removeQuery: (channel) => `Retirer ${channel}`,
  newChannel:
    'Windows envoie tout ce qu’un journal ajouté contient déjà, et pas seulement le nouveau : ajoutez les grands journaux à une heure calme.',
  rendered: 'Avec les textes dans la langue de la machine (plusieurs fois plus volumineux)',
  existing: 'Les nouvelles machines envoient ce que leurs journaux contiennent déjà',
  latency: 'Les machines regroupent les événements pendant (secondes)',
  heartbeat: 'Signe de vie après (secondes)',
  save: 'Enregistrer',
  reset: 'Reprendre l’ensemble standard',
  saved: 'Enregistré. Les machines l’appliquent à leur prochaine demande, en général en quelques minutes.',
};
