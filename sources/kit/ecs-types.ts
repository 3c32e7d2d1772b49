/**
 * The type that ECS 8.17 gives each of its fields, composed the way ECS composes them: field sets that are
 * reused below others (`hash` below `file`, `geo` below `source`) are listed once.
 *
 * Kinds follow the Elasticsearch types: `keyword` stands also for `wildcard`, `constant_keyword` and
 * `match_only_text`; `long` for every integer; `float` for every fraction; `list` marks fields that ECS
 * normalises as arrays.
 */
export type EcsType = 'keyword' | 'ip' | 'long' | 'float' | 'date' | 'boolean' | 'geo_point' | 'object';

export interface EcsField {
  readonly type: EcsType;
  /** ECS states `normalize: array` for it. */
  readonly list: boolean;
}

const FIELDS = new Map<string, EcsField>();
/** Prefixes whose children are free-form (`labels.*`). */
const OPEN: string[] = [
  'labels.',
  'container.labels.',
  'dns.answers.',
  'observer.egress.',
  'observer.ingress.',
];

/**
 * Adds fields below `prefix`. Each word is `name` (keyword) or `name:type`; a trailing `*` marks a list.
 */
function add(prefix: string, words: string): void {
  for (const word of words.trim().split(/\s+/)) {
    const list = word.endsWith('*');
    const [name, type = 'keyword'] = (list ? word.slice(0, -1) : word).split(':') as [string, EcsType?];
    FIELDS.set(prefix + name, { type, list });
  }
}

const HASH = 'cdhash md5 sha1 sha256 sha384 sha512 ssdeep tlsh';
const AS = 'number:long organization.name';
const GEO =
  'city_name continent_code continent_name country_iso_code country_name location:geo_point name postal_code region_iso_code region_name timezone';
const OS = 'family full kernel name platform type version';
const SIGNATURE =
  'digest_algorithm exists:boolean flags signing_id status subject_name team_id thumbprint_sha256 timestamp:date trusted:boolean valid:boolean';
const GROUP = 'domain id name';
const USER = 'domain email full_name hash id name roles*';
const RISK =
  'calculated_level calculated_score:float calculated_score_norm:float static_level static_score:float static_score_norm:float';
const X509_NAME =
  'common_name* country* distinguished_name locality* organization* organizational_unit* state_or_province*';
const SECTIONS = 'chi2 entropy name physical_offset physical_size type flags virtual_address virtual_size';
const PE =
  'architecture company description file_version go_import_hash go_imports go_imports_names_entropy:long go_imports_names_var_entropy:long go_stripped:boolean imphash import_hash imports imports_names_entropy:long imports_names_var_entropy:long original_file_name pehash product';
const ELF =
  'architecture byte_order cpu_type creation_date:date exports* go_import_hash go_stripped:boolean import_hash imports* shared_libraries* telfhash header.abi_version header.class header.data header.entrypoint:long header.object_version header.os_abi header.type header.version';
const MACHO = 'go_import_hash go_stripped:boolean import_hash imports* symhash';

function addUser(prefix: string): void {
  add(prefix, USER);
  add(`${prefix}group.`, GROUP);
}
function addX509(prefix: string): void {
  add(
    prefix,
    'alternative_names* not_after:date not_before:date public_key_algorithm public_key_curve public_key_exponent:long public_key_size:long serial_number signature_algorithm version_number',
  );
  add(`${prefix}issuer.`, X509_NAME);
  add(`${prefix}subject.`, X509_NAME);
}
function addBinary(prefix: string): void {
  add(`${prefix}hash.`, HASH);
  add(`${prefix}code_signature.`, SIGNATURE);
  add(`${prefix}pe.`, PE);
  add(`${prefix}pe.sections.`, SECTIONS);
  add(`${prefix}elf.`, ELF);
  add(`${prefix}elf.sections.`, SECTIONS);
  add(`${prefix}macho.`, MACHO);
}
function addFile(prefix: string): void {
  add(
    prefix,
    'accessed:date attributes* created:date ctime:date device directory drive_letter extension fork_name gid group inode mime_type mode mtime:date name origin_referrer_url origin_url owner path size:long target_path type uid',
  );
  addBinary(prefix);
  addX509(`${prefix}x509.`);
}

add(
  '',
  '@timestamp:date message tags* labels:object ecs.version span.id trace.id transaction.id organization.id organization.name',
);
add('agent.', 'build.original ephemeral_id id name type version');
add(
  'client.',
  'address bytes:long domain ip:ip mac nat.ip:ip nat.port:long packets:long port:long registered_domain subdomain top_level_domain',
);
for (const side of ['source.', 'destination.', 'server.'])
  add(
    side,
    'address bytes:long domain ip:ip mac nat.ip:ip nat.port:long packets:long port:long registered_domain subdomain top_level_domain',
  );
for (const side of ['client.', 'source.', 'destination.', 'server.']) {
  add(`${side}as.`, AS);
  add(`${side}geo.`, GEO);
  addUser(`${side}user.`);
}
add('as.', AS);
for (const prefix of ['cloud.', 'cloud.origin.', 'cloud.target.'])
  add(
    prefix,
    'account.id account.name availability_zone instance.id instance.name machine.type project.id project.name provider region service.name',
  );
add(
  'container.',
  'cpu.usage:float disk.read.bytes:long disk.write.bytes:long id image.hash.all* image.name image.tag* labels:object memory.usage:float name network.egress.bytes:long network.ingress.bytes:long runtime security_context.privileged:boolean',
);
add('data_stream.', 'dataset namespace type');
add('device.', 'id manufacturer model.identifier model.name serial_number');
add('dll.', 'name path');
addBinary('dll.');
add(
  'dns.',
  'answers:object* header_flags* id op_code question.class question.name question.registered_domain question.subdomain question.top_level_domain question.type resolved_ip:ip* response_code type',
);
add(
  'email.',
  'attachments:object* bcc.address* cc.address* content_type delivery_timestamp:date direction from.address* local_id message_id origination_timestamp:date reply_to.address* sender.address subject to.address* x_mailer',
);
add('email.attachments.', 'file.extension file.mime_type file.name file.size:long');
add('email.attachments.file.hash.', HASH);
add('error.', 'code id message stack_trace type');
add(
  'event.',
  'action agent_id_status category* code created:date dataset duration:long end:date hash id ingested:date kind module original outcome provider reason reference risk_score:float risk_score_norm:float sequence:long severity:long start:date timezone type* url',
);
add('faas.', 'coldstart:boolean execution id name version trigger.request_id trigger.type');
addFile('file.');
add('geo.', GEO);
add('group.', GROUP);
add('hash.', HASH);
add(
  'host.',
  'architecture boot.id cpu.usage:float disk.read.bytes:long disk.write.bytes:long domain hostname id ip:ip* mac* name network.egress.bytes:long network.egress.packets:long network.ingress.bytes:long network.ingress.packets:long pid_ns_ino type uptime:long',
);
add('host.geo.', GEO);
add('host.os.', OS);
add('host.risk.', RISK);
add(
  'http.',
  'request.body.bytes:long request.body.content request.bytes:long request.id request.method request.mime_type request.referrer response.body.bytes:long response.body.content response.bytes:long response.mime_type response.status_code:long version',
);
add(
  'log.',
  'file.path level logger origin.file.line:long origin.file.name origin.function syslog.appname syslog.facility.code:long syslog.facility.name syslog.hostname syslog.msgid syslog.priority:long syslog.procid syslog.severity.code:long syslog.severity.name syslog.structured_data:object syslog.version',
);
OPEN.push('log.syslog.structured_data.');
add(
  'network.',
  'application bytes:long community_id direction forwarded_ip:ip iana_number inner:object name packets:long protocol transport type vlan.id vlan.name inner.vlan.id inner.vlan.name',
);
add(
  'observer.',
  'egress:object ingress:object hostname ip:ip* mac* name product serial_number type vendor version egress.zone egress.vlan.id egress.vlan.name egress.interface.alias egress.interface.id egress.interface.name ingress.zone ingress.vlan.id ingress.vlan.name ingress.interface.alias ingress.interface.id ingress.interface.name',
);
add('observer.geo.', GEO);
add('observer.os.', OS);
add(
  'orchestrator.',
  'api_version cluster.id cluster.name cluster.url cluster.version namespace organization resource.annotation* resource.id resource.ip:ip* resource.label* resource.name resource.parent.type resource.type type',
);
add(
  'package.',
  'architecture build_version checksum description install_scope installed:date license name path reference size:long type version',
);
for (const prefix of [
  'process.',
  'process.parent.',
  'process.previous.',
  'process.entry_leader.',
  'process.session_leader.',
  'process.group_leader.',
  'process.parent.group_leader.',
  'process.entry_leader.parent.',
  'process.session_leader.parent.',
  'process.responsible.',
]) {
  add(
    prefix,
    'args* args_count:long command_line end:date entity_id env_vars* executable exit_code:long interactive:boolean name pid:long pgid:long same_as_process:boolean start:date title uptime:long vpid:long working_directory thread.id:long thread.name thread.capabilities.effective* thread.capabilities.permitted* tty:object tty.char_device.major:long tty.char_device.minor:long supplemental_groups.id supplemental_groups.name io:object',
  );
  addBinary(prefix);
  for (const role of ['user.', 'real_user.', 'saved_user.', 'attested_user.']) addUser(prefix + role);
  for (const role of ['group.', 'real_group.', 'saved_group.', 'attested_groups.']) add(prefix + role, GROUP);
}
add('process.', 'entry_meta.type entry_meta.source.ip:ip');
add('registry.', 'data.bytes data.strings* data.type hive key path value');
add('related.', 'hash* hosts* ip:ip* user*');
add('rule.', 'author* category description id license name reference ruleset uuid version');
add(
  'service.',
  'address environment ephemeral_id id name node.name node.role node.roles* state type version',
);
for (const prefix of ['service.origin.', 'service.target.'])
  add(prefix, 'address environment ephemeral_id id name node.name node.role node.roles* state type version');
add(
  'threat.',
  'enrichments:object* feed.dashboard_id feed.description feed.name feed.reference framework group.alias* group.id group.name group.reference software.alias* software.id software.name software.platforms* software.reference software.type tactic.id* tactic.name* tactic.reference* technique.id* technique.name* technique.reference* technique.subtechnique.id* technique.subtechnique.name* technique.subtechnique.reference*',
);
for (const prefix of ['threat.indicator.', 'threat.enrichments.indicator.']) {
  add(
    prefix,
    'confidence description email.address first_seen:date id* ip:ip last_seen:date marking.tlp marking.tlp_version modified_at:date name port:long provider reference scanner_stats:long sightings:long type',
  );
  addFile(`${prefix}file.`);
  add(`${prefix}as.`, AS);
  add(`${prefix}geo.`, GEO);
  add(`${prefix}registry.`, 'data.bytes data.strings* data.type hive key path value');
  addUrl(`${prefix}url.`);
  addX509(`${prefix}x509.`);
}
add('threat.enrichments.matched.', 'atomic field id index occurred:date type');
add(
  'tls.',
  'cipher client.certificate client.certificate_chain* client.hash.md5 client.hash.sha1 client.hash.sha256 client.issuer client.ja3 client.not_after:date client.not_before:date client.server_name client.subject client.supported_ciphers* curve established:boolean next_protocol resumed:boolean server.certificate server.certificate_chain* server.hash.md5 server.hash.sha1 server.hash.sha256 server.issuer server.ja3s server.not_after:date server.not_before:date server.subject version version_protocol',
);
addX509('tls.client.x509.');
addX509('tls.server.x509.');
function addUrl(prefix: string): void {
  add(
    prefix,
    'domain extension fragment full original password path port:long query registered_domain scheme subdomain top_level_domain username',
  );
}
addUrl('url.');
for (const prefix of ['user.', 'user.target.', 'user.effective.', 'user.changes.']) {
  addUser(prefix);
  add(`${prefix}risk.`, RISK);
}
add('user_agent.', 'device.name name original version');
add('user_agent.os.', OS);
add(
  'volume.',
  'bus_type default_access device_name device_type dos_name file_system_type mount_name nt_name product_id product_name removable:boolean serial_number size:long vendor_id vendor_name writable:boolean',
);
add(
  'vulnerability.',
  'category* classification description enumeration id reference report_id scanner.vendor score.base:float score.environmental:float score.temporal:float score.version severity',
);

/** The ECS definition of a field; `undefined` where ECS has none (a vendor's own field). */
export function ecsField(field: string): EcsField | undefined {
  return FIELDS.get(field);
}

/** Every ECS field with its definition, in ECS's order. */
export function ecsFields(): IterableIterator<[string, EcsField]> {
  return FIELDS.entries();
}

/** Whether a name is an ECS field or lies below one of ECS's free-form objects. */
export function isEcs(field: string): boolean {
  return FIELDS.has(field) || OPEN.some((prefix) => field.startsWith(prefix));
}

/** Allowed values of the four ECS categorisation fields (ECS 8.17, "Allowed values"). */
export const ALLOWED = {
  'event.kind': ['alert', 'asset', 'enrichment', 'event', 'metric', 'state', 'pipeline_error', 'signal'],
  'event.category': [
    'api',
    'authentication',
    'configuration',
    'database',
    'driver',
    'email',
    'file',
    'host',
    'iam',
    'intrusion_detection',
    'library',
    'malware',
    'network',
    'package',
    'process',
    'registry',
    'session',
    'threat',
    'vulnerability',
    'web',
  ],
  'event.type': [
    'access',
    'admin',
    'allowed',
    'change',
    'connection',
    'creation',
    'deletion',
    'denied',
    'device',
    'end',
    'error',
    'group',
    'indicator',
    'info',
    'installation',
    'protocol',
    'start',
    'user',
  ],
  'event.outcome': ['failure', 'success', 'unknown'],
} as const;
