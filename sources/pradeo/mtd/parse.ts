import { categorise, WHAT } from '../../kit/categorise.ts';
import { at, object, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'pradeo.mtd.',
  `
creationDate          @timestamp         date
id                    event.id           text
type                  event.action       text
user.id               user.id            text
user.email            user.email         text
user.firstName        user.full_name     own
user.lastName         user.full_name     own
device.id             device.id          text
device.name           host.name          text
device.model          device.model.name  text
device.manufacturer   device.manufacturer  text
company.id            organization.id    text
company.name          organization.name  text
`,
);

export default defineSource({
  id: 'pradeo.mtd',
  signatures: [
    {
      kind: 'json',
      keys: ['creationDate', 'content', 'source'],
      test: (json) =>
        object(json['content']) !== undefined &&
        /^(?:Device|Message|User|Application|Company)/.test(text(json['type']) ?? ''),
    },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Pradeo';
    doc['observer.product'] = 'Mobile Threat Defense';
    const names = [text(at(json, 'user', 'firstName')), text(at(json, 'user', 'lastName'))].filter(
      (name) => name !== undefined,
    );
    if (names.length > 0) doc['user.full_name'] = names.join(' ');
    const type = text(json['type']) ?? '';
    if (type.endsWith('ComplianceUpdated')) categorise(doc, { category: ['process'], type: ['change'] });
    else if (type.startsWith('Device')) {
      categorise(doc, { category: ['process'], type: ['info'] });
      if (type === 'DeviceDetection') doc['event.kind'] = 'alert';
    } else categorise(doc, WHAT.hostInfo);
    return 'parsed';
  },
});
