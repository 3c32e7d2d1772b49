import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';

const TABLE = cefTable(
  'trellix.nx.',
  `
dvchost      observer.hostname   text
dvc          observer.ip         own
dvcmac       observer.mac        own
link         event.url           text
sname        rule.name           text
sid          rule.id             text
vlan         network.vlan.id     text
msg          event.reason        text
request      url                 own
Victim_IP    destination         side
Attacker_IP  source              side
`,
);

/** Products of the vendor whose logs are others. */
const OTHERS =
  /^(?:hx|ens hx|Endpoint Security|ATD|Advanced Threat Defense|ePO|ePolicy Orchestrator|EDR|Helix)/i;

const KNOWN = /^(?:MPS|CMS)$/;

/** Kinds of alert by the two letters that NX, EX, FX, AX and CM write for them, and their words. */
const KINDS: Readonly<Record<string, Categorisation>> = {
  MC: { category: ['network', 'malware'], type: ['connection', 'info'], action: 'malware-callback' },
  MO: { ...WHAT.malware, action: 'malware-object' },
  IM: { category: ['network', 'malware'], type: ['info'], action: 'infection-match' },
  DM: { category: ['network'], type: ['info'], action: 'domain-match' },
  WI: { category: ['network', 'web', 'malware'], type: ['info'], action: 'web-infection' },
  RC: { category: ['network', 'malware'], type: ['connection', 'info'], action: 'riskware-callback' },
  RO: { ...WHAT.malware, action: 'riskware-object' },
  IE: { ...WHAT.networkIntrusion, action: 'ips-event' },
  SC: { ...WHAT.networkIntrusion, action: 'smartvision-event' },
};

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || !/^(?:Trellix|FireEye)$/i.test(cef.vendor) || OTHERS.test(cef.product))
    return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  delete doc['log.level'];
  const ip = parseIp(pairs.get('dvc') ?? '');
  if (ip !== undefined) doc['observer.ip'] = [ip];
  const mac = parseMac(pairs.get('dvcmac') ?? '');
  if (mac !== undefined) doc['observer.mac'] = [mac];
  putUrl(doc, pairs.get('request'));
  const isMatch = cef.name.startsWith('domain');
  const kind = KINDS[cef.signatureId.toUpperCase()];
  const short = KNOWN.test(cef.product) ? undefined : kind;
  categorise(
    doc,
    short !== undefined
      ? short
      : isMatch
        ? { category: ['network'], type: ['info'] }
        : cef.name.includes('malware')
          ? WHAT.malware
          : WHAT.intrusion,
  );
  doc['event.kind'] = 'alert';
  return 'parsed';
}

const APPLIANCE = /\|Trellix\|(?:NX|EX|FX|AX|CM|VX|eMPS|MAS|FMPS|wMPS|Network Security|Email Security)/;

export default defineSource({
  id: 'trellix.network-security',
  signatures: [
    { kind: 'text', literals: ['|Trellix|MPS|'] },
    { kind: 'text', literals: ['|FireEye|MPS|'] },
    { kind: 'text', literals: ['|Trellix|CMS|'] },
    { kind: 'text', literals: ['|FireEye|CMS|'] },
    // Central management and the appliances for mail, files and analysis, under many names.
    { kind: 'text', literals: ['CEF:', '|FireEye|'] },
    { kind: 'text', literals: ['CEF:', '|Trellix|'], test: ({ text }) => APPLIANCE.test(text) },
  ],
  parse,
});
