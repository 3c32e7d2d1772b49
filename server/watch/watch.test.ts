import { describe, expect, it } from 'vitest';
import { type SourceAlert, steadyFor, step } from './alerts.ts';
import { rankMissing, ruleState } from './coverage.ts';
import { evenHour, OpenHour, Skip, SourceHistory } from './history.ts';
import { judgeHour, judgeMoment, patience, study, zoneOffset } from './judge.ts';
import { goesOn, type Maintenance } from './maintenance.ts';
import { RHYTHMS } from './rhythms.ts';
import { simulate } from './simulate.ts';
import { DAY, HOUR, ZoneClock } from './slots.ts';
import { threshold } from './thresholds.ts';
import { rightZone } from './zones.ts';

const START = Date.parse('2026-02-02T00:00:00Z');
const MINUTE = 60_000;

describe('hours of the week', () => {
  it('are those of the zone, also when its clocks change', () => {
    const paris = new ZoneClock('Europe/Paris');
    const slot = (text: string) => paris.slot(Date.parse(text) / HOUR);
    expect(slot('2026-02-01T23:00:00Z')).toBe(0);
    expect(slot('2026-02-02T07:00:00Z')).toBe(8);
    expect(slot('2026-03-30T06:00:00Z')).toBe(8);
    expect(new ZoneClock('Asia/Kolkata').offset(START)).toBe(330);
  });
});

describe('a simulated source', () => {
  const named = (name: string) => RHYTHMS.find((one) => one.name === name)!;
  const play = (name: string, more: object = {}) => {
    const { make, zone } = named(name);
    return simulate({ rhythm: make(), zone, seed: 7, start: START, weeks: 4, ...more });
  };

  it('of ten events a day is missed within two days, and not while it is there', () => {
    const { falseAlarms, detected } = play('door controller', {
      fault: () => 0,
      faultAt: START + 30 * DAY + 9 * HOUR,
    });
    expect(falseAlarms).toEqual([]);
    expect(detected.get('silent')).toBeLessThan(2 * DAY);
  }, 60_000);

  it('of office hours is missed at its desk within half an hour, and never at night or on Sunday', () => {
    const { falseAlarms, detected } = play('office hours', {
      fault: () => 0,
      faultAt: START + 30 * DAY + 10 * HOUR,
    });
    expect(falseAlarms).toEqual([]);
    expect(detected.get('silent')).toBeLessThan(HOUR / 2);
  }, 60_000);

  it('that works at night is missed the night after', () => {
    const { falseAlarms, detected } = play('nightly batch', {
      fault: () => 0,
      faultAt: START + 30 * DAY + 12 * HOUR,
    });
    expect(falseAlarms).toEqual([]);
    expect(Math.min(...detected.values())).toBeLessThan(DAY);
  }, 60_000);

  it('that triples is told', () => {
    const { detected } = play('small server', {
      fault: (events: number) => events * 3,
      faultAt: START + 28 * DAY,
    });
    expect(detected.get('volume-high')).toBeLessThanOrEqual(3 * HOUR + MINUTE);
  }, 60_000);
});

describe('thresholds', () => {
  it('know nothing of a few days, and one outage does not teach that outages are usual', () => {
    expect(threshold([1, 2, 3, 4], 0)).toBe(Number.POSITIVE_INFINITY);
    const calm = Array.from({ length: 40 }, (_, n) => 1 + (n % 5) / 10);
    expect(threshold(calm, 5)).toBe(5);
    expect(threshold([...calm, 50], 0)).toBeLessThan(60);
  });
});

describe('one look', () => {
  const clock = new ZoneClock('UTC');
  const steady = (hours: number) => {
    const history = new SourceHistory();
    for (let hour = START / HOUR; hour < START / HOUR + hours; hour++)
      history.set(hour, { ...evenHour(3600, 10, 0), delay: 500 });
    return history;
  };
  const now = (at: number, more: object = {}) => ({
    at,
    lastAt: at - MINUTE,
    excusedUntil: START,
    total: 1e6,
    delay: undefined,
    ...more,
  });

  it('at a busy source tells a silence of five minutes, unless it is excused', () => {
    const history = steady(21 * 24);
    const lesson = study(history, clock, 0, 0);
    const at = START + 21 * DAY;
    expect(judgeMoment(lesson, clock, now(at, { lastAt: at - 4 * MINUTE }))).toEqual([]);
    expect(judgeMoment(lesson, clock, now(at, { lastAt: at - 7 * MINUTE }))).toMatchObject([
      { kind: 'silent' },
    ]);
    expect(judgeMoment(lesson, clock, now(at, { lastAt: at - DAY, excusedUntil: at - MINUTE }))).toEqual([]);
    expect(patience(lesson, clock, at)).toBeLessThan(7 * MINUTE);
  });

  it('in the first day is patient, and says nothing of volume', () => {
    const history = steady(8);
    const lesson = study(history, clock, 0, 0);
    const at = START + 8 * HOUR;
    expect(judgeMoment(lesson, clock, now(at, { lastAt: at - HOUR }))).toEqual([]);
    expect(judgeMoment(lesson, clock, now(at, { lastAt: at - 3 * HOUR }))).toMatchObject([
      { kind: 'silent' },
    ]);
    history.set(at / HOUR, evenHour(100_000, 0, 0));
    expect(judgeHour(lesson, clock, history)).toEqual([]);
  });

  it('at an hour that has ended tells volume and failures against what was usual before it', () => {
    const history = steady(21 * 24);
    const lesson = study(history, clock, 0, 0);
    history.set(START / HOUR + 21 * 24, evenHour(9000, 3000, 0));
    expect(judgeHour(lesson, clock, history).map(({ kind }) => kind)).toEqual([
      'volume-high',
      'parse-failures',
    ]);
    history.set(START / HOUR + 21 * 24, evenHour(1000, 3, 0));
    expect(judgeHour(lesson, clock, history).map(({ kind }) => kind)).toEqual(['volume-low']);
    history.set(START / HOUR + 21 * 24, evenHour(1000, 3, Skip.maintenance));
    expect(judgeHour(lesson, clock, history)).toEqual([]);
  });

  it('knows a time zone from a delay', () => {
    const around = (p50: number, spread = 2000) => ({ p5: p50 - spread, p50, p95: p50 + spread });
    expect(zoneOffset(around(-HOUR + 3000))).toBe(HOUR);
    expect(zoneOffset(around(5.5 * HOUR))).toBe(-5.5 * HOUR);
    expect(zoneOffset(around(HOUR, 20 * MINUTE))).toBeUndefined();
    expect(zoneOffset(around(47 * MINUTE))).toBeUndefined();
    expect(zoneOffset(around(900))).toBeUndefined();
    const lesson = study(steady(48), clock, 0, 0);
    const found = judgeMoment(lesson, clock, now(START + 2 * DAY, { delay: around(-HOUR) }));
    expect(found).toMatchObject([{ kind: 'clock', facts: { zoneMs: HOUR } }]);
    expect(rightZone('UTC', HOUR, ['Europe/Paris'], START)).toBe('Europe/Paris');
    expect(rightZone('UTC', -5 * HOUR, ['Europe/Paris'], START)).toBe('Etc/GMT+5');
    expect(rightZone('UTC', 5.5 * HOUR, [], START)).toMatch(/^Asia\//);
  });

  it('counts an hour’s events, minutes and gaps', () => {
    const hour = new OpenHour(START / HOUR);
    hour.note(START + 1000, 2);
    hour.note(START + 30 * MINUTE, 1);
    expect(hour.record(5, 0)).toMatchObject({
      events: 3,
      active: 2,
      first: 1000,
      gap: 30 * MINUTE - 1000,
      delay: 5,
    });
  });
});

describe('an alert', () => {
  const key = { tenant: 'acme', source: 'fw' };
  const finding = { kind: 'silent', since: START, facts: { silentForMs: 1 } } as const;
  const look = (last: SourceAlert | undefined, found: typeof finding | undefined, at: number) =>
    step(last, found, key, at, () => 'id')!;

  it('opens, recovers when that has lasted, and opens again as the same when it flaps', () => {
    const opened = look(undefined, finding, START + HOUR);
    expect(opened).toMatchObject({ change: 'opened', alert: { state: 'open', since: START, flaps: 0 } });
    const clear = look(opened.alert, undefined, START + 2 * HOUR);
    expect(clear).toMatchObject({ alert: { state: 'open', clearSince: START + 2 * HOUR } });
    expect(look(clear.alert, undefined, START + 2 * HOUR + MINUTE).change).toBe('none');
    const recovered = look(clear.alert, undefined, START + 2 * HOUR + 6 * MINUTE);
    expect(recovered).toMatchObject({ change: 'recovered', alert: { recoveredAt: START + 2 * HOUR } });
    const again = look(recovered.alert, finding, START + 3 * HOUR);
    expect(again).toMatchObject({ change: 'reopened', alert: { id: 'id', flaps: 1, recoveredAt: null } });
    expect(steadyFor('silent', 3)).toBe(8 * steadyFor('silent', 0));
    expect(look(recovered.alert, finding, START + 3 * DAY).change).toBe('opened');
  });
});

describe('maintenance', () => {
  const plan = (when: Maintenance['when'], more: Partial<Maintenance> = {}): Maintenance => ({
    id: 'm',
    tenant: 'acme',
    source: null,
    when,
    reason: 'patches',
    createdBy: 'Ana',
    createdAt: 0,
    endedBy: null,
    endedAt: null,
    ...more,
  });
  it('of every week goes past midnight, by the clock of its zone', () => {
    const weekly = plan({ kind: 'weekly', days: [7], from: '22:00', to: '02:00', timeZone: 'Europe/Paris' });
    const at = (text: string) => goesOn(weekly, Date.parse(text));
    expect(at('2026-02-08T20:59:00Z')).toBe(false);
    expect(at('2026-02-08T21:00:00Z')).toBe(true);
    expect(at('2026-02-09T00:59:00Z')).toBe(true);
    expect(at('2026-02-09T01:00:00Z')).toBe(false);
    expect(at('2026-02-09T21:30:00Z')).toBe(false);
    expect(goesOn({ ...weekly, endedAt: 1 }, Date.parse('2026-02-08T21:00:00Z'))).toBe(false);
  });
  it('of once ends by itself, or before', () => {
    const once = plan({ kind: 'once', from: 10, to: 20 });
    expect([9, 10, 19, 20].map((at) => goesOn(once, at))).toEqual([false, true, true, false]);
    expect(goesOn({ ...once, endedAt: 15 }, 16)).toBe(false);
  });
});

describe('coverage', () => {
  const rule = (id: string, techniques: string[], ...needs: string[][]) => ({
    id,
    title: id,
    level: 'high' as const,
    logsource: 'x',
    techniques,
    needs: needs.map((group) => new Set(group)),
  });
  const well = (id: string) => [id, { id, degraded: null }] as const;
  const grey = (id: string) => [id, { id, degraded: { reason: 'silent', since: 5 } }] as const;

  it('is grey when all that could feed a rule is in trouble', () => {
    const either = rule('r', [], ['a', 'b']);
    expect(ruleState(either, new Map([grey('a')]))).toEqual({
      state: 'degraded',
      reason: 'silent',
      since: 5,
    });
    expect(
      ruleState(
        either,
        new Map<string, { id: string; degraded: null | { reason: string; since: number } }>([
          grey('a'),
          well('b'),
        ]),
      ).state,
    ).toBe('covered');
    expect(ruleState(rule('s', [], ['a'], ['c']), new Map([grey('a')])).state).toBe('uncovered');
    expect(ruleState(rule('n', []), new Map([well('a')])).state).toBe('uncovered');
  });

  it('ranks what is missing by what only it would add', () => {
    const rules = [
      rule('1', ['T1'], ['a']),
      rule('2', ['T1', 'T2'], ['b']),
      rule('3', ['T3'], ['b', 'c']),
      rule('4', ['T4'], ['b'], ['d']),
    ];
    expect(rankMissing(rules, new Map([well('a')]), (dataset) => dataset)).toEqual([
      { id: 'b', rules: 2, techniques: ['T2', 'T3'] },
      { id: 'c', rules: 1, techniques: ['T3'] },
    ]);
  });
});
