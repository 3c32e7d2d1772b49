import type { Strings } from './en.ts';

const alerts = (n: number) => `${n} melding${n === 1 ? '' : 'en'}`;

export const nl: Strings = {
  title: 'Losse meldingen',
  intro:
    'Meldingen die geen incident openden. De meest ongewone eerst; één toets handelt een hele regel bij een klant af.',
  groups: { all: 'Alle', rare: 'Zeldzaam', routine: 'Routine' },
  groupFilter: 'Soort',
  review: { open: 'Te bekijken', done: 'Bekeken', all: 'Alle' },
  reviewFilter: 'Status',
  columns: { alert: 'Melding', tenant: 'Klant', count: 'Keer', rarity: 'Ongewoon', last: 'Laatste' },
  alerts,
  detections: (n) => `${n} detectie${n === 1 ? '' : 's'}`,
  rarity: { routine: 'routine', usual: 'gewoon', rare: 'zeldzaam', new: 'nooit eerder' },
  promote: 'Incident van maken',
  routine: 'Routine',
  wrong: 'Onterecht',
  seen: 'Bekeken',
  reopen: 'Opnieuw bekijken',
  promoted: (id) => `INC-${id} is ervan gemaakt.`,
  made: {
    routine: 'Routine voor 90 dagen',
    'false-positive': 'Onterecht',
    seen: 'Bekeken',
    open: 'Opnieuw te bekijken',
  },
  reviewed: (what, n) => `${what}: ${alerts(n)}.`,
  by: (who) => `door ${who}`,
  undo: 'Ongedaan maken',
  except: 'Uitzondering maken…',
  expand: 'Elk tonen',
  collapse: 'Inklappen',
  emptyTitle: 'Er wacht niets',
  emptyText: 'Elke melding zit in een incident of is bekeken.',
  keys: 'j k: bewegen · r: routine · f: onterecht · d: bekeken · p: incident van maken · Enter: elk tonen',
  help: {
    next: 'Volgende',
    previous: 'Vorige',
    expand: 'Elke melding tonen',
    promote: 'Incident van maken',
    routine: 'Routine noemen',
    wrong: 'Onterecht noemen',
    seen: 'Bekeken, niets te melden',
    undo: 'Ongedaan maken',
  },
};
