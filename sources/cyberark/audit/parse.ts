import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = fieldTable(
  'cyberark.audit.',
  `
  uuid                               event.id                   text
  tenantId                           organization.id            text
  timestamp                          @timestamp                 own
  username                           user                       own
  userId                             user.id                    text
  applicationCode                    cyberark.application       own
  auditCode                          event.code                 text
  action                             event.action               text
  component                          event.provider             text
  serviceName                        observer.product           text
  message                            event.reason               text
  source                             source                     own
  sessionId                          session.id                 own
  command                            process.command_line       text
  cloudProvider                      cloud.provider             text
  targetAccount                      user.target                account
  customData.PAM.target              file                       file
  customData.geoip_city_name         source.geo.city_name       text
  customData.geoip_country_name      source.geo.country_name    text
  customData.geoip_country_code      source.geo.country_iso_code country
  customData.request_browser_name    user_agent.name            text
  customData.request_device_os       host.os.platform           text
`,
);

const STEPS: readonly (readonly [RegExp, Categorisation])[] = [
  [/^(?:create|add)/i, WHAT.configurationCreated],
  [/^(?:delete|remove)/i, WHAT.configurationDeleted],
  [/^(?:execute|read|view|retrieve|get|access)/i, WHAT.configurationRead],
];

function meaningOf(action: string, step: string): Categorisation {
  if (/logon|login|authn|oauthtoken|mfa|authenticat/i.test(action))
    return { ...WHAT.login, outcome: outcomeOf(action) };
  if (/logoff|logout/i.test(action)) return WHAT.logout;
  if (/\.(?:core\.)?user\.|role|adduser|(?:update|delete|add) user|member/i.test(action))
    return WHAT.userChanged;
  return STEPS.find(([words]) => words.test(step))?.[1] ?? WHAT.configurationChanged;
}

function outcomeOf(action: string): 'success' | 'failure' {
  return /fail|denied|invalid|reject/i.test(action) ? 'failure' : 'success';
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const code = text(json?.['auditCode']);
  if (json === undefined || code === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  const when = json['timestamp'];
  if (typeof when === 'number' || typeof when === 'string')
    putDate(doc, '@timestamp', parseDate(when, { timeZone: 'UTC', receivedAt: 0 }));
  doc['observer.vendor'] = 'CyberArk';
  putAccount(doc, 'user', text(json['username']));
  // A client's address, or the component that a person acted through.
  const from = text(json['source']);
  if (from !== undefined) {
    if (parseIp(from) === undefined) doc['observer.name'] = from;
    else putEndpoint(doc, 'source', from);
  }
  const session = text(json['sessionId']);
  if (session !== undefined) doc['cyberark.audit.sessionId'] = session;
  const application = text(json['applicationCode']);
  if (application !== undefined) {
    doc['cyberark.audit.applicationCode'] = application;
    doc['event.dataset'] = `cyberark.audit.${application.toLowerCase()}`;
  }
  categorise(doc, meaningOf(text(json['action']) ?? '', text(json['actionType']) ?? ''));
  if (/^(?:error|fail)/i.test(text(json['auditType']) ?? '')) doc['event.outcome'] = 'failure';
  return text(at(json, 'action')) === undefined ? 'partial' : 'parsed';
}

/** Events of CyberArk's audit service. */
export default defineSource({
  id: 'cyberark.audit',
  signatures: [
    {
      kind: 'json',
      keys: ['auditCode'],
      test: (json) => 'applicationCode' in json || 'tenantId' in json || 'auditType' in json,
    },
  ],
  parse,
});
