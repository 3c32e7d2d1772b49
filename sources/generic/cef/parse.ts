import type { EcsFields } from '@vigie/contracts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const TABLE = cefTable(
  'generic.cef.',
  `
  msg                 event.reason       text
  cat                 rule.category      text
  dvc                 observer.ip        own
  deviceAddress       observer.ip        own
  deviceProcessName   process            exe
  requestContext      http.request.referrer own
  requestCookies      generic.cef.requestCookies text
  cnt                 generic.cef.cnt    long
`,
);

/**
 * A CEF record of any product: header and standard keys as the format's dictionary gives them, custom columns under
 * their labels. What the record means is known only as far as the standard keys tell.
 */
function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || cef.vendor === '' || cef.product === '') return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  const reason = pairs.get('reason');
  if (reason !== undefined) doc['event.reason'] = reason;
  if (cef.signatureId !== '') doc['rule.id'] = cef.signatureId;
  const name = cef.name.trim();
  if (name !== '') doc['rule.name'] = name;
  doc['message'] = pairs.get('msg') ?? name;
  const device = parseIp(pairs.get('dvc') ?? pairs.get('deviceAddress') ?? '');
  if (device !== undefined) doc['observer.ip'] = [device];
  const referrer = pairs.get('requestContext');
  if (referrer?.includes('://') === true) doc['http.request.referrer'] = referrer;
  else if (referrer !== undefined) doc['generic.cef.requestContext'] = referrer;
  for (const side of ['source', 'destination'] as const) {
    const domain = doc[`${side}.domain`];
    if (domain !== undefined) doc[`${side}.address`] ??= domain;
  }
  const action = pairs.get('act') ?? pairs.get('deviceAction');
  const outcome = outcomeOf(pairs.get('outcome'));
  if (outcome !== undefined) doc['event.outcome'] = outcome;
  const hasTraffic = doc['source.ip'] !== undefined && doc['destination.ip'] !== undefined;
  const verdict = verdictOf(action);
  if (hasTraffic) {
    doc['event.category'] = ['network'];
    doc['event.type'] = verdict === undefined ? ['connection'] : ['connection', verdict];
  }
  // The format alone says nothing of the kind of event: it is read, not understood.
  return 'partial';
}

/** Common Event Format of products without a source of their own. */
export default defineSource({
  id: 'generic.cef',
  signatures: [
    {
      kind: 'text',
      literals: ['CEF:'],
      test: ({ text }) => /(?:^|[\s:])CEF: ?\d{1,2}\|/.test(text.slice(0, 400)),
    },
  ],
  parse,
});
