import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = fieldTable(
  'lacework.',
  `
  alertId      event.id      text
  alertName    event.reason  text
  alertType    event.code    text
  severity     log.level     lower
  startTime    event.start   date
  endTime      event.end     date
  policyId     rule.id       text
`,
);

/** An account named in a sentence: `by user NAME:alice@example.com`, `(alice@example.com)`, `user: NAME`. */
const NAMED = /\bby user:? +([\w.-]{1,64}):([^\s@():]{1,64}@[\w.-]{1,190})/;
const EMAIL = /([^\s@():<>`]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})/;
const USER = /\bby (?:user|principal):? +`?([\w.-]{2,64})/i;
const SERVICE = /\bservice ([a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){1,4})\b/;
const ACCOUNT = /\bFor account: +`?(\w{1,40})/;

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || text(json['alertId']) === undefined || text(json['alertType']) === undefined)
    return 'rejected';
  TABLE.putObject(doc, json);
  if (doc['event.start'] !== undefined) doc['@timestamp'] = doc['event.start'];
  putObserver(doc, { vendor: 'Lacework', product: 'Lacework Cloud Security' });
  doc['event.kind'] = 'alert';
  const source = text(at(json, 'derivedFields', 'source'))?.toLowerCase();
  if (source !== undefined && /^(?:aws|gcp|azure)$/.test(source)) doc['cloud.provider'] = source;
  categorise(doc, { category: ['configuration'], type: ['info'] });

  const sentence = (text(at(json, 'alertInfo', 'description')) ?? '').slice(0, 4_000);
  const named = NAMED.exec(sentence);
  if (named !== null) {
    putAccount(doc, 'user', named[2]);
    doc['user.name'] = named[1]!;
  } else {
    const email = EMAIL.exec(sentence)?.[1];
    if (email !== undefined) putAccount(doc, 'user', email);
    else put(doc, 'user.name', USER.exec(sentence)?.[1]);
  }
  put(doc, 'service.name', SERVICE.exec(sentence)?.[1]);
  put(doc, 'cloud.account.id', ACCOUNT.exec(sentence)?.[1]);
  return 'parsed';
}

/** Alerts of Lacework FortiCNAPP. */
export default defineSource({
  id: 'lacework.alerts',
  signatures: [
    {
      kind: 'json',
      keys: ['alertId', 'alertType'],
      test: (json) => 'alertInfo' in json || 'alertName' in json,
    },
  ],
  parse,
});
