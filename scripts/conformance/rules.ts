import { relative } from 'node:path';
import { corpusRules } from './corpus-rules.ts';
import type { Part } from './part.ts';
import { Counts, table } from './table.ts';

/** Every rule loads, or says why it does not. */
export const rules: Part = {
  name: 'rules',
  title: 'Sigma rules load',
  needs: 'sigma/rules',
  run(context) {
    const { set, milliseconds } = corpusRules(context);
    const states = new Counts();
    for (const known of set.rules.values()) states.add(known.state);
    const of = (state: string) => states.top().find(([name]) => name === state)?.[1] ?? 0;
    const reasons = new Counts();
    const examples = new Map<string, string>();
    for (const { path, line, code, reason } of set.problems) {
      reasons.add(code);
      if (!examples.has(code))
        examples.set(code, `${relative(context.corpus, path)}:${line ?? ''} ${reason}`);
    }
    const lines = [
      `${set.files.length} files in ${Math.round(milliseconds)} ms: ${of('live')} rules live, ` +
        `${of('unmapped')} without a source that writes their logsource, ${of('rejected')} rejected`,
      '',
      ...(reasons.total === 0 ? [] : [...table([['not loaded because', 'files'], ...reasons.top()]), '']),
      ...[...examples].map(([code, example]) => `  ${code}: ${example}`),
    ];
    if (context.details)
      lines.push(
        '',
        ...table([
          ['logsource without a source', 'rules'],
          ...[...set.unmappedLogsources].sort((a, b) => b[1] - a[1]),
        ]),
      );
    const placeholders = set.problems.filter((p) => p.code === 'placeholder_unresolved').length;
    return {
      lines,
      figures: [
        { name: 'rules.live', value: of('live') / Math.max(1, set.rules.size) },
        { name: 'rules.refused', value: placeholders - set.problems.length },
      ],
      crashes: [],
    };
  },
};
