import { useMemo, useState } from 'react';
import { type DiffLine, diffLines } from './line-diff.ts';
import css from './source.module.css';
import { YamlLine } from './source-view.tsx';
import { t } from './strings.ts';

/** Unchanged lines shown around a change. */
const AROUND = 3;
const SIGN = { same: ' ', removed: '−', added: '+' } as const;

type Part =
  | { readonly kind: 'lines'; readonly lines: readonly DiffLine[] }
  | { readonly kind: 'skip'; readonly lines: readonly DiffLine[] };

/** What changed between two texts, one below the other; long unchanged stretches are folded away. */
export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const parts = useMemo(() => fold(diffLines(before, after)), [before, after]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  if (!parts.some(({ lines }) => lines.some(({ kind }) => kind !== 'same')))
    return <p className="muted small">{t.versions.same}</p>;
  return (
    <section
      className={css.diff}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      data-testid="diff"
    >
      <table>
        <tbody>
          {parts.map((part, index) =>
            part.kind === 'lines' || open.has(index) ? (
              part.lines.map((line) => <Line key={`${line.before} ${line.after}`} line={line} />)
            ) : (
              <tr key={`skip ${part.lines[0]!.before}`} className={css.skip}>
                <td colSpan={4}>
                  <button type="button" onClick={() => setOpen(new Set([...open, index]))}>
                    {t.versions.unchanged(part.lines.length)}
                  </button>
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}

function Line({ line }: { line: DiffLine }) {
  return (
    <tr data-kind={line.kind}>
      <td className={css.at}>{line.before}</td>
      <td className={css.at}>{line.after}</td>
      <td className={css.sign}>{SIGN[line.kind]}</td>
      <td>
        <YamlLine text={line.text} />
      </td>
    </tr>
  );
}

function fold(lines: readonly DiffLine[]): Part[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind !== 'same') near.fill(1, Math.max(0, at - AROUND), at + AROUND + 1);
  });
  const parts: Part[] = [];
  for (let from = 0, to = 0; from < lines.length; from = to) {
    while (to < lines.length && near[to] === near[from]) to++;
    const stretch = lines.slice(from, to);
    // Folding two lines away would take as much room as showing them.
    parts.push({ kind: near[from] === 1 || stretch.length < 3 ? 'lines' : 'skip', lines: stretch });
  }
  return parts;
}
