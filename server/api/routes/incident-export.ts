import { IncidentExportQuery } from '@vigie/contracts/api';
import { z } from 'zod';
import { type IncidentReport, incidentCsv, incidentPdf, stixBundle } from '../../report/index.ts';
import type { Api } from '../api.ts';
import { identityOf, requirePermission } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import type { TellStory } from './incident-story.ts';

const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });

const TYPES = {
  pdf: 'application/pdf',
  stix: 'application/stix+json;version=2.1',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const;
const ENDINGS = { pdf: 'pdf', stix: 'stix.json', csv: 'csv', json: 'json' } as const;

/**
 * An incident as a file: for a client's files (PDF), for other platforms (STIX), for spreadsheets, for programs. Files
 * travel, so they hold what the client may see, whoever makes them.
 */
export function incidentExportRoutes(app: Api, services: ApiServices, story: TellStory): void {
  app.get(
    '/api/incidents/:id/export',
    {
      config: { access: 'exports.make', audit: 'incidents.export' },
      schema: { params: ById, querystring: IncidentExportQuery },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      requirePermission(identity, 'incidents.read');
      const { scope } = identity;
      const { format } = request.query;
      const { id } = request.params;
      const first = await story(scope, id);
      const tenant = services.tenants.list(scope).find((one) => one.id === first.tenant);
      const language = request.query.language ?? tenant?.language ?? 'en';
      const report: IncidentReport = {
        // Only the report is read by people of the client: programs get the texts as they are stored.
        incident: format === 'pdf' && language !== 'en' ? await story(scope, id, { language }) : first,
        organisation: tenant?.name ?? first.tenant,
        provider: services.provider,
        language,
        timeZone: tenant?.timeZone ?? 'UTC',
        link: services.incidentLink(id),
        madeAt: services.now(),
      };
      request.audit.tenant = first.tenant;
      request.audit.object = { kind: 'incident', id: String(id) };
      request.audit.text = format;
      return reply
        .type(TYPES[format])
        .header('content-disposition', `attachment; filename="INC-${id}.${ENDINGS[format]}"`)
        .send(await bodyOf(format, report));
    },
  );
}

async function bodyOf(format: keyof typeof TYPES, report: IncidentReport) {
  switch (format) {
    case 'pdf':
      return incidentPdf(report);
    case 'stix':
      return JSON.stringify(stixBundle(report), null, 2);
    case 'csv':
      return incidentCsv(report);
    case 'json':
      return JSON.stringify(report.incident, null, 2);
  }
}
