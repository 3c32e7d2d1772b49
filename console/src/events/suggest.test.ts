import { expect, it } from 'vitest';
import type { EventView } from '../api/types.ts';
import { suggest, topValues } from './suggest.ts';

const event = (fields: EventView['fields']): EventView => ({
  id: 'a',
  tenant: 't',
  source: 's',
  at: 1,
  receivedAt: 1,
  fields,
});
const events = [
  event({ 'user.name': 'a b', tags: ['x', 'y'] }),
  event({ 'user.name': 'root' }),
  event({ 'user.name': 'root' }),
];

it('offers fields for a word and values after the colon', () => {
  expect(suggest('use', 3, events)[0]).toMatchObject({ kind: 'field', insert: 'user.name:', from: 0, to: 3 });
  expect(suggest('x user.name:', 12, events).map((each) => each.insert)).toEqual([
    'user.name:root ',
    'user.name:"a b" ',
  ]);
  expect(suggest('-user.name:ro', 13, events)[0]).toMatchObject({ from: 1, insert: 'user.name:root ' });
});
it('stays quiet inside quotes and after a finished term', () => {
  expect(suggest('"use', 4, events)).toEqual([]);
  expect(suggest('a:1 ', 4, events)).toEqual([]);
});
it('counts every element of a list, and no inherited name', () => {
  expect(topValues(events, 'tags', 5)).toEqual([
    ['x', 1],
    ['y', 1],
  ]);
  expect(topValues(events, 'constructor', 5)).toEqual([]);
});
