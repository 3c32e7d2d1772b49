import { randomUUID } from 'node:crypto';
import type { Level } from '@vigie/contracts';
import type { Side, TellingView } from '@vigie/contracts/api';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { StepRecord } from '../../procedures/ports.ts';
import { transaction } from './database.ts';
import { type AttachedRecord, attachedIn, type Doing, noteIn, saveStep } from './incident-procedure-store.ts';
import type { Database, StepTellingTable } from './schema.ts';
import { claimSelfTelling } from './self-telling-store.ts';
import { type Viewer, withSide } from './side.ts';

/** That somebody was told by a step, as it is shown. */
export interface TellingRecord {
  readonly incident: number;
  readonly procedure: string;
  readonly step: string;
  readonly view: TellingView;
}

/** Somebody to be told, or who was called. Times are epoch milliseconds. */
export interface NewTellingRecord {
  readonly how: 'mail' | 'phone';
  /** Of the client, outside of it, or of the provider, whose people are named to no client. */
  readonly side: 'client' | 'outside' | 'provider';
  readonly at: number;
  readonly name: string;
  readonly address: string;
  readonly text: string;
  readonly mail?: {
    readonly subject: string;
    /** As it is sent. */
    readonly html: string;
    readonly text: string;
    readonly notBefore: number;
  };
}

/** What is written when people are told. */
export interface TellingChange {
  readonly record: StepRecord;
  /** For everybody who sees the incident, and for the provider's people alone. */
  readonly doings: readonly (Doing & { readonly internal: boolean })[];
  readonly people: readonly NewTellingRecord[];
  /** The step sends by itself: who had allowed it, and what that and the incident's severity were. */
  readonly bySelf?: { readonly allowedBy: string; readonly allowedAt: number; readonly level: Level };
}

/**
 * Who was told by steps of procedures. What is written is written as the pipeline, since a mail to the provider's own
 * people is of no tenant: the caller has looked up tenant and incident in the person's scope before.
 */
export class TellingStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Who was told at these incidents, as far as the viewer may see, oldest first. */
  of(viewer: Viewer, incidents: readonly number[]): Promise<TellingRecord[]> {
    if (incidents.length === 0) return Promise.resolve([]);
    return withSide(this.#db, viewer, async (trx) => {
      const rows = await trx
        .selectFrom('step_telling')
        .selectAll()
        .where('incident_id', 'in', [...incidents])
        .orderBy('at')
        .orderBy('id')
        .limit(5_000)
        .execute();
      return rows.map(recordOf);
    });
  }

  /**
   * Notes who is told, queues their mails and settles the step, in one transaction. `change` is given what is there now
   * and how many were told so far as that side sees it, and may refuse with a value: then nothing is written.
   *
   * @returns undefined: there is no such procedure at the incident, or what would send by itself has, or may not any more
   */
  tell<Refusal>(
    about: {
      readonly tenant: string;
      readonly incident: number;
      readonly procedure: string;
      readonly step: string;
      readonly side: Side;
    },
    change: (
      found: AttachedRecord,
      told: number,
    ) => { readonly refusal: Refusal } | (TellingChange & { readonly now: number }),
  ): Promise<true | { readonly refusal: Refusal } | undefined> {
    const { tenant, incident, procedure, step, side } = about;
    return transaction(this.#db, async (trx) => {
      const locked = await trx
        .selectFrom('incident')
        .select('id')
        .where('tenant', '=', tenant)
        .where('id', '=', incident)
        .forUpdate()
        .executeTakeFirst();
      if (locked === undefined) return undefined;
      const found = (await attachedIn(trx, [incident])).find(({ id }) => id === procedure);
      if (found === undefined) return undefined;
      const wanted = change(found, await count(trx, tenant, incident, procedure, step, side));
      if ('refusal' in wanted) return wanted;
      const { bySelf, now } = wanted;
      if (bySelf !== undefined && !(await claimSelfTelling(trx, about, bySelf, now))) return undefined;
      for (const person of wanted.people) await add(trx, about, person, wanted);
      await saveStep(trx, tenant, incident, procedure, wanted.record);
      for (const doing of wanted.doings) await noteIn(trx, tenant, incident, doing, doing.internal);
      return true as const;
    });
  }
}

async function count(
  trx: Transaction<Database>,
  tenant: string,
  incident: number,
  procedure: string,
  step: string,
  side: Side,
): Promise<number> {
  let query = trx
    .selectFrom('step_telling')
    .select((eb) => eb.fn.countAll().as('told'))
    .where('tenant', '=', tenant)
    .where('incident_id', '=', incident)
    .where('procedure_id', '=', procedure)
    .where('step_id', '=', step);
  if (side === 'client') query = query.where('internal', '=', false);
  return Number((await query.executeTakeFirstOrThrow()).told);
}

async function add(
  trx: Transaction<Database>,
  about: {
    readonly tenant: string;
    readonly incident: number;
    readonly procedure: string;
    readonly step: string;
  },
  person: NewTellingRecord,
  { record, now, bySelf }: TellingChange & { readonly now: number },
): Promise<void> {
  const { tenant, incident } = about;
  const { mail, side } = person;
  const id = randomUUID();
  const internal = side === 'provider';
  if (mail !== undefined)
    await trx
      .insertInto('outbox')
      .values({
        id,
        // The client's people see the mails of their tenant: one to the provider's own is of no tenant.
        tenant: internal ? null : tenant,
        incident_id: internal ? null : incident,
        kind: side === 'client' ? 'tell' : `tell-${side}`,
        unique_key: `tell:${id}`,
        recipient: person.address,
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        not_before: mail.notBefore,
        created_at: now,
      })
      .execute();
  else if (side === 'client')
    await trx
      .insertInto('clock_feed')
      .values({ tenant, incident_id: incident, at: person.at, what: 'told', value: '' })
      .execute();
  await trx
    .insertInto('step_telling')
    .values({
      tenant,
      id,
      incident_id: incident,
      procedure_id: about.procedure,
      step_id: about.step,
      at: person.at,
      actor: record.actor,
      how: person.how,
      name: clean(person.name),
      address: person.address,
      subject: mail?.subject ?? null,
      text: clean(person.text),
      internal,
      mail: mail === undefined ? null : id,
      waits_until: mail === undefined || mail.notBefore <= now ? null : mail.notBefore,
      state: mail === undefined ? 'noted' : 'waiting',
      sent_at: null,
      allowed_by: bySelf?.allowedBy ?? null,
    })
    .execute();
}

/** PostgreSQL's text cannot hold NUL. */
function clean(text: string): string {
  return text.replaceAll('\0', '');
}

function recordOf(row: Selectable<StepTellingTable>): TellingRecord {
  return {
    incident: row.incident_id,
    procedure: row.procedure_id,
    step: row.step_id,
    view: {
      id: row.id,
      at: row.at,
      actor: row.actor,
      how: row.how,
      name: row.name,
      address: row.address,
      subject: row.subject,
      text: row.text,
      state: row.state,
      sentAt: row.sent_at,
      waitsUntil: row.state === 'waiting' ? row.waits_until : null,
      allowedBy: row.allowed_by,
    },
  };
}
