/** Parts of dates in SQL, reading texts as `time-part.ts` does. */
import type { TimePart } from '../ast.ts';
import { bind } from './literal.ts';

const DAY = 86_400_000;

/**
 * A part of the date that the text named `t` holds, as a whole number; -1 where it holds none.
 */
export function timePartSql(part: TimePart): string {
  const iso = "match(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}')";
  const epoch = "match(t, '^[0-9]{9,16}([.][0-9]{1,9})?$') AND position(t, '\\n') = 0";
  return `multiIf(${iso}, ${isoPart(part)}, ${epoch}, ${epochPart(part)}, -1)`;
}

function isoPart(part: TimePart): string {
  const digits = (from: number, count: number) => `toInt64OrZero(substring(t, ${from}, ${count}))`;
  const timed = "match(t, '^.{10}[T ][0-9]{2}:[0-9]{2}')";
  // A minute of 60 or more counts on, as JavaScript's dates do, and so do years of two digits.
  const minutes = `if(${timed}, ${digits(12, 2)} * 60 + ${digits(15, 2)}, 0)`;
  const year = `if(${digits(1, 4)} < 100, 1900 + ${digits(1, 4)}, ${digits(1, 4)})`;
  const month = digits(6, 2);
  const day = digits(9, 2);
  const leap = '(y % 4 = 0 AND (y % 100 != 0 OR y % 400 = 0))';
  const length = `if(m = 2, if(${leap}, 29, 28), if(m IN (4, 6, 9, 11), 30, 31))`;
  const valid = `m >= 1 AND m <= 12 AND d >= 1 AND d <= ${length} AND n < 1440`;
  const wanted: Record<TimePart, string> = {
    minute: `if(${timed}, n % 60, -1)`,
    hour: `if(${timed}, intDiv(n, 60), -1)`,
    day: 'd',
    month: 'm',
    year: 'y',
    week: weekOf(
      `[0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][m] + d + if(m > 2 AND ${leap}, 1, 0)`,
    ),
  };
  return bind(
    'y',
    year,
    bind('m', month, bind('d', day, bind('n', minutes, `if(${valid}, ${wanted[part]}, -1)`))),
  );
}

function epochPart(part: TimePart): string {
  const number = 'assumeNotNull(toFloat64OrNull(t))';
  const milliseconds = `floor(if(${number} < 1e11, ${number} * 1000, ${number}))`;
  const whole = (body: string) =>
    bind('f', milliseconds, `if(f <= 8.64e15, ${bind('n', 'toInt64(least(f, 8.64e15))', body)}, -1)`);
  if (part === 'minute') return whole('intDiv(n, 60000) % 60');
  if (part === 'hour') return whole('intDiv(n, 3600000) % 24');
  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  const wanted: Record<TimePart, string> = {
    minute: '-1',
    hour: '-1',
    day: 'd',
    month: 'm',
    year: 'y',
    week: weekOf(
      '[0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][m] + d + if(m > 2 AND (y % 4 = 0 AND (y % 100 != 0 OR y % 400 = 0)), 1, 0)',
    ),
  };
  const civil = bind(
    'z',
    `intDiv(n, ${DAY}) + 719468`,
    bind(
      'e',
      'z % 146097',
      bind(
        'q',
        'intDiv(e - intDiv(e, 1460) + intDiv(e, 36524) - intDiv(e, 146096), 365)',
        bind(
          'o',
          'e - (365 * q + intDiv(q, 4) - intDiv(q, 100))',
          bind(
            'p',
            'intDiv(5 * o + 2, 153)',
            bind(
              'd',
              'o - intDiv(153 * p + 2, 5) + 1',
              bind(
                'm',
                'if(p < 10, p + 3, p - 9)',
                bind('y', 'q + intDiv(z, 146097) * 400 + if(m <= 2, 1, 0)', wanted[part]),
              ),
            ),
          ),
        ),
      ),
    ),
  );
  return whole(civil);
}

/** ISO 8601 week of day `ordinal` of year `y`: https://en.wikipedia.org/wiki/ISO_week_date#Calculation */
function weekOf(ordinal: string): string {
  const lastWeekday = (year: string) =>
    `((${year}) + intDiv(${year}, 4) - intDiv(${year}, 100) + intDiv(${year}, 400)) % 7`;
  const weeks = (year: string) =>
    `if(${lastWeekday(year)} = 4 OR ${lastWeekday(`(${year}) - 1`)} = 3, 53, 52)`;
  const weekday = `if((${lastWeekday('y - 1')} + r) % 7 = 0, 7, (${lastWeekday('y - 1')} + r) % 7)`;
  return bind(
    'r',
    ordinal,
    bind('w', `intDiv(r - ${weekday} + 10, 7)`, `multiIf(w < 1, ${weeks('y - 1')}, w > ${weeks('y')}, 1, w)`),
  );
}
