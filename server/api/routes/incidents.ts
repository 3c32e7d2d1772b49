import { LEVELS } from '@vigie/contracts';
import { IncidentPatch, IncidentView, type TimelineEntry } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf } from '../identity.ts';
import { INCIDENT_WORDS, type IncidentWords } from '../incident-words.ts';
import type { ApiServices, Scope } from '../ports.ts';
import { outOfReach } from '../reach.ts';
import { groupingRoutes } from './grouping.ts';
import { incidentExportRoutes } from './incident-export.ts';
import { type Reader, readerOf } from './incident-story.ts';
import { requireReasonToClose } from './procedures.ts';
import { ownedBy, queueRoutes, toldOf } from './queue.ts';
import { verdictRoutes } from './verdicts.ts';

const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });

/** The queue and the story of one incident. */
export function incidentRoutes(app: Api, services: ApiServices): void {
  groupingRoutes(app, services, story);
  incidentExportRoutes(app, services, story);

  queueRoutes(app, services);
  verdictRoutes(app, services);

  app.get(
    '/api/incidents/:id',
    { config: { access: 'incidents.read' }, schema: { params: ById, response: { 200: IncidentView } } },
    async (request) => {
      const identity = identityOf(request);
      return story(identity.scope, request.params.id, readerOf(request));
    },
  );

  app.patch(
    '/api/incidents/:id',
    {
      config: { access: 'incidents.handle' },
      schema: { params: ById, body: IncidentPatch, response: { 200: IncidentView } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { id } = request.params;
      const change = await ownedBy(services, identity, request.body);
      const known = (await services.incidents.get(identity.scope, id))?.incident;
      if (known !== undefined) request.audit.before = { ...known, owner: known.owner?.id ?? null };
      await requireReasonToClose(services, identity, id, change);
      const done = await services.incidents.update(identity.scope, id, change, identity);
      if (done === undefined) throw notFound('incident');
      if (done === 'owner') throw outOfReach('the owner');
      services.publish({ type: 'incident', id, tenant: done.tenant });
      await toldOf(services, request, [done]);
      return story(identity.scope, id, readerOf(request));
    },
  );

  async function story(scope: Scope, id: number, reader: Reader = {}): Promise<IncidentView> {
    const { viewer, side, language = 'en' } = reader;
    const found = await services.incidents.get(scope, id, viewer, side);
    if (found === undefined) throw notFound('incident');
    const { incident, grouping, alerts, log, mails, facts } = found;
    const words = INCIDENT_WORDS[language];
    const told = alerts.map((alert) => {
      const text = services.rules.story(alert.ruleId, facts.get(alert.id) ?? {}, language);
      return {
        ...alert,
        title: language === 'en' ? alert.title : text.title,
        diagnosis: text.diagnosis,
        advice: text.advice,
        falsePositives: text.falsePositives,
        techniques: services.rules.techniques(alert.techniques.map((t) => t.id)),
      };
    });
    const lead = [...told].sort(
      (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.firstAt - a.firstAt,
    );
    const evidence: TimelineEntry[] = told.flatMap((alert) => {
      const first = alert.evidence.at(-1);
      const entry = first?.events[0];
      return [
        {
          at: alert.firstAt,
          kind: 'evidence' as const,
          text:
            alert.count > 1
              ? `${alert.title} ${words.times(alert.count, new Date(alert.lastAt).toISOString().slice(11, 19))}`
              : alert.title,
          level: alert.level,
          alertId: alert.id,
          ...(entry === undefined ? {} : { event: entry }),
        },
      ];
    });
    const mailEntries: TimelineEntry[] = mails.map((mail) => ({
      at: mail.sentAt ?? mail.createdAt,
      kind: 'mail',
      text: words.mail(mail.to, mail.state),
    }));
    return {
      ...incident,
      ...grouping,
      // An incident is named after one of its alerts, unless somebody named it otherwise.
      title: told[alerts.findIndex(({ title }) => title === incident.title)]?.title ?? incident.title,
      techniques: services.rules.techniques(incident.techniques.map((t) => t.id)),
      summary: summarise(told, lead, words),
      advice: [...new Set(lead.flatMap((alert) => alert.advice))].slice(0, 12),
      alertList: told,
      timeline: [...evidence, ...log, ...mailEntries].sort((a, b) => a.at - b.at),
      mails: mails.map((mail) => ({
        id: mail.id,
        to: mail.to,
        subject: mail.subject,
        state: mail.state,
        at: mail.sentAt ?? mail.createdAt,
      })),
    };
  }
}

/** What happened, in sentences: the diagnosis of what weighs most, then what else was seen. */
function summarise(
  inOrder: readonly { title: string; diagnosis: string; firstAt: number; id: string }[],
  lead: readonly { title: string; diagnosis: string; id: string }[],
  words: IncidentWords,
): string {
  const first = lead[0];
  if (first === undefined) return '';
  const others = inOrder.filter((alert) => alert.id !== first.id).map((alert) => alert.title);
  if (others.length === 0) return first.diagnosis;
  const listed = others.slice(0, 5).join('; ');
  return `${first.diagnosis}\n\n${words.also(listed, others.length - 5)}`;
}
