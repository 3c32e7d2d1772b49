import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { putObserver } from '../../kit/network.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const VENDOR = 'checkpoint.harmony-mobile.';

/** Members of an event of the management API. */
const TABLE = jsonTable(
  VENDOR,
  `
attack_vector         checkpoint.harmony-mobile.attack_vector  text
backend_last_updated  @timestamp            own
event_timestamp       @timestamp            own
details               event.reason          text
device_id             device.id             text
device_model          device.model.name     own
device_rooted         checkpoint.harmony-mobile.device_rooted  boolean
email                 user                  account
event                 event.action          own
id                    event.id              text
mdm_uuid              host.id               text
policy_name           rule.ruleset          text
severity              log.level             own
client_version        agent.version         text
os_version            host.os.version       text
`,
);

/** Names of the syslog form (Harmony Mobile administration guide, appendix B) as those of the API. */
const SYSLOG: Readonly<Record<string, string>> = {
  AttackVector: 'attack_vector',
  'Threat Factors': 'threat_factors',
  EventType: 'event',
  RiskLevel: 'severity',
  DeviceID: 'device_id',
  'Device Client Version': 'client_version',
  DeviceOwner: 'owner',
  DeviceEmail: 'email',
  DeviceNumber: 'number',
  DevicePolicy: 'policy_name',
  DeviceOSLevel: 'os_version',
  DeviceModel: 'device_model',
  DeviceType: 'device_type',
  'Event ID': 'id',
  'Event Timestamp': 'event_timestamp',
  'Device Tracking ID': 'mdm_uuid',
  Devicerootedjailbroken: 'device_rooted',
  'APP name': 'app_name',
  'APP package': 'app_package',
  'App version': 'app_version',
  'APP SHA256': 'app_sha256',
  'APP Threat summary': 'details',
  DeviceSerialNumber: 'serial_number',
  ssid: 'ssid',
  'Network bssid': 'bssid',
  'Network Resource': 'network_resource',
  URL: 'tenant',
  Sender: 'sms_sender',
  sms_urls: 'sms_urls',
}; // prettier-ignore

/** What an event is about, by the way the threat came. */
function whatOf(vector: string, event: string): Categorisation {
  const name = vector.toLowerCase();
  const action = event.toLowerCase();
  if (name.includes('application')) {
    if (action === 'installed') return { category: ['package'], type: ['installation'] };
    if (action === 'removed') return { category: ['package'], type: ['deletion'] };
    return { category: ['package'], type: ['info'] };
  }
  if (name.includes('exploit')) return { category: ['intrusion_detection'], type: ['info'] };
  if (name.includes('network') || name.includes('wifi') || name.includes('wi-fi'))
    return {
      category: ['network', 'intrusion_detection'],
      type: action === 'blocked' ? ['denied'] : ['info'],
    };
  if (name.includes('message') || name.includes('sms')) return { category: ['threat'], type: ['indicator'] };
  if (name.includes('profile')) return { category: ['configuration'], type: ['info'] };
  return { category: ['host'], type: ['info'] };
}

function syslogPairs(text: string): Record<string, string> | undefined {
  if (!text.includes('AttackVector: ') || !text.includes('Harmony Mobile')) return undefined;
  const pairs = parseKeyValue(text, { separator: ',', assign: ':' });
  const out: Record<string, string> = {};
  for (const [name, value] of pairs) {
    const key = name.trim();
    const text = value.trim();
    if (text !== '' && text !== 'None')
      out[Object.hasOwn(SYSLOG, key) ? SYSLOG[key]! : key.replaceAll(' ', '_')] = text;
  }
  return out['attack_vector'] === undefined ? undefined : out;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const json = input.json ?? syslogPairs(input.text);
  if (json === undefined) return 'rejected';
  const flat = TABLE.put(doc, json);
  const text = (key: string): string => String(flat[key] ?? '');
  putObserver(doc, { vendor: 'Check Point', product: 'Harmony Mobile' });
  const time = flat['event_timestamp'] ?? flat['backend_last_updated'];
  if (typeof time === 'string' || typeof time === 'number')
    putDate(doc, '@timestamp', parseDate(time, input));
  const model = text('device_model');
  const slash = model.indexOf(' / ');
  if (slash > 0) {
    doc['device.manufacturer'] = model.slice(0, slash);
    doc['device.model.name'] = model.slice(slash + 3);
  } else put(doc, 'device.model.name', model);
  const system =
    osTypeOf(text('device_type')) ??
    (/^apple|iphone|ipad/i.test(model) ? 'ios' : model === '' ? undefined : 'android');
  put(doc, 'host.os.type', system);
  const severity = text('severity').toLowerCase();
  put(doc, 'log.level', severity);
  put(doc, 'package.name', text('app_package') === '' ? text('app_name') : text('app_package'));
  put(doc, 'package.version', text('app_version'));
  put(doc, 'package.checksum', text('app_sha256'));
  put(doc, 'event.reason', doc['event.reason'] ?? text('threat_factors'));
  if (severity === 'critical' || severity === 'warning' || severity === 'high') doc['event.kind'] = 'alert';
  categorise(doc, {
    ...whatOf(text('attack_vector'), text('event')),
    action: text('event').toLowerCase().replaceAll(' ', '-'),
  });
  return 'parsed';
}

/** Check Point Harmony Mobile: events of the management API and of its syslog export. */
export default defineSource({
  id: 'checkpoint.harmony-mobile',
  signatures: [
    { kind: 'json', keys: ['attack_vector', 'threat_factors', 'device_id'] },
    { kind: 'json', keys: ['attack_vector', 'mdm_uuid', 'device_rooted'] },
    { kind: 'text', literals: ['AttackVector: ', 'Product: Harmony Mobile', 'EventType: '] },
  ],
  parse,
});
