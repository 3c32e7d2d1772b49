import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { baseName } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = cefTable(
  'trendmicro.apex.',
  `
dhost                    host.name                 own
shost                    source.domain             own
dvchost                  destination.domain        own
dst                      destination.ip            own
deviceExternalId         event.id                  text
fname                    file.name                 own
filePath                 file.path                 own
fileHash                 file.hash                 hash
cat                      rule.ruleset              text
Rule                     rule.name                 text
Policy                   rule.ruleset              text
VirusName                threat.software.name      text
Security_Threat          threat.software.name      text
SpywareName              threat.software.name      text
Product/Endpoint_IP      source                    side
Incident_Source_(AD_Account)  user                 account
CLF_ReasonCodeSource     event.code                text
CLF_ReasonCode           event.reason              text
duser                    user                      own
suser                    user                      own
msg                      email.subject             own
deviceFacility           event.provider            text
TMCMLogDetectedHost      trendmicro.apex.detected_host  text
TMCMLogDetectedIP        trendmicro.apex.detected_ip    text
TMCMdevicePlatform       host.os.full              text
`,
);

/** Numbers of actions in mail and content logs. */
const ACTIONS: Readonly<Record<string, string>> = {
  0: 'Unknown',
  1: 'Cleaned',
  2: 'Deleted',
  3: 'Moved',
  4: 'Renamed',
  5: 'Passed',
  6: 'Stripped',
  7: 'Dropped',
  8: 'Quarantined',
  9: 'Replaced',
  10: 'Archived',
  11: 'Blocked',
};

function putPath(doc: EcsFields, folder: string | undefined, name: string | undefined): void {
  const clean = (path: string): string => path.replace(/\\\\/g, '\\');
  const path = folder === undefined ? undefined : clean(folder);
  const file = name === undefined ? undefined : clean(name);
  if (file !== undefined) {
    const base = baseName(file);
    put(doc, 'file.name', base);
    if (base.length < file.length) {
      doc['file.path'] = file;
      doc['file.directory'] = file.slice(0, Math.max(file.length - base.length - 1, 1));
    }
  } else if (path !== undefined) put(doc, 'file.name', baseName(path));
  if (path !== undefined && doc['file.path'] === undefined) {
    const isWhole = file === undefined || baseName(path) === file;
    const parent = path.replace(/[\\/]$/, '');
    doc['file.path'] = isWhole ? path : `${parent}${parent.includes('/') ? '/' : '\\'}${file}`;
    if (!isWhole) doc['file.directory'] = parent;
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.startsWith('0|Trend Micro|') ? `CEF:${input.text}` : input.text;
  const cef = parseCef(text);
  if (cef === undefined || cef.vendor !== 'Trend Micro' || !/^Apex|^Control Manager/.test(cef.product))
    return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  delete doc['log.level'];
  if (doc['event.code'] === cef.signatureId) delete doc['event.code'];
  doc['rule.id'] = cef.signatureId;
  doc['rule.name'] ??= cef.name;
  const sender = pairs.get('suser') ?? pairs.get('shost');
  const recipient = pairs.get('duser');
  const isMail = sender?.includes('@') === true || recipient?.includes('@') === true;
  if (isMail) {
    if (sender !== undefined) doc['email.from.address'] = [sender];
    if (recipient !== undefined) doc['email.to.address'] = recipient.split(';', 50);
    put(doc, 'email.subject', pairs.get('msg'));
    put(doc, 'host.name', pairs.get('dvchost'));
  } else {
    putAccount(doc, 'user', recipient);
    put(doc, 'host.name', pairs.get('dhost') ?? pairs.get('shost') ?? pairs.get('dvchost'));
  }
  const address = parseIp(pairs.get('dst') ?? '');
  if (address !== undefined && address !== '0.0.0.0') {
    doc['destination.ip'] = address;
    doc['destination.address'] = address;
  }
  // Files that were found suspicious stand under the label of their source, with what follows a semicolon.
  const suspicious = pairs.get('SLF_FileSource')?.split(';', 1)[0];
  putPath(doc, pairs.get('filePath') ?? suspicious, pairs.get('fname'));
  const action = pairs.get('act');
  if (action !== undefined && isMail) doc['event.action'] = ACTIONS[action] ?? action;
  const subject = `${cef.signatureId} ${cef.name}`;
  if (/update|engine|pattern status/i.test(subject))
    categorise(doc, { category: ['configuration'], type: ['change'] });
  else if (/data loss|DLP/i.test(subject)) {
    categorise(doc, { category: ['file'], type: ['info'] });
    doc['event.kind'] = 'alert';
  } else if (/device access|DAC/i.test(subject)) categorise(doc, { category: ['file'], type: ['info'] });
  else if (isMail) categorise(doc, WHAT.mail);
  else if (/^WB|web|CnC|C&C|NCIE|network/i.test(subject)) categorise(doc, WHAT.networkIntrusion);
  else {
    categorise(doc, WHAT.malware);
    doc['event.kind'] = 'alert';
  }
  return 'parsed';
}

export default defineSource({
  id: 'trendmicro.apex-central',
  signatures: [
    { kind: 'text', literals: ['|Trend Micro|Apex Central|'] },
    { kind: 'text', literals: ['|Trend Micro|Control Manager|'] },
    { kind: 'text', literals: ['|Trend Micro|Apex One|'] },
  ],
  parse,
});
