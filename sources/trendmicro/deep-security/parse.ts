import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { putFile } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'trendmicro.deep-security.';

const TABLE = cefTable(
  VENDOR,
  `
  dvchost                        host.name                    text
  dvc                            host.ip                      own
  Host_ID                        host.id                      text
  TrendMicroDsFileMD5            file.hash                    hash
  TrendMicroDsFileSHA1           file.hash                    hash
  TrendMicroDsFileSHA256         file.hash                    hash
  TrendMicroDsProcess            process                      exe
  TrendMicroDsBehaviorType       rule.category                text
  TrendMicroDsMalwareTarget      trendmicro.deep-security.malware_target  own
  TrendMicroDsTags               tags                         own
  TrendMicroDsTenant             organization.name            text
  TrendMicroDsTenantId           organization.id              text
  suser                          user                         account
  suid                           user.id                      text
  duser                          user.target                  account
  sproc                          process                      exe
  fileHash                       file.hash                    hash
  filePath                       file                         own
  request                        url                          own
  result                         trendmicro.deep-security.result  text
  target                         user.target.name             own
  in                             destination.bytes            long
  out                            source.bytes                 long
  Reason                         event.reason                 text
  Risk                           rule.category                text
`,
);

const FILE: Categorisation = { category: ['file'], type: ['change'] };

/** What an agent's event is, by the ranges of its identifiers (Deep Security, "Syslog message formats"). */
function meaningOf(id: number, action: string): { what: Categorisation; alert?: true } {
  if (id >= 4_000_000 && id < 5_000_000) return { what: WHAT.malware, alert: true };
  if (id >= 5_000_000 && id < 6_000_000) return { what: { category: ['network', 'web'], type: ['access'] } };
  if (id >= 6_001_100 && id < 6_002_000)
    return { what: { category: ['process'], type: ['start', /block/i.test(action) ? 'denied' : 'info'] } };
  if (id >= 7_000_000 && id < 8_000_000) return { what: { category: ['host'], type: ['access'] } };
  // Rules of integrity monitoring may also be a customer's own, with small numbers.
  if (id >= 2_000_000 && id < 3_000_000) return { what: FILE };
  if (id >= 3_000_000 && id < 4_000_000) return { what: WHAT.hostInfo };
  if (id >= 1_000_000 && id < 2_000_000) return { what: WHAT.networkIntrusion, alert: true };
  return { what: WHAT.connection };
}

const INTEGRITY = /^(?:created|updated|deleted|renamed|changed)$/i;

function readAgent(doc: EcsFields, id: number, pairs: ReadonlyMap<string, string>): void {
  const action = pairs.get('act') ?? '';
  if (INTEGRITY.test(action)) {
    const type = /^created/i.test(action) ? 'creation' : /^deleted/i.test(action) ? 'deletion' : 'change';
    categorise(doc, { category: ['file'], type: [type], action: action.toLowerCase() });
    return;
  }
  const { what, alert } = meaningOf(id, action);
  // `IDS:Reset` would have reset the connection in prevention mode; it did not.
  const detected = action.startsWith('IDS:');
  const verdict = detected ? 'allowed' : verdictOf(/^(?:reset|drop)/i.test(action) ? 'drop' : action);
  categorise(
    doc,
    verdict === undefined || what.category.includes('process')
      ? what
      : { ...what, type: [...what.type, verdict] },
  );
  if (alert === true) doc['event.kind'] = 'alert';
  if (what.category.includes('malware')) {
    put(doc, 'threat.software.name', doc['rule.name']);
    const result = pairs.get('result') ?? '';
    if (/fail|unsuccessful/i.test(`${action} ${result}`)) doc['event.outcome'] = 'failure';
    else if (/^(?:clean|delet|quarantin|deny|terminat)/i.test(action)) doc['event.outcome'] = 'success';
  }
}

/** System events by their words; the first that fits. */
const SYSTEM: readonly (readonly [RegExp, Categorisation])[] = [
  [/sign(?:ed)? in fail|failed sign|authentication fail/i, { ...WHAT.login, outcome: 'failure' }],
  [/signed in/i, { ...WHAT.login, outcome: 'success' }],
  [/signed out|session (?:timed out|ended)/i, WHAT.logout],
  [/^(?:user|contact) (?:created|added)/i, WHAT.userCreated],
  [/^(?:user|contact) (?:deleted|removed)/i, WHAT.userDeleted],
  [/^(?:user|contact|role|password) /i, WHAT.userChanged],
  [/deactivat|offline|fail|error|unable/i, WHAT.hostError],
  [/created$/i, WHAT.configurationCreated],
  [/deleted$/i, WHAT.configurationDeleted],
  [/(?:updated|changed|assigned|modified)$/i, WHAT.configurationChanged],
];

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text.trim());
  if (cef === undefined || cef.vendor !== 'Trend Micro' || !cef.product.startsWith('Deep Security'))
    return 'rejected';
  const kept = new Map([...cef.extension].filter(([, value]) => value !== 'N/A' && value !== ''));
  const pairs = putCef(doc, { ...cef, extension: kept }, TABLE, input);
  put(doc, 'rule.name', cef.name);
  put(doc, 'rule.id', cef.signatureId);
  putFile(doc, pairs.get('filePath'));
  putUrl(doc, pairs.get('request'));
  const device = parseIp(pairs.get('dvc') ?? '');
  if (device !== undefined) doc['host.ip'] = [device];
  if (cef.product === 'Deep Security Manager') {
    delete doc['rule.name'];
    delete doc['rule.id'];
    const known = SYSTEM.find(([words]) => words.test(cef.name))?.[1];
    categorise(doc, known ?? WHAT.hostInfo);
    doc['event.action'] = cef.name;
    const target = pairs.get('target');
    if (target !== undefined && doc['event.category'] !== undefined) doc[`${VENDOR}target`] = target;
  } else readAgent(doc, Number(cef.signatureId), pairs);
  putObserver(doc, { vendor: 'Trend Micro', product: 'Deep Security' });
  return 'parsed';
}

/** Deep Security and Cloud One Workload Security, agents and manager. */
export default defineSource({
  id: 'trendmicro.deep-security',
  signatures: [{ kind: 'text', literals: ['CEF:', '|Trend Micro|Deep Security '] }],
  parse,
});
