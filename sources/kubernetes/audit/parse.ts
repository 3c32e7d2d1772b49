import type { EcsFields, JsonObject } from '@vigie/contracts';
import type { Categorisation } from '../../kit/categorise.ts';
import { categorise } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, strings, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'kubernetes.audit.';
const TABLE = fieldTable(
  VENDOR,
  `
  verb                        event.action                     text+
  auditID                     event.id                         text+
  requestURI                  url                              own
  user.username               user.name                        text+
  user.uid                    user.id                          text
  user.groups                 user.roles                       own
  userAgent                   user_agent.original              text
  sourceIPs                   source                           own
  responseStatus.code         http.response.status_code        long+
  responseStatus.reason       event.reason                     text+
  responseStatus.message      message                          text+
  objectRef.namespace         orchestrator.namespace           text+
  objectRef.name              orchestrator.resource.name       text+
  objectRef.resource          orchestrator.resource.type       text+
  objectRef.apiVersion        orchestrator.api_version         text+
  objectRef.uid               orchestrator.resource.id         text
  impersonatedUser.username   user.effective.name              text+
  requestReceivedTimestamp    event.start                      own
  stageTimestamp              event.end                        own
`,
);

/** What a request does, by its verb; reads of secrets are reads all the same. */
const VERBS: Readonly<Record<string, Categorisation>> = {
  create: { category: ['api'], type: ['creation'] },
  update: { category: ['api'], type: ['change'] },
  patch: { category: ['api'], type: ['change'] },
  delete: { category: ['api'], type: ['deletion'] },
  deletecollection: { category: ['api'], type: ['deletion'] },
  get: { category: ['api'], type: ['access'] },
  list: { category: ['api'], type: ['access'] },
  watch: { category: ['api'], type: ['access'] },
};
/** Resources that say who may do what. */
const ACCESS =
  /^(?:roles|rolebindings|clusterroles|clusterrolebindings|serviceaccounts|tokenreviews|certificatesigningrequests)$/;

const METHODS: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  get: 'GET',
  list: 'GET',
  watch: 'GET',
};

function putOutcome(doc: EcsFields, json: JsonObject): void {
  const decision = text(at(json, 'annotations', 'authorization.k8s.io/decision'));
  const code = doc['http.response.status_code'];
  if (typeof code === 'number') doc['event.outcome'] = code < 400 ? 'success' : 'failure';
  else if (decision === 'forbid') doc['event.outcome'] = 'failure';
  if (decision === 'allow' || decision === 'forbid')
    (doc['event.type'] as string[]).push(decision === 'allow' ? 'allowed' : 'denied');
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const json = input.json;
  if (json === undefined || typeof json['auditID'] !== 'string' || typeof json['verb'] !== 'string')
    return 'rejected';
  TABLE.putObject(doc, json);
  const verb = json['verb'];
  const resource = text(at(json, 'objectRef', 'resource')) ?? '';
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  const what = known ?? { category: ['api'], type: ['access'] };
  categorise(doc, ACCESS.test(resource) ? { category: [...what.category, 'iam'], type: what.type } : what);
  putOutcome(doc, json);
  const groups = strings(at(json, 'user', 'groups'));
  if (groups.length > 0) doc['user.roles'] = groups;
  const [first, ...others] = strings(json['sourceIPs']);
  const ip = first === undefined ? undefined : parseIp(first);
  if (ip !== undefined) {
    doc['source.ip'] = ip;
    doc['source.address'] = ip;
  }
  if (others.length > 0) doc[`${VENDOR}sourceIPs`] = [first!, ...others];
  putUrl(doc, text(json['requestURI']));
  if (Object.hasOwn(METHODS, verb)) put(doc, 'http.request.method', METHODS[verb]);
  for (const [key, field] of TIMES) {
    const value = text(json[key]);
    if (value !== undefined) putDate(doc, field, parseDate(value, input));
  }
  const time = doc['event.end'] ?? doc['event.start'];
  if (time !== undefined) doc['@timestamp'] = time;
  doc['orchestrator.type'] = 'kubernetes';
  return 'parsed';
}

const TIMES = [
  ['requestReceivedTimestamp', 'event.start'],
  ['stageTimestamp', 'event.end'],
] as const;

/** The audit log of a Kubernetes API server. */
export default defineSource({
  id: 'kubernetes.audit',
  signatures: [
    { kind: 'json', keys: ['auditID', 'verb', 'stage'] },
    { kind: 'json', keys: ['auditID', 'verb', 'user'] },
    { kind: 'json', keys: ['auditID', 'verb', 'requestURI'] },
  ],
  parse,
});
