import { type Entity, LEVELS, type Level } from '@vigie/contracts';
import type { Contact, Language } from '@vigie/contracts/api';
import type { IncidentMail } from './mail/model.ts';
import { languageOf, recipients } from './mail/recipients.ts';
import type { MailRenderer } from './mail/render.ts';
import type { NotableIncident, NotifyStore, QueuedMail, RespondLog } from './ports.ts';

export interface NotifierOptions {
  readonly store: NotifyStore;
  readonly renderer: MailRenderer;
  readonly tenant: (id: string) =>
    | {
        readonly name: string;
        readonly language: Language;
        readonly timeZone: string;
        readonly contacts: readonly Contact[];
      }
    | undefined;
  readonly story: (
    ruleId: string,
    facts: Readonly<Record<string, string>>,
    language: Language,
  ) => { readonly title: string; readonly diagnosis: string; readonly advice: readonly string[] };
  /** What must be minded of the machines and people of an incident. */
  readonly mind?: (tenant: string, entities: readonly Entity[]) => NonNullable<IncidentMail['mind']>;
  readonly techniqueName: (id: string) => string;
  /** Title of the whole, from its alerts' titles in the reader's language. */
  readonly title: (
    alerts: readonly {
      readonly ruleId: string;
      readonly title: string;
      readonly level: Level;
      readonly firstAt: number;
    }[],
  ) => string;
  readonly link: (incidentId: number) => string;
  readonly wakeMailer: () => void;
  readonly now: () => number;
  readonly log: RespondLog;
  /** Milliseconds a new incident gathers evidence before its mail is written. */
  readonly delay: number;
}

/** At least this long between two mails of one incident to the same people. */
const QUIET = 5 * 60_000;
const SWEEP_EVERY = 20_000;

/**
 * Tells a client's contacts of an incident: once when it opens, after a short wait in which the first
 * evidence gathers, and again when its severity rises, but not more often than every five minutes. A contact
 * who wants to hear of severe incidents only is told when it becomes one.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #stopped = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Takes up what a process that died had not told, and from then on what was missed on the way. */
  async start(): Promise<void> {
    await this.#sweep(0);
    // The database may have stored an incident and died before it could say so: then nobody called `opened`.
    this.#sweeper = setInterval(() => {
      this.#sweep(this.#options.delay).catch((error: unknown) =>
        this.#options.log.warn({ err: error }, 'incidents not told yet could not be read'),
      );
    }, SWEEP_EVERY);
  }

  async #sweep(delay: number): Promise<void> {
    const since = this.#options.now() - 86_400_000;
    for (const { tenant, id } of await this.#options.store.untold(since)) this.#schedule(tenant, id, delay);
  }

  /** An incident was opened. */
  opened(tenant: string, id: number): void {
    this.#schedule(tenant, id, this.#options.delay);
  }

  /** An incident has changed; its severity may have risen. */
  changed(tenant: string, id: number): void {
    if (!this.#timers.has(id)) this.#schedule(tenant, id, this.#options.delay);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(tenant: string, id: number, delay: number): void {
    if (this.#stopped || this.#timers.has(id)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(id);
      this.#tell(tenant, id).catch((error: unknown) => {
        this.#options.log.error(
          { err: error, tenant, incident: id },
          'mail of an incident not written; trying again',
        );
        this.#schedule(tenant, id, 5_000);
      });
    }, delay);
    this.#timers.set(id, timer);
  }

  async #tell(tenantId: string, id: number): Promise<void> {
    const { store, renderer, now } = this.#options;
    const tenant = this.#options.tenant(tenantId);
    const incident = await store.incident(tenantId, id);
    if (tenant === undefined || incident === undefined || incident.demo || incident.closed) return;
    const rank = LEVELS.indexOf(incident.level);
    const at = now();
    const told = incident.notifiedRank;
    if (told !== null) {
      if (rank <= told) return;
      const wait = (incident.notifiedAt ?? 0) + QUIET - at;
      const newcomers = recipients(tenant.contacts, {
        level: incident.level,
        kind: 'incident',
        now: at,
        timeZone: tenant.timeZone,
      }).filter(({ contact }) => LEVELS.indexOf(contact.minLevel) > told);
      // Those who hear of it for the first time need not wait for the quiet of the others.
      if (wait > 0 && newcomers.length === 0) return this.#schedule(tenantId, id, wait);
    }
    const chosen = recipients(tenant.contacts, {
      level: incident.level,
      kind: 'incident',
      now: at,
      timeZone: tenant.timeZone,
    });
    const mails: QueuedMail[] = [];
    for (const { contact, notBefore } of chosen) {
      const language = languageOf(contact, tenant.language);
      mails.push({
        key: `incident:${id}:${rank}:${contact.email.toLowerCase()}`,
        to: contact.email,
        notBefore,
        ...(await renderer.render(
          'incident',
          language,
          this.#model(incident, { ...tenant, language }, told === null),
        )),
      });
    }
    await store.queue(tenantId, id, rank, at, mails);
    if (mails.length > 0) this.#options.wakeMailer();
  }

  #model(
    incident: NotableIncident,
    /** `language`: of the reader. */
    tenant: NonNullable<ReturnType<NotifierOptions['tenant']>>,
    isNew: boolean,
  ) {
    const { story, title, techniqueName, link } = this.#options;
    const told = incident.alerts.map((alert) => ({
      ...alert,
      ...story(alert.ruleId, alert.facts, tenant.language),
    }));
    const lead = [...told].sort(
      (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.firstAt - a.firstAt,
    );
    return {
      tenant: tenant.name,
      timeZone: tenant.timeZone,
      link: link(incident.id),
      reason: isNew ? ('new' as const) : ('escalated' as const),
      number: incident.id,
      level: incident.level,
      title: title(told),
      firstAt: incident.firstAt,
      lastAt: incident.lastAt,
      entities: incident.entities,
      mind: this.#options.mind?.(incident.tenant, incident.entities) ?? [],
      techniques: incident.techniques.map((id) => ({ id, name: techniqueName(id) })),
      summary: [...new Set(lead.slice(0, 3).map((alert) => alert.diagnosis))].join('\n\n'),
      advice: [...new Set(lead.flatMap((alert) => alert.advice))].slice(0, 10),
      evidence: told.slice(0, 10).map((alert) => ({
        at: alert.firstAt,
        title: alert.count > 1 ? `${alert.title} (×${alert.count})` : alert.title,
        fields: alert.matched.slice(0, 6).map(({ field, value }) => ({ field, value })),
      })),
      evidenceTotal: incident.detectionCount,
    };
  }
}
