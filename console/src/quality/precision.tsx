import type { Precision } from '../api/types.ts';
import css from './quality.module.css';
import { t } from './strings.ts';

/** A rate with its interval, as numbers and as a bar on which the interval is a line. */
export function PrecisionView({ precision }: { precision: Precision }) {
  const { value, interval } = precision;
  if (value === null || interval === null) return <span className="muted">{t.notJudged}</span>;
  const percent = (part: number) => Math.round(part * 100);
  return (
    <span className={css.precision} title={countsText(precision)}>
      <svg width="72" height="12" viewBox="0 0 72 12" aria-hidden="true">
        <rect x="0" y="5" width="72" height="2" fill="var(--line)" />
        <rect
          x={interval.low * 72}
          y="3.500"
          width={Math.max(1, (interval.high - interval.low) * 72)}
          height="5"
          fill="var(--accent-weak)"
          stroke="var(--accent)"
          strokeWidth="0.500"
        />
        <rect x={value * 71} y="1" width="2" height="10" fill="var(--accent)" />
      </svg>
      {t.precision(percent(value), percent(interval.low), percent(interval.high))}
    </span>
  );
}

/** How many of each verdict there were. */
export function countsText({ judged, truePositives, benign, falsePositives }: Precision): string {
  return t.counts(judged, truePositives, benign, falsePositives);
}
