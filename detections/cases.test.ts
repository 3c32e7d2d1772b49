import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillPlaceholders } from '@vigie/contracts/rule-content.ts';
import { describe, expect, test } from 'vitest';
import { linesOfCase, parseCases } from '../cli/rule-cases.ts';
import attack from './attack.json' with { type: 'json' };
import { filesBelow, report, run, shippedRules } from './harness.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const rules = shippedRules();

describe('the shipped rules', () => {
  test('all compile, all have a logsource that a source writes, all correlations resolve', () => {
    expect(report.rejected.map(({ issue }) => issue)).toEqual([]);
    expect(report.unmapped.map(({ rule }) => rule.title)).toEqual([]);
    expect(report.correlationsRejected.map(({ issue }) => issue)).toEqual([]);
  });

  test('have ids and titles of their own', () => {
    for (const key of ['id', 'title'] as const) {
      const values = rules.map(({ rule }) => rule[key]);
      expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([]);
    }
    for (const { rule } of rules)
      expect(rule.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  });

  test('each file has one rule that alerts; it says what it means, what to do and what may mislead', () => {
    const files = new Map<string, number>();
    for (const { rule, file, content } of rules) {
      files.set(file, (files.get(file) ?? 0) + (content === undefined ? 0 : 1));
      if (content === undefined) expect(rule.level, rule.title).toBe('informational');
    }
    expect([...files].filter(([, count]) => count !== 1)).toEqual([]);
    expect(files.size).toBeGreaterThanOrEqual(45);
  });

  test('name techniques and tactics that exist', () => {
    const known = new Set<string>([
      ...Object.keys(attack.techniques).map((id) => `attack.${id.toLowerCase()}`),
      ...attack.tactics.map(({ key }) => `attack.${key}`),
    ]);
    for (const { rule } of rules)
      for (const tag of rule.tags ?? []) expect(known.has(tag), `${rule.title}: ${tag}`).toBe(true);
  });

  test('have texts whose placeholders agree between languages', () => {
    const names = (text: string) =>
      [...new Set([...text.matchAll(/\{([^|{}]+)/g)].map(([, name]) => name))].sort();
    for (const { rule, content } of rules) {
      if (content === undefined) continue;
      for (const texts of [content.incident, content.diagnosis]) {
        for (const text of Object.values(texts)) {
          expect(names(text), `${rule.title}: ${text}`).toEqual(names(texts.en));
          expect(fillPlaceholders(text, {})).not.toMatch(/[{}]/);
        }
      }
      const { en, ...others } = content.advice;
      for (const steps of Object.values(others)) expect(steps.length, rule.title).toBe(en.length);
    }
  });
});

describe.each(
  [...new Set(rules.map(({ file }) => file))].map((file) => ({
    file,
    name: relative(`${root}/detections/sigma`, file),
  })),
)('$name', ({ file }) => {
  const cases = parseCases(readFileSync(file.replace(/\.yml$/, '.cases.yml'), 'utf8'));
  const title = rules.find((entry) => entry.file === file && entry.content !== undefined)!.rule.title;

  test.each(cases)('$name → $fires', (entry) => {
    const { fired, read } = run(linesOfCase(entry, root));
    expect(
      read
        .filter(({ outcome }) => outcome === 'unrecognised' || outcome === 'failed')
        .map(({ fields }) => fields['event.original']),
    ).toEqual([]);
    expect(fired.some((detection) => detection.title === title)).toBe(entry.fires);
  });
});

test('every file of cases belongs to a rule', () => {
  const files = new Set(rules.map(({ file }) => file));
  const orphans = filesBelow(`${root}/detections/sigma`, '.cases.yml').filter(
    (file) => !files.has(file.replace('.cases.yml', '.yml')),
  );
  expect(orphans).toEqual([]);
});
