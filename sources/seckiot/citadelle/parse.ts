import { categorise, WHAT } from '../../kit/categorise.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'seckiot.citadelle.',
  `
@timestamp                      @timestamp                    date
event.created                   @timestamp                    date
event.severity                  event.severity                long
event.outcome                   event.outcome                 outcome
event.reason                    event.reason                  text
event.kind                      event.kind                    own
event.category                  event.category                own
event.type                      event.type                    own
event.code                      event.code                    text
source.ip                       source                        side
source.port                     source.port                   port
source.mac                      source.mac                    mac
destination.ip                  destination                   side
destination.port                destination.port              port
destination.mac                 destination.mac               mac
network.protocol                network.protocol              lower
network.transport               network.transport             transport
observer.name                   observer.name                 text
observer.ip                     observer.ip                   ip
rule.uuid                       rule.id                       text
rule.name                       rule.name                     text
rule.description                rule.description              text
rule.version                    rule.version                  text
rule.author                     rule.author                   text
rule.category                   rule.category                 text
rule.license                    rule.license                  text
rule.reference                  rule.reference                text
vulnerability.classification    vulnerability.classification  text
vulnerability.description       vulnerability.description     text
vulnerability.enumeration       vulnerability.enumeration     text
vulnerability.id                vulnerability.id              text
vulnerability.reference         vulnerability.reference       text
vulnerability.score.base        vulnerability.score.base      float
vulnerability.score.version     vulnerability.score.version   text
vulnerability.severity          vulnerability.severity        text
`,
);

export default defineSource({
  id: 'seckiot.citadelle',
  signatures: [
    { kind: 'json', keys: ['skt', 'forwarders'] },
    { kind: 'json', keys: ['skt', 'rule'] },
    { kind: 'json', keys: ['skt', 'observer'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Seckiot';
    doc['observer.product'] = 'Seckiot Citadelle';
    doc['observer.type'] = 'NIDS';
    doc['event.kind'] = 'alert';
    categorise(doc, doc['vulnerability.id'] === undefined ? WHAT.networkIntrusion : WHAT.vulnerability);
    return 'parsed';
  },
});
