const DAY = 86_400_000;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const NAMES = MONTHS.join('|');
/** The year that a date without one is read in. */
const NO_YEAR = 2026;

/** Seconds since 1970 of the years 2014 to 2029, which no other number of ten digits in a log is likely to be. */
const FIRST_SECOND = 1_388_534_400;
const LAST_SECOND = 1_893_456_000;

const FORMS: readonly RegExp[] = [
  // 2026-03-04, 2026/03/04, 2026.03.04, also with one digit
  /(?<![\d.])(?<y>20[0-3]\d)(?<s>[-/.])(?<m>\d{1,2})\k<s>(?<d>\d{1,2})(?![\d.]*\.\d|\d)/g,
  // 20260304T050607, 20260304050607
  /(?<!\d)(?<y>20[0-3]\d)(?<m>[01]\d)(?<d>[0-3]\d)(?=T?[0-2]\d[0-5]\d[0-5]\d(?:\D|$))/g,
  // 04/Mar/2026, 4-Mar-2026, 04 Mar 2026
  new RegExp(`(?<![\\w])(?<d>\\d{1,2})(?<s>[-/ ])(?<n>${NAMES})\\k<s>(?<y>20[0-3]\\d)(?!\\d)`, 'gi'),
  // 2026 Mar  4
  new RegExp(`(?<![\\w])(?<y>20[0-3]\\d)(?<s> )(?<n>${NAMES})(?<t> {1,2})(?<d>\\d{1,2})(?!\\d)`, 'gi'),
  // Mar  4 2026, Mar 4, 2026, Mar 04 05:06:07 2026, Mar  4 05:06:07
  new RegExp(
    `(?<!\\w)(?<n>${NAMES})(?<s> {1,2})(?<d>\\d{1,2})(?=[ ,:](?:[^\\n]{0,30}?\\b(?<y>20[0-3]\\d)\\b)?)`,
    'gi',
  ),
];
const AMBIGUOUS = /(?<![\d.])(\d{1,2})([-/.])(\d{1,2})\2(20[0-3]\d)(?!\d|\.\d)/g;
const EPOCH = /(?<![\w.-])(\d{10})(\d{3}|\d{6}|\d{9})?(?![\w])/g;

/** Moves times in the spelling in which they stand. */
export class Clock {
  /** Days (since 1970) that the log is known to speak of: tell 3/4 from 4/3. */
  readonly #days: ReadonlySet<number>;
  readonly #by: number;

  /**
   * @param instants times that the log is known to hold, ISO 8601
   * @param weeks by how much every time is moved back: whole weeks, so that a name of a weekday stays true
   */
  constructor(instants: Iterable<string>, weeks: number) {
    this.#by = -7 * weeks;
    const days = new Set<number>();
    for (const text of instants) {
      const day = Math.floor(Date.parse(text) / DAY);
      if (Number.isFinite(day)) for (const near of [day - 1, day, day + 1]) days.add(near);
    }
    this.#days = days;
  }

  /** The text with every date and every count of seconds since 1970 moved. */
  move(text: string): string {
    if (!/\d/.test(text)) return text;
    // Each place once: a moved date is no date to move again.
    const done: { at: number; end: number; by: string }[] = [];
    const put = (at: number, end: number, by: string): void => {
      if (!done.some((other) => at < other.end && end > other.at)) done.push({ at, end, by });
    };
    for (const form of FORMS) for (const found of text.matchAll(form)) this.#byForm(text, found, put);
    for (const found of text.matchAll(AMBIGUOUS)) this.#ambiguous(found, put);
    for (const found of text.matchAll(EPOCH)) {
      const seconds = Number(found[1]);
      if (seconds < FIRST_SECOND || seconds > LAST_SECOND) continue;
      put(found.index, found.index + 10, String(seconds + this.#by * 86_400));
    }
    done.sort((a, b) => a.at - b.at);
    let out = '';
    let from = 0;
    for (const { at, end, by } of done) {
      out += text.slice(from, at) + by;
      from = end;
    }
    return out + text.slice(from);
  }

  #byForm(text: string, found: RegExpMatchArray, put: (at: number, end: number, by: string) => void): void {
    const { y, m, d, n, t, s = '' } = found.groups as Record<string, string | undefined>;
    const month =
      n === undefined ? Number(m) : MONTHS.indexOf(n.toLowerCase() as (typeof MONTHS)[number]) + 1;
    const moved = move(this.#by, y === undefined ? NO_YEAR : Number(y), month, Number(d));
    if (moved === undefined) return;
    const at = found.index!;
    const end = at + found[0].length;
    const pad = (value: number, like: string): string =>
      like.length === 2 ? String(value).padStart(2, '0') : String(value);
    if (n === undefined) {
      put(at, end, `${moved.y}${s}${pad(moved.m, m!)}${s}${pad(moved.d, d!)}`);
      return;
    }
    const name = casedLike(MONTHS[moved.m - 1]!, n);
    if (t !== undefined) {
      put(at, end, `${moved.y} ${name}${t}${pad(moved.d, d!)}`);
      return;
    }
    if (found[0].startsWith(d!) && y !== undefined) {
      put(at, end, `${pad(moved.d, d!)}${s}${name}${s}${moved.y}`);
      return;
    }
    // `Mar  4` has a blank for the digit that is missing, `Mar 04` a zero.
    const day =
      s.length === 2 || d!.length === 1 ? String(moved.d).padStart(s.length === 2 ? 2 : 1) : pad(moved.d, d!);
    put(at, end, `${name} ${day}`);
    if (y !== undefined) {
      const year = text.indexOf(y, end);
      put(year, year + 4, String(moved.y));
    }
  }

  #ambiguous(found: RegExpMatchArray, put: (at: number, end: number, by: string) => void): void {
    const [whole, first, mark, second, year] = found as unknown as [string, string, string, string, string];
    const a = Number(first);
    const b = Number(second);
    const isKnown = (m: number, d: number): boolean => this.#days.has(Date.UTC(Number(year), m - 1, d) / DAY);
    const dayFirst = b > 12 ? false : a > 12 ? true : isKnown(b, a) || !isKnown(a, b);
    const moved = dayFirst ? move(this.#by, Number(year), b, a) : move(this.#by, Number(year), a, b);
    if (moved === undefined) return;
    const pad = (value: number, like: string): string => String(value).padStart(like.length, '0');
    const [x, z] = dayFirst ? [moved.d, moved.m] : [moved.m, moved.d];
    put(
      found.index!,
      found.index! + whole.length,
      `${pad(x, first)}${mark}${pad(z, second)}${mark}${moved.y}`,
    );
  }
}

function move(
  days: number,
  y: number,
  m: number,
  d: number,
): { y: number; m: number; d: number } | undefined {
  if (m < 1 || m > 12 || d < 1 || d > 31) return undefined;
  const day = new Date(Date.UTC(y, m - 1, d) + days * DAY);
  return { y: day.getUTCFullYear(), m: day.getUTCMonth() + 1, d: day.getUTCDate() };
}

function casedLike(name: string, like: string): string {
  if (like === like.toUpperCase()) return name.toUpperCase();
  return like[0] === like[0]!.toUpperCase() ? name[0]!.toUpperCase() + name.slice(1) : name;
}
