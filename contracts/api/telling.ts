import { z } from 'zod';
import { CONTACT_FUNCTIONS, WHOM } from '../contacts.ts';
import { RoleName } from './access.ts';
import { Instant, Language } from './common.ts';

/** Steps `tell` of procedures at an incident: whom they mean, the prepared words, and who was told. */

/** Somebody who can be told. */
export const TellPerson = z.object({
  /** `contact:` or `provider:`, and the address. */
  id: z.string(),
  side: z.enum(['client', 'outside', 'provider']),
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  functions: z.array(z.enum(CONTACT_FUNCTIONS)),
  /** Of somebody of the provider. */
  role: RoleName.nullable(),
  /** On call now, by a rota. */
  onCall: z.boolean(),
  /** In which they are written to. */
  language: Language,
  /** `direct`: the step means them; `through`: they stand in or pass it on; `other`: any other contact. */
  meant: z.enum(['direct', 'through', 'other']),
  /** When they may be written to: now, or the begin of their hours; null: never by their hours. */
  reachableAt: Instant.nullable(),
  reachable: z.boolean(),
});
export type TellPerson = z.infer<typeof TellPerson>;

export const TellText = z.strictObject({
  subject: z.string().trim().min(1).max(180),
  text: z.string().trim().min(1).max(6_000),
});
export type TellText = z.infer<typeof TellText>;

/** That somebody was told. */
export const TellingView = z.object({
  id: z.string(),
  at: Instant,
  /** Who did it. */
  actor: z.string(),
  how: z.enum(['mail', 'phone']),
  name: z.string(),
  /** E-mail address, or phone number; may be empty. */
  address: z.string(),
  subject: z.string().nullable(),
  /** What was sent, or what was noted of the call. */
  text: z.string(),
  /** `noted`: by phone; `waiting`: in the outbox; `failed`: the mail was given up. */
  state: z.enum(['noted', 'waiting', 'sent', 'failed']),
  /** When the mail server took it. */
  sentAt: Instant.nullable(),
  /** Until when it waits for the hours of the contact. */
  waitsUntil: Instant.nullable(),
});
export type TellingView = z.infer<typeof TellingView>;

/** `GET …/steps/:step/telling`. */
export const StepTelling = z.object({
  whom: z.array(z.enum(WHOM)),
  roles: z.array(RoleName),
  people: z.array(TellPerson),
  /** Prepared, in the languages of the people; `own` false: the procedure has no words in it, these are another's. */
  messages: z.partialRecord(Language, z.object({ subject: z.string(), text: z.string(), own: z.boolean() })),
  /** The tenant's. */
  language: Language,
  /** A mail server is configured, and the caller may send. */
  mayMail: z.boolean(),
  told: z.array(TellingView),
});
export type StepTelling = z.infer<typeof StepTelling>;

/** How many were told when the caller looked: meanwhile more, and nothing is sent (409). */
const seen = z.number().int().min(0).max(10_000);

/** `POST …/steps/:step/telling`: this is the confirmation; nothing is sent without it. */
export const NewTelling = z.discriminatedUnion('how', [
  z.strictObject({
    how: z.literal('mail'),
    seen,
    /** Ids of people. */
    to: z.array(z.string().max(300)).min(1).max(50),
    /** For each language that one of them is written to in. */
    messages: z.partialRecord(Language, TellText),
    /** Also outside of the hours of a contact; else it waits in the outbox until they begin. */
    atOnce: z.boolean().default(false),
  }),
  z.strictObject({
    how: z.literal('phone'),
    seen,
    /** Id of a person, if it is one of them. */
    person: z.string().max(300).nullable().default(null),
    name: z.string().trim().min(1).max(200),
    at: Instant,
    note: z.string().trim().max(2_000).default(''),
  }),
]);
export type NewTelling = z.infer<typeof NewTelling>;
