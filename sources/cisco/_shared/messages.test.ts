import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { compileMessages, type Writers } from './messages.ts';

const WRITERS: Writers = {
  user: (doc, value) => {
    doc['user.name'] = value;
  },
  reason: (doc, value) => {
    doc['event.reason'] = value;
  },
};

describe('compileMessages', () => {
  const read = compileMessages(
    [
      [
        '1 2',
        { category: ['authentication'], type: ['start'], outcome: 'failure' },
        'User {user} failed: {reason}',
        'User {user} failed',
      ],
      ['1', { category: ['session'], type: ['end'] }, 'User {user} left'],
      ['3', { category: ['host'], type: ['info'] }],
    ],
    WRITERS,
  );
  const reading = (code: string, text: string): [string, EcsFields] => {
    const doc: EcsFields = {};
    return [read(code, text, doc), doc];
  };

  it('takes the first form that fits, with the meaning of its rule', () => {
    expect(reading('1', 'User alice failed: no key')).toEqual([
      'read',
      {
        'event.category': ['authentication'],
        'event.type': ['start'],
        'event.outcome': 'failure',
        'user.name': 'alice',
        'event.reason': 'no key',
      },
    ]);
    expect(reading('2', 'User alice failed')[1]).not.toHaveProperty('event.reason');
    expect(reading('1', 'User alice left')[1]).toEqual({
      'event.category': ['session'],
      'event.type': ['end'],
      'user.name': 'alice',
    });
  });
  it('gives the first meaning of a code where no form fits', () => {
    expect(reading('2', 'Something else')).toEqual([
      'known',
      { 'event.category': ['authentication'], 'event.type': ['start'], 'event.outcome': 'failure' },
    ]);
    expect(reading('3', 'anything')[0]).toBe('known');
  });
  it('writes nothing for a code that no rule has', () => {
    expect(reading('4', 'User alice failed')).toEqual(['unknown', {}]);
    expect(reading('constructor', 'User alice failed')).toEqual(['unknown', {}]);
  });
  it('refuses a part that nothing writes', () => {
    expect(() => compileMessages([['1', { category: [], type: [] }, 'User {usr}']], WRITERS)).toThrow(
      'no writer for usr',
    );
    expect(() => compileMessages([['1', { category: [], type: [] }, '{toString} x']], WRITERS)).toThrow(
      'no writer for toString',
    );
  });
});
