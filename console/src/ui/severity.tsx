import type { Level } from '../api/types.ts';
import css from './severity.module.css';
import { ui } from './strings.ts';

const SHAPES: Record<Level, string> = {
  critical: 'M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z',
  high: 'M8 1.4 15.4 14.4H.6z',
  medium: 'M8 .8 15.2 8 8 15.2.8 8z',
  low: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zm0 2.6a3.9 3.9 0 1 0 0 7.8 3.9 3.9 0 0 0 0-7.8z',
  informational: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
};

/** Severity as shape, word and colour. `compact` leaves the word to screen readers and the hover. */
export function Severity({ level, compact = false }: { level: Level; compact?: boolean }) {
  return (
    <span className={css.severity} data-level={level} title={compact ? ui.level[level] : undefined}>
      <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
        <path d={SHAPES[level]} fill="currentColor" fillRule="evenodd" />
      </svg>
      <span className={compact ? 'visually-hidden' : undefined}>{ui.level[level]}</span>
    </span>
  );
}
