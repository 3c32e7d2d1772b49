import type { JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { object, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const TABLE = jsonTable(
  'microsoft.intune.',
  `
time                           @timestamp        date
operationName                  event.action      text
category                       event.provider    text
correlationId                  event.id          text
resultDescription              event.reason      text
resultType                     event.outcome     own
identity                       user              account
tenantId                       organization.id   text
properties.DeviceId            host.id           text
properties.IntuneDeviceId      host.id           text
properties.DeviceName          host.name         text
properties.ManagedDeviceName   host.name         text
properties.OS                  host.os.full      text
properties.Os                  host.os.full      text
properties.DeviceOperatingSystem  host.os.full   text
properties.OSVersion           host.os.version   text
properties.OsVersion           host.os.version   text
properties.Model               host.type         text
properties.SerialNumber        device.serial_number  text
properties.WifiMacAddress      host.mac          mac
properties.IntuneAccountId     user.id           text
properties.UPN                 user.email        text
properties.UserEmail           user.email        text
properties.UserName            user.name         text
properties.ManagedBy           service.name      text
properties.Actor.ApplicationName  network.application  text
properties.Actor.UserPermissions  user.roles     text
properties.Actor.Name          user.name         text
properties.Actor.UPN           user.email        text
properties.Actor.ObjectId      user.id           text
properties.FailureReason       event.reason      text
`,
);

const CATEGORIES = new Set([
  'Devices',
  'OperationalLogs',
  'DeviceComplianceOrg',
  'AuditLogs',
  'Windows365AuditLogs',
]);
/** Members that only Intune's records have below `properties`. */
const MARKS = [
  'IntuneDeviceId',
  'IntuneAccountId',
  'CompliantState',
  'ManagedBy',
  'ActivityDate',
  'AADTenantId',
  'ManagedDeviceName',
  'DeviceHealthThreatLevel',
  'ActivityResultStatus',
];

function isIntune(json: JsonObject): boolean {
  const properties = object(json['properties']);
  if (properties === undefined || !CATEGORIES.has(text(json['category']) ?? '')) return false;
  return MARKS.some((name) => Object.hasOwn(properties, name));
}

export default defineSource({
  id: 'microsoft.intune',
  signatures: [{ kind: 'json', keys: ['category', 'properties', 'operationName'], test: isIntune }],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Microsoft';
    doc['observer.product'] = 'Intune';
    const result = outcomeOf(text(json['resultType']));
    if (result !== undefined && result !== 'unknown') doc['event.outcome'] = result;
    const operation = text(json['operationName']) ?? '';
    if (text(json['category']) === 'AuditLogs') {
      if (/^create/i.test(operation)) categorise(doc, WHAT.configurationCreated);
      else if (/^delete/i.test(operation)) categorise(doc, WHAT.configurationDeleted);
      else categorise(doc, WHAT.configurationChanged);
    } else categorise(doc, WHAT.hostInfo);
    return 'parsed';
  },
});
