import { createHash } from 'node:crypto';
import type { Contact } from '@vigie/contracts/api';
import type { REGISTRY } from '@vigie/sources';
import type { OperationsMail } from '../../respond/mail/model.ts';
import { languageOf, recipients } from '../../respond/mail/recipients.ts';
import type { MailRenderer } from '../../respond/mail/render.ts';
import type { Directory } from '../../storage/state/directory.ts';
import type { AlertMail, SourceKey, Step } from '../../watch/index.ts';

export interface SourceMailOptions {
  readonly directory: Pick<Directory, 'source' | 'tenant'>;
  readonly registry: typeof REGISTRY;
  readonly renderer: MailRenderer;
  /** Whom operational mails go to where a tenant has nobody who wants them. */
  readonly fallback: () => readonly Contact[];
  readonly link: (key: SourceKey) => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The mails about a step of an alert, one to each who wants to know; none where the source is gone. */
export async function sourceMails(
  { alert, change }: Step,
  { directory, registry, renderer, fallback, link, now }: SourceMailOptions,
): Promise<AlertMail[]> {
  const tenant = directory.tenant(alert.tenant);
  const source = directory.source(alert.tenant, alert.source);
  if (tenant === undefined || source === undefined) return [];
  const at = now();
  // Who asked for operational mails gets them all: the levels are those of incidents.
  const about = { level: 'critical', kind: 'operations', now: at, timeZone: tenant.time_zone } as const;
  const own = recipients(tenant.contacts, about);
  const chosen = own.length > 0 ? own : recipients(fallback(), about);
  if (chosen.length === 0) return [];
  const over = change === 'recovered';
  const { kind, facts } = alert;
  const technology = registry.find(({ definition }) => definition.id === source.type)?.manifest.name;
  const pick = (name: string) => (facts[name] === undefined ? {} : { [name]: facts[name] });
  const model: OperationsMail = {
    tenant: tenant.name,
    timeZone: tenant.time_zone,
    link: link(alert),
    notice:
      kind === 'silent' ? (over ? 'source-back' : 'source-silent') : over ? 'source-usual' : 'source-unusual',
    trouble: kind,
    source: { name: source.name, ...(technology === undefined ? {} : { technology }) },
    since: over ? (alert.recoveredAt ?? at) : alert.since,
    silentForMs: over ? (alert.recoveredAt ?? at) - alert.since : at - alert.since,
    figures: {
      ...pick('events'),
      ...pick('usual'),
      ...pick('share'),
      ...pick('usualShare'),
      ...(kind === 'clock' ? { aheadMs: facts['zoneMs'] ?? -(facts['delayMs'] ?? 0) } : {}),
    },
  };
  return Promise.all(
    chosen.map(async ({ contact, notBefore }) => ({
      key: `operations:${alert.id}:${change}:${alert.flaps}:${digest(contact.email.toLowerCase())}`,
      to: contact.email,
      notBefore,
      ...(await renderer.render('operations', languageOf(contact, tenant.language), model)),
    })),
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
