import type { EcsFields } from './ecs.ts';

/**
 * One normalised log: the ECS document with the envelope that storage and detection need.
 *
 * `fields` always carries `@timestamp` (ISO 8601, UTC), `event.ingested`, `event.module`, `event.dataset`,
 * `event.original` and `ecs.version`.
 */
export interface Event {
  /** 32 lower-case hexadecimal digits; unique within the tenant. */
  readonly id: string;
  readonly tenant: string;
  readonly source: string;
  /** Event time, epoch milliseconds; the fraction holds microseconds. */
  readonly time: number;
  /** Receive time, epoch milliseconds. */
  readonly receivedAt: number;
  readonly fields: EcsFields;
}

/** What names an event among all tenants' events: its id is unique within its tenant only. */
export function eventKey({ tenant, id }: Pick<Event, 'tenant' | 'id'>): string {
  return id + tenant;
}

/** Events that are stored, acknowledged and detected together; `sequence` grows by one with each batch. */
export interface EventBatch {
  readonly sequence: number;
  readonly events: readonly Event[];
}

/** Type of a hot column, named after the Elasticsearch type that ECS states. */
export type HotType = 'keyword' | 'keyword[]' | 'ip' | 'long' | 'text';

/**
 * The fields stored as typed columns of their own; all others live in a map. A field earns its place by
 * being searched, grouped or joined on by many rules and people.
 */
export const HOT_FIELDS = {
  'event.module': 'keyword',
  'event.dataset': 'keyword',
  'event.kind': 'keyword',
  'event.category': 'keyword[]',
  'event.type': 'keyword[]',
  'event.action': 'keyword',
  'event.outcome': 'keyword',
  'event.code': 'keyword',
  'host.name': 'keyword',
  'user.name': 'keyword',
  'source.ip': 'ip',
  'source.port': 'long',
  'source.geo.country_iso_code': 'keyword',
  'destination.ip': 'ip',
  'destination.port': 'long',
  'destination.domain': 'keyword',
  'process.name': 'keyword',
  'process.executable': 'keyword',
  'process.command_line': 'text',
  'process.parent.executable': 'keyword',
  'file.path': 'text',
  'url.original': 'text',
  'dns.question.name': 'keyword',
  'http.response.status_code': 'long',
  'rule.name': 'keyword',
  tags: 'keyword[]',
} as const satisfies Record<string, HotType>;

export type HotField = keyof typeof HOT_FIELDS;
