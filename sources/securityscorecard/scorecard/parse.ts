import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const TABLE = fieldTable(
  'securityscorecard.',
  `
  domain             cloud.account.name    text
  created_at         @timestamp            own
  execution_id       event.id              text
  trigger.type       event.action          text
  trigger.severity   log.level             text
`,
);

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || text(at(json, 'trigger', 'type')) === undefined || !('scorecard_id' in json))
    return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(json['created_at']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putObserver(doc, { vendor: 'SecurityScorecard', product: 'Vulnerability Assessment Scanner' });
  categorise(doc, WHAT.vulnerability);
  return 'parsed';
}

/** Notifications of SecurityScorecard's rules. */
export default defineSource({
  id: 'securityscorecard.scorecard',
  signatures: [{ kind: 'json', keys: ['trigger', 'scorecard_id'] }],
  parse,
});
