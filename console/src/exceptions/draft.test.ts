import { expect, it } from 'vitest';
import type { ExceptionSuggestion } from '../api/types.ts';
import { dateIn, draftOf, endOfDay, ownRow, rowsOf } from './draft.ts';

const suggestion: ExceptionSuggestion = {
  rule: { id: 'r', title: 'R', kind: 'rule', level: 'low' },
  event: null,
  total: 4,
  candidates: [
    { field: 'user.name', values: ['svc'], role: 'entity', chosen: true, share: 0.5 },
    { field: 'tags', values: ['a', 'b'], role: 'context', chosen: false, share: null },
  ],
};

it('makes a draft of what is ticked and filled in', () => {
  const rows = rowsOf(suggestion);
  expect(draftOf('acme', 'r', rows)).toEqual({
    tenant: 'acme',
    rules: ['r'],
    fields: [{ field: 'user.name', match: 'equals', values: ['svc'] }],
  });
  expect(
    draftOf(
      null,
      'r',
      rows.map((row) => ({ ...row, chosen: false })),
    ),
  ).toBeNull();
  const own = ownRow(rows);
  expect(own.key).toBe(2);
  expect(draftOf('acme', 'r', [own])).toBeNull();
  expect(draftOf('acme', 'r', [{ ...own, field: ' host.name ', values: ['a', ''] }])?.fields).toEqual([
    { field: 'host.name', match: 'equals', values: ['a'] },
  ]);
});

it('ends with the day that is chosen, where the reader is', () => {
  const now = new Date(2026, 2, 4, 12).getTime();
  expect(dateIn(0, now)).toBe('2026-03-04');
  expect(dateIn(90, now)).toBe('2026-06-02');
  expect(endOfDay('2026-03-04')).toBe(new Date(2026, 2, 4, 23, 59, 59).getTime());
  expect(endOfDay('')).toBeUndefined();
  expect(endOfDay('2026-13-45')).toBeUndefined();
});
