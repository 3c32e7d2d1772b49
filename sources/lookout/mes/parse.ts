import { categorise, WHAT } from '../../kit/categorise.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'lookout.mes.',
  `
created_time                     @timestamp         date
id                               event.id           text
enterprise_guid                  organization.id    text
type                             event.code         text
change_type                      event.action       text
target.guid                      device.id          text
target.platform                  host.os.type       os-type
target.device.model              device.model.name  text
target.device.manufacturer       device.manufacturer  text
threat.severity                  log.level          severity
threat.guid                      rule.id            text
threat.details.package_name      package.name       text
threat.details.package_sha       package.checksum   text
threat.details.path              package.path       text
threat.details.file_name         event.reason       text
threat.details.application_name  package.description  text
threat.details.network_ssid      network.name       text
threat.details.mac_address       destination.mac    mac
threat.details.url               url                url
threat.details.reason            event.reason       text
threat.details.version_type      event.reason       text
threat.details.response          event.action       own
device.guid                      device.id          text
device.platform                  host.os.type       os-type
device.software.os_version       host.os.version    text
device.hardware.manufacturer     device.manufacturer  text
device.hardware.model            device.model.name  text
device.client.package_name       package.name       text
device.client.package_version    package.version    text
smishing_alert.guid              rule.id            text
smishing_alert.detections.category  rule.category   text
smishing_alert.detections.original_url  url         url
actor.guid                       user.id            own
actor.type                       user.name          own
`,
);

export default defineSource({
  id: 'lookout.mes',
  signatures: [
    { kind: 'json', keys: ['enterprise_guid', 'change_type'] },
    { kind: 'json', keys: ['enterprise_guid', 'created_time'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Lookout';
    doc['observer.product'] = 'MES';
    const threat = text(json['type']) === 'THREAT' || text(json['type']) === 'SMISHING_ALERT';
    categorise(
      doc,
      threat ? WHAT.intrusion : text(json['type']) === 'AUDIT' ? WHAT.configurationChanged : WHAT.hostInfo,
    );
    if (threat) doc['event.kind'] = 'alert';
    return 'parsed';
  },
});
