import { expect, it } from 'vitest';
import { explain } from './explain.ts';
import { parseRules } from './parse.ts';
import { IDENTITY_TAXONOMY } from './taxonomy.ts';

it('explains a rule whose expression is given up on a text', () => {
  const { rules } = parseRules(`title: t
id: r
logsource: { product: windows }
detection:
  sel: { 'C|re': '((a?){30})+(?=b)\\1c' }
  condition: sel
`);
  const explanation = explain(rules[0]!, { C: 'a'.repeat(4_000) }, IDENTITY_TAXONOMY);
  expect(explanation.matches).toBe(false);
});
