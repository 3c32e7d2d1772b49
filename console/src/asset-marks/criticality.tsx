import type { Criticality as Level } from '@vigie/contracts/api';
import css from './marks.module.css';
import { t } from './strings.ts';

/** Houses, fuller the more depends on the asset: apart from each other, and from the shapes of severity. */
const SHAPES: Record<Level, string> = {
  critical: 'M8 1 15 6v9H1V6zM7 7v4h2V7zM7 12v1.500h2V12z',
  high: 'M8 1 15 6v9H1V6zM8 3.400 3 7v2h10V7z',
  normal: 'M8 1 15 6v9H1V6zM8 3.400 3 7v6h10V7z',
  low: 'M2 12.500h12V15H2z',
};

/** How much depends on an asset, as shape, word and colour. `compact` leaves the word to the hover and screen readers. */
export function Criticality({ level, compact = false }: { level: Level; compact?: boolean }) {
  const word = t.criticality[level];
  return (
    <span className={css.criticality} data-level={level} title={t.criticalityOf(word)}>
      <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
        <path d={SHAPES[level]} fill="currentColor" fillRule="evenodd" />
      </svg>
      <span className={compact ? 'visually-hidden' : undefined}>{word}</span>
    </span>
  );
}
