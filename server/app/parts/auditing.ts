import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Anchor, AnchorSender, AuditLog, seal } from '../../audit/index.ts';
import { PostgresAudit } from '../../storage/state/audit-store.ts';
import { PostgresOutbox } from '../../storage/state/outbox-store.ts';
import { AuditService } from '../audit.ts';
import type { Base } from './base.ts';
import type { Storage } from './storage.ts';
import type { Telling } from './telling.ts';

/** Starts the audit log: from here on, whatever is done can be written down. */
export async function startAuditing(base: Base, { db }: Storage, { mailer }: Telling): Promise<AuditService> {
  const { config, log } = base.options;
  const { anchors: wanted, verifyHours } = config.audit;
  const { now } = base;
  const store = new PostgresAudit(db, seal);
  const audit = new AuditLog({ store, log, now });
  const outbox = new PostgresOutbox(db);
  const { mail } = wanted;
  const sender = new AnchorSender({
    store,
    now,
    log,
    every: wanted.everyMinutes * 60_000,
    ...(wanted.file === undefined ? {} : { file: wanted.file }),
    ...(wanted.syslog === undefined
      ? {}
      : {
          syslog: {
            host: wanted.syslog.host,
            port: wanted.syslog.port,
            transport: wanted.syslog.transport,
            ...(wanted.syslog.ca === undefined ? {} : { ca: readFileSync(wanted.syslog.ca, 'utf8') }),
          },
        }),
    ...(mail === undefined
      ? {}
      : {
          mail: async (anchor: Anchor, line: string) => {
            await outbox.queue(anchorMail(mail, anchor, line, now()));
            mailer?.wake();
          },
        }),
  });
  const service = new AuditService({
    store,
    log: audit,
    anchors: sender,
    anchorFile: wanted.file,
    now,
    warn: (fields, message) => log.warn(fields, message),
  });
  await audit.start();
  base.onStop(() => audit.stop());
  sender.start();
  base.onStop(() => sender.stop());
  await service.start(verifyHours * 3_600_000);
  base.onStop(() => service.stop());
  await audit.note('server.start', { about: { text: `version ${base.options.version}` } });
  base.onStop(() => audit.note('server.stop'));
  return service;
}

/** A mail that keeps an anchor: for a person's archive, and for `vigie audit verify --anchor`. */
function anchorMail(to: string, { seq }: Anchor, line: string, now: number) {
  const text = `The audit log of Vigie on ${hostname()} has ${seq} records. Keep this mail: with the line below,\nvigie audit verify --anchor FILE finds out whether anything before was changed or cut off.\n\n${line}\n`;
  return {
    tenant: null,
    incidentId: null,
    kind: 'audit-anchor',
    uniqueKey: `audit-anchor:${line}`,
    recipient: to,
    subject: `Vigie: audit log, record ${seq}`,
    html: `<pre>${text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)}</pre>`,
    text,
    now,
  };
}
