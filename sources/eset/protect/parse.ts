import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { baseName } from '../../kit/file.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const TABLE = jsonTable(
  'eset.protect.',
  `
occured           @timestamp             own
event_type        event.code             text
ipv4              host.ip                ip
ipv6              host.ip                ip
hostname          host.name              text
source_uuid       host.id                text
group_name        host.domain            text
os_name           host.os.full           text
severity          log.level              severity
action            event.action           text
action_taken      event.action           text
operation         event.reason           text
detail            event.reason           text
event             event.reason           text
cause             event.reason           text
circumstances     event.reason           text
result            event.outcome          outcome
user              user                   account
username          user                   account
user_name         user                   account
target            user.target.name       own
process_name      process                exe
processname       process                exe
application       process                exe
hash              file.hash              hash
object_uri        file                   own
threat_name       threat.software.name   text
threat_type       threat.software.type   own
rulename          rule.name              text
rule_name         rule.name              text
rule_id           rule.id                text
eiconsolelink     event.reference        text
eialarmid         event.id               text
source_address    source                 side
source_port       source.port            port
target_address    destination            side
target_port       destination.port       port
destination_address  destination         side
destination_port  destination.port       port
firstseen         event.start            date
protocol          network.protocol       own
`,
);

/** Types of exported events. */
const TYPES: ReadonlyMap<string, Pick<Categorisation, 'category' | 'type'>> = new Map<
  string,
  Pick<Categorisation, 'category' | 'type'>
>([
  ['Threat_Event', WHAT.malware],
  ['FirewallAggregated_Event', { category: ['network'], type: ['info'] }],
  ['HipsAggregated_Event', WHAT.intrusion],
  ['FilteredWebsites_Event', { category: ['web'], type: ['access'] }],
  ['BlockedFiles_Event', { category: ['file'], type: ['denied'] }],
  ['EnterpriseInspectorAlert_Event', WHAT.intrusion],
  ['ESET Inspect Alert', WHAT.intrusion],
  ['Inspect_Alert_Event', WHAT.intrusion],
  ['Audit_Event', WHAT.hostInfo],
]);

/** What an audit is about, by its action. */
function audit(action: string): Pick<Categorisation, 'category' | 'type'> {
  if (/^log ?out/i.test(action)) return { category: ['authentication'], type: ['end'] };
  if (/^log ?in|log ?on/i.test(action)) return WHAT.login;
  if (/sign on|token|authenticat|password/i.test(action)) return WHAT.authentication;
  return WHAT.hostInfo;
}

/** `file:///C:/dir/a.exe`, or the address of a page. */
function putObject(doc: EcsFields, uri: string): void {
  if (!/^file:/i.test(uri)) {
    putUrl(doc, uri);
    return;
  }
  const name = baseName(uri);
  doc['file.path'] = uri;
  if (name !== '') doc['file.name'] = name;
  const directory = uri.slice(0, -name.length - 1);
  if (directory !== '') doc['file.directory'] = directory;
}

export default defineSource({
  id: 'eset.protect',
  signatures: [
    { kind: 'json', keys: ['event_type', 'source_uuid'] },
    { kind: 'json', keys: ['event_type', 'occured'] },
  ],
  parse(input, doc) {
    const { json } = input;
    if (json === undefined) return 'rejected';
    const type = text(json['event_type']) ?? '';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'ESET';
    doc['observer.product'] = 'ESET Protect';
    doc['observer.type'] = 'sensor';
    putDate(doc, '@timestamp', parseDate(text(json['occured']) ?? '', { ...input, timeZone: 'UTC' }));
    const system = text(json['os_name']);
    const family = system === undefined ? undefined : osTypeOf(system);
    if (family !== undefined) doc['host.os.type'] = family;
    const protocol = text(json['protocol'])?.toLowerCase();
    if (protocol !== undefined) doc['network.transport'] = protocol;
    const uri = text(json['object_uri']);
    if (uri !== undefined) putObject(doc, uri);
    const kind = TYPES.get(type);
    const action = text(json['action']) ?? text(json['action_taken']);
    if (type === 'Audit_Event') {
      const target = text(json['target']);
      const what = audit(action ?? '');
      if (target !== undefined) {
        if (what.category[0] === 'authentication') doc['user.name'] ??= target;
        else doc['eset.protect.target'] = target;
      }
      const outcome = outcomeOf(text(json['result']));
      categorise(doc, outcome === undefined ? what : { ...what, outcome });
      return 'parsed';
    }
    if (kind === undefined) return 'partial';
    const verdict = verdictOf(action);
    categorise(
      doc,
      verdict === 'denied' && type.startsWith('Firewall')
        ? { category: kind.category, type: ['denied'] }
        : kind,
    );
    if (type !== 'FilteredWebsites_Event' && type !== 'FirewallAggregated_Event') doc['event.kind'] = 'alert';
    return 'parsed';
  },
});
