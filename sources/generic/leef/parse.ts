import type { EcsFields } from '@vigie/contracts';
import { parseLeef } from '../../kit/leef.ts';
import { leefTable, putLeef } from '../../kit/leef-fields.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { verdictOf } from '../../kit/verdict.ts';

const TABLE = leefTable('generic.leef.');

/** A LEEF record of any product: header and predefined keys; what it means is known only as far as these tell. */
function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const leef = parseLeef(input.text);
  if (leef === undefined) return 'rejected';
  putLeef(doc, leef, TABLE, input);
  const address = doc['observer.ip'];
  if (typeof address === 'string') doc['observer.ip'] = [address];
  if (doc['source.ip'] !== undefined && doc['destination.ip'] !== undefined) {
    const action = doc['event.action'];
    const verdict = verdictOf(typeof action === 'string' ? action : undefined);
    doc['event.category'] = ['network'];
    doc['event.type'] = verdict === undefined ? ['connection'] : ['connection', verdict];
  }
  doc['message'] ??= input.text.trim();
  return 'partial';
}

/** Log Event Extended Format of products without a source of their own. */
export default defineSource({
  id: 'generic.leef',
  signatures: [
    {
      kind: 'text',
      literals: ['LEEF:'],
      test: ({ text }) => /(?:^|[\s:])LEEF: ?\d\.\d\|/.test(text.slice(0, 400)),
    },
  ],
  parse,
});
