import { language, localeOf } from '../ui/language.ts';
import css from './charts.module.css';
import { t } from './strings.ts';

const DAY = 86_400_000;
const HEIGHT = 92;

/** Counts of days in UTC as bars, one a day of the range, with the empty ones in between. */
export function DayBars(props: {
  byDay: readonly { readonly day: string; readonly count: number }[];
  /** Epoch milliseconds; both days are shown. */
  from: number;
  to: number;
  label: string;
}) {
  const counts = new Map(props.byDay.map(({ day, count }) => [day, count]));
  const days: string[] = [];
  for (let at = Math.floor(props.from / DAY) * DAY; at <= props.to; at += DAY)
    days.push(new Date(at).toISOString().slice(0, 10));
  const most = Math.max(1, ...counts.values());
  const width = 100 / Math.max(1, days.length);
  return (
    <figure className={css.chart}>
      <svg
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={props.label}
        data-testid="day-bars"
      >
        <line x1="0" x2="100" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={css.base} />
        {days.map((day, index) => {
          const count = counts.get(day) ?? 0;
          const height = count === 0 ? 0 : Math.max(2, (count / most) * (HEIGHT - 4));
          return (
            <g key={day}>
              <title>{count === 0 ? `${day}: ${t.days.none}` : t.days.of(count, day)}</title>
              <rect x={index * width} y="0" width={width} height={HEIGHT} className={css.hover} />
              <rect
                x={index * width + width * 0.12}
                y={HEIGHT - height}
                width={width * 0.76}
                height={height}
                className={css.bar}
              />
            </g>
          );
        })}
      </svg>
      <figcaption className={css.axis}>
        <span>{short(days[0])}</span>
        <span>{counts.size > 0 ? t.days.most(most) : t.days.none}</span>
        <span>{short(days.at(-1))}</span>
      </figcaption>
    </figure>
  );
}

function short(day: string | undefined): string {
  if (day === undefined) return '';
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(localeOf(language), {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
}
