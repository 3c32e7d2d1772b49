import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';

type Kind = 'audit' | 'issues' | 'detections' | 'configuration' | 'vulnerabilities';

/** What is common: severities, rules, times. The rest of each kind has its own table. */
const SHARED = `
  id           event.id    text
  severity     log.level   text
`;

const TABLES = {
  audit: fieldTable(
    'wiz.',
    `
    ${SHARED}
    action                        event.action         text
    sourceIP                      source               endpoint
    userAgent                     user_agent.original  text
    requestId                     http.request.id      text
    serviceAccount.id             user.id              text
    serviceAccount.name           user.name            text
    user.id                       user.id              text
    user.name                     user                 account
`,
  ),
  issues: fieldTable(
    'wiz.',
    `
    ${SHARED}
    sourceRule.id                 rule.id              text
    sourceRule.name               rule.name            text
    sourceRule.description        rule.description     text
    entitySnapshot.region         cloud.region         text
    entitySnapshot.cloudPlatform  cloud.provider       lower
    entitySnapshot.subscriptionExternalId  cloud.account.id    text
    entitySnapshot.subscriptionName        cloud.account.name  text
`,
  ),
  detections: fieldTable(
    'wiz.',
    `
    ${SHARED}
    description                   event.reason         text
    ruleMatch.rule.id             rule.id              text
    ruleMatch.rule.name           rule.name            text
    primaryResource.region        cloud.region         text
`,
  ),
  configuration: fieldTable(
    'wiz.',
    `
    ${SHARED}
    rule.id                              rule.id              text
    rule.name                            rule.name            text
    rule.description                     rule.description     text
    resource.region                      cloud.region         text
    resource.subscription.externalId     cloud.account.id     text
    resource.subscription.name           cloud.account.name   text
    resource.subscription.cloudProvider  cloud.provider       lower
`,
  ),
  vulnerabilities: fieldTable(
    'wiz.',
    `
    ${SHARED}
    name                                 vulnerability.id            text
    CVEDescription                       vulnerability.description   text
    portalUrl                            vulnerability.reference     text
    CVSSSeverity                         vulnerability.severity      text
    score                                vulnerability.score.base    own
    cnaScore                             vulnerability.score.base    float
    detailedName                         package.name                text
    version                              package.version             text
    vulnerableAsset.id                   host.id                     text
    vulnerableAsset.name                 host.name                   text
    vulnerableAsset.type                 host.type                   text
    vulnerableAsset.operatingSystem      host.os.name                text
    vulnerableAsset.region               cloud.region                text
    vulnerableAsset.providerUniqueId     cloud.instance.id           text
    vulnerableAsset.cloudPlatform        cloud.provider              lower
    vulnerableAsset.subscriptionId       cloud.project.id            text
    vulnerableAsset.subscriptionName     cloud.project.name          text
`,
  ),
} as const satisfies Record<Kind, ReturnType<typeof fieldTable>>;

function kindOf(json: JsonObject): Kind | undefined {
  if ('sourceRule' in json) return 'issues';
  if ('ruleMatch' in json || 'triggeringEvents' in json) return 'detections';
  if ('vulnerableAsset' in json || 'CVEDescription' in json) return 'vulnerabilities';
  if ('analyzedAt' in json || ('targetExternalId' in json && 'rule' in json)) return 'configuration';
  if ('actionParameters' in json || ('action' in json && 'serviceAccount' in json)) return 'audit';
  return undefined;
}

function auditOf(action: string): Categorisation {
  if (/^Login|^SSO/.test(action)) return WHAT.login;
  if (/^Logout|^RevokeSession/.test(action)) return { category: ['session'], type: ['end'] };
  if (/Token|Refresh/.test(action)) return { category: ['session'], type: ['info'] };
  const category = /User|ServiceAccount|Role|SAML|Group|Permission/.test(action) ? 'iam' : 'configuration';
  if (/^(?:Create|Add|Invite)/.test(action)) return { category: [category], type: ['creation'] };
  if (/^(?:Delete|Remove)/.test(action)) return { category: [category], type: ['deletion'] };
  if (/^(?:Update|Modify|Set|Enable|Disable|Rotate)/.test(action))
    return { category: [category], type: ['change'] };
  return { category: [category], type: ['info'] };
}

function putDetection(doc: EcsFields, json: JsonObject): void {
  const account = objects(json['cloudAccounts'])[0];
  put(doc, 'cloud.account.id', text(account?.['externalId']) ?? text(account?.['id']));
  put(doc, 'cloud.account.name', account?.['name']);
  put(doc, 'cloud.provider', text(account?.['cloudProvider'])?.toLowerCase());
  const organisation = objects(json['cloudOrganizations'])[0];
  put(doc, 'organization.id', organisation?.['id']);
  put(doc, 'organization.name', organisation?.['name']);
  const actor = objects(json['actors'])[0];
  putAccount(doc, 'user', text(actor?.['name']));
  put(doc, 'user.id', text(actor?.['externalId']));
  const resource = object(json['primaryResource']);
  if (resource?.['type'] === 'VIRTUAL_MACHINE' || resource?.['type'] === 'ENDPOINT') {
    put(doc, 'host.id', resource['externalId']);
    const name = text(resource['name']) ?? '';
    const ip = parseIp(name.replace(/:\d{1,5}$/, ''));
    if (ip !== undefined) doc['host.ip'] = [ip];
    else put(doc, 'host.name', name);
  }
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const kind = json === undefined ? undefined : kindOf(json);
  if (json === undefined || kind === undefined) return 'rejected';
  TABLES[kind].putObject(doc, json);
  doc['event.dataset'] = `wiz.wiz.${kind}`;
  doc['observer.vendor'] = 'Wiz';
  const when = (...names: string[]) => {
    for (const name of names) {
      const value = text(json[name]);
      if (value !== undefined) return parseIso(value, 'UTC');
    }
    return undefined;
  };
  if (kind === 'audit') {
    putDate(doc, '@timestamp', when('timestamp'));
    categorise(doc, { ...auditOf(text(json['action']) ?? ''), outcome: outcomeOf(text(json['status'])) });
    return 'parsed';
  }
  doc['event.kind'] = 'alert';
  if (kind === 'issues') {
    putDate(doc, '@timestamp', when('createdAt', 'updatedAt'));
    categorise(doc, WHAT.intrusion);
  } else if (kind === 'detections') {
    putDate(doc, '@timestamp', when('createdAt', 'updatedAt'));
    categorise(doc, WHAT.intrusion);
    putDetection(doc, json);
  } else if (kind === 'configuration') {
    putDate(doc, '@timestamp', when('analyzedAt', 'firstSeenAt'));
    putDate(doc, 'event.start', when('firstSeenAt'));
    const result = text(json['result']);
    categorise(doc, { ...WHAT.vulnerability, outcome: outcomeOf(result) });
  } else {
    putDate(doc, '@timestamp', when('firstDetectedAt', 'lastDetectedAt'));
    putDate(doc, 'event.start', when('firstDetectedAt'));
    categorise(doc, WHAT.vulnerability);
    put(doc, 'host.ip', strings(at(json, 'vulnerableAsset', 'ipAddresses')));
    put(doc, 'cloud.instance.name', at(json, 'vulnerableAsset', 'name'));
    const score = json['score'];
    if (typeof score === 'number' && score > 0) doc['vulnerability.score.base'] = score;
  }
  return 'parsed';
}

/** Issues, detections, findings and audit events of Wiz. */
export default defineSource({
  id: 'wiz.wiz',
  signatures: [
    { kind: 'json', keys: ['sourceRule', 'severity'] },
    { kind: 'json', keys: ['ruleMatch'], test: (json) => kindOf(json) !== undefined },
    { kind: 'json', keys: ['vulnerableAsset'] },
    { kind: 'json', keys: ['analyzedAt', 'rule'] },
    {
      kind: 'json',
      keys: ['actionParameters'],
      test: (json) => 'action' in json || 'serviceAccount' in json,
    },
  ],
  parse,
});
