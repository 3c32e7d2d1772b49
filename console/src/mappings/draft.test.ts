import { describe, expect, it } from 'vitest';
import {
  emptyDraft,
  emptyRule,
  idOf,
  inPlaces,
  parseTable,
  parseValue,
  splitCandidates,
  tableText,
  triable,
  withSuggestion,
} from './draft.ts';

describe('a draft of a mapping', () => {
  it('makes an id of a name', () => {
    expect(idOf('Acme Door Controller')).toBe('acme.door-controller');
    expect(idOf('Acme')).toBe('acme.log');
    expect(idOf('  ')).toBe('');
  });
  it('reads candidates, tables and values as they are typed, and writes them the same', () => {
    expect(splitCandidates('badge.id, badge.number,')).toEqual(['badge.id', 'badge.number']);
    expect(splitCandidates('a\\,b')).toEqual(['a\\,b']);
    expect(splitCandidates('')).toEqual(['']);
    const table = parseTable('DENY = denied\na=b = connection, denied\nnothing\n= x');
    expect(table).toEqual({ DENY: 'denied', 'a=b': ['connection', 'denied'] });
    expect(parseTable(tableText(table))).toEqual(table);
    expect(parseTable('')).toBeUndefined();
    expect(parseValue('authentication, iam', 'keyword', true)).toEqual(['authentication', 'iam']);
    expect(parseValue('7', 'long', false)).toBe(7);
    expect(parseValue('7', 'keyword', false)).toBe('7');
  });
  it('tries what is complete, and tells of it in the draft’s own places', () => {
    const draft = {
      ...emptyDraft(),
      fields: [emptyRule('new'), { ...emptyRule('who'), field: 'user.name' }],
      constants: [
        { field: '', value: '' },
        { field: 'event.kind', value: 'even' },
      ],
    };
    const ask = triable(draft);
    expect(ask.definition.fields.map(({ field }) => field)).toEqual(['user.name']);
    expect(
      inPlaces(
        {
          problems: [
            { path: 'fields.0.from.0', severity: 'error', message: '' },
            { path: 'constants.0.value', severity: 'error', message: '' },
          ],
          lines: [],
        },
        ask,
      ).problems.map(({ path }) => path),
    ).toEqual(['fields.1.from.0', 'constants.1.value']);
  });
  it('keeps what a person has mapped when a proposal is taken over', () => {
    const draft = { ...emptyDraft(), fields: [{ ...emptyRule('who'), field: 'user.name' }] };
    const merged = withSuggestion(draft, {
      format: { kind: 'cef' },
      after: null,
      formatReason: '',
      signatures: [],
      fields: [
        { rule: { ...emptyRule('actor'), field: 'user.name' }, reason: '' },
        { rule: { ...emptyRule('ip'), field: 'source.ip' }, reason: '' },
      ],
      constants: [],
      lines: 1,
    });
    expect(merged.fields.map(({ field, from }) => [field, ...from])).toEqual([
      ['user.name', 'who'],
      ['source.ip', 'ip'],
    ]);
    expect(merged.format).toEqual({ kind: 'json' });
  });
});
