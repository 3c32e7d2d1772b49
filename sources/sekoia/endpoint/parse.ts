import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { completeEcs, putEcsDocument } from '../../kit/ecs-document.ts';
import { at, object, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const VENDOR = 'sekoia.endpoint.';

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  if (json === undefined) return 'rejected';
  putEcsDocument(doc, json, input, VENDOR);
  completeEcs(doc);
  putObserver(doc, { vendor: 'Sekoia.io', product: 'Sekoia.io Endpoint Agent' });
  const host = text(at(json, 'host', 'hostname'));
  if (host !== undefined) doc['host.name'] ??= host;
  const system = doc['host.os.family'];
  if (system === 'linux' || system === 'windows' || system === 'macos') doc['host.os.type'] ??= system;
  const properties = object(at(json, 'action', 'properties')) ?? {};
  if (/^Microsoft-Windows-|^Kernel-Process$/.test(text(properties['SourceName']) ?? ''))
    doc['host.os.type'] ??= 'windows';
  // The agent's `user.target` of Kerberos events holds the principal; the data have the account.
  const target = text(properties['TargetUserName']);
  if (target !== undefined) {
    putAccount(doc, 'user.target', target);
    put(doc, 'user.target.domain', text(properties['TargetDomainName']));
  }
  const audit = text(properties['EventType']);
  if (audit === 'AUDIT_SUCCESS') doc['event.outcome'] ??= 'success';
  else if (audit === 'AUDIT_FAILURE') doc['event.outcome'] ??= 'failure';
  const outcome = outcomeOf(text(at(json, 'action', 'outcome')));
  if (outcome !== undefined) doc['event.outcome'] ??= outcome;
  const sid = text(properties['UserSID']);
  // The agent writes `\\HOST\account` here, in spite of the name.
  if (sid !== undefined && doc['user.name'] === undefined) putAccount(doc, 'user', sid.replace(/^\\+/, ''));
  // ECS has no `creation` for processes: a process starts.
  const category = doc['event.category'];
  const type = doc['event.type'];
  if (
    Array.isArray(category) &&
    category.includes('process') &&
    Array.isArray(type) &&
    type.includes('creation') &&
    doc['event.code'] === '1'
  )
    doc['event.type'] = ['start'];
  // The registration of an event's data under Sigma's names lets rules for Windows read it.
  if (doc['host.os.type'] === 'windows' || audit !== undefined)
    for (const [name, value] of Object.entries(properties))
      if (typeof value === 'string') put(doc, `winlog.event_data.${name}`, value);
  if (doc['event.category'] === undefined) {
    const code = String(doc['event.code'] ?? '');
    if (/^(?:4624|4625|4648|4768|4769|4770|4771|4776)$/.test(code))
      categorise(doc, { category: ['authentication'], type: ['start'] });
    else if (/^(?:4634|4647)$/.test(code))
      categorise(doc, { category: ['authentication', 'session'], type: ['end'] });
    else categorise(doc, { category: ['host'], type: ['info'] });
  }
  return 'parsed';
}

/** The endpoint agent of Sekoia.io, whose documents are in ECS. */
export default defineSource({
  id: 'sekoia.endpoint',
  signatures: [
    {
      kind: 'json',
      keys: ['@timestamp', 'agent', 'event', 'host'],
      test: (json) =>
        text(at(json, 'event', 'provider')) === 'SEKOIA-IO-Endpoint' ||
        object(json['sekoiaio']) !== undefined ||
        (object(at(json, 'action', 'properties')) !== undefined &&
          text(at(json, 'agent', 'type')) === undefined),
    },
  ],
  parse,
});
