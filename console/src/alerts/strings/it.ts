import type { Strings } from './en.ts';

const alerts = (n: number) => `${n} ${n === 1 ? 'allarme' : 'allarmi'}`;

export const it: Strings = {
  title: 'Allarmi isolati',
  intro:
    'Allarmi che non hanno aperto incidenti. I più insoliti per primi; un tasto sistema un’intera regola presso un cliente.',
  groups: { all: 'Tutti', rare: 'Rari', routine: 'Routine' },
  groupFilter: 'Tipo',
  review: { open: 'Da guardare', done: 'Guardati', all: 'Tutti' },
  reviewFilter: 'Stato',
  columns: { alert: 'Allarme', tenant: 'Cliente', count: 'Volte', rarity: 'Insolito', last: 'Ultimo' },
  alerts,
  detections: (n) => `${n} ${n === 1 ? 'rilevamento' : 'rilevamenti'}`,
  rarity: { routine: 'routine', usual: 'abituale', rare: 'raro', new: 'mai visto' },
  promote: 'Fanne un incidente',
  routine: 'Routine',
  wrong: 'Falso positivo',
  seen: 'Guardato',
  reopen: 'Da rivedere',
  promoted: (id) => `Ne è nato INC-${id}.`,
  made: {
    routine: 'Routine per 90 giorni',
    'false-positive': 'Falso positivo',
    seen: 'Guardato',
    open: 'Da rivedere',
  },
  reviewed: (what, n) => `${what}: ${alerts(n)}.`,
  by: (who) => `da ${who}`,
  undo: 'Annulla',
  except: 'Crea un’eccezione…',
  expand: 'Mostra ciascuno',
  collapse: 'Raccogli',
  emptyTitle: 'Nulla in attesa',
  emptyText: 'Ogni allarme è in un incidente o è stato guardato.',
  keys: 'j k: spostarsi · r: routine · f: falso positivo · d: guardato · p: farne un incidente · Invio: mostra ciascuno',
  help: {
    next: 'Successivo',
    previous: 'Precedente',
    expand: 'Mostra ogni allarme',
    promote: 'Fanne un incidente',
    routine: 'Dichiara routine',
    wrong: 'Dichiara falso positivo',
    seen: 'Guardato, nulla da dire',
    undo: 'Annulla',
  },
};
