import { categorise, WHAT } from '../../kit/categorise.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'trellix.atd.',
  `
Timestamp     @timestamp           date
Action        event.action         text
MsgId         event.code           text
Description   event.reason         text
Result        event.outcome        outcome
Client        client               endpoint
User          client.user.name     text
UserID        client.user.id       text
HTTPAgent     user_agent.original  text
`,
);

export default defineSource({
  id: 'trellix.atd',
  signatures: [
    { kind: 'json', keys: ['MsgId', 'Client', 'Action'] },
    { kind: 'json', keys: ['UserID', 'Client', 'Action'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Trellix';
    doc['observer.product'] = 'ATD';
    const action = `${text(json['Action']) ?? ''} ${text(json['Description']) ?? ''}`;
    if (doc['event.outcome'] === undefined && /success/i.test(action)) doc['event.outcome'] = 'success';
    else if (doc['event.outcome'] === undefined && /fail/i.test(action)) doc['event.outcome'] = 'failure';
    if (/log ?out|logoff/i.test(action)) categorise(doc, { category: ['authentication'], type: ['end'] });
    else if (/log ?in|logon/i.test(action)) categorise(doc, WHAT.login);
    else categorise(doc, { category: ['configuration'], type: ['info'] });
    return 'parsed';
  },
});
