import { describe, expect, it } from 'vitest';
import { fitting } from './chips.tsx';

describe('chips of a line', () => {
  it('are shown whole, as many as there is room for', () => {
    const texts = ['web01', 'deploy', '203.0.113.50'];
    expect(fitting(texts, 1000).count).toBe(3);
    expect(fitting(texts, 150).count).toBe(2);
    expect(fitting(texts, 90).count).toBe(1);
  });
  it('leave room for the number of those that are not shown', () => {
    const one = fitting(['0'.repeat(10)], 1000);
    const taken = 1000 - one.left;
    // Two of them fit exactly; a third one would need its number.
    expect(fitting(['0'.repeat(10), '0'.repeat(10)], 2 * taken).count).toBe(2);
    expect(fitting(['0'.repeat(10), '0'.repeat(10), '0'.repeat(10)], 2 * taken).count).toBe(1);
  });
  it('are one at least, however long, and none of none', () => {
    expect(fitting(['x'.repeat(400), 'y'], 40)).toEqual({ count: 1, left: 0 });
    expect(fitting([], 300)).toEqual({ count: 0, left: 300 });
  });
});
