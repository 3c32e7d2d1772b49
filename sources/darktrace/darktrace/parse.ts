import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { parseMac } from '../../kit/mac.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'darktrace.darktrace.',
  `
time                  @timestamp           date
creationTime          event.created        date
createdAt             @timestamp           date
pbid                  event.id             text
id                    event.id             text
breachUrl             event.url            text
incidentEventUrl      event.url            text
score                 event.risk_score     float
aiaScore              event.risk_score     float
model.name            rule.name            text
model.then.name       rule.name            text
model.uuid            rule.uuid            text
model.then.uuid       rule.uuid            text
model.description     rule.description     text
model.then.description  rule.description   text
model.priority        event.severity       long
model.then.priority   event.severity       long
title                 rule.name            text
summary               event.reason         text
device.hostname       source.domain        domain
device.ip             source               side
device.macaddress     source.mac           mac
device.did            host.id              text
device.devicelabel    host.type            own
mitreTechniques.techniqueID  threat.technique.id    text
mitreTechniques.technique    threat.technique.name  text
`,
);

export default defineSource({
  id: 'darktrace.darktrace',
  signatures: [
    { kind: 'json', keys: ['pbid', 'model'] },
    { kind: 'json', keys: ['breachUrl', 'model'] },
    { kind: 'json', keys: ['aiaScore', 'summary'] },
    { kind: 'json', keys: ['breachUrl', 'triggeredComponents'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Darktrace';
    doc['observer.product'] = 'Darktrace';
    doc['observer.type'] = 'ids';
    const name = text(at(json, 'device', 'hostname'));
    if (name !== undefined) doc['host.name'] = name;
    const ip = parseIp(text(at(json, 'device', 'ip')) ?? '');
    if (ip !== undefined) doc['host.ip'] = [ip];
    const mac = parseMac(text(at(json, 'device', 'macaddress')) ?? '');
    if (mac !== undefined) doc['host.mac'] = [mac];
    doc['event.kind'] = 'alert';
    categorise(doc, WHAT.networkIntrusion);
    return 'parsed';
  },
});
