import type { JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { at, object, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'trellix.edr.',
  `
attributes.eventDate      @timestamp             date
attributes.detectionDate  @timestamp             date
id                        event.id               text
attributes.aGuid          agent.id               text
attributes.hostName       host.name              text
attributes.h_os           host.os.full           text
attributes.cmdLine        process.command_line   text
attributes.processName    process.name           text
attributes.pid            process.pid            long
attributes.user           user                   account
attributes.ruleId         rule.id                text
attributes.firstDetected  event.start            date
attributes.lastDetected   event.end              date
attributes.name           file.name              text
attributes.score          event.risk_score       float
attributes.hashes.md5     file.hash              hash
attributes.hashes.sha1    file.hash              hash
attributes.hashes.sha256  file.hash              hash
attributes.host.aGuid     host.id                text
attributes.host.hostname  host.name              text
attributes.host.hostOs    host.os.full           text
attributes.host.netInterfaces.ip          host.ip   ip
attributes.host.netInterfaces.macAddress  host.mac  mac
attributes.sha256         process.hash           hash
attributes.md5            process.hash           hash
attributes.sha1           process.hash           hash
`,
);

/** Kinds of resources of the interface: threats, where they were found, and each detection. */
const TYPES = new Set(['threats', 'affectedhosts', 'detections', 'alert', 'alerts']);

/** Other interfaces of the JSON:API form have the same types, without these attributes. */
function isOfEdr(attributes: JsonObject | undefined): boolean {
  if (attributes === undefined) return false;
  const has = (key: string): boolean => Object.hasOwn(attributes, key);
  return (
    (has('firstDetected') && (has('hashes') || has('host') || has('severity'))) ||
    (has('detectionTags') && has('ruleId'))
  );
}

export default defineSource({
  id: 'trellix.edr',
  signatures: [
    {
      kind: 'json',
      keys: ['type', 'attributes'],
      test: (json) =>
        at(json, 'attributes', 'traceId') !== undefined ||
        at(json, 'attributes', 'rootTraceId') !== undefined,
    },
    {
      kind: 'json',
      keys: ['type', 'attributes', 'id'],
      test: (json) =>
        TYPES.has(text(json['type'])?.replace('-', '') ?? '') && isOfEdr(object(json['attributes'])),
    },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Trellix';
    doc['observer.product'] = 'EDR';
    const system = osTypeOf(text(at(json, 'attributes', 'h_os')) ?? '');
    if (system !== undefined) doc['host.os.type'] = system;
    const release = object(at(json, 'attributes', 'host', 'os'));
    if (release !== undefined) {
      const parts = [release['major'], release['minor'], release['build']].map(text);
      if (!parts.includes(undefined)) doc['host.os.version'] = parts.join('.');
      const family = osTypeOf(text(release['desc']) ?? text(at(json, 'attributes', 'host', 'hostOs')) ?? '');
      if (family !== undefined) doc['host.os.type'] = family;
    }
    if (text(json['type'])?.replace('-', '') === 'affectedhosts') {
      categorise(doc, WHAT.hostInfo);
      return 'parsed';
    }
    const tags = strings(at(json, 'attributes', 'detectionTags'));
    const techniques = tags.filter((tag) => tag.startsWith('@ATE.')).map((tag) => tag.slice(5));
    if (techniques.length > 0) doc['threat.technique.id'] = techniques;
    const tactics = tags.filter((tag) => tag.startsWith('@ATA.')).map((tag) => tag.slice(5));
    if (tactics.length > 0) doc['threat.tactic.name'] = tactics;
    doc['event.kind'] = 'alert';
    categorise(doc, WHAT.intrusion);
    return 'parsed';
  },
});
