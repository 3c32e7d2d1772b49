import { fileURLToPath } from 'node:url';
import { fillPlaceholders } from '@vigie/contracts/rule-content.ts';
import { describe, expect, test } from 'vitest';
import { run, shippedRules } from '../detections/harness.ts';
import { loadScenarios, type Scenario } from './load.ts';
import { NOISE_SOURCES, noise } from './noise.ts';
import { stamp } from './stamp.ts';

const scenarios = loadScenarios(fileURLToPath(new URL('.', import.meta.url)));
const START = Date.parse('2026-02-27T09:00:00Z');
const contents = new Map(shippedRules().map(({ rule, content }) => [rule.title, { content, rule }]));

const play = (scenario: Scenario, start = START) =>
  run(
    scenario.lines(start).map(({ at, source, text }) => ({
      time: start + at,
      text,
      type: scenario.sources[source]?.type,
    })),
  );

describe.each(scenarios)('$name', (scenario) => {
  const { fired, read } = play(scenario);

  test('every line is understood, at its own time', () => {
    const lines = scenario.lines(START);
    read.forEach(({ outcome, time, fields }, index) => {
      expect(['parsed', 'partial'], String(fields['event.original'])).toContain(outcome);
      expect(Math.abs(time - START - lines[index]!.at), String(fields['event.original'])).toBeLessThan(1000);
    });
  });

  test('exactly the expected rules alert', () => {
    expect([...new Set(fired.map(({ title }) => title))].sort()).toEqual(
      [...scenario.expected.alerts].sort(),
    );
  });

  test('the titles of its incidents are those of the rules', () => {
    const titles = fired.flatMap(({ title, fields }) => {
      const content = contents.get(title)?.content;
      return content === undefined ? [] : [fillPlaceholders(content.incident[scenario.language], fields)];
    });
    for (const { title, level, techniques } of scenario.expected.incidents) {
      expect(titles).toContain(title);
      const levels = fired.map((detection) => detection.level);
      expect(levels).toContain(level);
      const tags = new Set(scenario.expected.alerts.flatMap((alert) => contents.get(alert)?.rule.tags ?? []));
      for (const technique of techniques) expect(tags).toContain(`attack.${technique.toLowerCase()}`);
    }
  });

  test('alerts the same on any day, across midnight and a change of the clock', () => {
    const titles = (start: number) => play(scenario, start).fired.map(({ title }) => title);
    const expected = fired.map(({ title }) => title);
    expect(titles(Date.parse('2026-12-31T23:50:00Z'))).toEqual(expected);
    expect(titles(Date.parse('2026-03-29T00:45:00Z'))).toEqual(expected);
  });
});

describe('background', () => {
  const lines = noise({ start: START });

  test('is the same for the same seed and another for another', () => {
    expect(noise({ start: START })).toEqual(lines);
    expect(noise({ start: START, seed: 2 })).not.toEqual(lines);
    expect(lines).toHaveLength(4000);
    expect(new Set(lines.map(({ source }) => source)).size).toBe(Object.keys(NOISE_SOURCES).length);
  });

  test('is understood and raises nothing at medium or above', () => {
    for (const seed of [1, 2, 3]) {
      const day = noise({ start: START, seed });
      const { fired, read } = run(
        day.map(({ at, source, text }) => ({ time: START + at, text, type: NOISE_SOURCES[source].type })),
      );
      expect(
        read.filter(({ outcome }) => outcome !== 'parsed').map(({ fields }) => fields['event.original']),
      ).toEqual([]);
      expect(
        fired.filter(({ level }) => level !== 'low' && level !== 'informational').map(({ title }) => title),
      ).toEqual([]);
    }
  });
});

test('an unknown placeholder is refused', () => {
  expect(() => stamp('{{never}}', 0)).toThrow(RangeError);
  expect(stamp('{{n+5}} {{iso}} {{ x }}', 0, 2)).toBe('7 1970-01-01T00:00:00.000Z {{ x }}');
});
