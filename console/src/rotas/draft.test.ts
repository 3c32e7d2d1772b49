import { expect, test } from 'vitest';
import { draftOf, readDraft } from './draft.ts';

const draft = {
  name: 'Analysts',
  level: '1',
  ackMinutes: '15',
  timeZone: 'Europe/Paris',
  rotationDays: '7',
  startsOn: '2026-12-07',
  members: 'Ada, ada@soc.example.org, +33 1 99 00, fr\n\nBea, bea@soc.example.org',
  shifts: 'day, 08:00–20:00, 1-5, 1 2\nnight, 20:00-08:00, 1-7, 2',
};

test('a rota written in lines is read, and written again as it was meant', () => {
  const setup = readDraft(draft, null);
  expect(setup).toMatchObject({
    members: [
      { name: 'Ada', phone: '+33 1 99 00', language: 'fr' },
      { name: 'Bea', phone: null, language: 'en' },
    ],
    shifts: [
      { days: [1, 2, 3, 4, 5], members: [0, 1] },
      { from: '20:00', to: '08:00', members: [1] },
    ],
  });
  if ('unread' in setup) throw new Error(setup.unread);
  expect(readDraft(draftOf(setup), null)).toEqual(setup);
});

test('the line that can’t be read is named', () => {
  expect(readDraft({ ...draft, members: 'Ada' }, null)).toEqual({ unread: 'Ada' });
  const line = 'day, 08:00–20:00, 1-5, 3';
  expect(readDraft({ ...draft, shifts: line }, null)).toEqual({ unread: line });
  expect(readDraft({ ...draft, shifts: 'day, 8–20, 1-5, 1' }, null)).toHaveProperty('unread');
});
