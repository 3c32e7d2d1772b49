import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, objects, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = jsonTable(
  'extrahop.revealx.',
  `
mod_time      @timestamp         date
update_time   @timestamp         date
start_time    event.start        date
end_time      event.end          date
id            event.id           text
title         rule.name          text
type          event.code         text
description   event.reason       text
risk_score    event.risk_score   float
url           event.url          text
`,
);

export default defineSource({
  id: 'extrahop.revealx',
  signatures: [
    { kind: 'json', keys: ['risk_score', 'participants', 'mod_time'] },
    { kind: 'json', keys: ['risk_score', 'participants', 'title'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Extrahop';
    doc['observer.product'] = 'Reveal(x) 360';
    for (const item of objects(json['participants'])) {
      const side = text(item['role']) === 'offender' ? 'source' : 'destination';
      const address = text(item['object_value']);
      const ip = address === undefined ? undefined : parseIp(address);
      const name = text(item['hostname']);
      if (ip !== undefined) {
        doc[`${side}.ip`] ??= ip;
        doc[`${side}.address`] ??= ip;
      }
      if (name !== undefined) doc[`${side}.domain`] ??= name;
      if (side === 'source') {
        put(doc, 'host.id', text(item['object_id']));
        put(doc, 'host.name', name);
        if (ip !== undefined) doc['host.ip'] = [ip];
      }
    }
    const attacks = objects(json['mitre_tactics']);
    put(
      doc,
      'threat.tactic.id',
      attacks.map((item) => item['id']),
    );
    put(
      doc,
      'threat.tactic.name',
      attacks.map((item) => item['name']),
    );
    const techniques = objects(json['mitre_techniques']);
    put(
      doc,
      'threat.technique.id',
      techniques.map((item) => item['id']),
    );
    put(
      doc,
      'threat.technique.name',
      techniques.map((item) => item['name']),
    );
    put(doc, 'tls.cipher', text(at(json, 'properties', 'cipher_suite')));
    doc['event.kind'] = 'alert';
    categorise(doc, WHAT.intrusion);
    return 'parsed';
  },
});
