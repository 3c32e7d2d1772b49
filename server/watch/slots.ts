/** Hours as the people around a source live them: an hour of the week in a time zone. */

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Hours of a week, Monday 00:00 first. */
export const SLOTS = 168;

/** 1 January 1970 was a Thursday: its first hour is the 72nd of a week that begins on Monday. */
const EPOCH_SLOT = 72;

/**
 * Turns hours (whole hours since 1970, UTC) into hours of the week of one time zone. When clocks change, the
 * doubled hour falls into one slot twice and the skipped one into none.
 */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  /** Whole hours since 1970 → offset of the zone in minutes. */
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError for a zone that does not exist */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
  }

  /** Minutes that the zone is ahead of UTC at an instant. */
  offset(at: number): number {
    const hour = Math.floor(at / HOUR);
    let offset = this.#offsets.get(hour);
    if (offset === undefined) {
      offset = offsetOf(this.#format, hour * HOUR);
      // Eight weeks of hours of learning, and some to spare.
      if (this.#offsets.size > 20_000) this.#offsets.clear();
      this.#offsets.set(hour, offset);
    }
    return offset;
  }

  /** Hour of the week, 0 (Monday, 00:00) to 167. */
  slot(hour: number): number {
    return mod(this.#localHour(hour) + EPOCH_SLOT, SLOTS);
  }

  /** Number of the local day that an hour belongs to; consecutive days have consecutive numbers. */
  day(hour: number): number {
    return Math.floor(this.#localHour(hour) / 24);
  }

  #localHour(hour: number): number {
    return Math.floor(hour + this.offset(hour * HOUR) / 60);
  }
}

/** Whether an hour of the week is on Saturday or Sunday. */
export function isWeekend(slot: number): boolean {
  return slot >= 120;
}

function offsetOf(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name);
  if (match?.[1] === undefined) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
