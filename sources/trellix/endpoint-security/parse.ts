import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const VENDOR = 'trellix.hx.';

/** The host that an alert is about stands in CEF's destination. */
const TABLE = cefTable(
  VENDOR,
  `
  dvchost                   observer.name            text
  deviceExternalId          observer.serial_number   text
  dst                       host.ip                  ip-list
  dhost                     host.name                text
  dmac                      host.mac                 mac-list
  dntdom                    host.domain              text
  Host_Agent_Cert_Hash      host.id                  text
  FireEye_Agent_Version     agent.version            text
  Trellix_Agent_Version     agent.version            text
  Target_OS                 host.os.full             text
  Target_GMT_Offset         event.timezone           text
  IOC_Name                  rule.name                text
  Signature_Name            rule.name                text
  MITRE_Technique           threat.technique.id      text
  Process_Name              process.name             text
  Script_Name               trellix.hx.script        text
  fname                     file                     file
  fileHash                  file.hash                hash
  filePath                  file                     file
  MD5                       file.hash                hash
  sproc                     process.name             text
  act                       event.action             text
  msg                       event.reason             text
  suser                     user                     account
  in                        trellix.hx.in            long
  cnt                       trellix.hx.count         long
  `,
);

/** Names of HX's events. */
const MEANINGS: readonly (readonly [RegExp, Categorisation, alert?: true])[] = [
  [
    /IOC Hit|Indicator|Presence|Execution (?:Hit|Alert)/i,
    { category: ['threat', 'intrusion_detection'], type: ['indicator'] },
    true,
  ],
  [/Exploit/i, WHAT.intrusion, true],
  [/Malware|Quarantine|AV |Malicious/i, WHAT.malware, true],
  [/Contain/i, { category: ['host'], type: ['change'] }],
  [/Acquisition|Triage|Script|Enterprise Search|Bulk/i, { category: ['host'], type: ['access'] }],
  [/Log ?in|Authentication/i, WHAT.login],
  [/Log ?out/i, WHAT.logout],
  [/Policy|Configuration|Settings|Indicator (?:Created|Deleted)/i, WHAT.configurationChanged],
];

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (
    cef === undefined ||
    !/^(?:fireeye|trellix)$/i.test(cef.vendor) ||
    !/^(?:hx|ens hx|endpoint security)$/i.test(cef.product)
  )
    return 'rejected';
  // Labels beyond CEF's six custom strings.
  const extension = new Map(cef.extension);
  for (const number of [7, 8, 9, 10]) {
    const label = extension.get(`cs${number}Label`);
    const value = extension.get(`cs${number}`);
    if (label === undefined) continue;
    extension.delete(`cs${number}Label`);
    extension.delete(`cs${number}`);
    if (value !== undefined) extension.set(label.trim().replace(/\s+/g, '_'), value);
  }
  for (const [key, value] of extension) if (/^(?:NA|N\/A)$/.test(value)) extension.delete(key);
  const pairs = putCef(doc, { ...cef, extension }, TABLE, input);
  doc['observer.vendor'] = 'Trellix';
  doc['observer.product'] = 'Endpoint Security (HX)';
  const name = pairs.get('Target_OS');
  const system = name === undefined ? undefined : osTypeOf(name);
  if (system !== undefined) doc['host.os.type'] = system;
  const found = MEANINGS.find(([words]) => words.test(cef.name) || words.test(pairs.get('act') ?? ''));
  categorise(doc, found?.[1] ?? WHAT.hostInfo);
  if (found?.[2] === true) doc['event.kind'] = 'alert';
  put(doc, 'event.action', doc['event.action'] ?? cef.name);
  const outcome = outcomeOf(pairs.get('categoryOutcome')?.replace('/', ''));
  if (outcome !== undefined && found?.[2] !== true) doc['event.outcome'] = outcome;
  return found === undefined ? 'partial' : 'parsed';
}

/** FireEye and Trellix Endpoint Security HX 3 to 5, in CEF. */
export default defineSource({
  id: 'trellix.endpoint-security',
  signatures: ['fireeye', 'FireEye', 'Trellix', 'trellix'].flatMap((vendor) =>
    ['hx', 'HX', 'Endpoint Security'].map((product) => ({
      kind: 'text' as const,
      literals: ['CEF:', `|${vendor}|${product}|`],
    })),
  ),
  parse,
});
