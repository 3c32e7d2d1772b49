import type { EcsFields } from '@vigie/contracts';
import type { Observer } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { completeUrl } from '../../kit/url.ts';
import { parseFortiOs } from '../_shared/fortios.ts';

const OBSERVER: Observer = { vendor: 'Fortinet', product: 'FortiProxy', type: 'proxy' };

/** FortiProxy runs on FortiOS and writes its keys: the reading is FortiOS's, seen from a proxy. */
function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const outcome = parseFortiOs(input, doc, OBSERVER);
  if (outcome === 'rejected') return outcome;
  const service = doc['network.protocol'];
  if (service !== undefined) doc['service.name'] = service;
  // A client asks a proxy for a name; the address is what the proxy made of it.
  const host = doc['destination.domain'];
  if (typeof host === 'string') {
    doc['destination.address'] = host;
    const hasTarget = doc['url.original'] !== undefined || service === 'https' || service === 'ssl';
    if (hasTarget) completeUrl(doc, host, service === 'http' ? 'http' : 'https');
  }
  // Everything but a session happens at one instant.
  const time = doc['@timestamp'];
  if (time !== undefined) doc['event.start'] ??= time;
  return outcome;
}

/** Serial numbers begin with the model; names given at installation show it where these were changed. */
const MARK = /\bdev(?:id="?FPX|name="[^" ]{0,60}(?:fortiproxy|fortiprx|fpx))/i;

/** Fortinet FortiProxy, version 1.0 to 7.6. */
export default defineSource({
  id: 'fortinet.fortiproxy',
  signatures: [
    {
      kind: 'text',
      literals: ['type=', 'subtype=', 'level=', 'dev'],
      test: (input) => MARK.test(input.text),
    },
  ],
  parse,
});
