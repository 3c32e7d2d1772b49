import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseLeef } from '../../kit/leef.ts';
import { putDuration } from '../../kit/network.ts';
import { putSyslogSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const VENDOR = 'cyberark.vault.';

const TABLE = fieldTable(
  VENDOR,
  `
  Action       event.action         text
  usrName      user                 account
  src          source               endpoint
  shost        source               own
  SourceUser   source.user          account
  TargetUser   user.target          account
  duser        destination.user     account
  dhost        destination          own
  File         file                 file
  app          network.protocol     lower
  Reason       event.reason         text
  reason       event.reason         text
  externalId   session.id           own
  sev          event.severity       own
`,
);

const CEF = cefTable(
  VENDOR,
  `
  act       event.action       text
  fname     file               file
  dvc       observer.ip        ip
  suser     user               account
  shost     source             endpoint
  dhost     destination        endpoint
  app       network.protocol   lower
`,
);

/** What an action is about, by the words in its name; the first that fits counts. */
const ACTIONS: readonly (readonly [RegExp, Categorisation])[] = [
  [/^(?:logoff|psm disconnect|.*session end)/i, WHAT.sessionEnd],
  [/^(?:psm connect|.*session start)/i, WHAT.sessionStart],
  [/^(?:logon|.*authentication|failed log)/i, WHAT.login],
  [/gateway connection/i, WHAT.connection],
  [/^(?:add|create) .*(?:user|member|group)/i, WHAT.userCreated],
  [/^(?:delete|remove) .*(?:user|member|group)/i, WHAT.userDeleted],
  [
    /^update .*(?:user|member|group)|(?:change|reconcile|set|verify) password|password change/i,
    WHAT.userChanged,
  ],
  [
    /(?:retrieve|use|show|copy) password|keystroke|window title|psm .*command/i,
    { category: ['iam'], type: ['info'] },
  ],
  [/^(?:delete|undelete) file/i, WHAT.fileDeleted],
  [/^(?:store|add) file/i, WHAT.fileCreated],
  [/^(?:retrieve|open|list) .*file/i, WHAT.fileRead],
  [/file/i, { category: ['configuration', 'file'], type: ['change'] }],
  [/^(?:add|create)/i, WHAT.configurationCreated],
  [/^(?:delete|remove)/i, WHAT.configurationDeleted],
];

const DETAIL = /(?:^|;)SessionDuration=(\d{1,3}):(\d{2}):(\d{2})/;

function putMeaning(doc: EcsFields): void {
  const action = String(doc['event.action'] ?? '');
  const found = ACTIONS.find(([words]) => words.test(action));
  categorise(doc, {
    ...(found?.[1] ?? WHAT.configurationChanged),
    outcome: /fail|denied|error|unsuccess|violation/i.test(action) ? 'failure' : 'success',
  });
}

/** A device has several addresses in ECS. */
function listed(doc: EcsFields): void {
  const ip = doc['observer.ip'];
  if (typeof ip === 'string') doc['observer.ip'] = [ip];
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef !== undefined && /^cyber-?ark$/i.test(cef.vendor)) {
    putCef(doc, cef, CEF, input);
    if (doc['event.action'] === undefined) put(doc, 'event.action', cef.name);
    listed(doc);
    putMeaning(doc);
    return 'parsed';
  }
  const leef = parseLeef(input.text);
  if (leef === undefined || !/^cyber-?ark$/i.test(leef.vendor)) return 'rejected';
  doc['observer.vendor'] = leef.vendor;
  doc['observer.product'] = leef.product;
  doc['observer.version'] = leef.productVersion;
  doc['event.code'] = leef.eventId;
  let details = '';
  let host: string | undefined;
  let target: string | undefined;
  for (const [name, stated] of leef.attributes) {
    // The translators write blanks around some attributes and values.
    const key = name.trim();
    const value = stated.trim();
    if (value === '') continue;
    TABLE.put(doc, key, value);
    if (key === 'sev') putSyslogSeverity(doc, value);
    else if (key === 'ExtraDetails') details = value;
    else if (key === 'shost') host = value;
    else if (key === 'dhost') target = value;
    else if (key === 'externalId') doc[`${VENDOR}externalId`] = value;
  }
  const severity = doc['event.severity'];
  if (typeof severity === 'number') doc['log.syslog.severity.code'] = severity;
  if (host !== undefined && doc['source.ip'] === undefined) HOSTS.put(doc, 'shost', host);
  if (target !== undefined) HOSTS.put(doc, 'dhost', target);
  const duration = DETAIL.exec(details);
  if (duration !== null)
    putDuration(doc, Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]));
  putMeaning(doc);
  return doc['event.action'] === undefined ? 'partial' : 'parsed';
}

/** Where a session came from and went to, where `src` does not say it. */
const HOSTS = fieldTable(
  VENDOR,
  `
  shost   source        endpoint
  dhost   destination   endpoint
`,
);

/** The CyberArk vault's syslog, through its LEEF or CEF translator. */
export default defineSource({
  id: 'cyberark.vault',
  signatures: [
    { kind: 'text', literals: ['LEEF:', '|Cyber-Ark|'] },
    { kind: 'text', literals: ['CEF:', '|Cyber-Ark|'] },
    { kind: 'text', literals: ['LEEF:', '|CyberArk|'] },
    { kind: 'text', literals: ['CEF:', '|CyberArk|'] },
  ],
  parse,
});
