import { randomUUID } from 'node:crypto';
import { CLOCK_KINDS, type RotaMember, TenantProfile } from '@vigie/contracts/api';
import { ALWAYS, BusinessCalendar, type Calendar } from './calendar.ts';
import { advance, isOpen } from './clock.ts';
import { follow } from './follow.ts';
import { holidayCheck } from './holidays.ts';
import { siteOf } from './places.ts';
import type {
  CalledIncident,
  CallMail,
  CallRecord,
  ClockEvent,
  ClockRecord,
  ClockStore,
  ClockTransaction,
  FeedEntry,
  SiteHours,
} from './ports.ts';
import { onCall } from './rota.ts';

/** What a mail to somebody on call is written from. */
export interface CallLetter {
  readonly call: string;
  readonly person: RotaMember;
  readonly incident: CalledIncident;
  readonly clock: ClockRecord;
  readonly reason: 'warning' | 'breach';
  readonly share: number | null;
  readonly step: number;
}

export interface KeeperOptions {
  readonly store: ClockStore;
  /** Zone of a tenant; undefined: there is no such tenant. */
  readonly timeZone: (tenant: string) => string | undefined;
  /** Told where no rota watches a tenant. */
  readonly fallback: () => RotaMember | undefined;
  /** Whether somebody on call may hear of a tenant; without an account, or with one that sees it. */
  readonly mayHear: (tenant: string, person: RotaMember) => Promise<boolean>;
  /** Writes the mail. */
  readonly write: (letter: CallLetter) => Promise<Omit<CallMail, 'key' | 'to'>>;
  readonly wakeMailer: () => void;
  /** An incident's clocks have changed. */
  readonly changed: (tenant: string, incident: number) => void;
  readonly now: () => number;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

const TICK = 1_000;
const AT_ONCE = 200;

/**
 * Keeps the clocks: takes what the database wrote down of incidents, notes what is due, and asks those on call. All
 * it knows is in the tables, and each step is one transaction, so a process that dies in between leaves nothing done
 * twice and nothing undone.
 */
export class ClockKeeper {
  readonly #options: KeeperOptions;
  #timer: NodeJS.Timeout | undefined;
  /** What went wrong with an incident in this round. */
  #failed: unknown;
  #working: Promise<void> = Promise.resolve();
  #stopped = false;
  #problem: { readonly message: string; readonly since: number } | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Why the clocks can't be kept, and since when; undefined: they are. */
  get problem(): { readonly message: string; readonly since: number } | undefined {
    return this.#problem;
  }

  /** Catches up, then looks every second. */
  async start(): Promise<void> {
    await this.#round();
    this.#next();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #next(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#working = this.#round().finally(() => this.#next());
    }, TICK);
  }

  async #round(): Promise<void> {
    const { store, now, log } = this.#options;
    let failed: unknown;
    try {
      const feed = await store.feed(AT_ONCE);
      for (const entries of byIncident(feed))
        await this.#settle(entries[0]!.tenant, entries[0]!.incident, entries);
      for (const { tenant, incident } of await store.due(now(), AT_ONCE)) {
        if (this.#stopped) return;
        await this.#settle(tenant, incident, []);
      }
    } catch (error) {
      failed = error;
      log.warn({ err: error }, 'clocks could not be kept; trying again');
    }
    failed ??= this.#failed;
    this.#failed = undefined;
    const message = failed instanceof Error ? failed.message : String(failed);
    this.#problem = failed === undefined ? undefined : { message, since: this.#problem?.since ?? now() };
  }

  /** Applies what happened to an incident and what is due by now. */
  async #settle(tenant: string, id: number, feed: readonly FeedEntry[]): Promise<void> {
    const { store, now, log } = this.#options;
    try {
      const profile = await store.profile(tenant);
      const zone = this.#options.timeZone(tenant) ?? 'UTC';
      const sites = await store.sites(tenant);
      const at = now();
      const changed = await store.transaction(tenant, id, async (tx) => {
        const clocks = await tx.clocks();
        const incident = await tx.incident();
        if (incident === undefined) {
          await tx.done(feed);
          return false;
        }
        // Settled once: a promise does not move because evidence of another place is found later.
        const known = clocks.find(({ kind }) => isContractual(kind));
        const site =
          known !== undefined ? known.site : feed.length === 0 ? null : siteOf(await tx.whereabouts());
        const business = calendarOf(profile, zone, site === null ? undefined : sites.get(site));
        const before = new Map(clocks.map((clock) => [clock.kind, JSON.stringify(clock)]));
        const due = await tx.dueCalls(at);
        const events: ClockEvent[] = [];
        for (const entry of feed) {
          const followed = { ...incident, site, owned: incident.owner !== null };
          events.push(...follow(clocks, entry, followed, profile?.contract ?? null, business));
        }
        for (const clock of clocks) events.push(...advance(clock, at, business));
        for (const clock of clocks)
          if (before.get(clock.kind) !== JSON.stringify(clock)) await tx.save(clock);
        const fresh: ClockEvent[] = [];
        for (const event of events) if (await tx.event(event)) fresh.push(event);
        const started = fresh.filter(({ event }) => event === 'started');
        const first = started[0];
        if (first !== undefined) {
          const kinds = started.map(({ kind }) => `“${kind}”`).join(', ');
          await tx.log(first.at, `Clocks started: ${kinds}`, null);
        }
        for (const event of fresh) if (event.event !== 'started') await tx.log(event.at, event.text, null);
        if (!incident.demo) await this.#callFor(tx, incident, clocks, fresh, at);
        for (const call of due) await this.#escalate(tx, incident, clocks, call, at);
        await tx.done(feed);
        return fresh.length > 0 || due.length > 0;
      });
      if (!changed) return;
      this.#options.wakeMailer();
      this.#options.changed(tenant, id);
    } catch (error) {
      this.#failed = error;
      log.error(
        { err: error, tenant, incident: id },
        'the clocks of an incident could not be kept; trying again',
      );
    }
  }

  /** Asks those on call to look at clocks that still run; of several marks passed at once, at the last one. */
  async #callFor(
    tx: ClockTransaction,
    incident: CalledIncident,
    clocks: readonly ClockRecord[],
    events: readonly ClockEvent[],
    at: number,
  ): Promise<void> {
    for (const clock of clocks) {
      const last = events.filter(({ kind, event }) => kind === clock.kind && isMark(event)).at(-1);
      if (last === undefined || !isOpen(clock)) continue;
      const breach = last.event === 'breached';
      await this.#tell(
        tx,
        incident,
        clock,
        {
          tenant: incident.tenant,
          id: randomUUID(),
          incident: incident.id,
          kind: clock.kind,
          reason: breach ? 'breach' : 'warning',
          share: breach ? null : (clock.warned.at(-1) ?? null),
          step: 0,
          told: [],
          at,
          nextAt: null,
          acknowledgedAt: null,
          acknowledgedBy: null,
        },
        at,
      );
    }
  }

  async #escalate(
    tx: ClockTransaction,
    incident: CalledIncident,
    clocks: readonly ClockRecord[],
    call: CallRecord,
    at: number,
  ): Promise<void> {
    const clock = clocks.find(({ kind }) => kind === call.kind);
    if (clock === undefined || !isOpen(clock)) return tx.call({ ...call, nextAt: null }, []);
    await tx.log(
      at,
      `Nobody has acknowledged the call about “${call.kind}”: ${call.told.join(', ') || 'nobody was on call'}`,
      null,
    );
    await this.#tell(tx, incident, clock, call, at);
  }

  /** Tells the next level of the escalation at which somebody is on call. */
  async #tell(
    tx: ClockTransaction,
    incident: CalledIncident,
    clock: ClockRecord,
    call: CallRecord,
    at: number,
  ): Promise<void> {
    const levels = await this.#levels(incident.tenant, at);
    const place = levels.findIndex(({ level }) => level > call.step);
    const found = levels[place];
    if (found === undefined) {
      await tx.log(at, `Nobody is on call for “${call.kind}”`, null);
      return tx.call({ ...call, step: call.step === 0 ? 1 : call.step, nextAt: null }, []);
    }
    const mails: CallMail[] = [];
    for (const person of found.people) {
      const letter = {
        call: call.id,
        person,
        incident,
        clock,
        reason: call.reason,
        share: call.share,
        step: found.level,
      };
      mails.push({
        key: `clock:${call.id}:${found.level}:${person.email.toLowerCase()}`,
        to: person.email,
        ...(await this.#options.write(letter)),
      });
    }
    const names = found.people.map(({ name }) => name);
    await tx.log(
      at,
      `On call, level ${found.level}: ${names.join(', ')} told of “${call.kind}” (${call.reason})`,
      null,
    );
    const more = place + 1 < levels.length;
    await tx.call(
      {
        ...call,
        step: found.level,
        told: [...call.told, ...names],
        nextAt: more ? at + found.ackMinutes * 60_000 : null,
      },
      mails,
    );
  }

  /** Who is on call for a tenant by level; levels without anybody on duty who may hear of it are left out. */
  async #levels(tenant: string, at: number) {
    const levels = new Map<number, { people: RotaMember[]; ackMinutes: number }>();
    for (const { setup, overrides } of await this.#options.store.rotas()) {
      if (setup.tenants !== null && !setup.tenants.includes(tenant)) continue;
      const person = onCall(setup, overrides, at);
      if (person === undefined || !(await this.#options.mayHear(tenant, person))) continue;
      const level = levels.get(setup.level) ?? { people: [], ackMinutes: setup.ackMinutes };
      if (!level.people.some(({ email }) => email === person.email)) level.people.push(person);
      level.ackMinutes = Math.min(level.ackMinutes, setup.ackMinutes);
      levels.set(setup.level, level);
    }
    const fallback = this.#options.fallback();
    if (levels.size === 0 && fallback !== undefined) levels.set(1, { people: [fallback], ackMinutes: 15 });
    return [...levels].map(([level, each]) => ({ level, ...each })).sort((a, b) => a.level - b.level);
  }
}

/**
 * A tenant's business hours, or those of one of its sites: what the site leaves open is the tenant's, holidays always.
 * Where no hours are known, all time counts: nobody loses a promise by a form not filled in.
 *
 * @param timeZone the tenant's, IANA
 */
export function calendarOf(profile: TenantProfile | undefined, timeZone: string, site?: SiteHours): Calendar {
  const hours = site?.businessHours ?? profile?.businessHours ?? null;
  if (hours === null || hours.every((day) => day.length === 0)) return ALWAYS;
  const { holidays } = profile ?? TenantProfile.parse({});
  return new BusinessCalendar(site?.timeZone ?? timeZone, hours, holidayCheck(holidays));
}

function isContractual(kind: string): boolean {
  return (CLOCK_KINDS as readonly string[]).includes(kind);
}

function isMark(event: ClockEvent['event']): boolean {
  return event === 'warned' || event === 'breached';
}

function byIncident(feed: readonly FeedEntry[]): FeedEntry[][] {
  const groups = new Map<string, FeedEntry[]>();
  for (const entry of feed) {
    const key = `${entry.tenant} ${entry.incident}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}
