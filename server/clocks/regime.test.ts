import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LANGUAGES } from '@vigie/contracts/api';
import { describe, expect, test } from 'vitest';
import { draftReport, gapsIn, proposal, readRegimes, stepClock } from './regime.ts';

const shipped = join(import.meta.dirname, 'regimes');
const regimes = readRegimes([shipped]);
const regime = (id: string) => regimes.list.find((one) => one.id === id)!;
const HOUR = 3_600_000;

describe('duties to report', () => {
  test('the deadlines are the law’s', () => {
    const T = Date.parse('2026-01-31T10:00:00Z');
    const hours = (id: string) =>
      regime(id).steps.map(
        (step) => stepClock(regime(id), step, { tenant: 'a', id: 1 }, T, 'UTC').targets[0]!.ms / HOUR,
      );
    // 24 h, 72 h, and a month that ends on 28 February.
    expect(hours('nis2')).toEqual([24, 72, 28 * 24]);
    expect(hours('gdpr')).toEqual([72]);
    expect(regime('nis2').steps[2]!.due.after).toBe('notification');
    expect(regime('fr-health').steps.every(({ due }) => due.withoutDelay)).toBe(true);
  });

  test('proposed by severity and technique, sub-techniques included, never by one alone', () => {
    expect(proposal(regime('nis2'), { level: 'high', techniques: ['T1078', 'T1486'] })).toBe('T1486');
    expect(proposal(regime('nis2'), { level: 'medium', techniques: ['T1486'] })).toBeNull();
    expect(proposal(regime('gdpr'), { level: 'critical', techniques: ['T1567.002'] })).toBe('T1567.002');
    expect(proposal(regime('fr-health'), { level: 'critical', techniques: ['T1486'] })).toBeNull();
  });

  test('every report is written in every language, and marks what nobody knows', () => {
    for (const one of regimes.list)
      for (const step of one.steps)
        for (const language of LANGUAGES) {
          const empty = draftReport(regimes, one, step, language, {});
          expect(empty).not.toContain('undefined');
          expect(empty.split('\n## ')).toHaveLength(step.sections.length + 1);
          expect(gapsIn(empty)).toBe(step.sections.length);
          expect(gapsIn(draftReport(regimes, one, step, language, { entity: 'Clinic' }))).toBeLessThan(
            gapsIn(empty),
          );
        }
  });

  test('a file of one’s own wins; a wrong one is named with what is wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-regimes-'));
    try {
      const named = (text: string) => Object.fromEntries(LANGUAGES.map((language) => [language, text]));
      const own = {
        id: 'gdpr',
        law: 'House rule',
        name: named('Ours'),
        authority: named('Us'),
        trigger: named('Always'),
        steps: [{ id: 'one', name: named('One'), provision: '§ 1', due: { hours: 1 }, sections: ['entity'] }],
      };
      const file = join(folder, 'own.yml');
      writeFileSync(file, JSON.stringify(own));
      expect(readRegimes([shipped, folder]).list.find(({ id }) => id === 'gdpr')?.law).toBe('House rule');
      writeFileSync(
        file,
        JSON.stringify({ ...own, steps: [{ ...own.steps[0], due: { hours: 1, months: 1 } }] }),
      );
      expect(() => readRegimes([shipped, folder])).toThrow(/own\.yml.*\n?.*hours, or months/s);
      writeFileSync(file, JSON.stringify({ ...own, steps: [{ ...own.steps[0], sections: ['weather'] }] }));
      expect(() => readRegimes([shipped, folder])).toThrow(/no section weather/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
