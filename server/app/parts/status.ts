import type { StatusView } from '@vigie/contracts/api';
import type { Scope } from '../../api/index.ts';
import { withTenants } from '../../storage/state/database.ts';
import type { Base } from './base.ts';
import type { Parts } from './services.ts';

/**
 * Reads how everything is, and what a person should look at. Who is confined to some tenants learns of theirs alone:
 * paths, parts and figures over all tenants are the provider's.
 */
export async function readStatus(base: Base, parts: Parts, scope: Scope): Promise<StatusView> {
  const { startedAt, now } = base;
  const { db } = parts.storage;
  const { mailer } = parts.telling;
  const counts = await withTenants(db, scope, (trx) =>
    trx
      .selectFrom('outbox')
      .select((eb) => ['state', eb.fn.countAll<string>().as('n')])
      .where('state', '<>', 'sent')
      .groupBy('state')
      .execute(),
  );
  const n = (wanted: readonly string[]) =>
    counts.filter((row) => wanted.includes(row.state)).reduce((sum, row) => sum + Number(row.n), 0);
  const mail = {
    configured: mailer !== undefined,
    pending: n(['pending', 'sending']),
    dead: n(['dead']),
  };
  const { version } = base.options;
  if (scope !== 'all')
    return { version, startedAt, dataDirectory: '', components: [], pipeline: null, mail, warnings: [] };
  const queue = parts.collecting.ingest.figures;
  const judged = parts.detection.queue.figures;
  return {
    version,
    startedAt,
    dataDirectory: base.options.config.data,
    components: [
      {
        name: 'server',
        state: 'running',
        restarts: base.options.restarts,
        since: startedAt,
        detail: `pid ${process.pid}`,
      },
      ...base.components.values(),
    ],
    pipeline: {
      rate: parts.collecting.live.totalRate(now()),
      stored: queue.stored,
      detected: judged.detected,
      queued: queue.queued,
      undetected: judged.undetected,
      drops: parts.collecting.drops.total,
    },
    mail,
    warnings: [
      ...warningsOf(base, parts, mail.dead),
      ...(await parts.fetching.warnings()),
      ...(await parts.clocks.warnings()),
    ],
  };
}

function warningsOf(base: Base, parts: Parts, deadMails: number): StatusView['warnings'] {
  const { startedAt } = base;
  const { rules, failingExceptions } = parts.reading;
  const warnings: StatusView['warnings'] = [];
  for (const report of base.components.values())
    if (report.state !== 'running')
      warnings.push({
        code: 'VIGIE_COMPONENT_DOWN',
        message: `${report.name} is ${report.state}: ${report.detail}`,
        since: report.since,
      });
  const { host, publicUrl, trustedProxies } = base.options.config.http;
  const overTls = publicUrl?.startsWith('https:') === true;
  if (!overTls && !/^(?:127\.|::1$|localhost$)/.test(host))
    warnings.push({
      code: 'VIGIE_HTTP_CLEAR',
      message: `the console is reached in clear on ${host}: passwords and logs can be read on the way; put a proxy with TLS in front, and set http.publicUrl`,
      since: startedAt,
    });
  if (overTls && trustedProxies.length === 0)
    warnings.push({
      code: 'VIGIE_HTTP_PROXY',
      message:
        'everybody who comes by the proxy counts as one address: whoever guesses passwords holds up all; name the proxy in http.trustedProxies',
      since: startedAt,
    });
  const problem = parts.telling.mailer?.status().problem;
  if (problem !== undefined)
    warnings.push({
      code: problem.code,
      message: `mail server: ${problem.message}`,
      since: problem.since,
    });
  if (deadMails > 0)
    warnings.push({
      code: 'VIGIE_MAIL_DEAD',
      message: `${deadMails} mails could not be delivered and were given up; see the outbox`,
      since: startedAt,
    });
  for (const [rule, times] of rules.thrown)
    warnings.push({
      code: 'VIGIE_RULE_FAILS',
      message: `rule ${rule} failed on ${times} events`,
      since: startedAt,
    });
  const { timedOut } = parts.reading.checks.figures;
  if (timedOut > 0)
    warnings.push({
      code: 'VIGIE_RULES_CHECK_TIMEOUT',
      message: `${timedOut} checks of rule texts took too long and were ended`,
      since: startedAt,
    });
  for (const [exception, times] of failingExceptions)
    warnings.push({
      code: 'VIGIE_EXCEPTION_FAILS',
      message: `exception ${exception} failed ${times} times and silences nothing`,
      since: startedAt,
    });
  warnings.push(...parts.reading.mappings.warnings(startedAt));
  warnings.push(...parts.watching.watch.warnings());
  warnings.push(...parts.auditing.warnings());
  return warnings;
}
