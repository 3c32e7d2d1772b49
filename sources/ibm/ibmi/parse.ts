import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const VENDOR = 'ibm.ibmi.';
const TABLE = cefTable(
  VENDOR,
  `
  reason   event.code     text
  msg      event.reason   text
  shost    host.name      text
  sproc    process.name   own
  suser    user           account
  act      ibm.ibmi.act   text
`,
);

/** What a message of the history log or an entry of the audit journal means, by its number. */
const CODES: readonly (readonly [RegExp, Categorisation])[] = [
  [/^CPF1124|^CPF1176|^CPF0905|^CPIAD02|^CPC1230/, WHAT.processStart],
  [/^CPF1164|^CPC1126|^CPF0927|^CPF0920|^CPC1125|^CPF0994/, WHAT.processEnd],
  [/^CPI3E34|^CPIAD0B|^CPIAD09|^CPIAD12/, WHAT.sessionStart],
  [/^TCP2617|^TCP3B02/, WHAT.connectionEnd],
  [/^TCP\w{4}/, WHAT.connection],
  [/^CPF1393|^CPF2234|^CPF22E2|^CPI1126|^PW$|^T-PW/, { ...WHAT.login, outcome: 'failure' }],
  [/^CP$|^T-CP|^CPC2205|^CPF2204/, WHAT.userChanged],
  [/^CD$|^T-CD/, WHAT.processStart],
  [/^DO$|^T-DO/, WHAT.fileDeleted],
  [/^CO$|^T-CO/, WHAT.fileCreated],
  [/^AF$|^T-AF/, { category: ['iam'], type: ['denied'], outcome: 'failure' }],
  [/^SV$|^T-SV/, WHAT.configurationChanged],
];

/** `086157/QSYSOPR/UPSA_QHTTP`: number, user and name of a job. */
function putJob(doc: EcsFields, job: string): void {
  const parts = /^(\d{1,9})\/(.{1,200})$/.exec(job);
  const pid = toLong(parts?.[1]);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc['process.name'] = parts?.[2] ?? job;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || !cef.product.startsWith('IBM i')) return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  doc['event.code'] ??= cef.name;
  const job = pairs.get('sproc');
  if (job !== undefined) putJob(doc, job);
  doc['log.logger'] = cef.signatureId;
  // The header's identifier is the log's name, the message number its name.
  doc['event.code'] = pairs.get('reason') ?? cef.name;
  const message = pairs.get('msg') ?? '';
  doc['message'] = message;
  const client = /\bclient ([0-9a-fA-F.:]{2,45})[, ]/i.exec(message)?.[1];
  const ip = client === undefined ? undefined : parseIp(client);
  if (ip !== undefined) {
    doc['source.ip'] = ip;
    doc['source.address'] = ip;
  }
  const code = String(doc['event.code']);
  const found = CODES.find(([words]) => words.test(code));
  categorise(doc, { ...(found?.[1] ?? WHAT.hostInfo), action: code });
  return found === undefined ? 'partial' : 'parsed';
}

/** IBM i: the history log and the audit journal in Common Event Format. */
export default defineSource({
  id: 'ibm.ibmi',
  signatures: [{ kind: 'text', literals: ['CEF:', '|IBM|IBM i|'] }],
  parse,
});
