import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'microsoft.sentinel.',
  `
last_modified_time_utc     @timestamp    date
created_time_utc           @timestamp    own
first_activity_time_utc    event.start   date
last_activity_time_utc     event.end     date
name                       event.id      text
incident_number            event.code    text
title                      rule.name     text
description                event.reason  text
incident_url               event.url     text
severity                   log.level     text
owner.email                user.email    text
owner.user_principal_name  user.email    text
owner.assigned_to          user.full_name  text
owner.object_id            user.id       text
properties.lastModifiedTimeUtc   @timestamp    date
properties.createdTimeUtc        event.start   date
properties.title                 rule.name     text
properties.description           event.reason  text
properties.incidentUrl           event.url     text
properties.incidentNumber        event.code    text
properties.severity              log.level     text
properties.owner.email           user.email    text
properties.owner.assignedTo      user.full_name  text
additional_data.tactics          threat.tactic.name  text
properties.additionalData.tactics  threat.tactic.name  text
`,
);

const UTC = { timeZone: 'UTC', receivedAt: 0 };

export default defineSource({
  id: 'microsoft.sentinel',
  signatures: [
    { kind: 'json', keys: ['incident_number', 'incident_url'] },
    { kind: 'json', keys: ['incident_url', 'additional_data'] },
    { kind: 'json', keys: ['incident_number', 'additional_data'] },
    {
      kind: 'json',
      keys: ['etag', 'properties'],
      test: (json) => /SecurityInsights\/Incidents$/i.test(text(json['type']) ?? ''),
    },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Microsoft';
    doc['observer.product'] = 'Sentinel';
    const created = text(json['created_time_utc']);
    if (created !== undefined) {
      putDate(doc, '@timestamp', parseDate(created, UTC));
      putDate(doc, 'event.end', parseDate(text(json['last_modified_time_utc']) ?? created, UTC));
    }
    doc['event.kind'] = 'alert';
    categorise(doc, WHAT.intrusion);
    return 'parsed';
  },
});
