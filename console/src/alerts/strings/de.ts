import type { Strings } from './en.ts';

const alerts = (n: number) => `${n} Alarm${n === 1 ? '' : 'e'}`;

export const de: Strings = {
  title: 'Lose Alarme',
  intro:
    'Alarme, die keinen Vorfall eröffnet haben. Die ungewöhnlichsten zuerst; eine Taste erledigt eine ganze Regel bei einem Kunden.',
  groups: { all: 'Alle', rare: 'Selten', routine: 'Routine' },
  groupFilter: 'Art',
  review: { open: 'Anzusehen', done: 'Angesehen', all: 'Alle' },
  reviewFilter: 'Stand',
  columns: { alert: 'Alarm', tenant: 'Mandant', count: 'Mal', rarity: 'Ungewöhnlich', last: 'Zuletzt' },
  alerts,
  detections: (n) => `${n} ${n === 1 ? 'Fund' : 'Funde'}`,
  rarity: { routine: 'Routine', usual: 'üblich', rare: 'selten', new: 'nie zuvor' },
  promote: 'Zum Vorfall machen',
  routine: 'Routine',
  wrong: 'Fehlalarm',
  seen: 'Angesehen',
  reopen: 'Nochmals ansehen',
  promoted: (id) => `Daraus wurde INC-${id}.`,
  made: {
    routine: 'Routine für 90 Tage',
    'false-positive': 'Fehlalarm',
    seen: 'Angesehen',
    open: 'Nochmals anzusehen',
  },
  reviewed: (what, n) => `${what}: ${alerts(n)}.`,
  by: (who) => `von ${who}`,
  undo: 'Rückgängig',
  except: 'Ausnahme anlegen…',
  expand: 'Einzeln zeigen',
  collapse: 'Zusammenfassen',
  emptyTitle: 'Nichts wartet',
  emptyText: 'Jeder Alarm steckt in einem Vorfall oder wurde angesehen.',
  keys: 'j k: bewegen · r: Routine · f: Fehlalarm · d: angesehen · p: zum Vorfall machen · Enter: einzeln zeigen',
  help: {
    next: 'Nächster',
    previous: 'Voriger',
    expand: 'Jeden Alarm zeigen',
    promote: 'Zum Vorfall machen',
    routine: 'Routine nennen',
    wrong: 'Fehlalarm nennen',
    seen: 'Angesehen, nichts zu sagen',
    undo: 'Rückgängig',
  },
};
