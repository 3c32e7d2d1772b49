/** The kinds of log that Umbrella exports, each a CSV of its own. */
export type Kind = 'dns' | 'proxy' | 'ip' | 'firewall' | 'intrusion' | 'audit';

/**
 * Columns of each kind in the order of Umbrella's export; later schema versions append to the earlier ones
 * (Umbrella user guide, "Log Formats and Versioning").
 */
export const COLUMNS: Readonly<Record<Kind, readonly string[]>> = {
  dns: [
    'timestamp',
    'policy_identity',
    'identities',
    'internal_ip',
    'external_ip',
    'action',
    'query_type',
    'response_code',
    'domain',
    'categories',
    'policy_identity_type',
    'identity_types',
    'blocked_categories',
    'rule_id',
    'destination_countries',
    'organization_id',
  ],
  proxy: [
    'timestamp',
    'policy_identity',
    'internal_ip',
    'external_ip',
    'destination_ip',
    'content_type',
    'action',
    'url',
    'referer',
    'user_agent',
    'status_code',
    'request_size',
    'response_size',
    'response_body_size',
    'sha256',
    'categories',
    'av_detections',
    'puas',
    'amp_disposition',
    'amp_malware_name',
    'amp_score',
    'policy_identity_type',
    'blocked_categories',
    'identities',
    'identity_types',
    'request_method',
    'dlp_status',
    'certificate_errors',
    'file_name',
    'ruleset_id',
    'rule_id',
    'destination_list_ids',
    'isolate_action',
    'file_action',
    'warn_status',
    'forwarding_method',
    'producer',
    'msp_organization_id',
    'blocked_destination_countries',
    'application_ids',
    'hostname',
    'data_center',
    'egress',
    'server_name',
    'time_based_rule',
    'security_overridden',
    'detected_file_type',
    'warn_categories',
    'organization_id',
  ],
  ip: [
    'timestamp',
    'policy_identity',
    'source_ip',
    'source_port',
    'destination_ip',
    'destination_port',
    'categories',
    'policy_identity_type',
  ],
  firewall: [
    'timestamp',
    'origin_ids',
    'identities',
    'policy_identity_type',
    'direction',
    'protocol',
    'packet_size',
    'source_ip',
    'source_port',
    'destination_ip',
    'destination_port',
    'data_center',
    'rule_id',
    'action',
    'fqdns',
    'destination_list_ids',
  ],
  intrusion: [
    'timestamp',
    'identities',
    'identity_types',
    'generator_id',
    'signature_id',
    'signature_message',
    'signature_list_id',
    'severity',
    'attack_classification',
    'cves',
    'protocol',
    'session_id',
    'source_ip',
    'source_port',
    'destination_ip',
    'destination_port',
    'action',
    'data_center',
  ],
  audit: ['id', 'timestamp', 'email', 'user', 'type', 'action', 'source_ip', 'before', 'after'],
};

/** Columns by which a kind is known: place and what has to stand there. */
const DATE = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
const VERDICT =
  /^(?:Allowed|Blocked|Proxied|Dropped|ALLOW|ALLOWED|BLOCK|BLOCKED|Would Block|WOULD BLOCK|WARN|ERROR|DROPPED|LOG|ALERT)$/i;
const QUERY = /^(?:\d{1,5} ?\([A-Z0-9-]{1,12}\)|Other|[A-Z0-9]{1,10})$/;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:\.\d{1,3}){0,3})?$/;
const NUMBER = /^\d{0,10}$/;

const at = (fields: readonly string[], index: number): string => (fields[index] ?? '').trim();
const isAddress = (text: string): boolean => ADDRESS.test(text);

/** Finds the kind of a record by what stands in its columns; `undefined` where it is no log of Umbrella. */
export function kindOf(fields: readonly string[]): Kind | undefined {
  const count = fields.length;
  if (
    count >= 9 &&
    count <= 12 &&
    at(fields, 0).length <= 64 &&
    DATE.test(at(fields, 1)) &&
    isAddress(at(fields, 6))
  )
    return DATE.test(at(fields, 0)) ? undefined : 'audit';
  if (!DATE.test(at(fields, 0))) return undefined;
  if (
    count >= 12 &&
    isAddress(at(fields, 3)) &&
    isAddress(at(fields, 4)) &&
    VERDICT.test(at(fields, 5)) &&
    QUERY.test(at(fields, 6))
  )
    return 'dns';
  if (
    count >= 22 &&
    isAddress(at(fields, 2)) &&
    isAddress(at(fields, 3)) &&
    isAddress(at(fields, 4)) &&
    VERDICT.test(at(fields, 6))
  )
    return 'proxy';
  if (
    count >= 14 &&
    /^(?:INBOUND|OUTBOUND|TO_INTERNET|FROM_INTERNET|TOWARDS_\w+)$/i.test(at(fields, 4)) &&
    isAddress(at(fields, 7)) &&
    isAddress(at(fields, 9))
  )
    return 'firewall';
  if (
    count >= 17 &&
    NUMBER.test(at(fields, 3)) &&
    NUMBER.test(at(fields, 4)) &&
    isAddress(at(fields, 12)) &&
    isAddress(at(fields, 14))
  )
    return 'intrusion';
  if (
    (count === 8 || count === 9) &&
    isAddress(at(fields, 2)) &&
    at(fields, 2) !== '' &&
    NUMBER.test(at(fields, 3)) &&
    isAddress(at(fields, 4)) &&
    at(fields, 4) !== '' &&
    NUMBER.test(at(fields, 5))
  )
    return 'ip';
  return undefined;
}
