import { describe, expect, it } from 'vitest';
import { accessOf } from './identity.ts';

describe('what a route asks of its caller', () => {
  it('must be said, or the start fails', () => {
    const route = { method: 'GET', url: '/api/forgotten' };
    expect(() => accessOf(route)).toThrow('GET /api/forgotten does not say who may call it');
    expect(() => accessOf({ ...route, config: {} })).toThrow();
    for (const access of ['incidents.raed', 'analyst', 'toString', '__proto__', ''])
      expect(() => accessOf({ ...route, config: { access } }), access).toThrow();
    expect(accessOf({ ...route, config: { access: 'incidents.read' } })).toBe('incidents.read');
  });
});
