import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'forcepoint.web.';

/** Keys of the SIEM integration; by its guide `in` is what the server sent, `out` what the client sent. */
const TABLE = cefTable(
  VENDOR,
  `
  act                        forcepoint.web.act        text
  app                        network.protocol          lower
  dvc                        observer.ip               own
  suser                      source.user               account
  loginID                    user                      account
  in                         destination.bytes         long
  out                        source.bytes              long
  destinationTranslatedPort  destination.nat.port      port?
  Policy                     rule.ruleset              text
  DynCat                     forcepoint.web.DynCat     text
  ContentType                http.response.mime_type   text
  DispositionCode            event.code                text
  `,
);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trimStart();
  const cef = parseCef(text.startsWith('0|') ? `CEF:${text}` : text);
  if (cef === undefined || !/^(?:forcepoint|websense)$/i.test(cef.vendor)) return 'rejected';
  const extension = new Map([...cef.extension].filter(([, value]) => value !== '-'));
  const pairs = putCef(doc, { ...cef, extension }, TABLE, input);
  doc['event.code'] = pairs.get('DispositionCode') ?? cef.signatureId;
  // The header's number is the category of the site.
  doc['rule.id'] = cef.signatureId;
  doc['observer.vendor'] = 'Forcepoint';
  doc['observer.product'] = 'Secure Web Gateway';
  doc['observer.type'] = 'proxy';
  doc['event.action'] = cef.name;
  const own = parseIp(pairs.get('dvc') ?? '');
  if (own !== undefined) doc['observer.ip'] = [own];
  const host = doc['destination.domain'];
  if (host !== undefined) doc['destination.address'] = host;
  const verdict = verdictOf(pairs.get('act'));
  const types: EventType[] = verdict === 'denied' ? ['denied'] : ['access'];
  if (verdict === 'allowed') types.push('allowed');
  categorise(doc, { category: ['network', 'web'], type: types });
  return 'parsed';
}

/** Forcepoint Web Security and Websense, 7.7 to 8.5. */
export default defineSource({
  id: 'forcepoint.web',
  signatures: [
    { kind: 'text', literals: ['|Forcepoint|Security|'] },
    { kind: 'text', literals: ['|Websense|Security|'] },
  ],
  parse,
});
