import { parseCondition } from '../../engines/sigma/condition.ts';
import {
  CorrelationEngine, compile, explain, parseRules, parseTaxonomy, referenceMatch, type SigmaIssue,
} from '../../engines/sigma/index.ts'; // biome-ignore format: one line of names
import { IssueError } from '../../engines/sigma/issue.ts';
import { applyPipelines, parsePipeline } from '../../engines/sigma/pipeline/index.ts';
import { RegexBudgetError } from '../../engines/sigma/regex/backtrack.ts';
import { emitRegex } from '../../engines/sigma/regex/emit.ts';
import { compileRegex, isRegexFailure } from '../../engines/sigma/regex/index.ts';
import { requiredLiterals } from '../../engines/sigma/regex/literals.ts';
import { isRegular } from '../../engines/sigma/regex/shape.ts';
import { parseRegex } from '../../engines/sigma/regex/syntax.ts';
import { mutateText, Random } from './random.ts';
import type { Seeds } from './seeds.ts';
import { conditionText, eventOf, eventText, NAMES, regexText, ruleText } from './sigma-text.ts';
import { BrokenPromise, type Target } from './target.ts';

const CUT = '\u0001';

/** Expressions: parsed, compiled, run on texts; short ones are compared with JavaScript's engine. */
export const regexTarget: Target = {
  name: 'regex',
  make(random) {
    const pattern = random.once(4) ? mutateText(random, regexText(random)) : regexText(random);
    const flags = random.pick(['', 'i', 'm', 's', 'ims']);
    return [flags, pattern, ...random.list(3, () => eventText(random))].join(CUT);
  },
  run(input) {
    const [letters = '', pattern = '', ...texts] = input.split(CUT);
    const flags = { i: letters.includes('i'), m: letters.includes('m'), s: letters.includes('s') };
    const compiled = compileRegex(pattern, flags);
    if (isRegexFailure(compiled)) return compiled.code;
    const parsed = parseRegex(pattern, flags);
    const literals = requiredLiterals(parsed, 1);
    // JavaScript's engine is the judge where it can't take long.
    const native = isRegular(parsed) && pattern.length < 12 ? new RegExp(emitRegex(parsed)) : undefined;
    let outcome = 'no match';
    for (const text of texts) {
      let found: boolean;
      try {
        found = compiled.test(text);
      } catch (error) {
        if (!(error instanceof RegexBudgetError)) throw error;
        outcome = 'over budget';
        continue;
      }
      if (found) outcome = 'match';
      if (found && literals && !literals.some((literal) => text.toLowerCase().includes(literal)))
        throw new BrokenPromise(`a match holds none of ${JSON.stringify(literals)}: ${JSON.stringify(text)}`);
      if (native && text.length < 20 && native.test(text) !== found)
        throw new BrokenPromise(`JavaScript says otherwise of ${JSON.stringify(text)}`);
    }
    return outcome;
  },
};

export const conditionTarget: Target = {
  name: 'condition',
  make(random) {
    const text = conditionText(random);
    return random.once(4) ? mutateText(random, text) : text;
  },
  run(input) {
    try {
      parseCondition(input, NAMES, { line: 1, column: 1 });
      return 'read';
    } catch (error) {
      if (!(error instanceof IssueError)) throw error;
      return error.issue.code;
    }
  },
};

function checkIssues(issues: readonly SigmaIssue[]): void {
  for (const { code, message, line, column } of issues) {
    if (message.length > 80_000)
      throw new BrokenPromise(`a message of ${message.length} characters for ${code}`);
    if ((line ?? 1) < 1 || (column ?? 1) < 1) throw new BrokenPromise(`${code} at ${line}:${column}`);
  }
}

/** Rules: parsed, compiled, matched; the verdicts are compared with those of a plain scan. */
export function rulesTarget({ rules: seeds }: Seeds): Target {
  return {
    name: 'rules',
    make(random) {
      const own = random.once(2) || seeds.length === 0 ? ruleText(random) : random.pick(seeds);
      const text = random.once(2) ? own : mutateText(random, own);
      return random.once(10)
        ? `${text}\n---\n${mutateText(random, random.once(2) ? ruleText(random) : own)}`
        : text;
    },
    run(input) {
      const parsed = parseRules(input, { file: 'f.yml' });
      checkIssues(parsed.errors);
      const rules = parsed.rules.map((rule, index) => ({ ...rule, id: String(index) }));
      const random = new Random('event', input.length, input.slice(0, 2000));
      const failed: unknown[] = [];
      const matcher = compile(rules, {
        filters: parsed.filters,
        placeholders: { x: ['a', 'b*'] },
        onError: (_rule, error) => failed.push(error),
      });
      checkIssues(matcher.report.rejected.map(({ issue }) => issue));
      const engine = new CorrelationEngine(parsed.correlations, { rules });
      let outcome = rules.length === 0 ? (parsed.errors[0]?.code ?? 'empty') : 'no match';
      for (let round = 0; round < 3; round++) {
        const fields = eventOf(random);
        const matches = matcher.match(fields);
        for (const { rule, matched } of matches) {
          outcome = 'match';
          if (matched.length > 0 || round < 3) explain(rule, fields);
        }
        engine.observe(matches, { id: `e${round}`, time: round * 1000, fields });
        const size = input.length < 3000 && JSON.stringify(fields).length < 3000;
        if (!size || failed.length > 0 || parsed.filters.length > 0) continue;
        let slow: string[];
        try {
          slow = referenceMatch(matcher.rules, fields, { placeholders: { x: ['a', 'b*'] } }).map(
            ({ id }) => id!,
          );
        } catch (error) {
          if (error instanceof RegexBudgetError) continue;
          throw error;
        }
        const fast = matches.map(({ rule }) => rule.id!);
        if (fast.join() !== slow.join())
          throw new BrokenPromise(
            `the index finds ${fast.join()}, the plain scan ${slow.join()} on ${JSON.stringify(fields)}`,
          );
      }
      for (const error of failed)
        if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('VIGIE_')))
          throw error;
      return failed.length > 0 ? 'over budget' : outcome;
    },
  };
}

const STEPS = [
  '{ type: field_name_mapping, mapping: { A: [B, C], Image: process.executable } }',
  '{ type: field_name_mapping, mapping: { A: [A, A, A], B: [A, B] } }',
  '{ type: field_name_prefix_mapping, mapping: { f.: g. } }',
  '{ type: field_name_prefix, prefix: p. }',
  '{ type: field_name_suffix, suffix: .s }',
  '{ type: drop_detection_item, field_name_conditions: [{ type: include_fields, fields: [A] }] }',
  "{ type: replace_string, regex: '(a+)', replacement: '\\1\\1x' }",
  "{ type: replace_string, regex: 'a', replacement: 'aa' }",
  '{ type: map_string, mapping: { a: [a, a], b: c } }',
  '{ type: set_value, value: x, detection_item_conditions: [{ type: is_null }] }',
  '{ type: case, method: upper }',
  '{ type: regex, method: plain }',
  '{ type: value_placeholders }',
  '{ type: wildcard_placeholders }',
  '{ type: add_condition, conditions: { Z: z } }',
  '{ type: change_logsource, product: windows, category: x }',
  '{ type: convert_type, target_type: str }',
  '{ type: hashes_fields, valid_hash_algos: [MD5, SHA1] }',
  '{ type: set_state, key: k, val: v }',
  '{ type: nest, items: [{ type: field_name_mapping, mapping: { A: [A, A] } }] }',
  "{ type: drop_detection_item, detection_item_conditions: [{ type: match_string, cond: any, pattern: '(a|b)*c' }] }",
];

/** Pipelines: read, applied to a rule, and what comes out compiled. */
export const pipelineTarget: Target = {
  name: 'pipelines',
  make(random) {
    const steps = random.list(1 + random.length(4, 300), () => `- ${random.pick(STEPS)}`);
    const text = `name: p\nvars: { x: [a, b], y: c }\ntransformations:\n${steps.join('\n')}\n`;
    return (random.once(2) ? mutateText(random, text) : text) + CUT + ruleText(random);
  },
  run(input) {
    const [text = '', rule = ''] = input.split(CUT);
    const { pipeline, errors } = parsePipeline(text, { file: 'p.yml' });
    for (const { line, column } of errors)
      if ((line ?? 1) < 1 || (column ?? 1) < 1) throw new BrokenPromise(`an issue at ${line}:${column}`);
    if (!pipeline) return errors[0]!.code;
    const { rules } = parseRules(rule);
    const applied = applyPipelines(rules, [pipeline]);
    if (applied.rules.length === 0) return applied.errors[0]?.code ?? 'no rule';
    const matcher = compile(applied.rules, { onError: () => undefined });
    matcher.match(eventOf(new Random('event', rule.length)));
    return 'applied';
  },
};

/** Taxonomies and any YAML at all. */
export const yamlTarget: Target = {
  name: 'yaml',
  make(random) {
    const piece = () =>
      random.pick([
        'a: b\n',
        '- ',
        '  ',
        '[',
        ']',
        '{',
        '}',
        '&a ',
        '*a ',
        '? ',
        ': ',
        '"',
        "'",
        '|\n',
        '>\n',
        '#',
        '\n',
        'x',
        '---\n',
        '...\n',
        '%YAML 1.2\n',
        '!!map ',
        '<<: *a\n',
        ',',
        '\t',
        'logsources:\n',
        'fields:\n',
        'when: {a: 1}\n',
      ]);
    return random
      .list(random.length(40, 4000), () => piece().repeat(random.once(100) ? random.below(600) : 1))
      .join('')
      .slice(0, 60_000);
  },
  run(input) {
    const parsed = parseTaxonomy(input);
    checkIssues(parsed.errors);
    checkIssues(parseRules(input).errors);
    return parsed.errors[0]?.code ?? 'read';
  },
};
