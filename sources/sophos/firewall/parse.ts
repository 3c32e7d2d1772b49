import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { putSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'sophos.firewall.';
const SFOS: Observer = { vendor: 'Sophos', product: 'Sophos Firewall', type: 'firewall' };
const UTM: Observer = { vendor: 'Sophos', product: 'Sophos UTM', type: 'firewall' };

/** Keys of Sophos Firewall (both of its formats) and of Sophos UTM. */
const TABLE = fieldTable(
  VENDOR,
  `
  date                @timestamp                       own
  time                @timestamp                       own
  timestamp           @timestamp                       own
  timezone            event.timezone                   text
  device_name         observer.name                    text
  device_id           observer.serial_number           text
  device_serial_id    observer.serial_number           text
  device              observer.product                 own
  log_id              event.code                       text
  id                  event.code                       text
  priority            log.level                        text
  severity            log.level                        text
  status              event.action                     own
  action              event.action                     own
  message             event.reason                     text
  reason              event.reason                     text
  name                event.action                     own
  fw_rule_id          rule.id                          text
  fw_rule_name        rule.name                        text
  fwrule              rule.id                          text
  rule_name           rule.name                        text
  policy_name         rule.ruleset                     text
  user_name           user                             account
  user                user                             account
  username            user                             account
  user_gp             group.name                       text
  user_group          group.name                       text
  usergroupname       group.name                       text
  application         network.application              text
  application_name    network.application              text
  app_name            network.application              text
  caller              network.application              text
  in_interface        observer.ingress.interface.name  text
  out_interface       observer.egress.interface.name   text
  initf               observer.ingress.interface.name  text
  outitf              observer.egress.interface.name   text
  srczone             observer.ingress.zone            text
  src_zone            observer.ingress.zone            text
  dstzone             observer.egress.zone             text
  dst_zone            observer.egress.zone             text
  src_mac             source.mac                       mac
  dst_mac             destination.mac                  mac
  srcmac              source.mac                       mac
  dstmac              destination.mac                  mac
  src_ip              source                           endpoint
  dst_ip              destination                      endpoint
  srcip               source                           endpoint
  dstip               destination                      endpoint
  src_port            source.port                      port
  dst_port            destination.port                 port
  srcport             source.port                      port
  dstport             destination.port                 port
  src_country_code    source.geo.country_iso_code      country
  dst_country_code    destination.geo.country_iso_code  country
  src_country         source.geo.country_iso_code      country
  dst_country         destination.geo.country_iso_code  country
  protocol            network.transport                transport
  proto               network.transport                transport
  sent_pkts           source.packets                   long
  packets_sent        source.packets                   long
  recv_pkts           destination.packets              long
  packets_received    destination.packets              long
  sent_bytes          source.bytes                     long
  bytes_sent          source.bytes                     long
  recv_bytes          destination.bytes                long
  bytes_received      destination.bytes                long
  tran_src_ip         source.nat.ip                    ip?
  tran_src_port       source.nat.port                  port?
  src_trans_ip        source.nat.ip                    ip?
  src_trans_port      source.nat.port                  port?
  tran_dst_ip         destination.nat.ip               ip?
  tran_dst_port       destination.nat.port             port?
  dst_trans_ip        destination.nat.ip               ip?
  dst_trans_port      destination.nat.port             port?
  duration            event.duration                   own
  url                 url                              url
  domain              destination.domain               domain
  domainname          destination.domain               domain
  httpresponsecode    http.response.status_code        long
  statuscode          http.response.status_code        long
  status_code         http.response.status_code        long
  httpstatus          http.response.status_code        long
  method              http.request.method              text
  referer             http.request.referrer            text
  contenttype         http.response.mime_type          text
  content_type        http.response.mime_type          text
  user_agent          user_agent.original              text
  ua                  user_agent.original              text
  category            rule.category                    text
  categoryname        rule.category                    text
  signature_id        rule.id                          text
  idp_policy_name     rule.ruleset                     text
  signature_msg       rule.name                        text
  classification      rule.category                    text
  virus               rule.name                        text
  virusname           rule.name                        text
  threatname          rule.name                        text
  filename            file                             file
  file_name           file                             file
  filepath            file                             file
  file_size           file.size                        long
  filesize            file.size                        long
  sha1sum             file.hash.sha1                   text
  sha256sum           file.hash.sha256                 text
  checksum            file.hash                        hash
  from_email_address  email.from.address               list
  to_email_address    email.to.address                 list
  sender              email.from.address               list
  recipient           email.to.address                 list
  subject             email.subject                    text
  email_subject       email.subject                    text
  messageid           email.message_id                 text
  host                source.domain                    domain

  `,
);

/** What a log of Sophos Firewall is about, by its type and component. */
function classify(
  type: string,
  component: string,
  subtype: string,
): { what: Categorisation; alert: boolean } {
  const verdict = verdictOf(subtype);
  const types = (base: EventType): EventType[] => (verdict === undefined ? [base] : [base, verdict]);
  switch (type.toLowerCase()) {
    case 'firewall':
      return { what: { category: ['network'], type: types('connection') }, alert: false };
    case 'ids':
    case 'idp':
    case 'ips':
      return { what: { category: ['network', 'intrusion_detection'], type: types('info') }, alert: true };
    case 'atp':
    case 'sandbox':
    case 'sandstorm':
    case 'anti-virus':
    case 'antivirus':
      return { what: { category: ['network', 'malware'], type: types('info') }, alert: true };
    case 'content filtering':
    case 'waf':
    case 'ssl':
      return { what: { category: ['network', 'web'], type: types('access') }, alert: false };
    case 'anti-spam':
      return { what: { category: ['email'], type: types('info') }, alert: false };
    case 'event':
      if (/authentication/i.test(component)) {
        const isLogout = /log ?out/i.test(subtype);
        return { what: isLogout ? WHAT.logout : WHAT.login, alert: false };
      }
      if (/vpn|ipsec|l2tp|pptp/i.test(component)) return { what: WHAT.connection, alert: false };
      if (/gui|admin/i.test(component)) return { what: WHAT.configurationChanged, alert: false };
      return { what: WHAT.hostInfo, alert: false };
    default:
      return { what: WHAT.hostInfo, alert: false };
  }
}

const TYPES =
  /^(?:firewall|ids|idp|ips|atp|sandbox|sandstorm|anti-?virus|anti-spam|content filtering|waf|ssl|event|system health|heartbeat|wireless protection)$/i;

function putSfos(doc: EcsFields, pairs: Pairs, input: ParseInput): ParseOutcome {
  putObserver(doc, SFOS);
  const stamp = pairs.get('timestamp');
  const date = pairs.get('date');
  const clock = pairs.get('time');
  if (stamp !== undefined) putDate(doc, '@timestamp', parseDate(stamp, input));
  else if (date !== undefined && clock !== undefined)
    putDate(doc, '@timestamp', parseDate(`${date} ${clock}`, input));
  const type = pairs.get('log_type')!;
  const subtype = pairs.get('log_subtype') ?? '';
  const { what, alert } = classify(type, pairs.get('log_component') ?? '', subtype);
  // The status is that of the event; of traffic it is the verdict, which was carried out.
  const outcome = type.toLowerCase() === 'event' ? outcomeOf(pairs.get('status')) : undefined;
  categorise(doc, { ...what, outcome });
  doc['event.kind'] = alert ? 'alert' : 'event';
  const action = subtype !== '' ? subtype : pairs.get('status');
  if (action !== undefined && action !== '') doc['event.action'] = action.toLowerCase();
  return TYPES.test(type) ? 'parsed' : 'partial';
}

function putUtm(doc: EcsFields, pairs: Pairs): ParseOutcome {
  putObserver(doc, UTM);
  const sub = pairs.get('sub') ?? '';
  const action = pairs.get('action') ?? '';
  const name = pairs.get('name') ?? '';
  if (name !== '') doc['event.action'] = name;
  if (action !== '' && action !== name) doc[`${VENDOR}action`] = action;
  const verdict = verdictOf(action);
  const types: EventType[] = verdict === undefined ? ['info'] : ['info', verdict];
  doc['event.kind'] = sub === 'ips' || sub === 'atp' ? 'alert' : 'event';
  if (sub === 'auth') {
    const failed = /fail|denied/i.test(name) || /denied/i.test(pairs.get('reason') ?? '');
    categorise(doc, { ...WHAT.login, outcome: failed ? 'failure' : 'success' });
  } else if (sub === 'http') categorise(doc, { category: ['network', 'web'], type: types });
  else if (sub === 'smtp' || sub === 'pop3') categorise(doc, { category: ['email'], type: types });
  else if (sub === 'ips') categorise(doc, { category: ['network', 'intrusion_detection'], type: types });
  else if (sub === 'vpn') {
    const ended = /terminat|disconnect/i.test(name);
    categorise(doc, ended ? WHAT.vpnEnd : /start|connect/i.test(name) ? WHAT.vpnStart : WHAT.connection);
  } else categorise(doc, { category: ['network'], type: types });
  return sub === '' ? 'partial' : 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = parseKeyValue(input.text);
  const isUtm = !pairs.has('log_type') && pairs.has('sys') && pairs.has('sub');
  if (!isUtm && !pairs.has('log_type')) return 'rejected';
  for (const [key, value] of pairs)
    if (value !== '' && value !== '-' && value !== 'N/A') TABLE.put(doc, key, value);
  if (doc['log.level'] !== undefined) {
    const severity = Number(doc['log.level']);
    if (Number.isInteger(severity)) putSeverity(doc, severity);
  }
  if (putDuration(doc, pairs.get('duration')) === undefined && pairs.get('duration'))
    doc[`${VENDOR}duration`] = pairs.get('duration')!;
  putTotals(doc);
  return isUtm ? putUtm(doc, pairs) : putSfos(doc, pairs, input);
}

/** Sophos Firewall (SFOS 16 to 21) and Sophos UTM 9. */
export default defineSource({
  id: 'sophos.firewall',
  signatures: [
    { kind: 'text', literals: ['log_type="', 'log_component="', 'log_subtype="'] },
    { kind: 'text', literals: ['id="', ' sys="', ' sub="', ' severity="'] },
  ],
  parse,
});
