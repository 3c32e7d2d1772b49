import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { at, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = jsonTable(
  'slack.audit.',
  `
  id                         event.id                    text
  date_create                @timestamp                  own
  action                     event.action                text
  actor.user.id              user.id                     text
  actor.user.name            user.full_name              text
  actor.user.email           user                        account
  actor.user.team            user.group.id               text
  entity.user.id             user.target.id              text
  entity.user.name           user.target.full_name       text
  entity.user.email          user.target                 account
  entity.file.id             slack.audit.entity.file.id  text
  entity.file.name           file.name                   text
  entity.file.filetype       file.type                   own
  context.ip_address         source                      side
  context.ua                 user_agent.original         text
  context.location.id        organization.id             text
  context.location.name      organization.name           text
  context.location.domain    slack.audit.context.location.domain  text
  context.app.name           service.name                text
`,
);

const STEPS: readonly (readonly [RegExp, EventType])[] = [
  [
    /(?:_created?|_added|_installed|_invited|_uploaded|_converted_to|_join(?:ed)?|_granted|_assigned|_approved)$/,
    'creation',
  ],
  [
    /(?:_deleted|_removed|_uninstalled|_revoked|_left|_leave|_deactivated|_archived?|_unassigned)$/,
    'deletion',
  ],
  [/(?:_downloaded|_viewed|_accessed|_export_(?:started|completed)|_previewed|_searched)$/, 'access'],
];

function stepOf(action: string): EventType {
  return STEPS.find(([pattern]) => pattern.test(action))?.[1] ?? 'change';
}

function meaningOf(action: string, entity: string): Categorisation {
  if (action === 'anomaly') return { category: ['intrusion_detection'], type: ['info'] };
  if (/^user_login(?:_failed)?$/.test(action))
    return { ...WHAT.login, outcome: action === 'user_login' ? 'success' : 'failure' };
  if (/^user_logout|^user_sessions_reset|^user_session_(?:invalidated|terminated)/.test(action))
    return WHAT.logout;
  const step = stepOf(action);
  if (/^(?:user_created|guest_created)$/.test(action)) return { ...WHAT.userCreated, outcome: 'success' };
  if (action === 'user_deactivated') return WHAT.userDeleted;
  if (entity === 'usergroup' || /usergroup|_group_/.test(action))
    return { category: ['iam'], type: ['group', step] };
  if (/^(?:role_|owner_|guest_|user_|billing_)/.test(action) && entity === 'user')
    return { category: ['iam'], type: ['user', step] };
  if (entity === 'file' || action.startsWith('file_')) return { category: ['file'], type: [step] };
  return { category: ['configuration'], type: [step] };
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const action = text(json?.['action']);
  const created = text(json?.['date_create']);
  if (json === undefined || action === undefined || created === undefined) return 'rejected';
  TABLE.put(doc, json);
  putDate(doc, '@timestamp', parseEpoch(created));
  const entity = text(at(json, 'entity', 'type')) ?? '';
  categorise(doc, { ...meaningOf(action, entity), action });
  if (action === 'anomaly') {
    doc['event.kind'] = 'alert';
    const reasons = strings(at(json, 'details', 'reason'));
    const reason = reasons.length > 0 ? reasons.join(', ') : text(at(json, 'details', 'reason'));
    put(doc, 'event.reason', reason);
    put(doc, 'rule.name', reason);
  }
  if (doc['user.id'] !== undefined && doc['user.target.id'] === doc['user.id']) {
    for (const field of ['id', 'name', 'full_name', 'email', 'domain']) delete doc[`user.target.${field}`];
  }
  return 'parsed';
}

/** Entries of Slack's audit logs API. */
export default defineSource({
  id: 'slack.audit',
  signatures: [{ kind: 'json', keys: ['date_create', 'action', 'actor', 'entity'] }],
  parse,
});
