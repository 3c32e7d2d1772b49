import type { EcsFields } from '@vigie/contracts';
import { completeEcs, putEcsDocument } from '../../kit/ecs-document.ts';
import { at } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json === undefined) return 'rejected';
  putEcsDocument(doc, input.json, input, 'elastic.auditbeat.');
  completeEcs(doc);
  // Its modules for Windows write the family of the system; the others run on Linux.
  const family = doc['host.os.family'];
  if (family !== 'windows' && family !== 'darwin') doc['host.os.type'] ??= 'linux';
  const module = at(input.json, 'event', 'module');
  if (typeof module === 'string' && /^[a-z_]{2,40}$/.test(module))
    doc['event.dataset'] = `elastic.auditbeat.${module}`;
  return doc['event.action'] === undefined && doc['event.category'] === undefined ? 'partial' : 'parsed';
}

/** Elastic Auditbeat: the audit framework, logins, processes, packages, file integrity. */
export default defineSource({
  id: 'elastic.auditbeat',
  signatures: [
    {
      kind: 'json',
      keys: ['@timestamp', 'agent', 'event'],
      test: (json) => (json['agent'] as { type?: unknown } | null)?.type === 'auditbeat',
    },
    {
      kind: 'json',
      keys: ['@timestamp', '@metadata', 'event'],
      test: (json) => (json['@metadata'] as { beat?: unknown } | null)?.beat === 'auditbeat',
    },
  ],
  parse,
});
