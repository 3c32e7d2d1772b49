import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { at, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const TABLE = jsonTable(
  'sekoia.activity.',
  `
timestamp                   @timestamp            date
observer.name               observer.name         text
visit.ip                    client                side
visit.user_agent            user_agent.original   text
visit.referrer              http.request.referrer text
action.name                 event.action          text
action.url                  url                   url
action.path                 url.path              own
action.method               http.request.method   text
action.status               event.outcome         outcome
identity.user_uuid          user.id               text
identity.profile_identity   sekoia.activity.identity.profile_identity text
identity.profile_name       user.full_name        text
identity.email              user                  account
identity.community_uuid     organization.id       text
action.parameters.rule.definition_uuid rule.uuid  text
action.parameters.rule.name rule.name             text
`,
);

/** What an action of the platform means, by the verb its name ends in. */
function whatOf(action: string): Categorisation {
  const verb = action.slice(action.lastIndexOf('-') + 1);
  const people = /^(?:user|avatar|role|permission|invitation|api-?key|community|group|sso|apikey)/.test(
    action,
  );
  if (/^(?:login|logon|signin|authenticate|authentication)$/.test(verb)) return WHAT.login;
  if (/^(?:logout|signout)$/.test(verb)) return WHAT.logout;
  const category = people ? 'iam' : 'configuration';
  if (/^(?:creation|create|add|addition|created|invite)$/.test(verb))
    return { category: [category], type: ['creation'] };
  if (/^(?:deletion|delete|remove|removal|deleted|revoke)$/.test(verb))
    return { category: [category], type: ['deletion'] };
  if (/^(?:read|list|get|search|view|export|download)$/.test(verb)) return WHAT.apiCall;
  return { category: [category], type: ['change'] };
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const action = text(at(json, 'action', 'name'));
  if (json === undefined || action === undefined) return 'rejected';
  TABLE.put(doc, json);
  // The caller of a web API is both ends of ECS's exchange: who connected, and who asked.
  const ip = doc['client.ip'];
  if (ip !== undefined) {
    doc['source.ip'] = ip;
    doc['source.address'] = ip;
  }
  putObserver(doc, { vendor: 'Sekoia.io', product: 'Sekoia Defend' });
  categorise(doc, whatOf(action));
  return 'parsed';
}

/** Activity log of the Sekoia.io platform: what its users and API keys did. */
export default defineSource({
  id: 'sekoia.activity',
  signatures: [
    {
      kind: 'json',
      keys: ['visit', 'action', 'identity'],
      test: (json) => text(at(json, 'action', 'name')) !== undefined && at(json, 'identity') !== undefined,
    },
  ],
  parse,
});
