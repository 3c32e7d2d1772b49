import type { SourceHealthView } from '../api/types.ts';
import { language, localeOf } from '../ui/language.ts';
import { localText } from '../ui/time.ts';
import css from './watch.module.css';
import { w } from './watch-strings.ts';

const WIDTH = 720;
const HEIGHT = 132;
const BASE = HEIGHT - 16;

/** A week of a source by hour: what came, over the band of what is usual. */
export function WeekChart({ hours, name }: { hours: SourceHealthView['hours']; name: string }) {
  const top = Math.max(1, ...hours.flatMap(({ events, high }) => [events ?? 0, high ?? 0]));
  const x = (index: number) => (index * WIDTH) / Math.max(1, hours.length);
  const y = (value: number) => BASE - (Math.sqrt(value) / Math.sqrt(top)) * (BASE - 8);
  const step = WIDTH / Math.max(1, hours.length);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={css.chart}
      role="img"
      aria-label={w.chart(name)}
      preserveAspectRatio="none"
    >
      {hours.map(
        (hour, index) =>
          hour.low !== null &&
          hour.high !== null && (
            <rect
              key={`band ${hour.at}`}
              className={css.band}
              x={x(index)}
              width={step + 0.4}
              y={y(hour.high)}
              height={Math.max(1, y(hour.low) - y(hour.high))}
            />
          ),
      )}
      {hours.map((hour, index) =>
        new Date(hour.at).getHours() === 0 ? (
          <g key={`day ${hour.at}`}>
            <line className={css.day} x1={x(index)} x2={x(index)} y1={0} y2={BASE} />
            <text className={css.dayName} x={x(index) + 4} y={HEIGHT - 4}>
              {new Date(hour.at).toLocaleDateString(localeOf(language), { weekday: 'short', day: 'numeric' })}
            </text>
          </g>
        ) : null,
      )}
      <polyline className={css.came} points={stepsOf(hours, x, y, step)} />
      {hours.map((hour, index) => (
        <rect key={hour.at} x={x(index)} width={step} y={0} height={BASE} fill="transparent">
          <title>
            {`${localText(hour.at)}: ${hour.events ?? '–'}${hour.usual === null ? '' : ` (usual ${Math.round(hour.usual)})`}`}
          </title>
        </rect>
      ))}
    </svg>
  );
}

/** Steps from hour to hour; an hour that was not heard lies on the ground. */
function stepsOf(
  hours: SourceHealthView['hours'],
  x: (index: number) => number,
  y: (value: number) => number,
  step: number,
): string {
  const first = hours.findIndex(({ events }) => events !== null);
  if (first < 0) return '';
  return hours
    .slice(first)
    .map(({ events }, index) => {
      const at = y(events ?? 0);
      return `${x(first + index)},${at} ${x(first + index) + step},${at}`;
    })
    .join(' ');
}
