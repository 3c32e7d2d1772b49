import type { Language, RotaMember, RotaSetup, RotaShift } from '@vigie/contracts/api';

/** A rota as it is written in the form: members and shifts are lines of text. */
export interface RotaDraft {
  readonly name: string;
  readonly level: string;
  readonly ackMinutes: string;
  readonly timeZone: string;
  readonly rotationDays: string;
  readonly startsOn: string;
  readonly members: string;
  readonly shifts: string;
}

const LANGUAGES: readonly Language[] = ['en', 'fr', 'it', 'nl', 'de'];

/** Lines of a rota, as {@link readDraft} reads them. */
export function draftOf(setup: RotaSetup): RotaDraft {
  return {
    name: setup.name,
    level: String(setup.level),
    ackMinutes: String(setup.ackMinutes),
    timeZone: setup.timeZone,
    rotationDays: String(setup.rotationDays),
    startsOn: setup.startsOn,
    members: setup.members
      .map(({ name, email, phone, language }) => [name, email, phone ?? '', language].join(', '))
      .join('\n'),
    shifts: setup.shifts
      .map(
        ({ name, from, to, days, members }) =>
          `${name}, ${from}–${to}, ${days.join(' ')}, ${members.map((place) => place + 1).join(' ')}`,
      )
      .join('\n'),
  };
}

/** The rota of a form; or the first line that can't be read. */
export function readDraft(
  draft: RotaDraft,
  tenants: RotaSetup['tenants'],
): RotaSetup | { readonly unread: string } {
  const members: RotaMember[] = [];
  for (const line of lines(draft.members)) {
    const member = memberOf(line);
    if (member === undefined) return { unread: line };
    members.push(member);
  }
  const shifts: RotaShift[] = [];
  for (const line of lines(draft.shifts)) {
    const shift = shiftOf(line, members.length);
    if (shift === undefined) return { unread: line };
    shifts.push(shift);
  }
  return {
    name: draft.name.trim(),
    level: Number(draft.level),
    ackMinutes: Number(draft.ackMinutes),
    timeZone: draft.timeZone,
    rotationDays: Number(draft.rotationDays),
    startsOn: draft.startsOn,
    members,
    shifts,
    tenants,
  };
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function memberOf(line: string): RotaMember | undefined {
  const [name = '', email = '', phone = '', tongue = ''] = line.split(',').map((part) => part.trim());
  const language = tongue === '' ? 'en' : LANGUAGES.find((each) => each === tongue.toLowerCase());
  if (name === '' || !/^[^\s@]+@[^\s@]+$/.test(email) || language === undefined) return undefined;
  return { name, email, phone: phone === '' ? null : phone, language };
}

function shiftOf(line: string, size: number): RotaShift | undefined {
  const [name = '', hours = '', days = '', turn = ''] = line.split(',').map((part) => part.trim());
  const [, from, to] = /^(\d\d:\d\d)\s*[–-]\s*(\d\d:\d\d)$/.exec(hours) ?? [];
  const weekdays = numbers(days);
  const members = numbers(turn).map((place) => place - 1);
  const known = members.every((place) => place >= 0 && place < size);
  if (name === '' || from === undefined || to === undefined || weekdays.length === 0) return undefined;
  return members.length === 0 || !known || weekdays.some((day) => day < 1 || day > 7)
    ? undefined
    : { name, from, to, days: weekdays, members };
}

/** `1-5 7` → 1, 2, 3, 4, 5, 7. */
function numbers(text: string): number[] {
  return text.split(/\s+/).flatMap((part) => {
    const [, first, last] = /^(\d{1,2})(?:[–-](\d{1,2}))?$/.exec(part) ?? [];
    if (first === undefined) return [];
    const end = Number(last ?? first);
    return Array.from({ length: Math.max(0, end - Number(first) + 1) }, (_, n) => Number(first) + n);
  });
}
