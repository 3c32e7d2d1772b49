import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType } from '../../kit/categorise.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { firstOf, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = fieldTable(
  'github.',
  `
  @timestamp                    @timestamp                    own
  created_at                    event.created                 own
  _document_id                  event.id                      text
  action                        event.action                  text+
  actor                         user.name                     text+
  actor_id                      user.id                       text
  actor_ip                      source                        endpoint
  actor_location.country_code   source.geo.country_iso_code   country
  org                           organization.name             text+
  org_id                        organization.id               text
  user_agent                    user_agent.original           text
  user                          user.target.name              text+
  user_id                       user.target.id                text
  blocked_user                  user.target.name              text+
  team                          group.name                    text
  request_id                    http.request.id               text
  transport_protocol_name       network.protocol              lower
  operation_type                github.operation              own
`,
);

const STEPS: Readonly<Record<string, EventType>> = {
  create: 'creation',
  remove: 'deletion',
  modify: 'change',
  access: 'access',
  authentication: 'start',
  transfer: 'change',
  restore: 'change',
};
/** Categories of actions that say who may do what. */
const ACCESS =
  /^(?:team|role|members?_|enterprise_team|external_group|personal_access_token|oauth_access|org_credential_authorization)/;
const MEMBERS =
  /(?:^|\.)(?:add|remove|invite|block|unblock|update|reinstate)_(?:(?:outside_)?member|user|collaborator|admin|billing)/;

function meaningOf(action: string, operation: string): Categorisation {
  const step = Object.hasOwn(STEPS, operation) ? STEPS[operation]! : undefined;
  if (
    operation === 'authentication' ||
    /^(?:user\.(?:login|failed_login)|two_factor|external_identity)/.test(action)
  )
    return {
      category: ['authentication'],
      type: ['start'],
      ...(action.includes('failed') ? { outcome: 'failure' as const } : {}),
    };
  if (action.startsWith('git.')) return { category: ['file'], type: ['access'] };
  const types: EventType[] = [step ?? 'info'];
  if (/block_user$/.test(action)) types.push('denied');
  if (MEMBERS.test(action)) return { category: ['iam', 'configuration'], type: ['user', ...types] };
  if (ACCESS.test(action)) return { category: ['iam', 'configuration'], type: types };
  return { category: ['configuration'], type: step === 'change' ? ['change', 'info'] : types };
}

/** A record of which only the person and the moment are left, in milliseconds as GitHub writes them. */
function isStub(json: JsonObject): boolean {
  return (
    typeof json['actor'] === 'string' &&
    typeof json['created_at'] === 'number' &&
    json['created_at'] > 1e12 &&
    !('action' in json)
  );
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const stated = text(json?.['action']);
  if (json === undefined || (stated === undefined && !isStub(json))) return 'rejected';
  const action = stated ?? '';
  TABLE.putObject(doc, json);
  const when = text(firstOf(json, '@timestamp', 'created_at'));
  if (when !== undefined) putDate(doc, '@timestamp', parseEpoch(when) ?? parseIso(when, 'UTC'));
  const operation = text(json['operation_type']) ?? '';
  put(doc, 'github.operation_type', operation);
  // The same person is named twice where nobody else is concerned.
  if (doc['user.target.name'] === doc['user.name']) {
    delete doc['user.target.name'];
    delete doc['user.target.id'];
  }
  categorise(doc, meaningOf(action, operation));
  return stated === undefined ? 'partial' : 'parsed';
}

/** Events of GitHub's audit log. */
export default defineSource({
  id: 'github.audit',
  signatures: [
    { kind: 'json', keys: ['action', 'actor', '_document_id'] },
    {
      kind: 'json',
      keys: ['action', 'actor'],
      test: (json) =>
        typeof json['actor'] === 'string' &&
        ('org' in json || 'business' in json || 'repo' in json) &&
        ('actor_id' in json || 'created_at' in json || 'operation_type' in json),
    },
    { kind: 'json', keys: ['actor', 'created_at'], test: isStub },
  ],
  parse,
});
