import { Readable } from 'node:stream';
import {
  AssetsExportQuery,
  type AssetView,
  EventsExportQuery,
  type EventView,
  type IncidentSummary,
  IncidentsExportQuery,
  RulesExportQuery,
  type RuleView,
  SourcesExportQuery,
  type SourceView,
} from '@vigie/contracts/api';
import type { FastifyReply } from 'fastify';
import { csvTime, type TableColumn, type TablePage, tableText } from '../../report/index.ts';
import type { Api } from '../api.ts';
import { ApiFailure } from '../errors.ts';
import { identityOf, requirePermission, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import { narrowed } from './queue.ts';

/** Rows that are read at once. */
const PAGE = 500;
/** Columns of events where the caller names none. */
const EVENT_FIELDS = [
  'event.dataset',
  'event.action',
  'event.outcome',
  'host.name',
  'user.name',
  'source.ip',
  'event.original',
];
const MOST_COLUMNS = 100;

/** Lists as files, with the filter of their page: streamed, and bounded. Each export is in the audit log. */
export function exportRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/incidents/export',
    {
      config: { access: 'exports.make', audit: 'incidents.export' },
      schema: { querystring: IncidentsExportQuery },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      // Taking out is one thing, reading another: a key may have the one without the other.
      requirePermission(identity, 'incidents.read');
      const { format, ...asked } = request.query;
      const filter = narrowed(asked, identity, services.now());
      return send<IncidentSummary>(
        reply,
        'incidents',
        format,
        [
          ['id', (row) => `INC-${row.id}`],
          ['tenant', (row) => row.tenant],
          ['title', (row) => row.title],
          ['level', (row) => row.level],
          ['status', (row) => row.status],
          ['verdict', (row) => row.verdict],
          ['owner', (row) => row.owner?.name],
          ['first evidence', (row) => csvTime(row.firstAt)],
          ['last evidence', (row) => csvTime(row.lastAt)],
          ['opened', (row) => csvTime(row.createdAt)],
          ['alerts', (row) => row.alerts],
          ['detections', (row) => row.detections],
          ['entities', (row) => row.entities.map(({ type, value }) => `${type}:${value}`).join(' ')],
          ['techniques', (row) => row.techniques.map(({ id }) => id).join(' ')],
        ],
        (cursor) =>
          services.incidents.list(identity.scope, {
            ...filter,
            ...(cursor === undefined ? {} : { cursor }),
            limit: 200,
          }),
      );
    },
  );

  app.get(
    '/api/events/export',
    {
      config: { access: 'exports.make', audit: 'events.export' },
      schema: { querystring: EventsExportQuery },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      requirePermission(identity, 'events.read');
      const { format, from, to, q, tenants, columns } = request.query;
      if (to <= from) throw new ApiFailure(400, 'VIGIE_API_INVALID', 'to: must be after from');
      const visible = services.tenants.list(identity.scope).map(({ id }) => id);
      const wanted = tenants?.split(',').filter((id) => id !== '');
      const where = services.parseQuery(q);
      if (wanted?.length === 1) request.audit.tenant = wanted[0]!;
      request.audit.text = q;
      const query = {
        tenants: wanted === undefined ? visible : wanted.filter((id) => visible.includes(id)),
        range: { from, to },
        ...(where === undefined ? {} : { where }),
      };
      const fields = (columns?.split(',') ?? EVENT_FIELDS)
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .slice(0, MOST_COLUMNS);
      return send<EventView>(
        reply,
        'events',
        format,
        [
          ['time', (row) => csvTime(row.at)],
          ['tenant', (row) => row.tenant],
          ['source', (row) => row.source],
          ...fields.map((name): TableColumn<EventView> => [name, ({ fields: all }) => joined(all[name])]),
          ['id', (row) => row.id],
        ],
        async (cursor) => {
          const { items, next } = await services.events.search(query, { limit: PAGE, cursor });
          return {
            items: items.map(({ id, tenant, source, time, receivedAt, fields: all }) => ({
              id,
              tenant,
              source,
              at: time,
              receivedAt,
              fields: all,
            })),
            next,
          };
        },
      );
    },
  );

  app.get(
    '/api/sources/export',
    {
      config: { access: 'exports.make', audit: 'sources.export' },
      schema: { querystring: SourcesExportQuery },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      requirePermission(identity, 'sources.read');
      const { format, tenant } = request.query;
      if (tenant !== undefined) requireTenant(identity, tenant);
      return send<SourceView>(
        reply,
        'sources',
        format,
        [
          ['tenant', (row) => row.tenant],
          ['id', (row) => row.id],
          ['name', (row) => row.name],
          ['technology', (row) => row.type],
          ['time zone', (row) => row.timeZone],
          ['enabled', (row) => row.enabled],
          ['last received', (row) => csvTime(row.health.lastSeenAt)],
          ['events in 24 h', (row) => row.health.events24h],
          ['not read in 24 h', (row) => row.health.parseFailures24h],
        ],
        async () => ({ items: await services.sources.list(identity.scope, tenant) }),
      );
    },
  );

  app.get(
    '/api/assets/export',
    {
      config: { access: 'exports.make', audit: 'assets.export' },
      schema: { querystring: AssetsExportQuery },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      const { format, ...filter } = request.query;
      requirePermission(identity, 'assets.read');
      if (filter.tenant !== undefined) requireTenant(identity, filter.tenant);
      return send<AssetView>(
        reply,
        'assets',
        format,
        // The columns that `vigie asset import` reads, and what it leaves out.
        [
          ['tenant', (row) => row.tenant],
          ['kind', (row) => row.kind],
          ['name', (row) => row.name],
          ['type', (row) => row.type],
          ['criticality', (row) => row.criticality],
          ['owner', (row) => row.owner],
          ['site', (row) => row.site],
          ['note', (row) => row.note],
          ['handling', (row) => row.handling.join(';')],
          ['phone', (row) => row.phone],
          ['tags', (row) => row.tags.join(';')],
          ['os', (row) => row.os],
          ['risk', (row) => row.risk],
          ['first seen', (row) => csvTime(row.firstAt)],
          ['last seen', (row) => csvTime(row.lastAt)],
        ],
        (cursor) =>
          services.assets.list(identity, {
            ...filter,
            ...(cursor === undefined ? {} : { cursor }),
            limit: 500,
          }),
      );
    },
  );

  app.get(
    '/api/rules/export',
    { config: { access: 'exports.make', audit: 'rules.export' }, schema: { querystring: RulesExportQuery } },
    async (request, reply) => {
      const identity = identityOf(request);
      requirePermission(identity, 'rules.read');
      const { format, ...filter } = request.query;
      const { scope } = identity;
      return send<RuleView>(
        reply,
        'rules',
        format,
        [
          ['id', (row) => row.id],
          ['title', (row) => row.title],
          ['level', (row) => row.level],
          ['state', (row) => row.state],
          ['enabled', (row) => row.enabled],
          ['logsource', (row) => row.logsource],
          ['origin', (row) => row.origin],
          ['hits in 24 h', (row) => row.hits24h],
        ],
        async (cursor) => services.rules.list({ ...filter, cursor, limit: PAGE, scope }),
      );
    },
  );
}

function joined(value: unknown): unknown {
  return Array.isArray(value) ? value.join(' ') : value;
}

function send<Row>(
  reply: FastifyReply,
  name: string,
  format: 'csv' | 'ndjson',
  columns: readonly TableColumn<Row>[],
  page: (cursor: string | undefined) => Promise<TablePage<Row>>,
): FastifyReply {
  return reply
    .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
    .header('content-disposition', `attachment; filename="vigie-${name}.${format}"`)
    .send(Readable.from(tableText(format, columns, page)));
}
