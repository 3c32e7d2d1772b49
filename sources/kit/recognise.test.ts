import type { EcsFields } from '@vigie/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileLiterals } from './literal-scan.ts';
import { createRecogniser } from './recognise.ts';
import type { RegisteredSource } from './registry.ts';
import { defineSource, type ParseInput, type Signature } from './source.ts';

function source(id: string, signatures: readonly Signature[]): RegisteredSource {
  return {
    definition: defineSource({ id, signatures, parse: (_: ParseInput, __: EcsFields) => 'parsed' }),
    manifest: {
      id,
      name: id,
      vendor: id,
      product: id,
      category: 'application',
      description: 'a source that exists in this test only',
      transports: ['http'],
      setup: 'nothing has to be switched on for a source of a test',
      data_components: ['x'],
      kinds: [{ name: 'x', description: 'xxx', samples: ['x'] }],
    },
  };
}

const input = (text: string, more: Partial<ParseInput> = {}): ParseInput => ({
  text,
  receivedAt: 0,
  timeZone: 'UTC',
  ...more,
});

describe('createRecogniser', () => {
  const recogniser = createRecogniser([
    source('a.app', [{ kind: 'app', names: ['Daemon'] }]),
    source('a.text', [{ kind: 'text', prefix: 'CEF:', literals: ['|Acme|'] }]),
    source('a.longer', [{ kind: 'text', prefix: 'CEF:', literals: ['|Acme|', '|Deluxe|'] }]),
    source('a.json', [{ kind: 'json', keys: ['kind', 'id'] }]),
    source('a.narrow', [
      { kind: 'json', keys: ['kind', 'id', 'extra'], test: (json) => json['extra'] === 1 },
    ]),
  ]);
  const find = (given: ParseInput) => recogniser.recognise(given, () => true)?.id;

  it('finds by application, whatever its path and case', () => {
    expect(find(input('x', { syslog: { app: '/usr/sbin/DAEMON' } }))).toBe('a.app');
    expect(find(input('x', { syslog: { app: 'daemon(mod)' } }))).toBe('a.app');
    expect(find(input('x', { syslog: { app: 'daemons' } }))).toBeUndefined();
  });
  it('prefers the more specific signature', () => {
    expect(find(input('CEF:0|Acme|Deluxe|1'))).toBe('a.longer');
    expect(find(input('CEF:0|Acme|Plain|1'))).toBe('a.text');
    expect(find(input('x CEF:0|Acme|Plain|1'))).toBeUndefined();
    expect(find(input('', { json: { kind: 1, id: 2, extra: 1 } }))).toBe('a.narrow');
    expect(find(input('', { json: { kind: 1, id: 2, extra: 2 } }))).toBe('a.json');
    expect(find(input('', { json: { kind: 1 } }))).toBeUndefined();
  });
  it('goes on to the next when one does not accept', () => {
    const given = input('CEF:0|Acme|Deluxe|1');
    expect(recogniser.recognise(given, ({ id }) => id !== 'a.longer')?.id).toBe('a.text');
  });
});

describe('compileLiterals', () => {
  it('agrees with includes', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    const sets = fc.array(fc.array(literal, { maxLength: 3 }), { minLength: 1, maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '\n'), maxLength: 40 });
    fc.assert(
      fc.property(sets, fc.array(text, { maxLength: 5 }), (given, texts) => {
        const scan = compileLiterals(given);
        for (const one of texts) {
          const expected = given.flatMap((set, i) => (set.every((part) => one.includes(part)) ? [i] : []));
          expect([...scan.matches(one)]).toEqual(expected);
        }
      }),
    );
  });
});
