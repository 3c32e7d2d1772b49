import { HOUR, ZoneClock } from './slots.ts';

/**
 * The time zone that would put a source's clock right.
 *
 * @param current zone by which its dates are read now
 * @param ahead how far its events are ahead of their receipt then, milliseconds
 * @param likely zones to prefer, such as the tenant's
 * @returns undefined when no zone has that offset
 */
export function rightZone(
  current: string,
  ahead: number,
  likely: readonly string[],
  at: number,
): string | undefined {
  const offset = new ZoneClock(current).offset(at) + ahead / 60_000;
  const fits = (zone: string) => new ZoneClock(zone).offset(at) === offset;
  const known = likely.find(fits);
  if (known !== undefined) return known;
  if (offset === 0) return 'UTC';
  // The signs of these names are those of POSIX: Etc/GMT-2 is two hours ahead of Greenwich.
  if (offset % 60 === 0 && offset >= -720 && offset <= 840)
    return `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs((offset * 60_000) / HOUR)}`;
  return Intl.supportedValuesOf('timeZone').find(fits);
}
