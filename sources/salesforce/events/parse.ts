import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = fieldTable(
  'salesforce.',
  `
  REQUEST_ID        http.request.id             text
  ORGANIZATION_ID   organization.id             text
  USER_ID           user.id                     text
  USER              user                        account
  USER_NAME         user                        own
  USERNAME          user                        own
  METHOD            http.request.method         text
  MEDIA_TYPE        http.response.mime_type     text
  STATUS_CODE       http.response.status_code   long
  REQUEST_SIZE      http.request.bytes          long
  RESPONSE_SIZE     http.response.bytes         long
  HTTP_METHOD       http.request.method         text
  API_METHOD        http.request.method         text
  URI               url                         url
  PAGE_URL          url                         url
  REPORT_URL        url                         url
  API_ENDPOINT      url                         url
  QUERY             url.query                   own
  CLIENT_GEO        source.geo.country_name     own
  BROWSER_NAME      user_agent.name             text
  BROWSER_VERSION   user_agent.version          text
  ACTION            event.action                text
  IP_ADDRESS        source                      own
  LOGIN_TIME        @timestamp                  own
  LOGIN_URL         url.original                own
  REFERER_URI       http.request.referrer       text
  USER_AGENT        user_agent.original         own
  BROWSER_TYPE      user_agent.original         text
  CIPHER_SUITE      tls.cipher                  text
  TLS_PROTOCOL      tls.version                 tls-version
  APP_NAME          network.application         text
  DEVICE_ID         host.id                     text
  OS_NAME           host.os.name                text
  OS_VERSION        host.os.version             text
  UI_EVENT_TYPE     event.action                text
  UI_EVENT_ID       event.code                  text
  MESSAGE           event.reason                text
  ERROR_MESSAGE     error.message               text
  EXCEPTION_MESSAGE error.message               text
  SOURCE_IP         source                      own
  CLIENT_IP         source                      own
  TIMESTAMP         @timestamp                  own
  TIMESTAMP_DERIVED @timestamp                  own
  EVENT_TYPE        salesforce.EVENT_TYPE       text
`,
);

function meaningOf(type: string, status: string): Categorisation {
  if (/^Login/.test(type) && type !== 'LoginAs') {
    const outcome = /^(?:LOGIN_NO_ERROR|success)$/i.test(status)
      ? 'success'
      : status === ''
        ? undefined
        : 'failure';
    return { ...WHAT.login, outcome };
  }
  if (type === 'LoginAs') return WHAT.login;
  if (type === 'Logout') return WHAT.logout;
  if (/Report|Export|Download|Document|Content/.test(type))
    return { category: ['file', 'network'], type: ['access'] };
  return { category: ['network'], type: ['info'] };
}

function parse({ json, receivedAt }: ParseInput, doc: EcsFields): ParseOutcome {
  const type = text(json?.['EVENT_TYPE']);
  if (json === undefined || type === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  doc['event.dataset'] = `salesforce.events.${type.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const derived = text(json['TIMESTAMP_DERIVED']);
  const stamp = text(json['TIMESTAMP']);
  if (derived !== undefined) putDate(doc, '@timestamp', parseIso(derived, 'UTC'));
  // `20260301100000.123`, in UTC; some kinds have an ISO date there.
  else if (stamp !== undefined)
    putDate(
      doc,
      '@timestamp',
      parseDate(stamp.includes('-') ? stamp : stamp.slice(0, 14), { timeZone: 'UTC', receivedAt }),
    );
  const signedIn = text(json['LOGIN_TIME']);
  if (signedIn !== undefined && doc['@timestamp'] === undefined)
    putDate(doc, '@timestamp', parseDate(signedIn, { timeZone: 'UTC', receivedAt }));
  putDate(doc, 'event.start', parseEpoch(text(json['PAGE_START_TIME']) ?? ''));
  putDuration(doc, text(json['EXEC_TIME']) ?? text(json['DURATION']) ?? text(json['RUN_TIME']), 1e3);
  const name = text(json['USER_NAME']) ?? text(json['USERNAME']);
  if (name !== undefined) putAccount(doc, 'user', name);
  const from = [json['SOURCE_IP'], json['CLIENT_IP'], json['IP_ADDRESS']]
    .map(text)
    .find((ip) => ip !== undefined && parseIp(ip) !== undefined);
  putEndpoint(doc, 'source', from);
  // `France/Ile-de-France`
  const [country, region] = (text(json['CLIENT_GEO']) ?? '').split('/', 2);
  put(doc, 'source.geo.country_name', country === '' ? undefined : country);
  put(doc, 'source.geo.region_name', region);
  const query = text(json['QUERY']);
  const at = query?.indexOf('?') ?? -1;
  if (query !== undefined && at >= 0) doc['url.query'] ??= query.slice(at + 1);
  // Programs of Salesforce's own have a number in place of an agent.
  const agent = text(json['USER_AGENT']);
  if (agent !== undefined && !/^\d{1,20}$/.test(agent)) doc['user_agent.original'] = agent;
  put(doc, 'url.domain', text(json['LOGIN_URL']));
  categorise(doc, meaningOf(type, text(json['LOGIN_STATUS']) ?? ''));
  return 'parsed';
}

/** Rows of Salesforce's event log files, as objects by the file's header. */
export default defineSource({
  id: 'salesforce.events',
  signatures: [
    {
      kind: 'json',
      keys: ['EVENT_TYPE'],
      test: (json) =>
        'ORGANIZATION_ID' in json || 'REQUEST_ID' in json || 'USER_ID' in json || 'USER' in json,
    },
  ],
  parse,
});
