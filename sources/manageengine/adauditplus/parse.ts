import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { isHostName } from '../../kit/field-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const VENDOR = 'manageengine.adauditplus.';
/** Custom columns have no labels: their meaning is in ADAudit Plus's own list. */
const TABLE = cefTable(
  VENDOR,
  `
  cat    manageengine.adauditplus.report  text
  cs1    rule.name                        text
  cs3    observer.hostname                text
  cs4    manageengine.adauditplus.cs4     text
  cn1    winlog.record_number             text
  duser  user.target                      account
  duid   user.target.id                   own
  suser  user                             account
  suid   user.id                          text
  sntdom user.domain                      own
  msg    event.reason                     text
  reason manageengine.adauditplus.reason  text
  type   manageengine.adauditplus.type    text
`,
);

function classify(report: string, title: string): Categorisation {
  if (report === 'ADAPAlerts') return { category: ['intrusion_detection'], type: ['info'] };
  if (/Logon|Login|Lockout/i.test(report)) return WHAT.login;
  const type = /Created|Added/i.test(title)
    ? 'creation'
    : /Deleted|Removed/i.test(title)
      ? 'deletion'
      : 'change';
  if (/^(?:User|Group|Computer|OU)Mgmt|UserMgmt|GroupMgmt/i.test(report))
    return { category: ['iam'], type: [type] };
  if (/File|Folder|Share/i.test(report)) return { category: ['file'], type: [type] };
  return { category: ['configuration'], type: [type] };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trimStart();
  const cef = parseCef(text.startsWith('CEF:') ? text : text.startsWith('0|') ? `CEF:${text}` : text);
  if (cef === undefined || cef.vendor !== 'ManageEngine') return 'rejected';
  const extension = new Map([...cef.extension].filter(([, value]) => value !== 'null' && value !== '-'));
  const pairs = putCef(doc, { ...cef, extension }, TABLE, input);
  const report = pairs.get('cat') ?? cef.name;
  categorise(doc, {
    ...classify(report, pairs.get('cs1') ?? ''),
    action: pairs.get('reason') ?? pairs.get('cs1'),
  });
  if (report === 'ADAPAlerts') doc['event.kind'] = 'alert';
  const target = /S-1-[\d-]{3,180}/.exec(pairs.get('duid') ?? '')?.[0];
  if (target !== undefined) doc['user.target.id'] = target;
  const domain = pairs.get('sntdom');
  if (domain !== undefined && doc['user.name'] !== undefined) doc['user.domain'] = domain;
  const controller = pairs.get('cs3');
  if (controller !== undefined && isHostName(controller)) doc['host.name'] = controller;
  doc['message'] = pairs.get('msg') ?? cef.name;
  return 'parsed';
}

/** ManageEngine ADAudit Plus: reports and alerts about Active Directory. */
export default defineSource({
  id: 'manageengine.adauditplus',
  signatures: [{ kind: 'text', literals: ['|ManageEngine|ADAuditPlus|'] }],
  parse,
});
