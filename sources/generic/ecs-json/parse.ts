import type { EcsFields, JsonObject } from '@vigie/contracts';
import { completeEcs, putEcsDocument } from '../../kit/ecs-document.ts';
import { at } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json === undefined) return 'rejected';
  putEcsDocument(doc, input.json, input, 'generic.ecs-json.');
  completeEcs(doc);
  const dataset = at(input.json, 'event', 'dataset');
  if (typeof dataset === 'string') doc['generic.ecs-json.dataset'] = dataset;
  return doc['event.category'] === undefined ? 'partial' : 'parsed';
}

/** Windows events are in ECS as well, and have sources of their own. */
const isPlain = (json: JsonObject): boolean => json['winlog'] === undefined;

/** Documents that are in the Elastic Common Schema already, of products without a source of their own. */
export default defineSource({
  id: 'generic.ecs-json',
  signatures: [
    { kind: 'json', keys: ['@timestamp', 'ecs'], test: isPlain },
    { kind: 'json', keys: ['@timestamp', 'ecs.version'], test: isPlain },
  ],
  parse,
});
