import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, parseIso, putDate } from '../../kit/dates.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';

/** Fields of the five templates; the first line that has a value wins. */
const TABLE = jsonTable(
  'zscaler.zpa.',
  `
  LogTimestamp              @timestamp                     own
  Timestamp                 @timestamp                     own
  ModifiedTime              @timestamp                     own
  Customer                  organization.name              text
  CustomerID                organization.id                text
  SessionID                 zscaler.zpa.SessionID          text
  ConnectionID              event.id                       text
  RequestID                 event.id                       text
  Username                  user                           account
  NameID                    user                           account
  User                      user                           account
  ModifiedBy                user.id                        text
  ClientPublicIP            source                         side
  ClientPublicIp            source                         side
  PublicIP                  source                         side
  ClientPublicPort          source.port                    port?
  ClientPrivateIP           source.nat.ip                  ip?
  ClientPrivateIp           source.nat.ip                  ip?
  ClientCountryCode         source.geo.country_iso_code    country
  CountryCode               source.geo.country_iso_code    country
  City                      source.geo.city_name           text
  ServerIP                  destination                    side
  Host                      destination.domain             own
  ServerPort                destination.port               port?
  ApplicationPort           destination.port               port?
  IPProtocol                network.transport              transport
  Application               network.application            text
  Policy                    rule.name                      text
  Connector                 observer.name                  text
  ConnectorIP               observer.ip                    ip-list
  ZENTotalBytesRxClient     source.bytes                   long
  ZENTotalBytesTxClient     destination.bytes              long
  ZENTotalBytesRxConnector  zscaler.zpa.ZENTotalBytesRxConnector  long
  ZENTotalBytesTxConnector  zscaler.zpa.ZENTotalBytesTxConnector  long
  TimestampConnectionStart  event.start                    date
  TimestampConnectionEnd    event.end                      date
  TimestampAuthentication   event.start                    date
  TimestampUnAuthentication event.end                      date
  InternalReason            event.reason                   text
  ConnectionReason          event.reason                   text
  Hostname                  host.name                      text
  Platform                  host.os.name                   text
  Method                    http.request.method            text
  StatusCode                http.response.status_code      long
  UserAgent                 user_agent.original            text
  RequestSize               http.request.bytes             long
  ResponseSize              http.response.bytes            long
  URL                       url.path                       own
  ObjectName                zscaler.zpa.ObjectName         text
`,
);

type Kind = 'user-activity' | 'user-status' | 'connector-status' | 'browser-access' | 'audit';

function kindOf(json: JsonObject): Kind | undefined {
  if ('AuditOperationType' in json) return 'audit';
  if ('ConnectionStatus' in json && 'IPProtocol' in json) return 'user-activity';
  if ('Method' in json && 'StatusCode' in json && 'Host' in json) return 'browser-access';
  if ('SessionStatus' in json && ('ConnectorGroup' in json || 'CPUUtilization' in json))
    return 'connector-status';
  if ('SessionStatus' in json && 'Username' in json) return 'user-status';
  return undefined;
}

function meaningOf(kind: Kind, json: JsonObject): Categorisation {
  switch (kind) {
    case 'user-activity': {
      const status = text(json['ConnectionStatus'])?.toLowerCase();
      const reason = text(json['InternalReason']) ?? '';
      // A connection that never opened says why; AST_ and BRK_ codes of a closed one are its normal end.
      const refused = /(?:REJECT|BLOCK|DENIED|POLICY)/i.test(reason);
      const type = status === 'close' ? 'end' : status === 'open' ? 'start' : 'info';
      return {
        category: ['network'],
        type: refused ? ['connection', 'denied'] : ['connection', 'allowed', type],
        ...(status === undefined ? {} : { action: `connection-${status}` }),
      };
    }
    case 'user-status': {
      const status = text(json['SessionStatus']) ?? '';
      const action = status.replace(/^ZPN_STATUS_/, '').toLowerCase();
      if (status === 'ZPN_STATUS_AUTHENTICATED') return { ...WHAT.vpnStart, action, outcome: 'success' };
      if (status === 'ZPN_STATUS_AUTH_FAILED')
        return { category: ['authentication'], type: ['start'], action, outcome: 'failure' };
      return { ...WHAT.vpnEnd, action };
    }
    case 'connector-status':
      return {
        ...WHAT.hostInfo,
        action: (text(json['SessionStatus']) ?? 'status').replace(/^ZPN_STATUS_/, '').toLowerCase(),
      };
    case 'browser-access': {
      const status = toLong(json['StatusCode']);
      return {
        ...WHAT.proxyRequest,
        ...(status === undefined ? {} : { outcome: status < 400 ? 'success' : 'failure' }),
      };
    }
    case 'audit': {
      const operation = (text(json['AuditOperationType']) ?? '').toLowerCase();
      if (operation.startsWith('sign in') || operation === 'login')
        return {
          ...WHAT.login,
          action: operation,
          outcome: operation.includes('fail') ? 'failure' : 'success',
        };
      if (operation.startsWith('sign out') || operation === 'logout')
        return { ...WHAT.logout, action: operation };
      const step = operation.startsWith('create')
        ? ('creation' as const)
        : operation.startsWith('delete')
          ? ('deletion' as const)
          : operation.includes('download')
            ? ('access' as const)
            : ('change' as const);
      return { category: ['configuration'], type: [step], action: operation };
    }
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  const kind = json === undefined ? undefined : kindOf(json);
  if (json === undefined || kind === undefined) return 'rejected';
  TABLE.put(doc, json);
  doc['event.dataset'] = `zscaler.zpa.${kind}`;
  const when = text(json['LogTimestamp']) ?? text(json['ModifiedTime']) ?? text(json['Timestamp']);
  // `Sun Mar 1 10:00:00 2026` and ISO, both in UTC.
  if (when !== undefined)
    putDate(
      doc,
      '@timestamp',
      parseIso(when, 'UTC') ?? parseDate(when, { timeZone: 'UTC', receivedAt: input.receivedAt }),
    );
  putObserver(doc, { vendor: 'Zscaler', product: 'Private Access', type: 'vpn' });
  const host = text(json['Host']);
  if (host !== undefined && host !== '') {
    put(doc, kind === 'browser-access' ? 'url.domain' : 'zscaler.zpa.Host', host);
    if (/[a-z]/i.test(host) && !host.includes(':')) {
      put(doc, 'destination.domain', host);
      doc['destination.address'] ??= host;
    }
  }
  if (kind === 'browser-access') put(doc, 'url.original', text(json['URL']));
  putTotals(doc);
  categorise(doc, meaningOf(kind, json));
  return 'parsed';
}

/** Zscaler Private Access, Log Streaming Service in JSON. */
export default defineSource({
  id: 'zscaler.zpa',
  signatures: [
    { kind: 'json', keys: ['Customer', 'ConnectionStatus', 'IPProtocol'] },
    { kind: 'json', keys: ['Customer', 'SessionStatus', 'ZEN'] },
    { kind: 'json', keys: ['Customer', 'SessionStatus', 'ConnectorGroup'] },
    { kind: 'json', keys: ['Customer', 'StatusCode', 'ConnectionID', 'Method'] },
    { kind: 'json', keys: ['AuditOperationType', 'ObjectType', 'CustomerID'] },
  ],
  parse,
});
