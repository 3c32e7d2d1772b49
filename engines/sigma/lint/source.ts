import { isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Position } from '../ast.ts';
import type { LintFix, LintIssue, LintSeverity, TextEdit } from './types.ts';

/** A rule file's text with the places of its scalars, and the issues found in it so far. */
export class LintSource {
  readonly file: string;
  readonly text: string;
  readonly issues: LintIssue[] = [];
  private readonly lines = new LineCounter();
  private readonly ends = new Map<number, number>();

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const parsed = parseAllDocuments(text, {
      lineCounter: this.lines,
      uniqueKeys: false,
      prettyErrors: false,
    });
    for (const document of Array.isArray(parsed) ? parsed : [])
      visit(document, (_key, node) => {
        if (isScalar(node) && node.range) this.ends.set(node.range[0], node.range[1]);
      });
  }

  report(
    severity: LintSeverity,
    code: string,
    message: string,
    { line, column }: Position,
    fix?: LintFix,
  ): void {
    this.issues.push({
      file: this.file,
      line,
      column,
      severity,
      code,
      message,
      ...(fix && fix.edits.length > 0 ? { fix } : {}),
    });
  }

  /** Replaces a scalar by a text, keeping its quotes; no edit where that can't be done plainly. */
  replace(at: Position, before: string, after: string): TextEdit[] {
    const start = this.offset(at);
    const end = start === undefined ? undefined : this.ends.get(start);
    if (start === undefined || end === undefined) return [];
    const written = this.text.slice(start, end);
    const quote = written.startsWith("'") || written.startsWith('"') ? written[0]! : '';
    const encode = (text: string) =>
      quote === "'" ? text.replaceAll("'", "''") : quote === '"' ? JSON.stringify(text).slice(1, -1) : text;
    if (written !== `${quote}${encode(before)}${quote}`) return [];
    const plain = quote !== '' || /^[\w./\\%@=:$()|+-]+(?: [\w./\\%@=:$()|+-]+)*$/.test(after);
    // A plain scalar may not begin with a sign that YAML reads, nor hold what ends it.
    if (!plain || (quote === '' && (/^[-@%?:=|]/.test(after) || /: |:$/.test(after))))
      return [{ start, end, text: `'${after.replaceAll("'", "''")}'` }];
    return [{ start, end, text: `${quote}${encode(after)}${quote}` }];
  }

  /** Removes an item of a block list, if it stands on a line of its own. */
  removeItem(at: Position): TextEdit[] {
    const start = this.offset(at);
    const end = start === undefined ? undefined : this.ends.get(start);
    if (start === undefined || end === undefined) return [];
    const from = this.text.lastIndexOf('\n', start - 1) + 1;
    const newline = this.text.indexOf('\n', end);
    const to = newline === -1 ? this.text.length : newline + 1;
    if (!/^ *- +$/.test(this.text.slice(from, start)) || this.text.slice(end, to).trim() !== '') return [];
    return [{ start: from, end: to, text: '' }];
  }

  /** Inserts a line before the line of a position, with the same indentation. */
  insertBefore(at: Position, line: string): TextEdit[] {
    const start = this.offset({ line: at.line, column: 1 });
    if (start === undefined || this.text.slice(start, start + at.column - 1).trim() !== '') return [];
    return [{ start, end: start, text: `${' '.repeat(at.column - 1)}${line}\n` }];
  }

  private offset({ line, column }: Position): number | undefined {
    const start = line === 1 ? (this.lines.lineStarts[0] ?? 0) : this.lines.lineStarts[line - 1];
    return start === undefined ? undefined : start + column - 1;
  }
}

/**
 * Applies the safe fixes of one file's issues; of fixes that overlap, the first one found is made.
 *
 * @returns the new text, and how many fixes it holds
 */
export function applyFixes(text: string, issues: readonly LintIssue[]): { text: string; applied: number } {
  const chosen: TextEdit[] = [];
  let applied = 0;
  for (const { fix } of issues) {
    if (fix?.safe !== true) continue;
    const free = fix.edits.every((edit) => chosen.every((other) => !overlaps(edit, other)));
    if (!free) continue;
    chosen.push(...fix.edits);
    applied++;
  }
  let out = '';
  let from = 0;
  for (const edit of chosen.sort((a, b) => a.start - b.start)) {
    out += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return { text: out + text.slice(from), applied };
}

function overlaps(a: TextEdit, b: TextEdit): boolean {
  if (a.start === b.start) return true;
  return a.start < b.end && b.start < a.end;
}
