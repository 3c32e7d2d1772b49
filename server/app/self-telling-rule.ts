import { LEVELS, type Level } from '@vigie/contracts';
import type { Contact, Language, StepBySelf, TellPerson } from '@vigie/contracts/api';
import type { ContactFunction, Whom } from '@vigie/contracts/contacts.ts';
import { whomOf } from '@vigie/contracts/procedure/file.ts';
import { leftIn } from '../procedures/index.ts';
import type { Allowed } from '../storage/state/self-telling-store.ts';
import { messageOf, type TellingStep } from './step-mails.ts';
import { peopleFor } from './telling-people.ts';

/** What decides whether a step sends by itself. Times are epoch milliseconds. */
export interface SelfTellingFacts {
  readonly allowed: Allowed | undefined;
  readonly tenant: {
    readonly id: string;
    readonly name: string;
    readonly language: Language;
    readonly timeZone: string;
    readonly contacts: readonly Contact[];
  };
  readonly level: Level;
  readonly demo: boolean;
  /** Whether a mail server is configured. */
  readonly mayMail: boolean;
  /** When the procedure was begun. */
  readonly begunAt: number;
  /** Whether the step has told somebody, by hand or by itself. */
  readonly told: boolean;
  readonly now: number;
}

type ByHand = NonNullable<StepBySelf['byHand']>;

/**
 * Whom a step tells by itself when its turn comes, or why it waits for a person. It goes to all that it names or to
 * nobody: to contacts that it means themselves, all of whose functions it names are allowed, in their own language.
 */
export function selfTellingOf(
  about: TellingStep,
  facts: SelfTellingFacts,
): { readonly people: readonly TellPerson[] } | { readonly byHand: ByHand } {
  const { allowed, tenant, now } = facts;
  const { step, record } = about;
  const by = (byHand: ByHand) => ({ byHand });
  if (facts.told) return by('told');
  if (facts.demo) return by('demo');
  if (allowed === undefined) return by('not-allowed');
  if (step.person === true) return by('person');
  if (!facts.mayMail) return by('no-mail');
  if (facts.begunAt < allowed.at) return by('before');
  if (LEVELS.indexOf(facts.level) < LEVELS.indexOf(allowed.minLevel)) return by('level');
  const whom = whomOf(step);
  const may = (each: Whom): each is ContactFunction => allowed.functions.some((one) => one === each);
  if (whom.length === 0 || (step.roles ?? []).length > 0 || !whom.every(may)) return by('function');
  if (!whom.every((each) => tenant.contacts.some(({ functions }) => functions.includes(each))))
    return by('nobody');
  const people = peopleFor({ whom, roles: [] }, { tenant, colleagues: [], rotas: [], now }).filter(
    ({ meant }) => meant === 'direct',
  );
  if (people.some(({ reachableAt }) => reachableAt === null)) return by('hours');
  const ready = ({ language }: TellPerson) => {
    const words = record.procedure.words[language];
    // Dots are a blank that only a person can fill.
    if (words === undefined || words.steps[step.id]?.message?.includes('…') !== false) return false;
    const text = messageOf(about, tenant.name, language);
    return text.trim() !== '' && leftIn(text).length === 0;
  };
  return people.every(ready) ? { people } : by('words');
}
