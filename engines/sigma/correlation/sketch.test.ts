import { describe, expect, it } from 'vitest';
import { DistinctSketch } from './sketch.ts';

const near = (estimate: number, truth: number) => Math.abs(estimate - truth) / truth;

describe('a sketch of different values', () => {
  it('is within a few per cent, whatever the values look like', () => {
    for (const name of [
      (i: number) => `user${i}`,
      (i: number) => String(i),
      (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
    ])
      for (const count of [100, 5_000, 20_000, 300_000]) {
        const errors = [1, 2, 3, 4, 5].map((seed) => {
          const sketch = new DistinctSketch(60_000, seed);
          for (let i = 0; i < count; i++) sketch.add(i % 60_000, name(i));
          return near(sketch.estimate, count);
        });
        // Four standard errors, and the mean within two.
        expect(Math.max(...errors)).toBeLessThan(0.065);
        expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(0.033);
      }
  });

  it('counts a value once, however often it comes', () => {
    const sketch = new DistinctSketch(60_000, 9);
    for (let i = 0; i < 100_000; i++) sketch.add(i % 60_000, `v${i % 50}`);
    expect(near(sketch.estimate, 50)).toBeLessThan(0.05);
  });

  it('forgets what the window has left behind, and survives being saved', () => {
    const sketch = new DistinctSketch(16_000, 3);
    for (let i = 0; i < 10_000; i++) sketch.add(500, `early${i}`);
    for (let i = 0; i < 2_000; i++) sketch.add(20_000, `late${i}`);
    expect(near(sketch.estimate, 12_000)).toBeLessThan(0.065);
    const again = DistinctSketch.restore(16_000, JSON.parse(JSON.stringify(sketch.state())));
    for (const own of [sketch, again]) {
      own.slide(4_000);
      expect(near(own.estimate, 2_000)).toBeLessThan(0.065);
      own.add(20_500, 'late7');
      expect(near(own.estimate, 2_000)).toBeLessThan(0.065);
    }
    expect(again.estimate).toBe(sketch.estimate);
  });

  it('takes damaged state without harm', () => {
    const sketch = DistinctSketch.restore(1_000, { seed: 1, slices: [[0, btoa('\u00ff'.repeat(9_000))]] });
    expect(sketch.estimate).toBeGreaterThan(0);
    expect(Number.isFinite(sketch.estimate)).toBe(true);
  });
});
