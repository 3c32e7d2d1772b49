import type { StatusView } from '@vigie/contracts/api';
import type { Base } from './base.ts';
import type { Parts } from './services.ts';

/** Reads how everything is, and what a person should look at. */
export async function readStatus(base: Base, parts: Parts): Promise<StatusView> {
  const { startedAt, now } = base;
  const { db } = parts.storage;
  const { mailer } = parts.telling;
  const counts = await db
    .selectFrom('outbox')
    .select((eb) => ['state', eb.fn.countAll<string>().as('n')])
    .where('state', '<>', 'sent')
    .groupBy('state')
    .execute();
  const n = (wanted: readonly string[]) =>
    counts.filter((row) => wanted.includes(row.state)).reduce((sum, row) => sum + Number(row.n), 0);
  const queue = parts.collecting.ingest.figures;
  const judged = parts.detection.queue.figures;
  const dead = n(['dead']);
  return {
    version: base.options.version,
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
    mail: { configured: mailer !== undefined, pending: n(['pending', 'sending']), dead },
    warnings: [
      ...warningsOf(base, parts, dead),
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
