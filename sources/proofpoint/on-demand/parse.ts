import type { EcsFields, JsonObject } from '@vigie/contracts';
import { at } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { FILTER, readFilter } from './filter.ts';
import { readRecord } from './message.ts';

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const fields: EcsFields = {};
  const line = input.text.trim();
  const known = input.json === undefined ? readFilter(line, fields) : readRecord(input.json, fields);
  if (!known) return 'rejected';
  Object.assign(doc, fields);
  if (input.json === undefined) {
    doc['message'] = line;
    if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
  }
  putObserver(doc, { vendor: 'Proofpoint', product: 'Proofpoint on Demand' });
  return 'parsed';
}

const hasCluster = (json: JsonObject): boolean => typeof at(json, 'pps', 'cid') === 'string';
const isFilter = ({ text }: ParseInput): boolean => FILTER.test(text.trimStart().slice(0, 40));

/** Proofpoint on Demand's log interface and Protection Server's filter log. */
export default defineSource({
  id: 'proofpoint.on-demand',
  signatures: [
    { kind: 'json', keys: ['guid', 'pps'], test: hasCluster },
    { kind: 'json', keys: ['pps', 'filter'], test: hasCluster },
    { kind: 'json', keys: ['pps', 'sm'], test: hasCluster },
    {
      kind: 'app',
      names: ['filter', ...Array.from({ length: 32 }, (_, index) => `filter_instance${index + 1}`)],
      test: isFilter,
    },
    { kind: 'text', prefix: 'rprt ', literals: [' mod=', ' cmd='], test: isFilter },
  ],
  parse,
});
