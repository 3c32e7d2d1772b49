import { expect, test } from 'vitest';
import { reportFacts } from './report-facts.ts';

const incident = {
  id: 7,
  tenant: 'Clinic',
  timeZone: 'Europe/Paris',
  level: 'high' as const,
  firstAt: Date.parse('2026-12-07T10:00:00Z'),
  createdAt: Date.parse('2026-12-07T10:01:00Z'),
  awareAt: null,
  entities: [
    { type: 'user' as const, value: '![x](https://mole.example.com/a)\n# <img src=x onerror=alert(1)>' },
  ],
  techniques: [{ id: 'T1486', name: 'Data Encrypted for Impact' }],
  stories: ['Files were encrypted.'],
  comments: [],
};

test('stored script: text of logs stays text in the Markdown of a report', () => {
  const { indicators } = reportFacts(incident, 'en');
  expect(indicators).toContain('\\!\\[x\\](https://mole.example.com/a) \\# \\<img src=x onerror=alert(1)\\>');
  expect(indicators?.split('\n')).toHaveLength(2);
});

test('facts are in the language of the report and the zone of the client', () => {
  expect(reportFacts(incident, 'fr')).toMatchObject({
    severity: 'élevée',
    nature: expect.stringContaining('T1486 Data Encrypted for Impact'),
    detected: expect.stringContaining('11:00'),
  });
  expect(reportFacts(incident, 'fr').detected).not.toContain('connaissance');
});
