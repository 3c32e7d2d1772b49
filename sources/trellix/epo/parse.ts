import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { baseName, putFile } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putAccount } from '../../kit/user.ts';
import { parseXml, type XmlElement } from '../../kit/xml.ts';

/** Names in lower case: the XML and the JSON form differ in nothing else. */
const TABLE = jsonTable(
  'trellix.epo.',
  `
timestamp               @timestamp             date
gmttime                 @timestamp             date
detectedutc             event.created          own
autoguid                event.id               text
agentguid               agent.id               own
agentversion            agent.version          text
eventid                 event.code             text
threateventid           event.code             text
severity                event.severity         long
threatseverity          event.severity         long
threatname              threat.indicator.name  text
threatactiontaken       event.action           text
threatcategory          rule.category          text
naturallangdescription  event.reason           text
description             event.reason           text
analyzer                observer.name          text
analyzerhostname        observer.hostname      text
analyzerversion         observer.version       text
productversion          observer.version       text
machinename             host.name              text
rawmacaddress           host.mac               mac
ipaddress               host.ip                ip
osname                  host.os.full           text
username                user                   account
sourceipv4              source                 side
sourceport              source.port            port
sourcemac               source.mac             mac
sourcehostname          source.domain          domain
sourceusername          source.user            account
sourceurl               url                    url
sourceprocessname       process                exe
targetipv4              destination            side
targetport              destination.port       port
targetmac               destination.mac        mac
targethostname          destination.domain     own
targetusername          user.target            account
targetprotocol          network.transport      own
targetprocessname       process                exe
targetfilename          file                   own
targethash              file.hash              hash
targetfilesize          file.size              long
sourceprocesshash       process.hash           hash
analyzerruleid          rule.id                text
analyzerrulename        rule.name              text
`,
);

const MAX_FIELDS = 300;

/** The leaves of the document, the first of a name; attributes of the product beside them. */
function leaves(element: XmlElement, out: EcsFields, count = { n: 0 }): void {
  for (const name of ['ProductName', 'ProductVersion', 'ProductFamily']) {
    const value = element.attributes[name];
    if (value !== undefined && value !== '') out[name.toLowerCase()] ??= value;
  }
  for (const child of element.children) {
    if (count.n++ > MAX_FIELDS) return;
    if (child.children.length > 0) {
      leaves(child, out, count);
      continue;
    }
    const name = child.name.toLowerCase();
    const text = child.text.trim();
    if (text !== '' && name !== '__proto__' && out[name] === undefined) out[name] = text;
  }
}

function fieldsOf(input: ParseInput): EcsFields | undefined {
  const flat: EcsFields = {};
  if (input.json !== undefined) {
    for (const [key, value] of Object.entries(input.json))
      if (key !== '__proto__' && value !== null && value !== '' && typeof value !== 'object')
        flat[key.toLowerCase()] = value as EcsFields[string];
    return flat;
  }
  const root = parseXml(input.text);
  if (root === undefined || !/^(?:EPOEvent|UpdateEvents)$/i.test(root.name)) return undefined;
  leaves(root, flat);
  return flat;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const flat = fieldsOf(input);
  if (flat === undefined) return 'rejected';
  TABLE.putFlat(doc, flat);
  doc['observer.vendor'] = 'Trellix';
  doc['observer.product'] = 'ePO';
  const agent = flat['agentguid'];
  if (typeof agent === 'string') doc['agent.id'] = agent.replace(/^\{|\}$/g, '');
  if (doc['@timestamp'] === undefined)
    putDate(
      doc,
      '@timestamp',
      parseDate(String(flat['receivedutc'] ?? flat['detectedutc'] ?? ''), { ...input, timeZone: 'UTC' }),
    );
  if (doc['host.name'] === undefined && doc['observer.hostname'] !== undefined)
    doc['host.name'] = doc['observer.hostname'];
  const analyzer = parseIp(String(flat['analyzeripv4'] ?? ''));
  if (doc['host.ip'] === undefined && analyzer !== undefined) doc['host.ip'] = [analyzer];
  const file = flat['targetfilename'];
  if (typeof file === 'string') putFile(doc, file);
  const process = flat['sourceprocessname'];
  if (typeof process === 'string' && baseName(process) === process) delete doc['process.executable'];
  const user = flat['sourceusername'];
  if (doc['user.name'] === undefined && typeof user === 'string') putAccount(doc, 'user', user);
  const code = String(doc['event.code'] ?? '');
  if (flat['updateevent'] !== undefined || /^24\d\d$/.test(code)) {
    categorise(doc, WHAT.configurationChanged);
    return 'parsed';
  }
  const action = String(flat['threatactiontaken'] ?? '');
  categorise(doc, {
    category: ['intrusion_detection'],
    type: [/allow/i.test(action) || action === '' ? 'info' : 'denied'],
  });
  if (flat['threatname'] !== undefined) doc['event.kind'] = 'alert';
  return 'parsed';
}

export default defineSource({
  id: 'trellix.epo',
  signatures: [
    { kind: 'json', keys: ['agentguid', 'analyzer'] },
    { kind: 'json', keys: ['autoguid', 'threateventid'] },
    { kind: 'json', keys: ['agentguid', 'threatname'] },
    { kind: 'text', literals: ['<EPOEvent>'] },
    { kind: 'text', literals: ['<EPOevent>'] },
    { kind: 'text', literals: ['<UpdateEvents>', '<MachineInfo>'] },
  ],
  parse,
});
