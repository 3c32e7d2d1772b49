import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { queries } from '../../api/queries.ts';
import type { RuleCheck, RuleIssue } from '../../api/types.ts';
import type { Words } from './completion.ts';
import { type KeptText, writeKept } from './kept-text.ts';
import { today } from './saving.ts';
import { outlineOf } from './yaml-context.ts';

/** Milliseconds of rest after which what was typed is checked. */
const PAUSE = 500;
/** Longest text that the server keeps. */
export const MAX_TEXT = 262_144;

/** The server's check of the text, asked for when typing pauses. */
export function useCheck(id: string | undefined, { text, cases }: KeptText) {
  const [asked, setAsked] = useState({ text, cases });
  useEffect(() => {
    const timer = setTimeout(() => setAsked({ text, cases }), PAUSE);
    return () => clearTimeout(timer);
  }, [text, cases]);
  const query = useQuery({
    ...queries.ruleCheck({ ...(id === undefined ? {} : { id }), text: asked.text, cases: asked.cases }),
    enabled: asked.text.length <= MAX_TEXT && asked.cases.length <= MAX_TEXT,
  });
  return {
    data: query.data,
    /** The text that the data is about; empty while it is about one before. */
    checked: query.isPlaceholderData ? '' : asked.text,
    checking: query.isFetching || asked.text !== text || asked.cases !== cases,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

/** The installation's words, with the fields of the log source that the text names. */
export function useWords(text: string): Words {
  const logsource = useMemo(() => outlineOf(text.split('\n')).logsource, [text]);
  const vocabulary = useQuery(queries.sigmaVocabulary());
  const fields = useQuery(queries.sigmaFields(logsource));
  return useMemo(
    () => ({
      vocabulary: vocabulary.data,
      fields: fields.data,
      newId: () => crypto.randomUUID(),
      today: today(),
    }),
    [vocabulary.data, fields.data],
  );
}

/** Keeps what is not saved in this window; null: nothing is. */
export function useKept(id: string, kept: KeptText | null): void {
  const value = JSON.stringify(kept);
  useEffect(() => {
    const timer = setTimeout(() => writeKept(id, JSON.parse(value) as KeptText | null), 300);
    return () => clearTimeout(timer);
  }, [id, value]);
}

/** What is wrong in the text of the cases, failing cases included, as issues of that text. */
export function caseIssuesOf(check: RuleCheck | undefined): RuleIssue[] {
  return [
    ...(check?.caseIssues ?? []),
    ...(check?.cases ?? [])
      .filter(({ passed }) => !passed)
      .map(
        ({ line, name, reasons }): RuleIssue => ({
          line,
          column: 1,
          severity: 'error',
          code: 'case_failed',
          message: [name, ...reasons].join('\n'),
        }),
      ),
  ];
}

/** A text with an issue's fix made. */
export function fixed(text: string, fix: NonNullable<RuleIssue['fix']>): string {
  let out = '';
  let from = 0;
  for (const edit of [...fix.edits].sort((a, b) => a.start - b.start)) {
    out += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return out + text.slice(from);
}
