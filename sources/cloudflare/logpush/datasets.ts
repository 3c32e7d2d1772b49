import type { JsonObject } from '@vigie/contracts';

export type Dataset =
  | 'http-requests'
  | 'firewall-events'
  | 'gateway-http'
  | 'gateway-network'
  | 'dns'
  | 'access-requests'
  | 'audit';

/**
 * The dataset that a record is from, by the keys that only it has; Logpush does not name it. Jobs choose their own
 * fields, so each dataset has several.
 */
export function datasetOf(json: JsonObject): Dataset | undefined {
  if ('ActorEmail' in json || 'ActorIP' in json || 'ActorID' in json) return 'audit';
  if ('AppDomain' in json || 'AppUUID' in json) return 'access-requests';
  if ('QueryName' in json || 'QueryCategoryIDs' in json) return 'dns';
  if ('HTTPHost' in json || 'HTTPMethod' in json || 'UntrustedCertificateAction' in json)
    return 'gateway-http';
  if ('SessionID' in json && ('Transport' in json || 'SNI' in json)) return 'gateway-network';
  if ('EdgeStartTimestamp' in json || 'EdgeEndTimestamp' in json || 'EdgeResponseBytes' in json)
    return 'http-requests';
  if ('Action' in json && ('ClientRequestHost' in json || 'RuleID' in json || 'ClientRequestPath' in json))
    return 'firewall-events';
  if ('ZoneName' in json && ('WorkerStatus' in json || 'RayID' in json || 'CacheCacheStatus' in json))
    return 'http-requests';
  if ('ClientRequestURI' in json || 'ClientRequestHost' in json) return 'http-requests';
  return undefined;
}

/** Response codes of DNS by number (RFC 6895). */
export const RESPONSE_CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;
