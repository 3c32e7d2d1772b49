import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { putDate } from '../../kit/dates.ts';
import { isHostName } from '../../kit/field-table.ts';
import { putFile } from '../../kit/file.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { parseAccount } from '../../kit/user.ts';
import { parseLocalDate } from './local-date.ts';

const TABLE = cefTable(
  'netwrix.auditor.',
  `
  cat       netwrix.auditor.type   text
  suser     user                   own
  shost     source                 own
  filePath  file                   own
  msg       event.reason           text
`,
);

/** What a record of an object's kind means, by its action and by what was acted on. */
function meaningOf(action: string, kind: string): Categorisation {
  if (/logon/i.test(action)) return { ...WHAT.login, outcome: /fail/i.test(action) ? 'failure' : 'success' };
  if (/logoff/i.test(action)) return WHAT.logout;
  const step = /^add/i.test(action)
    ? 0
    : /^(?:remov|delet)/i.test(action)
      ? 2
      : /^(?:read|access)/i.test(action)
        ? 3
        : 1;
  if (/document|file|folder|item/i.test(kind))
    return [WHAT.fileCreated, WHAT.fileChanged, WHAT.fileDeleted, WHAT.fileRead][step]!;
  if (/user|account/i.test(kind))
    return [WHAT.userCreated, WHAT.userChanged, WHAT.userDeleted, WHAT.userChanged][step]!;
  if (/group/i.test(kind))
    return [WHAT.groupCreated, WHAT.groupChanged, WHAT.groupDeleted, WHAT.groupChanged][step]!;
  return [
    WHAT.configurationCreated,
    WHAT.configurationChanged,
    WHAT.configurationDeleted,
    WHAT.configurationRead,
  ][step]!;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || cef.vendor !== 'Netwrix') return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  doc['event.code'] = cef.signatureId.toLowerCase();
  doc['event.action'] = cef.name.toLowerCase();
  const kind = pairs.get('cat') ?? '';
  categorise(doc, meaningOf(cef.signatureId, kind));
  put(doc, 'netwrix.auditor.cat', kind);

  const who = pairs.get('suser');
  if (who !== undefined) {
    const account = parseAccount(who);
    doc['user.name'] = account.name;
    put(doc, 'user.domain', account.domain);
    put(doc, 'user.email', account.email);
  }
  const host = pairs.get('shost');
  // Cloud services name a site in place of a host.
  if (host !== undefined && isHostName(host) && host.includes('.')) putEndpoint(doc, 'source', host);
  else put(doc, 'netwrix.auditor.shost', host);
  const path = pairs.get('filePath');
  if (path !== undefined && path !== host) {
    const site = /^https?:\/\/[^/]{1,255}\//.exec(path);
    if (site !== null) putFile(doc, path.slice(site[0].length));
    else if (/[\\/]/.test(path)) putFile(doc, path);
    else doc['netwrix.auditor.filePath'] = path;
  }
  // The add-on writes months in the language of its server.
  const start = pairs.get('start');
  const time = start === undefined ? undefined : parseLocalDate(start);
  if (time !== undefined && doc['event.start'] === undefined) putDate(doc, 'event.start', time);
  if (doc['event.start'] !== undefined) doc['@timestamp'] ??= doc['event.start'];
  return 'parsed';
}

/** Activity records of Netwrix Auditor's add-on for CEF. */
export default defineSource({
  id: 'netwrix.auditor',
  signatures: [{ kind: 'text', literals: ['CEF:', '|Netwrix|'] }],
  parse,
});
