/**
 * Column order of each log type in PAN-OS's default syslog format (comma-separated), under the variable names
 * of the "Syslog Field Descriptions" reference, PAN-OS 8.1 to 11.2: releases only add columns at the end, so
 * a shorter line is an older release and a longer one a newer. `_` is a column without meaning (FUTURE_USE).
 */
const HEADER = '_ receive_time serial type subtype _ time_generated';
const DEVICE_GROUPS = 'dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name';
const ENDPOINTS =
  'src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset _ sessionid repeatcnt sport dport natsport natdport flags proto action';
const SOURCE_DEVICE =
  'src_category src_profile src_model src_vendor src_osfamily src_osversion src_host src_mac';
const DESTINATION_DEVICE =
  'dst_category dst_profile dst_model dst_vendor dst_osfamily dst_osversion dst_host dst_mac';
const APPLICATION =
  'subcategory_of_app category_of_app technology_of_app risk_of_app characteristic_of_app container_of_app';

const LAYOUTS: Readonly<Record<string, string>> = {
  TRAFFIC: `${HEADER} ${ENDPOINTS} bytes bytes_sent bytes_received packets start elapsed category _ seqno actionflags srcloc dstloc _ pkts_sent pkts_received session_end_reason ${DEVICE_GROUPS} action_source src_uuid dst_uuid imsi imei parent_session_id parent_start_time tunnel assoc_id chunks chunks_sent chunks_received rule_uuid http2_connection link_change_count policy_id link_switches sdwan_cluster sdwan_device_type sdwan_cluster_type sdwan_site dynusergroup_name xff_ip ${SOURCE_DEVICE} ${DESTINATION_DEVICE} container_id pod_namespace pod_name src_edl dst_edl hostid serialnumber src_dag dst_dag session_owner high_res_timestamp nsdsai_sst nsdsai_sd ${APPLICATION} tunneled_app is_saas_of_app sanctioned_state_of_app offloaded flow_type cluster_name`,
  THREAT: `${HEADER} ${ENDPOINTS} misc threatid category severity direction seqno actionflags srcloc dstloc _ contenttype pcap_id filedigest cloud url_idx user_agent filetype xff referer sender subject recipient reportid ${DEVICE_GROUPS} _ src_uuid dst_uuid http_method imsi imei parent_session_id parent_start_time tunnel thr_category contentver _ assoc_id ppid http_headers url_category_list rule_uuid http2_connection dynusergroup_name xff_ip ${SOURCE_DEVICE} ${DESTINATION_DEVICE} container_id pod_namespace pod_name src_edl dst_edl hostid serialnumber domain_edl src_dag dst_dag partial_hash high_res_timestamp reason justification nsdsai_sst ${APPLICATION} tunneled_app is_saas_of_app sanctioned_state_of_app cloud_reportid cluster_name flow_type`,
  SYSTEM: `${HEADER} vsys eventid object _ _ module severity opaque seqno actionflags ${DEVICE_GROUPS} _ _ high_res_timestamp`,
  CONFIG: `${HEADER} host vsys cmd admin client result path before_change_detail after_change_detail seqno actionflags ${DEVICE_GROUPS} dg_id comment _ high_res_timestamp`,
  GLOBALPROTECT: `${HEADER} vsys eventid stage auth_method tunnel_type srcuser srcregion machinename public_ip public_ipv6 private_ip private_ipv6 hostid serialnumber client_ver client_os client_os_ver repeatcnt reason error opaque status location login_duration connect_method error_code portal seqno actionflags high_res_timestamp selection_type response_time priority attempted_gateways gateway ${DEVICE_GROUPS} vsys_id cluster_name`,
  USERID: `${HEADER} vsys ip user datasourcename eventid repeatcnt timeout sport dport datasource datasourcetype seqno actionflags ${DEVICE_GROUPS} vsys_id factortype factorcompletiontime factorno ugflags userbysource tag_name high_res_timestamp origindatasource _ cluster_name`,
  HIPMATCH: `${HEADER} srcuser vsys machinename os src matchname repeatcnt matchtype _ _ seqno actionflags ${DEVICE_GROUPS} vsys_id srcipv6 hostid serialnumber mac high_res_timestamp cluster_name`,
  DECRYPTION: `${HEADER} ${ENDPOINTS} tunnel _ _ src_uuid dst_uuid rule_uuid hs_stage_c2f hs_stage_f2s tls_version tls_keyxchg tls_enc tls_auth policy_name ec_curve err_index root_status chain_status proxy_type cert_serial fingerprint notbefore notafter cert_ver cert_size cn_len issuer_len rootcn_len sni_len cert_flags cn issuer_cn root_cn sni error container_id pod_namespace pod_name src_edl dst_edl src_dag dst_dag high_res_timestamp ${SOURCE_DEVICE} ${DESTINATION_DEVICE} seqno actionflags ${DEVICE_GROUPS} vsys_id ${APPLICATION} tunneled_app is_saas_of_app sanctioned_state_of_app cluster_name`,
  AUTHENTICATION: `${HEADER} vsys ip user normalize_user object authpolicy repeatcnt authid vendor logset serverprofile desc clienttype event factorno seqno actionflags ${DEVICE_GROUPS} vsys_id authproto rule_uuid high_res_timestamp ${SOURCE_DEVICE} region _ user_agent sessionid cluster_name`,
  TUNNEL: `${HEADER} ${ENDPOINTS} severity seqno actionflags srcloc dstloc ${DEVICE_GROUPS} imsi imei parent_session_id parent_start_time tunnel bytes bytes_sent bytes_received packets pkts_sent pkts_received max_encap unknown_proto strict_check tunnel_fragment sessions_created sessions_closed session_end_reason action_source start elapsed tunnel_insp_rule remote_user_ip remote_user_id rule_uuid pcap_id dynusergroup_name src_edl dst_edl high_res_timestamp nsdsai_sd nsdsai_sst pdu_session_id ${APPLICATION} is_saas_of_app sanctioned_state_of_app cluster_name`,
  SCTP: `${HEADER} src dst _ _ rule _ _ _ vsys from to inbound_if outbound_if logset _ sessionid repeatcnt sport dport _ _ _ _ proto action ${DEVICE_GROUPS} seqno _ assoc_id ppid severity sctp_chunk_type _ verif_tag_1 verif_tag_2 sctp_cause_code diam_app_id diam_cmd_code diam_avp_code stream_id assoc_end_reason op_code sccp_calling_ssn sccp_calling_gt sctp_filter chunks chunks_sent chunks_received packets pkts_sent pkts_received rule_uuid high_res_timestamp`,
  CORRELATION: `${HEADER} src srcuser vsys category severity ${DEVICE_GROUPS} vsys_id objectname object_id evidence`,
  IPTAG: `${HEADER} vsys ip tag_name event_id repeatcnt timeout datasourcename datasource_type datasource_subtype seqno actionflags ${DEVICE_GROUPS} vsys_id high_res_timestamp cluster_name`,
  GTP: `${HEADER} src dst _ _ rule _ _ app vsys from to inbound_if outbound_if logset _ sessionid _ sport dport _ _ _ proto action event_type msisdn apn rat msg_type end_ip_adr teid1 teid2 gtp_interface cause_code severity mcc mnc area_code cell_id event_code _ _ srcloc dstloc _ _ _ _ _ _ _ imsi imei _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start elapsed tunnel_insp_rule remote_user_ip remote_user_id rule_uuid pcap_id high_res_timestamp nsdsai_sst nsdsai_sd ${APPLICATION} is_saas_of_app sanctioned_state_of_app`,
  AUDIT: `${HEADER} _ eventid admin cmd result`,
};

/** Other spellings of a type, in columns and in the formats of the logging service. */
const ALIASES: Readonly<Record<string, string>> = {
  'USER-ID': 'USERID',
  'HIP-MATCH': 'HIPMATCH',
  HIP_MATCH: 'HIPMATCH',
  AUTH: 'AUTHENTICATION',
  CORR: 'CORRELATION',
  'IP-TAG': 'IPTAG',
  TUNNEL_INSPECTION: 'TUNNEL',
  START: 'TUNNEL',
  END: 'TUNNEL',
  CONFIGURATION: 'CONFIG',
  GPLOGS: 'GLOBALPROTECT',
};

/** Types that name their kind in the `type` column of other formats, as a THREAT subtype. */
const THREAT_KINDS: Readonly<Record<string, string>> = {
  URL: 'url',
  FILE: 'file',
  DATA: 'data',
  WILDFIRE: 'wildfire',
};

const COLUMNS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(LAYOUTS).map(([type, layout]) => [type, layout.split(' ')]),
);

/** Columns of a log type, by its own or another name; `undefined` where the type is not known. */
export function columnsOf(type: string): readonly string[] | undefined {
  return COLUMNS.get(canonicalType(type));
}

/** The type's name as used here. */
export function canonicalType(type: string): string {
  if (COLUMNS.has(type)) return type;
  // Types are in capitals, subtypes are not: `end` is a subtype of TRAFFIC, `END` a tunnel log.
  if (Object.hasOwn(ALIASES, type)) return ALIASES[type]!;
  if (Object.hasOwn(THREAT_KINDS, type)) return 'THREAT';
  return type.toUpperCase();
}

/** The subtype that a type's own name stands for (`URL` is `THREAT`, `url`). */
export function impliedSubtype(type: string): string | undefined {
  return Object.hasOwn(THREAT_KINDS, type) ? THREAT_KINDS[type] : undefined;
}

/** Whether the type is one that PAN-OS documents. */
export function isKnownType(type: string): boolean {
  return type === 'DNS' || (type === type.toUpperCase() && COLUMNS.has(canonicalType(type)));
}
