import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { putCef } from '../../kit/cef-fields.ts';
import { objects, strings, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';
import { ALERT, AUDIT, CEF, EVENT, INCIDENT } from './tables.ts';

/** What the parts of an alert mean by `event_type` of the alerts API. */
function whatOf(type: string | undefined): Categorisation {
  const word = (type ?? '').toLowerCase();
  if (word.startsWith('process')) return WHAT.processStart;
  if (word.startsWith('network')) return WHAT.connection;
  if (word.startsWith('file')) return WHAT.fileChanged;
  if (word.startsWith('registry')) return { category: ['registry'], type: ['change'] };
  if (word.startsWith('load image')) return { category: ['library'], type: ['start'] };
  if (word.startsWith('login') || word.startsWith('windows event')) return WHAT.authentication;
  return { category: ['process'], type: ['info'] };
}

/** `T1095 - Non-Application Layer Protocol` → its identifier and its name. */
function putAttack(doc: EcsFields, kind: 'tactic' | 'technique', values: readonly string[]): void {
  const ids: string[] = [];
  const names: string[] = [];
  for (const value of values) {
    const at = value.indexOf(' - ');
    if (/^TA?\d{4}/.test(value)) ids.push(at < 0 ? value : value.slice(0, at));
    if (at >= 0) names.push(value.slice(at + 3));
  }
  if (ids.length === 0) return;
  doc['threat.framework'] = 'MITRE ATT&CK';
  doc[`threat.${kind}.id`] = ids;
  if (names.length > 0) doc[`threat.${kind}.name`] = names;
}

/** What one event of an alert saw; the table leaves out what the product writes for "nothing". */
function putEvent(doc: EcsFields, event: JsonObject): void {
  const known: JsonObject = {};
  for (const [key, value] of Object.entries(event))
    if (value !== null && value !== 'UNKNOWN' && value !== 'N/A' && value !== 'NO') known[key] = value;
  EVENT.put(doc, known);
  const key = text(event['action_registry_full_key']) ?? text(event['action_registry_key_name']);
  putRegistryKey(doc, key, text(event['action_registry_value_name']));
  const data = text(event['action_registry_data']);
  if (data !== undefined) doc['registry.data.strings'] = [data];
  const signature = text(event['actor_process_signature_status']);
  if (signature === 'Signed') doc['process.code_signature.valid'] = true;
  else if (signature === 'Unsigned') doc['process.code_signature.exists'] = false;
}

function parseAlert(json: JsonObject, doc: EcsFields): void {
  const {
    events,
    mitre_technique_id_and_name: techniques,
    mitre_tactic_id_and_name: tactics,
    ...rest
  } = json;
  ALERT.put(doc, rest);
  const parts = objects(events);
  const first = parts[0];
  if (first !== undefined) putEvent(doc, first);
  // Alerts of older versions carry what they saw beside the rest.
  else if (json['actor_process_image_name'] !== undefined) putEvent(doc, rest);
  putAttack(
    doc,
    'technique',
    strings(techniques).flatMap((item) => item.split(',')),
  );
  putAttack(
    doc,
    'tactic',
    strings(tactics).flatMap((item) => item.split(',')),
  );
  const system = text(json['agent_os_type']);
  if (system !== undefined && system !== 'NO_HOST') {
    put(doc, 'host.os.name', system);
    put(doc, 'host.os.type', osTypeOf(system));
  }
  doc['event.kind'] = 'alert';
  doc['event.dataset'] = 'paloalto.cortex-xdr.alert';
  const verdict = verdictOf(
    text(json['action_pretty'])
      ?.replace(/^(?:Detected|Prevented) \(/, '')
      .replace(')', ''),
  );
  const malware = /malware/i.test(text(json['category']) ?? '');
  categorise(doc, {
    category: malware ? ['malware', 'intrusion_detection'] : ['intrusion_detection'],
    type: verdict === 'denied' ? ['info', 'denied'] : ['info'],
  });
}

function parseJson(json: JsonObject, doc: EcsFields): boolean {
  if (json['detection_timestamp'] !== undefined && json['alert_id'] !== undefined) parseAlert(json, doc);
  else if (json['event_type'] !== undefined && json['event_timestamp'] !== undefined) {
    putEvent(doc, json);
    doc['event.dataset'] = 'paloalto.cortex-xdr.event';
    categorise(doc, whatOf(text(json['event_type'])));
  } else if (json['incident_id'] !== undefined && json['alert_count'] !== undefined) {
    INCIDENT.put(doc, json);
    const hosts = strings(json['hosts']).map((host) => host.split(':', 1)[0]!);
    if (hosts.length > 0) {
      doc['related.hosts'] = hosts;
      doc['host.name'] = hosts[0]!;
    }
    const users = strings(json['users']);
    if (users.length > 0) doc['related.user'] = users.map((user) => user.replace(/^.*\\/, ''));
    putAttack(doc, 'technique', strings(json['mitre_techniques_ids_and_names']));
    putAttack(doc, 'tactic', strings(json['mitre_tactics_ids_and_names']));
    doc['event.kind'] = 'alert';
    doc['event.dataset'] = 'paloalto.cortex-xdr.incident';
    categorise(doc, WHAT.intrusion);
  } else if (json['AUDIT_ID'] !== undefined) {
    AUDIT.put(doc, json);
    doc['event.dataset'] = 'paloalto.cortex-xdr.audit';
    const login = /login|logon/i.test(
      `${text(json['AUDIT_ENTITY']) ?? ''} ${text(json['AUDIT_ENTITY_SUBTYPE']) ?? ''}`,
    );
    categorise(doc, {
      ...(login ? WHAT.login : WHAT.configurationChanged),
      outcome: outcomeOf(text(json['AUDIT_RESULT'])),
    });
  } else return false;
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json !== undefined) {
    if (!parseJson(input.json, doc)) return 'rejected';
    putObserver(doc, { vendor: 'Palo Alto Networks', product: 'Cortex XDR' });
    return 'parsed';
  }
  const cef = parseCef(input.text);
  if (cef?.vendor !== 'Palo Alto Networks' || !cef.product.startsWith('Cortex XDR')) return 'rejected';
  const pairs = putCef(doc, cef, CEF, input);
  const audit = /audit/i.test(cef.name) || /audit/i.test(cef.signatureId);
  doc['event.dataset'] = `paloalto.cortex-xdr.${audit ? 'audit' : 'alert'}`;
  if (audit) categorise(doc, { ...WHAT.configurationChanged, outcome: outcomeOf(pairs.get('outcome')) });
  else {
    doc['rule.name'] = cef.name;
    doc['event.kind'] = 'alert';
    categorise(doc, WHAT.intrusion);
  }
  put(doc, 'event.action', pairs.get('act'));
  return 'parsed';
}

/** Palo Alto Networks Cortex XDR: alerts with their events, incidents and audit logs, of the API and as CEF. */
export default defineSource({
  id: 'paloalto.cortex-xdr',
  signatures: [
    { kind: 'json', keys: ['alert_id', 'detection_timestamp', 'severity', 'category'] },
    { kind: 'json', keys: ['event_type', 'event_timestamp', 'actor_process_image_path'] },
    { kind: 'json', keys: ['event_type', 'event_timestamp', 'actor_process_image_name'] },
    { kind: 'json', keys: ['incident_id', 'alert_count', 'xdr_url'] },
    { kind: 'json', keys: ['AUDIT_ID', 'AUDIT_ENTITY'] },
    { kind: 'text', literals: ['CEF:', '|Palo Alto Networks|Cortex XDR'] },
  ],
  parse,
});
