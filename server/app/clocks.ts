import type {
  ClockBoard,
  ClockBoardQuery,
  ClockStatistics,
  ClockView,
  Contact,
  IncidentClocks,
  Language,
  TenantProfile,
} from '@vigie/contracts/api';
import { CLOCK_KINDS } from '@vigie/contracts/api';
import type { CallPage, ClockBook, Identity, Scope } from '../api/index.ts';
import { sideOf } from '../api/side.ts';
import { type ClockRecord, calendarOf, dateAt, isOpen, viewOf } from '../clocks/index.ts';
import { nextOpening } from '../respond/index.ts';
import type { ClientStore } from '../storage/state/client-store.ts';
import type { ClockReader } from '../storage/state/clock-reader.ts';
import type { PostgresClockStore } from '../storage/state/clock-store.ts';
import type { CallLinks } from './call-links.ts';

export interface ClocksOptions {
  readonly reader: ClockReader;
  readonly store: PostgresClockStore;
  readonly clients: ClientStore;
  readonly links: CallLinks;
  readonly tenant: (
    id: string,
  ) =>
    | { readonly name: string; readonly timeZone: string; readonly contacts: readonly Contact[] }
    | undefined;
  readonly now: () => number;
}

const HOUR = 3_600_000;

/** Clocks as people see them; {@link ClockKeeper} keeps them. */
export class Clocks implements ClockBook {
  readonly #options: ClocksOptions;

  constructor(options: ClocksOptions) {
    this.#options = options;
  }

  async ofIncident(identity: Identity, id: number): Promise<IncidentClocks | undefined> {
    const { reader, clients, now } = this.#options;
    const found = await reader.ofIncident(identity.scope, id);
    if (found === undefined) return undefined;
    const at = now();
    const profile = await clients.profile(identity.scope, found.tenant);
    const sites = await clients.siteHours(identity.scope);
    const provider = sideOf(identity) === 'provider';
    return {
      contract: profile?.contract?.name ?? null,
      clocks: found.clocks
        .filter(({ kind }) => isContractual(kind))
        .map((clock) => this.#view(clock, at, profile, sites))
        .sort((a, b) => order(a.kind) - order(b.kind)),
      // Who of the provider was on call is the provider's own.
      calls: !provider
        ? []
        : found.calls.map((call) => ({
            id: call.id,
            clock: call.kind,
            reason: call.reason,
            step: call.step,
            told: [...call.told],
            at: call.at,
            nextAt: call.nextAt,
            acknowledged:
              call.acknowledgedAt === null
                ? null
                : { at: call.acknowledgedAt, by: call.acknowledgedBy ?? '' },
          })),
      events: found.events.map(({ at: when, kind, event, text }) => ({
        at: when,
        clock: kind,
        event: event as IncidentClocks['events'][number]['event'],
        text,
      })),
      contacts: callOrder(
        this.#options.tenant(found.tenant)?.contacts ?? [],
        at,
        this.#options.tenant(found.tenant)?.timeZone ?? 'UTC',
      ),
    };
  }

  told(identity: Identity, id: number, how: string): Promise<boolean> {
    const { reader, now } = this.#options;
    return reader.told(identity.scope, id, now(), identity.name, how);
  }

  async board(identity: Identity, query: ClockBoardQuery): Promise<ClockBoard> {
    const { reader, clients, now } = this.#options;
    const at = now();
    const { tenant, limit } = query;
    const owner = query.owner === 'me' ? identity.id : query.owner;
    const { items, total } = await reader.board(identity.scope, {
      ...(tenant === undefined ? {} : { tenant }),
      ...(owner === undefined ? {} : { owner }),
      until: at + query.within * HOUR,
      limit,
    });
    const profiles = await clients.profiles(identity.scope);
    const sites = await clients.siteHours(identity.scope);
    const views = items.map(({ clock, incident }) => ({
      clock: this.#view(clock, at, profiles.get(clock.tenant), sites),
      incident,
    }));
    return { items: views, total };
  }

  async statistics(
    scope: Scope,
    query: { readonly tenant?: string; readonly from: number; readonly to: number },
  ): Promise<ClockStatistics> {
    const { reader, clients, now } = this.#options;
    const profiles = await clients.profiles(scope);
    const sites = await clients.siteHours(scope);
    const groups = new Map<string, { clock: ClockRecord; view: ClockView; month: string }[]>();
    for (const clock of await reader.startedIn(scope, query.from, query.to, query.tenant)) {
      const zone = this.#options.tenant(clock.tenant)?.timeZone ?? 'UTC';
      const month = dateAt(clock.startedAt, zone).slice(0, 7);
      const view = this.#view(clock, now(), profiles.get(clock.tenant), sites);
      const key = [clock.tenant, month, clock.kind, view.level ?? ''].join('\n');
      const group = groups.get(key) ?? [];
      group.push({ clock, view, month });
      groups.set(key, group);
    }
    return {
      items: [...groups.values()].map((group) => {
        const { clock, view, month } = group[0]!;
        const done = group.filter(({ clock: each }) => each.stoppedAt !== null);
        return {
          tenant: clock.tenant,
          month,
          kind: clock.kind,
          level: view.level,
          met: done.filter(({ clock: each }) => each.breachedAt === null).length,
          breached: group.filter(({ clock: each }) => each.breachedAt !== null).length,
          open: group.filter(({ clock: each }) => isOpen(each) && each.breachedAt === null).length,
          medianUsedMs: median(done.map(({ view: each }) => each.usedMs)),
          medianWithPausesMs: median(done.map(({ view: each }) => each.usedWithPausesMs)),
        };
      }),
    };
  }

  async acknowledge(identity: Identity, incident: number, id: string): Promise<boolean | undefined> {
    const { store, reader } = this.#options;
    const found = await reader.ofIncident(identity.scope, incident);
    const call = found?.calls.find((each) => each.id === id);
    return call === undefined ? undefined : store.acknowledge(call, identity.name, 'in the console');
  }

  async byLink(token: string): Promise<CallPage | undefined> {
    const { links, store, reader } = this.#options;
    const link = links.read(token);
    const call = link === undefined ? undefined : await store.call(link.call);
    if (link === undefined || call === undefined) return undefined;
    const tenant = this.#options.tenant(call.tenant);
    const found = await reader.ofIncident([call.tenant], call.incident);
    return {
      incident: call.incident,
      tenant: tenant?.name ?? call.tenant,
      clock: call.kind,
      dueAt: found?.clocks.find(({ kind }) => kind === call.kind)?.dueAt ?? null,
      timeZone: tenant?.timeZone ?? 'UTC',
      language: link.language as Language,
      person: link.name,
      acknowledged:
        call.acknowledgedAt === null ? null : { at: call.acknowledgedAt, by: call.acknowledgedBy ?? '' },
    };
  }

  async acknowledgeByLink(token: string): Promise<boolean | undefined> {
    const { links, store } = this.#options;
    const link = links.read(token);
    const call = link === undefined ? undefined : await store.call(link.call);
    if (link === undefined || call === undefined) return undefined;
    return store.acknowledge(call, link.name, 'by the link of the mail');
  }

  #view(
    clock: ClockRecord,
    at: number,
    profile: TenantProfile | undefined,
    sites: Awaited<ReturnType<ClientStore['siteHours']>>,
  ): ClockView {
    const site = clock.site === null ? undefined : sites.get(clock.tenant)?.get(clock.site);
    const zone = this.#options.tenant(clock.tenant)?.timeZone ?? 'UTC';
    return viewOf(clock, at, calendarOf(profile, zone, site), site?.name ?? null);
  }
}

/** Contacts that have a place in the order of calls: those within their hours first. */
export function callOrder(contacts: readonly Contact[], now: number, timeZone: string) {
  return contacts
    .filter(({ order: place }) => place !== undefined)
    .map((contact) => ({ contact, reachable: nextOpening(contact.hours, now, timeZone) === now }))
    .sort(
      (a, b) => Number(b.reachable) - Number(a.reachable) || (a.contact.order ?? 0) - (b.contact.order ?? 0),
    )
    .map(({ contact, reachable }) => ({
      name: contact.name,
      email: contact.email,
      phone: contact.phone ?? null,
      functions: contact.functions,
      languages: contact.languages,
      reachable,
    }));
}

function isContractual(kind: string): boolean {
  return order(kind) >= 0;
}

function order(kind: string): number {
  return (CLOCK_KINDS as readonly string[]).indexOf(kind);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
