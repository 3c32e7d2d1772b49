import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = fieldTable(
  'beyondtrust.pra.',
  `
  timestamp          @timestamp             own
  event_type         event.code             text
  jump_group.name    group.name             text
  body               event.reason           text
  data.text          process.command_line   text
  data.action_name   event.action           text
  data.filename      file                   file
  data.filesize      file.size              long
  data.sha256        file.hash              hash
  data.exeName       process                own
  data.windowName    process.title          text
`,
);

const EVENTS: readonly (readonly [RegExp, Categorisation])[] = [
  [/^session start/i, WHAT.sessionStart],
  [/^session end/i, WHAT.sessionEnd],
  [/^file download/i, { category: ['file'], type: ['access'] }],
  [/^file (?:upload|transfer)/i, WHAT.fileCreated],
  [/^file delete/i, WHAT.fileDeleted],
  [/^file (?:move|rename)/i, WHAT.fileChanged],
  [/shell|command/i, { category: ['process', 'session'], type: ['info'] }],
  [/^(?:registry|system information|service|special action)/i, WHAT.configurationChanged],
];

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const type = text(json?.['event_type']);
  if (json === undefined || type === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  putDate(doc, '@timestamp', parseEpoch(text(json['timestamp']) ?? ''));
  putObserver(doc, { vendor: 'BeyondTrust', product: 'Privileged Remote Access' });
  const by = text(at(json, 'performed_by', 'name'));
  const kind = text(at(json, 'performed_by', 'type'));
  // `system` is the appliance itself. A customer is the machine at the far end, named as its agent was installed.
  if (by !== undefined && kind !== 'system') {
    if (kind === 'customer' && /^[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}$/.test(by)) putEndpoint(doc, 'source', by);
    else putAccount(doc, 'user', by);
  }
  const executable = text(at(json, 'data', 'exeName'));
  put(doc, 'process.executable', executable);
  const found = EVENTS.find(([words]) => words.test(type));
  categorise(doc, found?.[1] ?? { category: ['session'], type: ['info'] });
  return 'parsed';
}

/** Events of sessions of BeyondTrust Privileged Remote Access and Remote Support. */
export default defineSource({
  id: 'beyondtrust.pra',
  signatures: [
    {
      kind: 'json',
      keys: ['event_type', 'session_id'],
      test: (json) => 'jump_group' in json || 'performed_by' in json,
    },
    { kind: 'json', keys: ['event_type', 'jump_group'] },
  ],
  parse,
});
