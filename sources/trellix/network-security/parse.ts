import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
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

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || !/^(?:Trellix|FireEye)$/.test(cef.vendor)) return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  delete doc['log.level'];
  const ip = parseIp(pairs.get('dvc') ?? '');
  if (ip !== undefined) doc['observer.ip'] = [ip];
  const mac = parseMac(pairs.get('dvcmac') ?? '');
  if (mac !== undefined) doc['observer.mac'] = [mac];
  putUrl(doc, pairs.get('request'));
  const isMatch = cef.name.startsWith('domain');
  categorise(
    doc,
    isMatch
      ? { category: ['network'], type: ['info'] }
      : cef.name.includes('malware')
        ? WHAT.malware
        : WHAT.intrusion,
  );
  doc['event.kind'] = 'alert';
  return 'parsed';
}

export default defineSource({
  id: 'trellix.network-security',
  signatures: [
    { kind: 'text', literals: ['|Trellix|MPS|'] },
    { kind: 'text', literals: ['|FireEye|MPS|'] },
    { kind: 'text', literals: ['|Trellix|CMS|'] },
    { kind: 'text', literals: ['|FireEye|CMS|'] },
  ],
  parse,
});
