import type { Audience, Person } from '@vigie/contracts/api';

/** Ids of the people whom a text mentions as `@Name` and who may read it; the longest name wins. */
export function mentioned(text: string, people: readonly Person[], audience: Audience): string[] {
  let rest = text;
  const found: string[] = [];
  for (const person of [...people].sort((a, b) => b.name.length - a.name.length)) {
    if (audience === 'internal' && person.side !== 'provider') continue;
    if (!rest.includes(`@${person.name}`)) continue;
    found.push(person.id);
    rest = rest.replaceAll(`@${person.name}`, ' ');
  }
  return found.slice(0, 20);
}

/** What stands between the last `@` and the caret, when a name may be meant; undefined: none. */
export function mentionBegun(text: string, caret: number): string | undefined {
  return /(?:^|[\s(])@([\p{L}\p{N} .'’-]{0,40})$/u.exec(text.slice(0, caret))?.[1];
}

/** People whose name, or a part of it, begins like this. */
export function candidates(
  begun: string,
  people: readonly Person[],
  audience: Audience,
  most = 6,
): readonly Person[] {
  const wanted = begun.toLocaleLowerCase();
  return people
    .filter(({ side, name }) => {
      if (audience === 'internal' && side !== 'provider') return false;
      const own = name.toLocaleLowerCase();
      return (
        own !== wanted && (own.startsWith(wanted) || own.split(' ').some((part) => part.startsWith(wanted)))
      );
    })
    .slice(0, most);
}
