import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const TABLE = cefTable(
  'oneidentity.safeguard.',
  `
  app     network.protocol     text
  dhost   destination.domain   domain
  shost   source.domain        domain
`,
);

/** What an event of a session means, by its name. */
const EVENTS: readonly (readonly [RegExp, Categorisation])[] = [
  [/AuthenticationSuccess$/, { ...WHAT.login, outcome: 'success' }],
  [/Authentication(?:Failure|Failed|Denied)$/, { ...WHAT.login, outcome: 'failure' }],
  [/Connect(?:ed|ion)?Start|SessionStart|ChannelOpen/i, WHAT.sessionStart],
  [/Clos|SessionEnd|Terminat/i, WHAT.sessionEnd],
  [/Command/, { category: ['process', 'session'], type: ['info'] }],
  [/Fail|Denied|Reject/, { category: ['session'], type: ['denied'], outcome: 'failure' }],
];

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || !/^one ?identity$/i.test(cef.vendor)) return 'rejected';
  putCef(doc, cef, TABLE, input);
  doc['event.action'] = cef.name;
  // A device has several addresses in ECS.
  const ip = doc['observer.ip'];
  if (typeof ip === 'string') doc['observer.ip'] = [ip];
  // Where host name and address are known, the address as the log gives it is the name.
  for (const side of ['source', 'destination'] as const) {
    const domain = doc[`${side}.domain`];
    if (domain !== undefined) doc[`${side}.address`] = domain;
  }
  const found = EVENTS.find(([words]) => words.test(cef.name));
  categorise(doc, found?.[1] ?? { category: ['session'], type: ['info'] });
  return 'parsed';
}

/** The SIEM forwarder of One Identity Safeguard for Privileged Sessions. */
export default defineSource({
  id: 'oneidentity.safeguard',
  signatures: [
    { kind: 'text', literals: ['CEF:', '|OneIdentity|'] },
    { kind: 'text', literals: ['CEF:', '|One Identity|'] },
  ],
  parse,
});
