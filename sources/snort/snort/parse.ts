import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort, splitHostPort } from '../../kit/ip.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';

const TABLE = jsonTable(
  'snort.',
  `
seconds        @timestamp                date
src_addr       source                    side
src_port       source.port               port
dst_addr       destination               side
dst_port       destination.port          port
eth_src        source.mac                mac
eth_dst        destination.mac           mac
proto          network.transport         transport
service        network.protocol          lower
msg            rule.name                 text
rule           rule.id                   own
sid            rule.id                   text
rev            rule.version              text
class          rule.category             text
priority       event.severity            long
action         event.action              text
vlan           network.vlan.id           text
iface          observer.ingress.interface.name  text
dir            snort.dir                 text
`,
);

/** `[1:2019401:3] message [Classification: x] [Priority: 2] {TCP} 1.2.3.4:5 -> 6.7.8.9:10` */
const ALERT =
  /\[(\d{1,9}):(\d{1,10}):(\d{1,9})\]\s{1,4}("?)([^[]{1,400}?)\4\s{0,4}(?:\[\*\*\]\s{0,4})?(?:\[Classification: ([^\]]{1,200})\]\s{0,4})?(?:\[Priority: (\d{1,3})\])?:?\s{0,4}(?:\[AppID: [^\]]{1,100}\]\s{0,4})?(?:<[^>]{1,60}>\s{0,4})?\{([A-Za-z0-9:_-]{1,20})\}\s{1,4}([0-9A-Fa-f.:]{2,60}) -> ([0-9A-Fa-f.:]{2,60})/;
const DATE = /^(\d{2})\/(\d{2})(?:\/(\d{2,4}))?-(\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)/;

function putTime(doc: EcsFields, line: string, input: ParseInput): void {
  const found = DATE.exec(line);
  if (found === null) return;
  let [, month, day, year] = found;
  const time = found[4];
  // With `-y` Snort 3 has the year in front: `26/03/02`.
  if (year?.length === 2 && Number(month) > 12) [year, month, day] = [month, day, year];
  const written = (y: number): number | undefined => parseDate(`${y}-${month}-${day}T${time}`, input);
  if (year !== undefined)
    putDate(doc, '@timestamp', written(year.length === 2 ? 2000 + Number(year) : Number(year)));
  else {
    const now = new Date(input.receivedAt).getUTCFullYear();
    const ms = written(now);
    // A log from December that arrives in January is last year's.
    putDate(
      doc,
      '@timestamp',
      ms !== undefined && ms > input.receivedAt + 86_400_000 ? written(now - 1) : ms,
    );
  }
}

function putHost(doc: EcsFields, side: string, address: string, hasPort: boolean): void {
  // Snort writes the port behind an IPv6 address without brackets.
  const colon = address.lastIndexOf(':');
  const isV6 = address.indexOf(':') !== colon;
  const tail = address.slice(colon + 1);
  const { host, port } =
    isV6 && (hasPort || tail.length > 4) && parseIp(address.slice(0, colon)) !== undefined
      ? { host: address.slice(0, colon), port: parsePort(tail) }
      : isV6
        ? { host: address, port: undefined }
        : splitHostPort(address);
  putEndpoint(doc, side, host);
  if (port !== undefined) doc[`${side}.port`] = port;
}

function common(doc: EcsFields, input: ParseInput): void {
  const name = input.syslog?.hostname;
  if (name !== undefined) doc['observer.name'] = name;
  doc['observer.vendor'] = 'Snort';
  doc['observer.product'] = 'Snort';
  doc['observer.type'] = 'ids';
  doc['event.kind'] = 'alert';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json !== undefined) {
    TABLE.put(doc, input.json);
    const rule = /^(\d{1,9}):(\d{1,10}):(\d{1,9})$/.exec(text(input.json['rule']) ?? '');
    if (rule !== null) {
      doc['snort.gid'] = rule[1]!;
      doc['rule.id'] = rule[2]!;
      doc['rule.version'] = rule[3]!;
    }
    if (doc['@timestamp'] === undefined) putTime(doc, text(input.json['timestamp']) ?? '', input);
    common(doc, input);
    // `would_drop`: the rule would, where Snort only watches the packet went on.
    const action = text(input.json['action']) ?? '';
    categorise(doc, {
      category: WHAT.networkIntrusion.category,
      type: ['info', /^(?:drop|block|reject|reset)/.test(action) ? 'denied' : 'allowed'],
    });
    return 'parsed';
  }
  const found = ALERT.exec(input.text.slice(0, 4_000));
  if (found === null) return 'rejected';
  const [, gid, sid, revision, , name, category, priority, protocol, from, to] = found;
  putTime(doc, input.text, input);
  doc['snort.gid'] = gid!;
  doc['rule.id'] = sid!;
  doc['rule.version'] = revision!;
  put(doc, 'rule.name', name?.replace(/\s*\[\*\*\]\s*$/, '').trim());
  put(doc, 'rule.category', category);
  put(doc, 'event.severity', priority);
  if (/^(?:tcp|udp|icmp|ipv6-icmp|igmp|sctp)$/i.test(protocol!)) putTransport(doc, protocol!.toLowerCase());
  else doc['network.protocol'] = protocol!.toLowerCase();
  const hasPort = /^(?:tcp|udp|sctp)$/i.test(protocol!);
  putHost(doc, 'source', from!, hasPort);
  putHost(doc, 'destination', to!, hasPort);
  common(doc, input);
  const isDropped = /\[Drop\]|\[drop\]|\[block\]/.test(input.text.slice(0, 200));
  categorise(
    doc,
    isDropped
      ? { category: WHAT.networkIntrusion.category, type: ['info', 'denied'] }
      : WHAT.networkIntrusion,
  );
  return 'parsed';
}

export default defineSource({
  id: 'snort.snort',
  signatures: [
    { kind: 'app', names: ['snort'], test: (input) => ALERT.test(input.text.slice(0, 4_000)) },
    {
      kind: 'text',
      literals: ['[**] [', '} '],
      test: (input) => DATE.test(input.text) && ALERT.test(input.text.slice(0, 4_000)),
    },
    { kind: 'json', keys: ['pkt_num', 'rule', 'msg'] },
    { kind: 'json', keys: ['src_addr', 'dst_addr', 'rule', 'msg'] },
    { kind: 'json', keys: ['pkt_num', 'src_ap', 'dst_ap', 'rule'] },
  ],
  parse,
});
