import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'bitdefender.gravityzone.';
const TABLE = cefTable(
  VENDOR,
  `
BitdefenderGZComputerFQDN     host.name                 text
dvchost                       host.name                 own
dvc                           host.ip                   own
deviceExternalId              device.id                 text
BitdefenderGZEndpointId       host.id                   text
BitdefenderGZCompanyId        organization.id           text
BitdefenderGZModule           event.provider            own
BitdefenderGZIncidentId       event.id                  text
BitdefenderGZMainAction       event.action              text
BitdefenderGZDetectionName    rule.name                 text
BitdefenderGZExploitType      rule.category             text
BitdefenderGZMalwareName      threat.indicator.name     text
BitdefenderGZMalwareType      threat.indicator.type     own
BitdefenderGZMalwareHash      threat.indicator.file.hash  hash
BitdefenderGZDetectionTime    @timestamp                own
BitdefenderGZAttCkId          threat.technique.id       own
BitdefenderGZAttackTypes      bitdefender.gravityzone.attack_types  list
BitdefenderGZDetectionPid     process.pid               long
BitdefenderGZDetectionPath    process.executable        text
BitdefenderGZDetectionParentPid  process.parent.pid     long
BitdefenderGZDetectionParentPath process.parent.executable  text
BitdefenderGZBlockingRuleName  rule.name                text
BitdefenderGZThreatName       threat.indicator.name     text
BitdefenderGZEmailSubject     email.subject             text
BitdefenderGZEmailSender      email.sender.address      text
BitdefenderGZEventSourceIP    source                    side
BitdefenderGZParentProcess    process.parent.name       text
BitdefenderGZParentProcessPath  process.parent.executable  text
suser                         source.user               account
suid                          source.user.id            text
duser                         destination.user          account
filePath                      file                      own
request                       url                       own
sproc                         process.executable        text
`,
);

function putAddresses(doc: EcsFields, list: string | undefined): void {
  const found: string[] = [];
  for (const item of (list ?? '').split(/[,;]/, 50)) {
    const ip = parseIp(item.trim());
    if (ip !== undefined) found.push(ip);
  }
  if (found.length > 0) doc['host.ip'] = found;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || cef.vendor !== 'Bitdefender') return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  delete doc['log.level'];
  const name = pairs.get('BitdefenderGZComputerFQDN') ?? pairs.get('dvchost');
  put(doc, 'host.name', name);
  putAddresses(doc, pairs.get('dvc'));
  put(doc, 'user_agent.name', pairs.get('BitdefenderGZAuthenticationBrowserName'));
  put(doc, 'user_agent.version', pairs.get('BitdefenderGZAuthenticationBrowserVersion'));
  const at = pairs.get('BitdefenderGZDetectionTime') ?? pairs.get('eventdate');
  if (at !== undefined) putDate(doc, '@timestamp', parseDate(at, input));
  const url = pairs.get('request');
  if (url !== undefined) putUrl(doc, url, 'url', !url.includes('://'));
  const path = pairs.get('filePath');
  const kind = pairs.get('BitdefenderGZModule') ?? '';
  const executable = pairs.get('sproc') ?? pairs.get('BitdefenderGZDetectionPath');
  if (executable !== undefined) put(doc, 'process.name', executable.slice(executable.lastIndexOf('\\') + 1));
  const techniques = [...(pairs.get('BitdefenderGZAttCkId') ?? '').matchAll(/T\d{4}(?:\.\d{3})?/g)].map(
    ([id]) => id,
  );
  if (techniques.length > 0) doc['threat.technique.id'] = techniques;
  doc[`${VENDOR}module`] = kind;
  if (kind === 'av' || kind === 'hwa' || kind === 'antimalware' || pairs.has('BitdefenderGZMalwareName')) {
    const type = pairs.get('BitdefenderGZMalwareType');
    if (type !== undefined) doc['threat.indicator.type'] = type;
    if (path !== undefined) {
      putFile(doc, path, 'threat.indicator.file');
      putHash(doc, 'threat.indicator.file.hash', pairs.get('BitdefenderGZMalwareHash'));
    }
    categorise(doc, WHAT.malware);
    doc['event.kind'] = 'alert';
    return 'parsed';
  }
  putFile(doc, path);
  if (kind === 'aph') categorise(doc, { category: ['web'], type: ['denied'] });
  else if (kind === 'uc' || kind === 'dp') categorise(doc, { category: ['web'], type: ['info'] });
  else if (kind === 'device-control' || kind === 'registration') categorise(doc, WHAT.hostInfo);
  else if (kind === 'application-control') categorise(doc, { category: ['process'], type: ['info'] });
  else if (kind === 'application-inventory') categorise(doc, { category: ['package'], type: ['info'] });
  else if (kind === 'exchange-user-credentials')
    categorise(doc, { category: ['authentication'], type: ['info'], outcome: 'failure' });
  else if (kind === 'fw') categorise(doc, { category: ['network'], type: ['info'] });
  else if (/login|authentication/i.test(`${cef.name} ${kind}`))
    categorise(doc, { ...WHAT.login, outcome: /fail/i.test(cef.name) ? 'failure' : 'success' });
  else if (/incident|exploit|ransomware|avc|atp|antiexploit|network-monitor|new-/.test(kind)) {
    categorise(doc, { category: ['process'], type: ['info'] });
    doc['event.kind'] = 'alert';
  } else categorise(doc, WHAT.hostInfo);
  return 'parsed';
}

export default defineSource({
  id: 'bitdefender.gravityzone',
  signatures: [
    { kind: 'text', prefix: 'CEF:', literals: ['|Bitdefender|GravityZone|'] },
    { kind: 'text', literals: ['|Bitdefender|GravityZone|'] },
    { kind: 'text', literals: ['|Bitdefender|GZ|'] },
  ],
  parse,
});
