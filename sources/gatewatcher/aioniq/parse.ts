import { categorise, WHAT } from '../../kit/categorise.ts';
import { at, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'gatewatcher.aioniq.',
  `
timestamp_detected          @timestamp              date
@timestamp                  @timestamp              date
timestamp                   @timestamp              date
event.severity              event.severity          long
event.id                    event.id                text
event.start                 event.start             date
event.end                   event.end               date
event.created               event.created           date
event.kind                  event.kind              own
event.category              event.category          own
event.module                event.module            own
event.dataset               event.dataset           own
ecs.version                 ecs.version             own
severity                    event.severity          long
uuid                        event.id                text
gcap                        observer.name           text
host                        observer.hostname       text
probe                       observer.name           text
observer.hostname           observer.hostname       text
observer.product            observer.product        text
observer.vendor             observer.vendor         text
observer.version            observer.version        text
observer.uuid               observer.serial_number  text
observer.gcap.hostname      observer.name           own
in_iface                    observer.ingress.interface.name  text
source.ip                   source                  side
source.port                 source.port             port
source.mac                  source.mac              mac
destination.ip              destination             side
destination.port            destination.port        port
destination.mac             destination.mac         mac
src_ip                      source                  side
src_port                    source.port             port
dest_ip                     destination             side
dest_port                   destination.port        port
network.protocol            network.protocol        text
network.transport           network.transport       transport
network.community_id        network.community_id    text
network.vlan.id             network.vlan.id         text
app_proto                   network.protocol        lower
proto                       network.transport       transport
flow_id                     network.community_id    own
dns.id                      dns.id                  text
dns.opcode                  dns.op_code             text
dns.type                    dns.type                text
dns.rcode                   dns.response_code       text
dns.rrname                  dns.question.name       text
dns.rrtype                  dns.question.type       text
dns.query.rrname            dns.question.name       text
dns.query.rrtype            dns.question.type       text
tls.client.server_name      tls.client.server_name  text
url.domain                  url.domain              domain
url.path                    url.path                text
url.original                url.original            text
http.hostname               url.domain              domain
http.url                    url.original            text
http.http_method            http.request.method     text
http.status                 http.response.status_code  long
http.http_user_agent        user_agent.original     text
http.http_refer             http.request.referrer   text
http.length                 http.response.body.bytes  long
fileinfo.filename           file.name               text
fileinfo.size               file.size               long
fileinfo.md5                file.hash               hash
fileinfo.sha1               file.hash               hash
fileinfo.sha256             file.hash               hash
file.name                   file.name               text
file.size                   file.size               long
file.hash.md5               file.hash               hash
file.hash.sha1              file.hash               hash
file.hash.sha256            file.hash               hash
MD5                         file.hash               hash
SHA256                      file.hash               hash
email.from                  email.from.address      list
email.to                    email.to.address        list
email.subject               email.subject           text
email.attachments           email.attachments.file.name  text
alert.signature             rule.name               text
alert.signature_id          rule.id                 text
alert.category              rule.category           text
sigflow.signature           rule.name               text
sigflow.signature_id        rule.id                 text
sigflow.category            rule.category           text
user_agent.original         user_agent.original     text
`,
);

export default defineSource({
  id: 'gatewatcher.aioniq',
  signatures: [
    { kind: 'json', keys: ['gcenter', 'timestamp_detected', 'event_type', 'src_ip', 'dest_ip'] },
    { kind: 'json', keys: ['gcenter', 'event_type', 'src_ip', 'dest_ip'] },
    { kind: 'json', keys: ['gcap', 'event_type', 'src_ip', 'dest_ip'] },
    { kind: 'json', keys: ['gcenter', 'timestamp_detected'] },
    { kind: 'json', keys: ['gcap', 'gcenter'] },
    { kind: 'json', keys: ['gcenter', 'timestamp_analyzed'] },
    {
      kind: 'json',
      keys: ['event', 'observer', '@version'],
      test: (json) =>
        /gatewatcher/i.test(text(at(json, 'observer', 'vendor')) ?? '') ||
        /gcenter|gcap/i.test(text(at(json, 'observer', 'product')) ?? ''),
    },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'gatewatcher';
    doc['observer.product'] = 'gcenter';
    doc['observer.type'] = 'ids';
    const module = text(at(json, 'event', 'module')) ?? text(json['event_type']) ?? text(json['type']) ?? '';
    if (module !== '') doc['gatewatcher.aioniq.module'] = module;
    const kind = text(at(json, 'event', 'kind'));
    const dataset = text(at(json, 'event', 'dataset'));
    if (dataset !== undefined) doc['gatewatcher.aioniq.dataset'] = dataset;
    const isMetric = kind === 'metric' || module.includes('stats');
    const isAlert =
      kind === 'alert' ||
      /malcore|codebreaker|shellcode|powershell|beacon|dga|ransomware|retrohunt|active_cti|alert/.test(
        module,
      );
    if (isMetric) {
      doc['event.kind'] = 'metric';
      categorise(doc, WHAT.hostInfo);
    } else if (isAlert) {
      doc['event.kind'] = 'alert';
      const isFile = /malcore|retrohunt/.test(module);
      categorise(
        doc,
        isFile
          ? { category: ['network', dataset === undefined ? 'malware' : 'file'], type: ['info'] }
          : WHAT.networkIntrusion,
      );
    } else categorise(doc, { category: ['network'], type: ['info'] });
    return 'parsed';
  },
});
