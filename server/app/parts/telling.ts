import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from '@vigie/contracts/api';
import type { Found, TrialHits } from '../../detect/index.ts';
import { DigestOutbox } from '../../respond/digest.ts';
import { createMailer, type Mailer } from '../../respond/mail/delivery.ts';
import { createFlood } from '../../respond/mail/flood.ts';
import { languageOf } from '../../respond/mail/recipients.ts';
import { createMailRenderer } from '../../respond/mail/render.ts';
import { Notifier } from '../../respond/notify.ts';
import { PostgresNotify } from '../../storage/state/notify-store.ts';
import { PostgresDigests } from '../../storage/state/outbox-flood.ts';
import { PostgresOutbox } from '../../storage/state/outbox-store.ts';
import { RequestStore } from '../../storage/state/request-store.ts';
import { RuleTrialStore } from '../../storage/state/rule-trial-store.ts';
import { createTriageStore } from '../../storage/state/triage-store.ts';
import { createTriage, incidentTitle } from '../../triage/index.ts';
import type { Branding } from '../branding.ts';
import { LinkOutbox } from '../collaboration/link-outbox.ts';
import type { Base } from './base.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';

/** Alerts of one rule and the same entities are one for so long, milliseconds. */
const FOLD_WINDOW = 86_400_000;

/** Puts together what makes incidents of detections, and tells people of them. */
export function createTelling(
  base: Base,
  { db, directory, accounts }: Storage,
  { rules, assets }: Reading,
  branding: Pick<Branding, 'provider' | 'sender' | 'mailLogo'>,
) {
  const { config, installation, log } = base.options;
  const { now } = base;
  const trials = new RuleTrialStore(db);
  const { digest } = config.mail;
  const flood = createFlood({
    after: digest.after,
    within: digest.withinMinutes * 60_000,
    hold: digest.holdMinutes * 60_000,
    urgent: digest.urgent,
  });
  const outbox = new PostgresOutbox(db, flood);
  const renderer = createMailRenderer({
    directory: join(installation, 'templates', 'mail'),
    provider: branding.provider,
  });
  /** The language in which somebody is written to: a contact's own, the account's, else the tenant's. */
  const language = async (id: string | null, email: string): Promise<Language> => {
    const is = (each: { readonly email: string }) => each.email.toLowerCase() === email.toLowerCase();
    const chosen = (await accounts.users()).find(is)?.language ?? null;
    const tenant = id === null ? undefined : directory.tenant(id);
    return languageOf(
      { languages: tenant?.contacts.find(is)?.languages ?? [] },
      chosen ?? tenant?.language ?? 'en',
    );
  };
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
            branded: branding.sender,
            logo: branding.mailLogo,
            replyTo: config.mail.replyTo,
          },
          outbox: new DigestOutbox({
            outbox: new LinkOutbox(outbox, new RequestStore(db), now),
            digests: new PostgresDigests(db),
            renderer,
            about: (id) => {
              if (id === null) return { name: branding.provider.name, timeZone: 'UTC' };
              const row = directory.tenant(id);
              return row && { name: row.name, timeZone: row.time_zone };
            },
            language,
            link: (incident) =>
              `${base.publicUrl()}/incidents${incident === undefined ? '' : `/${incident}`}`,
            log,
          }),
          now,
          log,
        });
  const notifier = new Notifier({
    store: new PostgresNotify(db, flood),
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
                functions: [],
                languages: [],
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
    mind: (tenant, entities) => assets.minded(tenant, entities),
    techniqueName: (id) => rules.techniques([id])[0]?.name ?? id,
    title: incidentTitle,
    link: (id) => `${base.publicUrl()}/incidents/${id}`,
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
    tactic: (id) => rules.techniques([id])[0]?.tactic,
    now,
    foldWindow: FOLD_WINDOW,
    incidentWindow: config.detection.incidentWindowMinutes * 60_000,
  });
  /** Takes what a batch of events gave. */
  const deliver = async (judged: readonly (Found | TrialHits)[], sequence: number): Promise<void> => {
    const hits = judged.filter((one) => 'kind' in one);
    if (hits.length > 0) await trials.count(hits, sequence, now());
    for (const [tenant, list] of groupBy(judged.filter((one): one is Found => !('kind' in one)))) {
      // Events of a tenant that was removed in the meantime concern nobody.
      if (directory.tenant(tenant) === undefined) continue;
      const outcome = await triage.apply(tenant, sequence, list);
      for (const incident of outcome.opened) {
        notifier.opened(tenant, incident.id);
        base.publish({ type: 'incident', id: incident.id, tenant });
      }
      for (const incident of outcome.changed) {
        notifier.changed(tenant, incident.id);
        base.publish({ type: 'incident', id: incident.id, tenant });
      }
    }
  };

  /** Sends a test mail at once and says what the mail server answered. */
  const testMail = async (to: string, language: Language): Promise<{ ok: boolean; detail: string }> => {
    if (mailer === undefined)
      return { ok: false, detail: 'no mail server is configured (mail.host, or VIGIE_MAIL_HOST)' };
    const mail = await renderer.render('test', language, {
      tenant: branding.provider.name,
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
  };

  /** Begins to send what waits, when everything else runs. */
  const start = async (): Promise<void> => {
    await outbox.endClaims();
    mailer?.start();
    base.onStop(() => mailer?.stop());
    await notifier.start();
    base.onStop(() => notifier.stop());
  };
  return { trials, flood, outbox, language, mailer, renderer, deliver, testMail, start };
}

/** Incidents of detections, and those who are told of them. */
export type Telling = ReturnType<typeof createTelling>;

function groupBy(found: readonly Found[]): Map<string, Found[]> {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const list = groups.get(one.tenant);
    if (list === undefined) groups.set(one.tenant, [one]);
    else list.push(one);
  }
  return groups;
}
