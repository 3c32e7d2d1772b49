import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, objects, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { parseMac, putMac } from '../../kit/mac.ts';
import { defineSource } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { readCef } from './cef.ts';

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
model.now.name        rule.name            text
model.uuid            rule.uuid            text
model.then.uuid       rule.uuid            text
model.now.uuid        rule.uuid            text
model.description     rule.description     text
model.then.description  rule.description   text
model.now.description  rule.description    text
model.priority        event.severity       long
model.then.priority   event.severity       long
model.now.priority    event.severity       long
title                 rule.name            text
summary               event.reason         text
device.hostname       source.domain        domain
device.ip             source               side
device.macaddress     source.mac           mac
device.did            host.id              text
device.devicelabel    host.type            own
breachDevices.hostname    source.domain    own
breachDevices.ip          source           own
breachDevices.mac         source.mac       own
breachDevices.did         host.id          text
last_updated          @timestamp           date
uuid                  event.id             text
alert_name            rule.name            text
message               message              text
hostname              host.name            text
ip_address            host.ip              ip-list
url                   event.url            text
mitreTechniques.techniqueID  threat.technique.id    text
mitreTechniques.technique    threat.technique.name  text
model.then.mitre.techniques  threat.technique.id    text
model.now.mitre.techniques   threat.technique.id    text
model.mitre.techniques       threat.technique.id    text
device.os                    host.os.full           text
device.typename              host.type              text
`,
);

export default defineSource({
  id: 'darktrace.darktrace',
  signatures: [
    { kind: 'text', literals: ['CEF:', '|Darktrace|'] },
    { kind: 'json', keys: ['pbid', 'model'] },
    { kind: 'json', keys: ['breachUrl', 'model'] },
    { kind: 'json', keys: ['aiaScore', 'summary'] },
    { kind: 'json', keys: ['aiaScore', 'breachDevices'] },
    { kind: 'json', keys: ['uuid', 'priority_level', 'last_updated', 'alert_name'] },
    { kind: 'json', keys: ['breachUrl', 'triggeredComponents'] },
  ],
  parse(input, doc) {
    const { json } = input;
    if (json === undefined) return readCef(input, doc) ? 'parsed' : 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Darktrace';
    doc['observer.product'] = 'Darktrace';
    doc['observer.type'] = 'ids';
    // Alerts on the state of the system itself concern its own machines.
    if ('priority_level' in json && 'alert_name' in json) {
      put(doc, 'event.severity', json['priority']);
      doc['event.kind'] = 'alert';
      categorise(doc, WHAT.hostInfo);
      return 'parsed';
    }
    // An incident of the AI Analyst names its machines; the first is where it began.
    const [first] = objects(json['breachDevices']);
    if (first !== undefined) {
      put(doc, 'source.domain', text(first['hostname']));
      putEndpoint(doc, 'source', text(first['ip']) ?? text(first['hostname']));
      putMac(doc, 'source.mac', text(first['mac']));
      put(doc, 'host.name', text(first['hostname']));
    }
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
