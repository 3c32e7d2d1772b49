import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = fieldTable(
  'bitsight.',
  `
  company_uuid                organization.id             text
  first_seen                  event.start                 own
  last_seen                   event.end                   own
  temporary_id                event.id                    text
  vulnerability.name          vulnerability.id            text
  vulnerability.description   vulnerability.description   text
  vulnerability.severity      vulnerability.severity      text
  vulnerability.cvss.base     vulnerability.score.base    float
  asset.asset                 host.ip                     own
`,
);

/** A day without a time is its beginning, in UTC. */
function dayOf(value: unknown): number | undefined {
  const stated = text(value);
  return stated === undefined
    ? undefined
    : parseIso(stated.length === 10 ? `${stated}T00:00:00Z` : stated, 'UTC');
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || text(json['risk_vector']) === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  putDate(doc, '@timestamp', dayOf(json['last_seen']));
  putDate(doc, 'event.start', dayOf(json['first_seen']));
  putDate(doc, 'event.end', dayOf(json['last_seen']));
  putObserver(doc, { vendor: 'BitSight', product: 'Security Performance Management' });
  const asset = text(at(json, 'asset', 'asset'));
  const ip = asset === undefined ? undefined : parseIp(asset);
  if (ip !== undefined) doc['host.ip'] = [ip];
  else put(doc, 'host.name', asset);
  categorise(doc, WHAT.vulnerability);
  return 'parsed';
}

/** Findings of Bitsight Security Performance Management. */
export default defineSource({
  id: 'bitsight.spm',
  signatures: [
    {
      kind: 'json',
      keys: ['risk_vector'],
      test: (json) => 'risk_category' in json || 'evidence_key' in json || 'rolledup_observation_id' in json,
    },
  ],
  parse,
});
