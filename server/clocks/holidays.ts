import type { HolidayCountry, Holidays } from '@vigie/contracts/api';
import { addDays, type LocalDate, weekdayOf } from './wall.ts';

/**
 * Public holidays by rule: fixed dates, days around Easter Sunday, n-th weekdays of a month. Days that parts of a
 * country keep are listed by their ISO 3166-2 part; municipal days are entered by hand.
 */
type Rule =
  /** `05-01`. */
  | { readonly on: string }
  /** Days after Easter Sunday. */
  | { readonly easter: number }
  /** n-th weekday of a month; -1: the last. */
  | { readonly month: number; readonly weekday: number; readonly nth: number };

type Named = Rule & {
  readonly name: string;
  /** Parts of the country that keep it; left out: all. */
  readonly in?: readonly string[];
  /** Parts that do not. */
  readonly notIn?: readonly string[];
  /** On a weekend it is kept on the next working day (Great Britain). */
  readonly substitute?: true;
  /** On a Sunday it is kept the day before (King's Day). */
  readonly saturday?: true;
  /** First year in which it is kept. */
  readonly since?: number;
};

const newYear = (name: string): Named => ({ on: '01-01', name });
const EAST = ['BB', 'MV', 'SN', 'ST', 'TH'];
const CATHOLIC = ['BW', 'BY', 'NW', 'RP', 'SL'];

const RULES: Readonly<Record<HolidayCountry, readonly Named[]>> = {
  FR: [
    newYear('Jour de l’An'),
    { easter: -2, name: 'Vendredi saint', in: ['57', '67', '68'] },
    { easter: 1, name: 'Lundi de Pâques' },
    { on: '05-01', name: 'Fête du Travail' },
    { on: '05-08', name: 'Victoire 1945' },
    { easter: 39, name: 'Ascension' },
    { easter: 50, name: 'Lundi de Pentecôte' },
    { on: '07-14', name: 'Fête nationale' },
    { on: '08-15', name: 'Assomption' },
    { on: '11-01', name: 'Toussaint' },
    { on: '11-11', name: 'Armistice 1918' },
    { on: '12-25', name: 'Noël' },
    { on: '12-26', name: 'Saint-Étienne', in: ['57', '67', '68'] },
  ],
  BE: [
    newYear('Nieuwjaar / Jour de l’An'),
    { easter: 1, name: 'Paasmaandag / Lundi de Pâques' },
    { on: '05-01', name: 'Dag van de Arbeid / Fête du Travail' },
    { easter: 39, name: 'O.-L.-H.-Hemelvaart / Ascension' },
    { easter: 50, name: 'Pinkstermaandag / Lundi de Pentecôte' },
    { on: '07-21', name: 'Nationale feestdag / Fête nationale' },
    { on: '08-15', name: 'O.-L.-V.-Hemelvaart / Assomption' },
    { on: '11-01', name: 'Allerheiligen / Toussaint' },
    { on: '11-11', name: 'Wapenstilstand / Armistice' },
    { on: '12-25', name: 'Kerstmis / Noël' },
  ],
  IT: [
    newYear('Capodanno'),
    { on: '01-06', name: 'Epifania' },
    { easter: 0, name: 'Pasqua' },
    { easter: 1, name: 'Lunedì dell’Angelo' },
    { on: '04-25', name: 'Festa della Liberazione' },
    { on: '05-01', name: 'Festa del Lavoro' },
    { on: '06-02', name: 'Festa della Repubblica' },
    { on: '08-15', name: 'Ferragosto' },
    { on: '10-04', name: 'San Francesco d’Assisi', since: 2026 },
    { on: '11-01', name: 'Ognissanti' },
    { on: '12-08', name: 'Immacolata Concezione' },
    { on: '12-25', name: 'Natale' },
    { on: '12-26', name: 'Santo Stefano' },
  ],
  NL: [
    newYear('Nieuwjaarsdag'),
    { easter: 0, name: 'Eerste paasdag' },
    { easter: 1, name: 'Tweede paasdag' },
    { on: '04-27', name: 'Koningsdag', saturday: true },
    { easter: 39, name: 'Hemelvaartsdag' },
    { easter: 49, name: 'Eerste pinksterdag' },
    { easter: 50, name: 'Tweede pinksterdag' },
    { on: '12-25', name: 'Eerste kerstdag' },
    { on: '12-26', name: 'Tweede kerstdag' },
  ],
  DE: [
    newYear('Neujahr'),
    { on: '01-06', name: 'Heilige Drei Könige', in: ['BW', 'BY', 'ST'] },
    { on: '03-08', name: 'Frauentag', in: ['BE', 'MV'] },
    { easter: -2, name: 'Karfreitag' },
    { easter: 0, name: 'Ostersonntag', in: ['BB'] },
    { easter: 1, name: 'Ostermontag' },
    { on: '05-01', name: 'Tag der Arbeit' },
    { easter: 39, name: 'Christi Himmelfahrt' },
    { easter: 49, name: 'Pfingstsonntag', in: ['BB'] },
    { easter: 50, name: 'Pfingstmontag' },
    { easter: 60, name: 'Fronleichnam', in: ['BW', 'BY', 'HE', 'NW', 'RP', 'SL'] },
    { on: '08-15', name: 'Mariä Himmelfahrt', in: ['SL'] },
    { on: '09-20', name: 'Weltkindertag', in: ['TH'] },
    { on: '10-03', name: 'Tag der Deutschen Einheit' },
    { on: '10-31', name: 'Reformationstag', in: [...EAST, 'HB', 'HH', 'NI', 'SH'] },
    { on: '11-01', name: 'Allerheiligen', in: CATHOLIC },
    { on: '12-25', name: 'Erster Weihnachtstag' },
    { on: '12-26', name: 'Zweiter Weihnachtstag' },
  ],
  CH: [
    newYear('Neujahr'),
    { easter: -2, name: 'Karfreitag', notIn: ['TI', 'VS'] },
    { easter: 1, name: 'Ostermontag', notIn: ['VS'] },
    { easter: 39, name: 'Auffahrt' },
    { easter: 50, name: 'Pfingstmontag', notIn: ['VS'] },
    { on: '08-01', name: 'Bundesfeier' },
    { on: '12-25', name: 'Weihnachten' },
  ],
  LU: [
    newYear('Neijoerschdag'),
    { easter: 1, name: 'Ouschterméindeg' },
    { on: '05-01', name: 'Dag vun der Aarbecht' },
    { on: '05-09', name: 'Europadag', since: 2019 },
    { easter: 39, name: 'Christi Himmelfaart' },
    { easter: 50, name: 'Péngschtméindeg' },
    { on: '06-23', name: 'Nationalfeierdag' },
    { on: '08-15', name: 'Léiffrawëschdag' },
    { on: '11-01', name: 'Allerhellgen' },
    { on: '12-25', name: 'Chrëschtdag' },
    { on: '12-26', name: 'Stiefesdag' },
  ],
  GB: [
    { on: '01-01', name: 'New Year’s Day', substitute: true },
    { on: '01-02', name: '2 January', in: ['SCT'], substitute: true },
    { on: '03-17', name: 'St Patrick’s Day', in: ['NIR'], substitute: true },
    { easter: -2, name: 'Good Friday' },
    { easter: 1, name: 'Easter Monday', notIn: ['SCT'] },
    { month: 5, weekday: 1, nth: 1, name: 'Early May bank holiday' },
    { month: 5, weekday: 1, nth: -1, name: 'Spring bank holiday' },
    { on: '07-12', name: 'Battle of the Boyne', in: ['NIR'], substitute: true },
    { month: 8, weekday: 1, nth: 1, name: 'Summer bank holiday', in: ['SCT'] },
    { month: 8, weekday: 1, nth: -1, name: 'Summer bank holiday', notIn: ['SCT'] },
    { on: '11-30', name: 'St Andrew’s Day', in: ['SCT'], substitute: true },
    { on: '12-25', name: 'Christmas Day', substitute: true },
    { on: '12-26', name: 'Boxing Day', substitute: true },
  ],
};

/** A public holiday. */
export interface Holiday {
  readonly date: LocalDate;
  readonly name: string;
}

/** Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876, as in Meeus, Astronomical Algorithms, ch. 8). */
export function easterSunday(year: number): LocalDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * e + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return date(year, Math.floor(n / 31), (n % 31) + 1);
}

/** Parts of a country that keep days of their own. */
export function regionsOf(country: HolidayCountry): string[] {
  const named = RULES[country].flatMap((rule) => [...(rule.in ?? []), ...(rule.notIn ?? [])]);
  return [...new Set(named)].sort();
}

/** The public holidays of a year, in order. */
export function publicHolidays(country: HolidayCountry, region: string | null, year: number): Holiday[] {
  const kept = new Map<LocalDate, string>();
  for (const rule of RULES[country]) {
    if (rule.in !== undefined && (region === null || !rule.in.includes(region))) continue;
    if (region !== null && rule.notIn?.includes(region)) continue;
    if (rule.since !== undefined && year < rule.since) continue;
    let day = dateOf(rule, year);
    if (rule.saturday && weekdayOf(day) === 7) day = addDays(day, -1);
    if (rule.substitute) while (weekdayOf(day) > 5 || kept.has(day)) day = addDays(day, 1);
    if (!kept.has(day)) kept.set(day, rule.name);
  }
  return [...kept].map(([day, name]) => ({ date: day, name })).sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** Whether nobody works on a date. */
export function holidayCheck(holidays: Holidays): (date: LocalDate) => boolean {
  const years = new Map<number, ReadonlySet<LocalDate>>();
  const extra = new Set(holidays.extra.map((day) => day.date));
  const worked = new Set(holidays.worked);
  return (day) => {
    if (extra.has(day)) return true;
    if (holidays.country === null || worked.has(day)) return false;
    const year = Number(day.slice(0, 4));
    let known = years.get(year);
    if (known === undefined) {
      known = new Set(publicHolidays(holidays.country, holidays.region, year).map((each) => each.date));
      years.set(year, known);
    }
    return known.has(day);
  };
}

function dateOf(rule: Rule, year: number): LocalDate {
  if ('on' in rule) return `${year}-${rule.on}`;
  if ('easter' in rule) return addDays(easterSunday(year), rule.easter);
  if (rule.nth > 0) {
    const first = date(year, rule.month, 1);
    return addDays(first, ((rule.weekday - weekdayOf(first) + 7) % 7) + (rule.nth - 1) * 7);
  }
  const last = addDays(rule.month === 12 ? date(year + 1, 1, 1) : date(year, rule.month + 1, 1), -1);
  return addDays(last, -((weekdayOf(last) - rule.weekday + 7) % 7));
}

function date(year: number, month: number, day: number): LocalDate {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
