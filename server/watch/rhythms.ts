import { poisson, type Rhythm } from './simulate.ts';
import { DAY, HOUR, ZoneClock } from './slots.ts';

/** The rhythms that the simulation plays, as sources in the field have them. */
export interface NamedRhythm {
  readonly name: string;
  readonly description: string;
  readonly zone: string;
  /** A rhythm with a memory of its own. */
  readonly make: () => Rhythm;
  /** Local hour (on the Wednesday after the healthy weeks) at which the source breaks. */
  readonly breaksAt: number;
}

const ZONE = 'Europe/Paris';
const MINUTE = 60_000;

/** Local hour and weekday, Monday 0. */
function local(clock: ZoneClock, at: number): { hour: number; day: number; minute: number } {
  const wall = at + clock.offset(at) * MINUTE;
  return {
    hour: Math.floor(wall / HOUR) % 24,
    day: (Math.floor(wall / DAY) + 3) % 7,
    minute: Math.floor(wall / MINUTE) % 60,
  };
}

export const RHYTHMS: readonly NamedRhythm[] = [
  {
    name: 'firewall',
    description: '100 events/s by day, a third of it at night, wavering by a third',
    zone: ZONE,
    breaksAt: 11,
    make: () => {
      const clock = new ZoneClock(ZONE);
      let level = 0;
      return (at, random) => {
        const { hour, day } = local(clock, at);
        level = 0.98 * level + 0.06 * (random() - 0.5);
        const busy = hour >= 8 && hour < 18 && day < 5 ? 1 : 0.35;
        return poisson(6_000 * busy * Math.exp(level * 3), random);
      };
    },
  },
  {
    name: 'small server',
    description: 'one event a minute, day and night',
    zone: ZONE,
    breaksAt: 3,
    make: () => (_at, random) => poisson(1, random),
  },
  {
    name: 'office hours',
    description: '600 events an hour from about 8 to about 18 on working days, else nothing',
    zone: ZONE,
    breaksAt: 10,
    make: () => {
      const clock = new ZoneClock(ZONE);
      let today = -1;
      let begin = 8;
      let end = 18;
      return (at, random) => {
        const { hour, day, minute } = local(clock, at);
        if (day !== today) {
          today = day;
          begin = 8 + (random() - 0.5);
          end = 18 + (random() - 0.5) * 1.5;
        }
        const time = hour + minute / 60;
        return day < 5 && time >= begin && time < end ? poisson(10, random) : 0;
      };
    },
  },
  {
    name: 'nightly batch',
    description: '5,000 events in ten minutes, once a night between 4:00 and 4:30',
    zone: ZONE,
    breaksAt: 12,
    make: () => {
      const clock = new ZoneClock(ZONE);
      let today = -1;
      let begin = 0;
      return (at, random) => {
        const { hour, day, minute } = local(clock, at);
        if (day !== today) {
          today = day;
          begin = Math.floor(random() * 30);
        }
        return hour === 4 && minute >= begin && minute < begin + 10 ? poisson(500, random) : 0;
      };
    },
  },
  {
    name: 'door controller',
    description: 'ten events a day, at random',
    zone: ZONE,
    breaksAt: 9,
    make: () => (_at, random) => poisson(10 / 1440, random),
  },
  {
    name: 'badge reader',
    description: 'forty events on a working day, most of them at 8, 12 and 17',
    zone: ZONE,
    breaksAt: 7,
    make: () => {
      const clock = new ZoneClock(ZONE);
      return (at, random) => {
        const { hour, day } = local(clock, at);
        if (day >= 5) return 0;
        const rate = [8, 12, 17].includes(hour) ? 10 : hour > 7 && hour < 19 ? 1.2 : 0;
        return poisson(rate / 60, random);
      };
    },
  },
  {
    name: 'bursts',
    description: 'three bursts of some 200 events a day, at random',
    zone: ZONE,
    breaksAt: 9,
    make: () => {
      let left = 0;
      return (_at, random) => {
        if (left === 0 && random() < 3 / 1440) left = 1 + Math.floor(random() * 4);
        if (left === 0) return 0;
        left--;
        return poisson(80, random);
      };
    },
  },
];
