import { type Contract, type Holidays, TenantProfile } from '@vigie/contracts/api';
import { describe, expect, test } from 'vitest';
import { ALWAYS, BusinessCalendar } from './calendar.ts';
import { advance, clocksFor, dueOf, stateOf, viewOf } from './clock.ts';
import { follow } from './follow.ts';
import { easterSunday, holidayCheck, publicHolidays } from './holidays.ts';
import { calendarOf } from './keeper.ts';
import type { ClockRecord, FeedEntry, SiteHours } from './ports.ts';
import { nextDuty, onCall, plan } from './rota.ts';
import { addMonths, dateAt, instantOf } from './wall.ts';

const HOUR = 3_600_000;
const PARIS = 'Europe/Paris';
const at = (text: string) => Date.parse(text);
const week = (from: string, to: string) =>
  [1, 2, 3, 4, 5, 6, 7].map((day) => (day <= 5 ? [{ from, to }] : []));
const none = () => false;

describe('wall clocks', () => {
  test('a time that is skipped is the change; one that occurs twice is the first', () => {
    expect(new Date(instantOf('2026-03-29', 150, PARIS)).toISOString()).toBe('2026-03-29T01:00:00.000Z');
    expect(new Date(instantOf('2026-10-25', 150, PARIS)).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(new Date(instantOf('2026-07-01', 0, 'Asia/Kathmandu')).toISOString()).toBe(
      '2026-06-30T18:15:00.000Z',
    );
    expect(dateAt(at('2026-06-30T23:30:00Z'), PARIS)).toBe('2026-07-01');
  });

  test('a month later is the same local time, or the last day of a shorter month', () => {
    const local = (text: string) => new Date(addMonths(at(text), 1, PARIS)).toISOString();
    expect(local('2026-01-31T09:00:00Z')).toBe('2026-02-28T09:00:00.000Z');
    expect(local('2028-01-31T09:00:00Z')).toBe('2028-02-29T09:00:00.000Z');
    expect(local('2026-03-15T09:00:00Z')).toBe('2026-04-15T08:00:00.000Z');
  });
});

describe('business hours', () => {
  const calendar = new BusinessCalendar(PARIS, week('09:00', '17:00'), none);

  test('begin with the next opening, and run over the weekend', () => {
    // Friday 16:00 in Paris, winter.
    expect(calendar.add(at('2026-12-04T15:00:00Z'), 2 * HOUR)).toBe(at('2026-12-07T09:00:00Z'));
    expect(calendar.between(at('2026-12-04T15:00:00Z'), at('2026-12-07T09:00:00Z'))).toBe(2 * HOUR);
    expect(calendar.add(at('2026-12-05T12:00:00Z'), HOUR)).toBe(at('2026-12-07T09:00:00Z'));
    expect(calendar.between(at('2026-12-07T09:00:00Z'), at('2026-12-04T15:00:00Z'))).toBe(0);
  });

  test('follow the wall through both changes of the clocks', () => {
    expect(calendar.add(at('2026-03-27T15:00:00Z'), 2 * HOUR)).toBe(at('2026-03-30T08:00:00Z'));
    // Sunday's night shift is an hour short in March and an hour long in October.
    const nights = new BusinessCalendar(
      PARIS,
      [[], [], [], [], [], [{ from: '22:00', to: '06:00' }], []],
      none,
    );
    expect(nights.between(at('2026-03-28T00:00:00Z'), at('2026-03-30T00:00:00Z'))).toBe(7 * HOUR);
    expect(nights.between(at('2026-10-24T00:00:00Z'), at('2026-10-26T00:00:00Z'))).toBe(9 * HOUR);
  });

  test('spans past midnight and spans that overlap count once', () => {
    const hours = week('22:00', '06:00').map((day) => [...day, { from: '05:00', to: '08:00' }]);
    const nights = new BusinessCalendar('UTC', hours, none);
    // Monday 22:00 to Tuesday 08:00: ten hours, of which one is in two spans.
    expect(nights.between(at('2026-12-07T22:00:00Z'), at('2026-12-08T08:00:00Z'))).toBe(10 * HOUR);
  });

  test('holidays are left out, leap days are not', () => {
    const check = holidayCheck({ country: 'FR', region: null, extra: [], worked: [] });
    const french = new BusinessCalendar(PARIS, week('09:00', '17:00'), check);
    // Thursday 24 December 16:00; Friday is Christmas.
    expect(french.add(at('2026-12-24T15:00:00Z'), 2 * HOUR)).toBe(at('2026-12-28T09:00:00Z'));
    expect(calendar.between(at('2028-02-28T23:00:00Z'), at('2028-02-29T23:00:00Z'))).toBe(8 * HOUR);
  });

  test('round the clock by hours is round the clock, and no hours never end', () => {
    const whole = new BusinessCalendar(
      'UTC',
      Array.from({ length: 7 }, () => [{ from: '00:00', to: '24:00' }]),
      none,
    );
    expect(whole.add(0, 100 * 24 * HOUR)).toBe(100 * 24 * HOUR);
    const never = new BusinessCalendar('UTC', [[], [], [], [], [], [], []], none);
    expect(never.add(0, 1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('public holidays', () => {
  const dates = (country: Parameters<typeof publicHolidays>[0], region: string | null, year: number) =>
    publicHolidays(country, region, year).map(({ date }) => date);

  test('Easter, over three centuries', () => {
    expect([1961, 2000, 2026, 2038, 2285].map(easterSunday)).toEqual([
      '1961-04-02',
      '2000-04-23',
      '2026-04-05',
      '2038-04-25',
      '2285-03-22',
    ]);
  });

  test('by country and part', () => {
    expect(dates('FR', null, 2026)).toHaveLength(11);
    expect(dates('FR', '67', 2026)).toContain('2026-04-03');
    expect(dates('DE', 'BY', 2026)).toContain('2026-06-04');
    expect(dates('DE', 'HH', 2026)).not.toContain('2026-06-04');
    expect(dates('NL', null, 2025)).toContain('2025-04-26');
    expect(dates('LU', null, 2026)).toContain('2026-05-09');
    expect(dates('CH', null, 2026)).toContain('2026-08-01');
    expect(dates('BE', null, 2026)).toContain('2026-07-21');
    expect(dates('IT', null, 2026)).toContain('2026-06-02');
  });

  test('British days on a weekend are kept on the next free working days', () => {
    expect(dates('GB', null, 2021).slice(-2)).toEqual(['2021-12-27', '2021-12-28']);
    expect(dates('GB', 'SCT', 2022).slice(0, 2)).toEqual(['2022-01-03', '2022-01-04']);
    expect(dates('GB', null, 2026)).toContain('2026-08-31');
  });

  test('a client adds days and works on others', () => {
    const own: Holidays = {
      country: 'FR',
      region: null,
      extra: [{ date: '2026-12-31', name: '' }],
      worked: ['2026-05-25'],
    };
    expect(['2026-12-31', '2026-05-25', '2026-05-01'].map(holidayCheck(own))).toEqual([true, false, true]);
  });
});

describe('clocks', () => {
  const contract: Contract = {
    name: 'Gold',
    levels: {
      high: { notify: 1800, acknowledge: 900, contain: 14_400, resolve: 28_800, hours: 'always' },
      critical: { notify: 900, acknowledge: 300, contain: 3600, resolve: 7200, hours: 'always' },
      low: { notify: null, acknowledge: null, contain: null, resolve: 28_800, hours: 'business' },
    },
    warnAt: [0.5, 0.8],
  };
  const incident = { tenant: 'acme', id: 7, status: 'new', owned: false, verdict: null, site: null };
  const T = at('2026-12-07T08:00:00Z');
  const entry = (minutes: number, what: FeedEntry['what'], value = ''): FeedEntry => ({
    id: '1',
    tenant: 'acme',
    incident: 7,
    at: T + minutes * 60_000,
    what,
    value,
  });
  const run = (...entries: FeedEntry[]) => {
    const clocks: ClockRecord[] = [];
    const events = entries.flatMap((each) => follow(clocks, each, incident, contract, ALWAYS));
    return { clocks, events, of: (kind: string) => clocks.find((clock) => clock.kind === kind)! };
  };
  const minutes = (clock: ClockRecord) => (dueOf(clock, ALWAYS)! - T) / 60_000;

  test('start when an incident opens, and stop when it is told, taken, contained, closed', () => {
    const { of } = run(
      entry(0, 'opened', 'high'),
      entry(5, 'told'),
      entry(10, 'owner', 'u1'),
      entry(90, 'status', 'contained'),
      entry(600, 'status', 'closed'),
    );
    expect(['notify', 'acknowledge', 'contain', 'resolve'].map((kind) => stateOf(of(kind)))).toEqual([
      'met',
      'met',
      'met',
      'breached',
    ]);
    expect(of('resolve').breachedAt).toBe(T + 8 * HOUR);
    expect(viewOf(of('contain'), T + 24 * HOUR, ALWAYS)).toMatchObject({
      usedMs: 90 * 60_000,
      level: 'high',
    });
  });

  test('pause while the client is asked; both totals are kept', () => {
    const { of } = run(
      entry(0, 'opened', 'high'),
      entry(60, 'status', 'waiting-for-client'),
      entry(180, 'status', 'in-progress'),
      entry(240, 'status', 'waiting-for-client'),
    );
    expect(stateOf(of('contain'))).toBe('paused');
    expect(viewOf(of('contain'), T + 10 * HOUR, ALWAYS)).toMatchObject({
      usedMs: 2 * HOUR,
      usedWithPausesMs: 10 * HOUR,
      dueAt: null,
    });
    follow([of('contain')], entry(600, 'status', 'in-progress'), incident, contract, ALWAYS);
    expect(minutes(of('contain'))).toBe(600 + 120);
  });

  test('a higher severity counts from when it was reached, and never gives more time', () => {
    const early = run(entry(0, 'opened', 'high'), entry(30, 'level', 'critical'));
    expect(minutes(early.of('contain'))).toBe(90);
    expect(early.events.some(({ event }) => event === 'tightened')).toBe(true);
    const late = run(entry(0, 'opened', 'high'), entry(200, 'level', 'critical'));
    expect(minutes(late.of('contain'))).toBe(240);
    // A lower one takes nothing back.
    const lower = run(entry(0, 'opened', 'critical'), entry(1, 'level', 'high'));
    expect(minutes(lower.of('contain'))).toBe(60);
    // What was not promised below starts when it is reached.
    expect(run(entry(0, 'opened', 'low'), entry(9, 'level', 'high')).clocks).toHaveLength(4);
  });

  test('warn and breach once each, and a breach is never taken back', () => {
    const { of } = run(entry(0, 'opened', 'high'));
    const clock = of('contain');
    const happened = [0, 119, 120, 121, 192, 239, 240, 241, 500].map((minute) =>
      advance(clock, T + minute * 60_000, ALWAYS).map(({ event, once }) => `${event} ${once}`),
    );
    expect(happened).toEqual([
      [],
      [],
      ['warned warn 0.5'],
      [],
      ['warned warn 0.8'],
      [],
      ['breached breach'],
      [],
      [],
    ]);
    expect(clock.nextAt).toBeNull();
    for (const value of ['waiting-for-client', 'in-progress', 'closed', 'in-progress'])
      follow([clock], entry(600, 'status', value), incident, contract, ALWAYS);
    expect(stateOf(clock)).toBe('breached');
  });

  test('after hours without anybody looking, all that was due is noted at its own time', () => {
    const clock = run(entry(0, 'opened', 'high')).of('contain');
    expect(advance(clock, T + 24 * HOUR, ALWAYS).map(({ at: when }) => (when - T) / 60_000)).toEqual([
      120, 192, 240,
    ]);
  });

  test('reopening takes up the rest; what was contained before stays so', () => {
    const { of } = run(
      entry(0, 'opened', 'high'),
      entry(60, 'status', 'contained'),
      entry(120, 'status', 'closed'),
      entry(1000, 'status', 'in-progress'),
    );
    expect(stateOf(of('contain'))).toBe('met');
    expect(minutes(of('resolve'))).toBe(1000 + 360);
  });

  test('an incident that goes into another one owes nothing', () => {
    const { clocks } = run(entry(0, 'opened', 'high'), entry(1, 'status', 'merged'));
    expect(new Set(clocks.map(stateOf))).toEqual(new Set(['cancelled']));
  });

  test('count in a site’s zone and hours, through the change of its clocks, and the tenant’s where it says nothing', () => {
    const profile = TenantProfile.parse({
      businessHours: week('09:00', '17:00'),
      holidays: { extra: [{ date: '2026-11-02', name: 'ours' }] },
    });
    const site = (timeZone: string | null, businessHours: SiteHours['businessHours']): SiteHours => ({
      name: 'North',
      timeZone,
      businessHours,
    });
    const due = (from: string, where?: SiteHours) => {
      const made = clocksFor(contract, 'low', { tenant: 'acme', id: 1, site: 'north' }, at(from));
      const iso = dueOf(made[0]!, calendarOf(profile, PARIS, where))!;
      expect(made[0]!.site).toBe('north');
      return new Date(iso).toISOString();
    };
    // Eight hours from Friday 16:00 in Paris; on Sunday Europe goes to winter time, New York a week later. Monday the
    // 2nd is a holiday of the tenant, at its sites as well.
    expect(due('2026-10-23T14:00:00Z')).toBe('2026-10-26T15:00:00.000Z');
    expect(due('2026-10-23T14:00:00Z', site(null, null))).toBe('2026-10-26T15:00:00.000Z');
    // 10:00 in New York, one hour into the day; seven remain on it.
    expect(due('2026-10-23T14:00:00Z', site('America/New_York', null))).toBe('2026-10-26T14:00:00.000Z');
    // Friday 16:00 in New York, summer time; Tuesday 16:00, winter time: an hour later by the sun.
    expect(due('2026-10-30T20:00:00Z', site('America/New_York', null))).toBe('2026-11-03T21:00:00.000Z');
    // Hours of its own in the tenant's zone: 06:00 to 14:00.
    expect(due('2026-10-23T14:00:00Z', site(null, week('06:00', '14:00')))).toBe('2026-10-26T13:00:00.000Z');
    // Spring: Saturday's night shift of a site is an hour short, so what it lacks comes the night after.
    const nights = [[], [], [], [], [], [{ from: '22:00', to: '06:00' }], [{ from: '22:00', to: '06:00' }]];
    expect(due('2026-03-28T12:00:00Z', site(PARIS, nights))).toBe('2026-03-29T21:00:00.000Z');
    // A site that never opens is one whose hours nobody knows: all time counts, no promise is lost.
    expect(due('2026-10-23T14:00:00Z', site(null, [[], [], [], [], [], [], []]))).toBe(
      '2026-10-23T22:00:00.000Z',
    );
  });

  test('business hours with a pause over the night', () => {
    const business = new BusinessCalendar(PARIS, week('09:00', '17:00'), none);
    const [clock] = clocksFor(
      contract,
      'low',
      { tenant: 'acme', id: 1, site: null },
      at('2026-12-07T15:00:00Z'),
    );
    follow(
      [clock!],
      { ...entry(0, 'status', 'waiting-for-client'), at: at('2026-12-07T15:30:00Z') },
      incident,
      contract,
      business,
    );
    follow(
      [clock!],
      { ...entry(0, 'status', 'in-progress'), at: at('2026-12-08T09:00:00Z') },
      incident,
      contract,
      business,
    );
    // Half an hour on Monday, seven on Tuesday, the last half hour on Wednesday.
    expect(dueOf(clock!, business)).toBe(at('2026-12-09T08:30:00Z'));
  });
});

describe('rotas', () => {
  const member = (name: string) => ({
    name,
    email: `${name}@soc.example.org`,
    phone: null,
    language: 'en' as const,
  });
  const setup = {
    name: 'Analysts',
    level: 1,
    ackMinutes: 15,
    timeZone: PARIS,
    members: ['ada', 'bea', 'cyd', 'dan'].map(member),
    shifts: [
      { name: 'day', from: '08:00', to: '20:00', days: [1, 2, 3, 4, 5, 6, 7], members: [0, 1] },
      { name: 'night', from: '20:00', to: '08:00', days: [1, 2, 3, 4, 5, 6, 7], members: [2, 3] },
    ],
    rotationDays: 7,
    startsOn: '2026-12-07',
    tenants: null,
  };
  const who = (text: string, overrides: Parameters<typeof onCall>[1] = []) =>
    onCall(setup, overrides, at(text))?.name;

  test('day and night turn by the week; a night belongs to the evening on which it begins', () => {
    expect(who('2026-12-07T11:00:00Z')).toBe('ada');
    expect(who('2026-12-13T23:00:00Z')).toBe('cyd');
    expect(who('2026-12-14T06:30:00Z')).toBe('cyd');
    expect(who('2026-12-14T07:00:00Z')).toBe('bea');
    expect(who('2026-11-30T11:00:00Z')).toBe('bea');
  });

  test('the last override wins, for its time only', () => {
    const swap = (name: string, entered: number) => ({
      id: name,
      from: at('2026-12-07T10:00:00Z'),
      to: at('2026-12-07T12:00:00Z'),
      member: member(name),
      at: entered,
    });
    const both = [swap('eve', 2), swap('fay', 1)];
    expect(who('2026-12-07T11:00:00Z', both)).toBe('eve');
    expect(who('2026-12-07T12:00:00Z', both)).toBe('ada');
    const duties = plan(setup, both, at('2026-12-07T09:00:00Z'), at('2026-12-08T09:00:00Z'));
    expect(duties.map((duty) => duty.member?.name)).toEqual(['ada', 'eve', 'ada', 'cyd', 'ada']);
    expect(nextDuty(duties)?.member?.name).toBe('eve');
  });

  test('nights over a change of the clocks have no hole', () => {
    const duties = plan(setup, [], at('2026-03-28T12:00:00Z'), at('2026-03-30T12:00:00Z'));
    expect(duties.every((duty, n) => n === 0 || duties[n - 1]!.to === duty.from)).toBe(true);
    expect(duties.every((duty) => duty.member !== null)).toBe(true);
  });

  test('where no shift is, there is a gap', () => {
    const days = { ...setup, shifts: setup.shifts.slice(0, 1) };
    expect(onCall(days, [], at('2026-12-07T23:00:00Z'))).toBeUndefined();
  });
});
