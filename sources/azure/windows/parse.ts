import type { EcsFields } from '@vigie/contracts';
import { object, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import windows from '../../microsoft/windows/parse.ts';
import security from '../../microsoft/windows-security/parse.ts';
import sysmon from '../../microsoft/windows-sysmon/parse.ts';
import { putResource } from '../_shared/resource.ts';

const TABLES = new Set(['WindowsEventLogsTable', 'WindowsEventLogs']);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const properties = object(input.json?.['properties']);
  const xml = text(properties?.['RawXml']) ?? text(properties?.['RawXML']);
  if (properties === undefined || xml === undefined) return 'rejected';
  const inner: ParseInput = { ...input, text: xml, json: undefined };
  for (const definition of [security, sysmon, windows]) {
    const outcome = definition.parse(inner, doc);
    if (outcome === 'rejected') continue;
    doc['event.dataset'] = 'azure.windows';
    putResource(doc, input.json?.['resourceId']);
    put(doc, 'azure.windows.DeploymentId', properties['DeploymentId']);
    put(doc, 'azure.windows.RoleInstance', properties['RoleInstance']);
    return outcome;
  }
  return 'rejected';
}

/** Windows events inside the records of the Azure diagnostics extension. */
export default defineSource({
  id: 'azure.windows',
  signatures: [
    {
      kind: 'json',
      keys: ['category', 'properties'],
      test: (json) => typeof json['category'] === 'string' && TABLES.has(json['category']),
    },
  ],
  parse,
});
