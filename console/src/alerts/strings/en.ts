const s = (n: number) => (n === 1 ? '' : 's');

/** Words of the page of alerts that are in no incident. */
export const en = {
  title: 'Loose alerts',
  intro:
    'Alerts that opened no incident. The most unusual stand first; one key disposes of a whole rule at a client.',
  groups: { all: 'All', rare: 'Rare', routine: 'Routine' },
  groupFilter: 'Kind',
  review: { open: 'To look at', done: 'Looked at', all: 'All' },
  reviewFilter: 'State',
  columns: { alert: 'Alert', tenant: 'Client', count: 'Times', rarity: 'Unusual', last: 'Last' },
  alerts: (n: number) => `${n} alert${s(n)}`,
  detections: (n: number) => `${n} detection${s(n)}`,
  rarity: { routine: 'routine', usual: 'usual', rare: 'rare', new: 'never before' },
  promote: 'Make an incident',
  routine: 'Routine',
  wrong: 'False positive',
  seen: 'Looked at',
  reopen: 'Look again',
  promoted: (id: number) => `INC-${id} was made of it.`,
  made: {
    routine: 'Routine for 90 days',
    'false-positive': 'False positive',
    seen: 'Looked at',
    open: 'To look at again',
  },
  reviewed: (what: string, n: number) => `${what}: ${n} alert${s(n)}.`,
  by: (who: string) => `by ${who}`,
  undo: 'Undo',
  except: 'Make an exception…',
  expand: 'Show each',
  collapse: 'Fold',
  emptyTitle: 'Nothing is waiting',
  emptyText: 'Every alert is in an incident or was looked at.',
  keys: 'j k: move · r: routine · f: false positive · d: looked at · p: make an incident · Enter: show each',
  help: {
    next: 'Next',
    previous: 'Previous',
    expand: 'Show each alert',
    promote: 'Make an incident',
    routine: 'Call it routine',
    wrong: 'Call it a false positive',
    seen: 'Looked at, nothing to say',
    undo: 'Undo',
  },
};
export type Strings = typeof en;
