import { REGISTRY } from '@vigie/sources';
import type { ApiServices } from '../../api/index.ts';
import { listeningFor } from '../../collect/listening.ts';
import { shipperSnippets } from '../../collect/snippets.ts';
import { parseQuery } from '../../hunt/index.ts';
import { HomeStore } from '../../storage/state/home-store.ts';
import { PostgresGrouping } from '../../storage/state/incident-grouping.ts';
import { IncidentProcedureStore } from '../../storage/state/incident-procedure-store.ts';
import { PostgresIncidents, PostgresOutboxView } from '../../storage/state/incident-store.ts';
import { PostgresOutbox } from '../../storage/state/outbox-store.ts';
import { SelfTellingStore } from '../../storage/state/self-telling-store.ts';
import { PostgresSources } from '../../storage/state/source-store.ts';
import { TellingStore } from '../../storage/state/telling-store.ts';
import { PostgresTenants } from '../../storage/state/tenant-store.ts';
import { groupingWords } from '../../triage/index.ts';
import { createAccessMails } from '../access-mails.ts';
import type { AuditService } from '../audit.ts';
import { createBacktest } from '../backtest.ts';
import type { ConnectorService } from '../connectors.ts';
import { Demo } from '../demo.ts';
import { Home } from '../home.ts';
import { listEcsFields } from '../mappings.ts';
import { Desk } from '../procedure-desk.ts';
import { StepTeller } from '../procedure-telling.ts';
import { RuleChecker } from '../rule-check.ts';
import { Workshop } from '../rule-workshop.ts';
import { SelfTeller } from '../self-telling.ts';
import { createSignIn } from '../sign-in.ts';
import { failuresOf } from '../state-services.ts';
import { StepMails } from '../step-mails.ts';
import { WefService } from '../wef.ts';
import type { Base } from './base.ts';
import type { ClockPart } from './clocks.ts';
import type { Collaborating } from './collaborating.ts';
import type { Collecting } from './collecting.ts';
import type { DeskPart } from './desk.ts';
import type { Detection } from './detection.ts';
import type { Hooks } from './hooks.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';
import type { Telling } from './telling.ts';
import type { Watching } from './watching.ts';

/** All parts of a server that its API speaks for. */
export interface Parts {
  readonly storage: Storage;
  readonly reading: Reading;
  readonly telling: Telling;
  readonly clocks: ClockPart;
  readonly auditing: AuditService;
  readonly hooks: Hooks;
  readonly detection: Detection;
  readonly watching: Watching;
  readonly collecting: Collecting;
  readonly fetching: ConnectorService;
  readonly desk: DeskPart;
  readonly collaborating: Collaborating;
}

/** What the API answers with. */
export function createServices(base: Base, parts: Parts, status: ApiServices['status']) {
  const { installation, version, log } = base.options;
  const { now } = base;
  const { db, directory, events, access, accounts, keys } = parts.storage;
  const { taxonomy, attack, rules, ruleStore, ruleVersions, checks, readCounters, mappings, procedures } =
    parts.reading;
  const { trials, mailer, testMail } = parts.telling;
  const { health, ingest, quarantine } = parts.collecting;
  const tenants = new PostgresTenants(db, directory, events, now);
  const sources = new PostgresSources(
    db,
    directory,
    {
      health: (tenant, source) => health.of(tenant, source),
      failures: (tenant, source) => failuresOf(readCounters, tenant, source),
      knowsType: (type, tenant) =>
        REGISTRY.some(({ definition }) => definition.id === type) || mappings.knows(tenant, type),
      snippets: (tenant, source, token) =>
        shipperSnippets(
          base.publicUrl(),
          base.address.syslogPort,
          tenant,
          source,
          token,
          listeningFor(
            parts.collecting.listening,
            { tenant, source },
            directory.source(tenant, source)?.addresses ?? [],
          ),
        ),
    },
    now,
  );
  const backtest = createBacktest(events.ruleSearch, taxonomy, () => rules.set, now);
  const incidents = new PostgresIncidents(db, now);
  const stepMails = new StepMails({
    renderer: parts.telling.renderer,
    tenant: (id) => tenants.list([id])[0],
    link: (id) => `${base.publicUrl()}/incidents/${id}`,
  });
  const selfTelling = new SelfTeller({
    store: new SelfTellingStore(db),
    procedures: new IncidentProcedureStore(db),
    tellings: new TellingStore(db),
    incidents,
    tenant: (id) => tenants.list([id])[0],
    mails: stepMails,
    mailer,
    publish: base.publish,
    subscribe: base.subscribe,
    now,
    log,
  });
  const demo = new Demo({
    installation,
    tenants,
    sources,
    clients: parts.clocks.services.clients,
    assets: parts.reading.assets,
    ingest,
    now,
    log,
  });
  return {
    version,
    publicUrl: base.publicUrl,
    access,
    accounts,
    keys,
    ...createSignIn(base, parts.storage),
    accessMails: createAccessMails({
      outbox: new PostgresOutbox(db),
      renderer: parts.telling.renderer,
      tenant: (id) => tenants.list([id])[0],
      provider: () => parts.clocks.services.branding.provider.name,
      wakeMailer: () => mailer?.wake(),
      now,
    }),
    provider: base.options.config.provider.name,
    incidentLink: (id) => `${base.publicUrl()}/incidents/${id}`,
    audit: parts.auditing,
    webhooks: parts.hooks.webhooks,
    repeats: parts.hooks.repeats,
    tenants,
    sources,
    quarantine,
    incidents,
    handOvers: parts.collaborating.handOvers,
    ...parts.desk,
    grouping: new PostgresGrouping(
      db,
      now,
      groupingWords(base.options.config.detection.incidentWindowMinutes * 60_000),
    ),
    outbox: new PostgresOutboxView(db, now, () => mailer?.wake()),
    rules,
    workshop: new Workshop({
      rules,
      checker: new RuleChecker({ taxonomy, attack, set: () => rules.set, installation }),
      checks,
      versions: ruleVersions,
      trials,
      store: ruleStore,
      attack,
      now,
      log,
    }),
    backtest: {
      run: async (wanted, visible) => {
        if (wanted.text !== undefined) await checks.vet({ text: wanted.text, id: wanted.id });
        return backtest.run(wanted, visible);
      },
    },
    exceptions: parts.detection.exceptions,
    mappings,
    procedures,
    procedureDesk: new Desk({
      book: procedures,
      store: new IncidentProcedureStore(db),
      tellings: new TellingStore(db),
      selfTelling,
      incidents,
      events,
      parseQuery,
      users: () => accounts.users(),
      tenantName: (id) => tenants.list([id])[0]?.name ?? id,
      attack,
      rules: () => rules.set,
      publish: base.publish,
      now,
    }),
    procedureTelling: new StepTeller({
      store: new IncidentProcedureStore(db),
      tellings: new TellingStore(db),
      incidents,
      accounts,
      rotas: () => parts.clocks.services.rotas.list(),
      tenant: (id) => tenants.list([id])[0],
      mails: stepMails,
      mailer,
      publish: base.publish,
      now,
    }),
    selfTelling,
    ecsFields: listEcsFields,
    assets: parts.reading.assets,
    assetComments: parts.collaborating.assetComments,
    connectors: parts.fetching,
    wef: new WefService({
      store: parts.collecting.wef,
      listening: () => parts.collecting.listening.wef,
      senders: (tenant, source) => directory.source(tenant, source)?.addresses,
      now,
    }),
    conversations: parts.collaborating.conversations,
    requests: parts.collaborating.requests,
    notices: parts.collaborating.notices,
    home: new Home({ store: new HomeStore(db), procedures: new IncidentProcedureStore(db), now }),
    campaigns: parts.collaborating.campaigns,
    ...parts.watching,
    ...parts.clocks.services,
    events,
    parseQuery,
    importLogs: async (tenant, source, items) => {
      if (directory.source(tenant, source) === undefined) return undefined;
      const receivedAt = now();
      return ingest.accept(
        items.map((item) => ({
          tenant,
          source,
          transport: 'import',
          receivedAt,
          text: item.message,
          length: Buffer.byteLength(item.message),
          key: item.key,
        })),
      );
    },
    status,
    testMail,
    demo,
    publish: base.publish,
    subscribe: base.subscribe,
    now,
    log,
  } satisfies ApiServices;
}
