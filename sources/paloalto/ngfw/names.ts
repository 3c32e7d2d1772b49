import type { JsonObject } from '@vigie/contracts';
import { type Cef, parseCef } from '../../kit/cef.ts';
import { parseLeef } from '../../kit/leef.ts';
import { canonicalType, isKnownType } from './columns.ts';

/** A log under PAN-OS's variable names, whichever format it came in. */
export type PanRecord = Map<string, string>;

/**
 * Names of the logging service (JSON; CEF with `PanOS` in front; LEEF) → PAN-OS variable names. Names that
 * are not listed are kept, in snake case.
 */
const SERVICE_NAMES = `
SourceAddress src|SourceIP src|Source src|DestinationAddress dst|DestinationIP dst|NATSource natsrc|NATDestination natdst
Rule rule|RuleMatched rule|SourceUser srcuser|DestinationUser dstuser|User srcuser|Users users|Application app
VirtualLocation vsys|VirtualSystem vsys|FromZone from|ToZone to|SourceZone from|DestinationZone to|InboundInterface inbound_if|OutboundInterface outbound_if
IngressInterface inbound_if|EgressInterface outbound_if|LogSetting logset|LogProfile logset|LogForwardingProfile logset|SessionID sessionid|RepeatCount repeatcnt|CountOfRepeats _
SourcePort sport|DestinationPort dport|NATSourcePort natsport|NATDestinationPort natdport|Protocol proto|Action action
Bytes bytes|BytesSent bytes_sent|BytesReceived bytes_received|PacketsTotal packets|PacketsSent pkts_sent|PacketsReceived pkts_received
SessionStartTime start|SessionDuration elapsed|SessionEndReason session_end_reason|URLCategory category|SequenceNo seqno|ActionSource action_source
SourceLocation srcloc|DestinationLocation dstloc|SourceRegion srcregion|DeviceName device_name|LogSourceName device_name|DeviceSN serial|LogSourceID serial|SerialNumber serial
DGHierarchyLevel1 dg_hier_level_1|DGHierarchyLevel2 dg_hier_level_2|DGHierarchyLevel3 dg_hier_level_3|DGHierarchyLevel4 dg_hier_level_4
VirtualSystemName vsys_name|VirtualSystemID vsys_id|RuleUUID rule_uuid|RuleMatchedUUID rule_uuid|HTTP2Connection http2_connection|Tunnel tunnel
X-Forwarded-For xff|X-Forwarded-ForIP xff_ip|XForwardedFor xff|XForwardedForIP xff_ip|URL misc|FileName misc|ThreatID threatid|ThreatName threat_name|VendorSeverity severity|Severity severity
DirectionOfAttack direction|ContentType contenttype|FileHash filedigest|FileType filetype|ApplianceOrCloud cloud|CloudHostname cloud|UserAgent user_agent|UserAgentString user_agent|Referer referer
SenderEmail sender|EmailSubject subject|RecipientEmail recipient|ReportID reportid|HTTPMethod http_method|ThreatCategory thr_category|ContentVersion contentver
HTTPHeaders http_headers|URLCategoryList url_category_list|SourceDeviceHost src_host|SourceDeviceMac src_mac|SourceDeviceOSFamily src_osfamily|SourceDeviceOSVersion src_osversion
SourceDeviceCategory src_category|SourceDeviceProfile src_profile|SourceDeviceModel src_model|SourceDeviceVendor src_vendor
DestinationDeviceHost dst_host|DestinationDeviceMac dst_mac|DestinationDeviceOSFamily dst_osfamily|DestinationDeviceOSVersion dst_osversion
DestinationDeviceCategory dst_category|DestinationDeviceProfile dst_profile|DestinationDeviceModel dst_model|DestinationDeviceVendor dst_vendor
EventName eventid|EventID eventid|EventIDValue eventid|EventComponent object|EventDescription opaque|Description opaque|AuthenticationDescription desc|Module module
EndpointDeviceName machinename|EndpointOSType os|EndpointOSVersion client_os_ver|HipMatchName matchname|HIPMatchName matchname|HipMatchType matchtype|HostID hostid|GPHostID hostid
EndpointSerialNumber serialnumber|SourceIPv6 srcipv6|Stage stage|AuthMethod auth_method|TunnelType tunnel_type|PublicIPv4 public_ip|PublicIPv6 public_ipv6|PrivateIPv4 private_ip|PrivateIPv6 private_ipv6
EndpointGPVersion client_ver|GlobalProtectClientVersion client_ver|QuarantineReason reason|ConnectionError error|EventStatus status|Status status|GPGatewayLocation location|LoginDuration login_duration|ConnectionMethod connect_method|ConnectionErrorID error_code|Portal portal|Gateway gateway
AuthenticatedUserName user|AuthenticatedUserDomain user_domain|NormalizeUser normalize_user|AuthenticationPolicy authpolicy|AuthServerProfile serverprofile|AuthEvent event|AuthFactorNo factorno|MFAVendor vendor|MFAAuthenticationID authid|ClientType clienttype|ClientTypeName clienttype|AuthenticationProtocol authproto
MappingDataSource datasource|MappingDataSourceName datasourcename|MappingDataSourceType datasourcetype|MappingTimeout timeout|TagName tag_name|UserIdentifiedBySource userbysource
Command cmd|AdminUserName admin|Administrator admin|ClientTypeConfig client|EventResult result|Result result|ConfigurationPath path|BeforeChangeDetail before_change_detail|AfterChangeDetail after_change_detail|AdminUserIP host
TLSVersion tls_version|TLSKeyExchange tls_keyxchg|TLSEncryptionAlgorithm tls_enc|TLSAuth tls_auth|EllipticCurve ec_curve|PolicyName policy_name|ErrorMessage error|ErrorIndex err_index|RootStatus root_status|ChainStatus chain_status|ProxyType proxy_type|CertificateSerial cert_serial|Fingerprint fingerprint|TimeNotBefore notbefore|TimeNotAfter notafter|CommonName cn|IssuerCommonName issuer_cn|RootCommonName root_cn|ServerNameIndication sni
DNSResolverIP dns_resolver_ip|RecordType record_type|DNSResponse dns_response|DNSCategory dns_category|FQDN fqdn|ObjectName objectname|ObjectID object_id|Evidence evidence|Category category
TimeGenerated time_generated|EventTime time_generated|TimeGeneratedHighResolution high_res_timestamp|TimeReceived receive_time|LogTime receive_time|LogType type|Subtype subtype|SubType subtype
TunnelInspectionRule tunnel_insp_rule|ParentSessionID parent_session_id|ParentStarttime parent_start_time|ParentStartTime parent_start_time|ConfigVersion _
`;

const SERVICE = table(SERVICE_NAMES);

/** Standard CEF keys, as PAN-OS's and the logging service's CEF formats use them. */
const CEF_KEYS = table(`
deviceExternalId serial|dvchost device_name|src src|dst dst|sourceTranslatedAddress natsrc|destinationTranslatedAddress natdst|suser srcuser|duser dstuser|suser0 srcuser|duser0 dstuser|sntdom _|dntdom _|suid _|duid _
app app|deviceInboundInterface inbound_if|deviceOutboundInterface outbound_if|cnt repeatcnt|spt sport|dpt dport|sourceTranslatedPort natsport|destinationTranslatedPort natdport
proto proto|act action|in bytes_received|out bytes_sent|start time_generated|rt receive_time|externalId seqno|reason session_end_reason|request misc|requestClientApplication user_agent|requestMethod http_method|requestContext contenttype
fname misc|fileHash filedigest|fileType filetype|filePath misc|msg opaque|shost machinename|dhost dst_host|cat cat|dtz dtz|smac src_mac|dmac dst_mac|c6a2 _|c6a3 _|ProfileToken _|flexNumber1 bytes|flexNumber2 total_bytes
`);

/** Labels of CEF's custom columns where they differ from the service's names. */
const CEF_LABELS = table(`
Rule rule|VirtualSystem vsys|SourceZone from|DestinationZone to|LogProfile logset|SessionID sessionid|Packets packets|Elapsedtimeinseconds elapsed|URLCategory category|Flags flags|Totalbytes bytes
Threat/ContentName threatid|Direction direction|Module module|EventID eventid|AuthPolicy authpolicy|FactorNumber factorno|DataSource datasource|DataSourceType datasourcetype|DataSourceName datasourcename|Timeout timeout
`);

/** Attributes of PAN-OS's LEEF format. */
const LEEF_KEYS = table(`
cat type|Type type|Subtype subtype|devTime receive_time|SerialNumber serial|src src|dst dst|srcPostNAT natsrc|dstPostNAT natdst|RuleName rule|usrName srcuser|SourceUser srcuser|DestinationUser dstuser
srcPort sport|dstPort dport|srcPostNATPort natsport|dstPostNATPort natdport|proto proto|action action|totalBytes bytes|dstBytes bytes_received|srcBytes bytes_sent|totalPackets packets|dstPackets pkts_received|srcPackets pkts_sent
StartTime start|ElapsedTime elapsed|sequence seqno|Miscellaneous misc|ThreatID threatid|sev _|Severity severity|Direction direction|URLIndex url_idx|RequestMethod http_method|Subject subject|FileDigest filedigest|Cloud cloud|identSrc src|msg opaque|Msg opaque|EventID eventid|identHostName machinename|DeviceName device_name|devTimeFormat _
`);

function table(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .trim()
      .split(/[\n|]/)
      .map((pair) => pair.trim().split(' ') as [string, string]),
  );
}

const SNAKE = new Map<string, string>();

function snake(name: string): string {
  let found = SNAKE.get(name);
  if (found === undefined) {
    found = name
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toLowerCase();
    if (SNAKE.size < 1024) SNAKE.set(name, found);
  }
  return found;
}

function store(record: PanRecord, name: string, value: string): void {
  if (name !== '_' && value !== '' && !record.has(name)) record.set(name, value);
}

/** A JSON object of the logging service. Lists become comma-separated text. */
export function fromJson(json: JsonObject): PanRecord {
  const record: PanRecord = new Map();
  for (const key of Object.keys(json)) {
    const value = json[key];
    let text: string;
    if (typeof value === 'string') text = value.replaceAll('\u0000', '');
    else if (typeof value === 'number' || typeof value === 'boolean') text = String(value);
    else if (Array.isArray(value)) text = value.filter((item) => typeof item === 'string').join(',');
    else continue;
    store(record, SERVICE.get(key) ?? snake(key), text);
  }
  return record;
}

/** A CEF record, of the firewall's own format or of the logging service's; `undefined` where it is neither. */
export function fromCef(text: string): { record: PanRecord; version: string; severity: string } | undefined {
  const cef: Cef | undefined = parseCef(text);
  if (cef === undefined || cef.vendor !== 'Palo Alto Networks') return undefined;
  // The firewall writes subtype and type, the logging service type and subtype.
  const swapped = !isKnownType(cef.signatureId) && isKnownType(cef.name);
  if (!swapped && !isKnownType(cef.signatureId)) return undefined;
  const record: PanRecord = new Map();
  record.set('type', swapped ? cef.name : cef.signatureId);
  record.set('subtype', (swapped ? cef.signatureId : cef.name).toLowerCase());
  for (const [key, value] of cef.extension) {
    if (key.endsWith('Label')) continue;
    if (key.startsWith('PanOS')) {
      const bare = key.slice(5);
      store(record, SERVICE.get(bare) ?? snake(bare), value);
      continue;
    }
    const label = cef.extension.get(`${key}Label`);
    if (label === undefined) store(record, CEF_KEYS.get(key) ?? snake(key), value);
    else {
      const name = label.replaceAll(' ', '');
      store(record, CEF_LABELS.get(name) ?? SERVICE.get(name) ?? snake(label), value);
    }
  }
  const message = record.get('opaque');
  if (canonicalType(record.get('type')!) === 'AUTHENTICATION' && message !== undefined)
    store(record, 'event', message);
  return { record, version: cef.deviceVersion, severity: cef.severity };
}

/** A LEEF record of the firewall; `undefined` where it is none. */
export function fromLeef(text: string): { record: PanRecord; version: string } | undefined {
  const leef = parseLeef(text);
  if (leef === undefined || !leef.vendor.startsWith('Palo Alto Networks')) return undefined;
  const record: PanRecord = new Map();
  for (const [key, value] of leef.attributes)
    store(record, LEEF_KEYS.get(key) ?? SERVICE.get(key) ?? snake(key), value);
  if (!isKnownType(record.get('type') ?? '')) return undefined;
  return { record, version: leef.productVersion };
}
