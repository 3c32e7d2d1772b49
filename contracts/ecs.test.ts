import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EcsFields, flatten, nest } from './ecs.ts';

describe('flatten', () => {
  it('joins names with dots and leaves out what is empty', () => {
    expect(flatten({ a: { b: 1, c: '', d: null }, e: [1, 2], f: true })).toEqual({
      'a.b': 1,
      e: [1, 2],
      f: true,
    });
  });

  it('makes one list per inner key of a list of objects', () => {
    expect(flatten({ answers: [{ data: 'x', ttl: 1 }, { data: 'y' }] })).toEqual({
      'answers.data': ['x', 'y'],
      'answers.ttl': 1,
    });
  });

  it('keeps hostile nesting as text', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`) as object;
    expect(JSON.stringify(flatten(deep)).length).toBeLessThan(500);
  });

  it('treats a field named __proto__ as data', () => {
    const flat = flatten(
      JSON.parse('{"__proto__": ["x"], "a": 1, "b": {"__proto__": {"polluted": 1}}}') as object,
    );
    expect(Object.getPrototypeOf(flat)).toBe(Object.prototype);
    expect(Object.hasOwn(flat, '__proto__')).toBe(true);
    expect(flat['b.__proto__.polluted']).toBe(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('nest', () => {
  it('undoes flatten', () => {
    expect(nest({ 'a.b': 1, 'a.c': 'x', d: [1, 2] })).toEqual({ a: { b: 1, c: 'x' }, d: [1, 2] });
  });

  it('keeps a field that is also a prefix of another', () => {
    expect(nest({ a: 1, 'a.b': 2 })).toEqual({ a: 1, 'a.b': 2 });
  });

  it('never touches a prototype', () => {
    nest({ '__proto__.polluted': 1, 'constructor.prototype.polluted': 1 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('loses no value', () => {
    const name = fc.stringMatching(/^[a-z_]{1,4}(\.[a-z_]{1,4}){0,3}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.integer()), (fields) => {
        expect(Object.values(flatten(nest(fields as EcsFields)))).toHaveLength(Object.keys(fields).length);
      }),
    );
  });
});
