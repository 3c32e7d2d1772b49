import { z } from 'zod';
import { Instant, Language, Slug } from './common.ts';

/** Who of the provider is on call. A rota is a level of escalation; shifts are in the rota's own time zone. */

const Time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
export const LocalDate = z.iso.date();

export const RotaMember = z.strictObject({
  name: z.string().trim().min(1).max(200),
  email: z.email().max(254),
  phone: z.string().max(64).nullable().default(null),
  /** Language of the mails to them. */
  language: Language.default('en'),
});
export type RotaMember = z.infer<typeof RotaMember>;

export const RotaShift = z.strictObject({
  name: z.string().trim().min(1).max(60),
  /** An end that is not after the begin is on the next day. */
  from: Time,
  to: Time,
  /** ISO weekdays on which it begins. */
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  /** Places in `members`, in the order of the rotation. */
  members: z.array(z.number().int().min(0).max(99)).min(1).max(50),
});
export type RotaShift = z.infer<typeof RotaShift>;

export const RotaSetup = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    /** Level of escalation: 1 is told first. */
    level: z.number().int().min(1).max(9).default(1),
    /** Minutes after which the next level is told when nobody acknowledged. */
    ackMinutes: z.number().min(0.05).max(1440).default(15),
    timeZone: z.string().max(64).default('UTC'),
    members: z.array(RotaMember).min(1).max(100),
    shifts: z.array(RotaShift).min(1).max(20),
    /** Days after which the next member takes over, counted from `startsOn`. */
    rotationDays: z.number().int().min(1).max(366).default(7),
    startsOn: LocalDate,
    /** Tenants it watches; null: all. */
    tenants: z.array(Slug).min(1).nullable().default(null),
  })
  .refine(
    ({ members, shifts }) => shifts.every((shift) => shift.members.every((place) => place < members.length)),
    'a shift names a member who is not there',
  );
export type RotaSetup = z.infer<typeof RotaSetup>;

/** `POST /api/rotas/:id/overrides`: somebody else for a time; the one entered last wins. */
export const NewOverride = z
  .strictObject({
    from: Instant,
    to: Instant,
    member: RotaMember,
    kind: z.enum(['swap', 'holiday', 'sickness', 'other']),
    note: z.string().max(1000).default(''),
  })
  .refine(({ from, to }) => from < to && to - from <= 366 * 86_400_000, 'the end must be after the begin');
export type NewOverride = z.infer<typeof NewOverride>;
export const OverrideView = z.object({
  id: z.string(),
  from: Instant,
  to: Instant,
  member: RotaMember,
  kind: z.enum(['swap', 'holiday', 'sickness', 'other']),
  note: z.string(),
  by: z.string(),
});
export type OverrideView = z.infer<typeof OverrideView>;

/** A stretch of time with one person; `member` null: a gap. */
export const DutyView = z.object({
  from: Instant,
  to: Instant,
  shift: z.string().nullable(),
  member: RotaMember.nullable(),
  /** Id of the override that put the person there. */
  override: z.string().nullable(),
});
export type DutyView = z.infer<typeof DutyView>;

export const HandoverNote = z.object({ at: Instant, by: z.string(), text: z.string() });
export const NewHandoverNote = z.strictObject({ text: z.string().trim().min(1).max(10_000) });

export const RotaView = z.object({
  id: Slug,
  setup: RotaSetup,
  now: DutyView,
  /** The next stretch with somebody else. */
  next: DutyView.nullable(),
  /** The next two weeks. */
  plan: z.array(DutyView),
  overrides: z.array(OverrideView),
  /** The newest first, at most 50. */
  notes: z.array(HandoverNote),
});
export type RotaView = z.infer<typeof RotaView>;
export const RotaList = z.object({ items: z.array(RotaView) });
