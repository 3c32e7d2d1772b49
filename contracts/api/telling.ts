import { z } from 'zod';
import { CONTACT_FUNCTIONS, WHOM } from '../contacts.ts';
import { RoleName } from './access.ts';
import { Instant, Language, LevelSchema } from './common.ts';

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
  /** Who had allowed that the step sends by itself; null: a person sent it. */
  allowedBy: z.string().nullable(),
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

/** `POST …/steps/:step/telling`: this is the confirmation; without it, only what {@link SelfTellingSetup} allows is sent. */
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

const Allowed = {
  /** Least severity of an incident. */
  minLevel: LevelSchema,
  /** Functions of contacts who may be told so. */
  functions: z
    .array(z.enum(CONTACT_FUNCTIONS))
    .min(1)
    .max(CONTACT_FUNCTIONS.length)
    .refine((all) => new Set(all).size === all.length, 'a function is named once'),
};

/** `PUT /api/tenants/:id/self-telling`; null: steps are sent by hand, as it is until somebody allows it. */
export const SelfTellingSetup = z.strictObject({ allowed: z.strictObject(Allowed).nullable() });
export type SelfTellingSetup = z.infer<typeof SelfTellingSetup>;

/** Whether steps may send by themselves at a tenant, who allowed it, and when. */
export const SelfTellingView = z.object({
  allowed: z.object({ ...Allowed, by: z.string(), at: Instant }).nullable(),
});
export type SelfTellingView = z.infer<typeof SelfTellingView>;

/**
 * Why a step is sent by hand. `before`: the procedure was begun before it was allowed as it is now; `person`: the procedure
 * wants a person, for a call, a secret or a decision; `function`: it names
 * somebody who may not be told so; `hours`: a contact has no hours; `words`: the text is not in a contact's language, or
 * something in it must be filled in; `told`: somebody was told already.
 */
export const BY_HAND = [
  'not-allowed',
  'demo',
  'no-mail',
  'before',
  'person',
  'level',
  'function',
  'nobody',
  'hours',
  'words',
  'told',
] as const;

/** Whether a step sends by itself when its turn comes. */
export const StepBySelf = z.object({
  /** Null: it does. */
  byHand: z.enum(BY_HAND).nullable(),
  /** Addresses to which it would send; empty when it is sent by hand. */
  to: z.array(z.object({ name: z.string(), email: z.string() })),
  allowed: z.object({ by: z.string(), at: Instant }).nullable(),
});
export type StepBySelf = z.infer<typeof StepBySelf>;

/** A step that would send by itself once a procedure is begun. */
export const SendsBySelf = z.object({ step: z.string(), title: z.string(), to: StepBySelf.shape.to });
export type SendsBySelf = z.infer<typeof SendsBySelf>;
