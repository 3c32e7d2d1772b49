import type { EcsFields } from '@vigie/contracts';
import { putRequest } from '../../kit/access-log.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';

const HEAD =
  /^(?:(\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}) )?\[(emerg|alert|crit|error|warn|notice|info|debug)\] (\d{1,10})[#:](\d{1,10})(?::|(?= )|$) ?(?:\*(\d{1,19}) )?/;
/** A level of a build or module of somebody's own: believed behind nginx's date and before its two numbers. */
const OTHER_HEAD =
  /^(\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}) \[([a-z_]{2,16})\] (\d{1,10})[#:](\d{1,10})(?::|(?= )|$) ?(?:\*(\d{1,19}) )?/;

/** Names of the details that nginx appends to a message, in the order in which it writes them. */
const DETAILS = [
  'client',
  'server',
  'request',
  'subrequest',
  'upstream',
  'host',
  'referrer',
  'responder',
  'peer',
  'certificate',
];

/** Where the appended details begin: the first `, name: ` of a known name. */
function readDetails(text: string): { message: string; details: Map<string, string> } {
  const found: { name: string; at: number }[] = [];
  let from = 0;
  for (const name of DETAILS) {
    const at = text.indexOf(`, ${name}: `, from);
    if (at < 0) continue;
    found.push({ name, at });
    from = at + 1;
  }
  const details = new Map<string, string>();
  found.forEach(({ name, at }, i) => {
    const end = found[i + 1]?.at ?? text.length;
    let value = text.slice(at + name.length + 4, end);
    if (value.startsWith('"')) value = value.slice(1, value.endsWith('"') ? -1 : undefined);
    details.set(name, value);
  });
  return { message: found.length === 0 ? text : text.slice(0, found[0]!.at), details };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const known = HEAD.exec(input.text);
  const head = known ?? OTHER_HEAD.exec(input.text);
  if (head === null) return 'rejected';
  const [all, date, level, pid, thread, connection] = head;
  if (date !== undefined) putDate(doc, '@timestamp', parseIso(date, input.timeZone));
  doc['log.level'] = level!;
  put(doc, 'process.pid', pid);
  put(doc, 'process.thread.id', thread);
  doc['process.name'] = 'nginx';
  if (connection !== undefined) put(doc, 'nginx.error.connection_id', Number(connection));
  const { message, details } = readDetails(input.text.slice(all.length));
  const failed = known !== null && level !== 'notice' && level !== 'info' && level !== 'debug';
  doc['message'] = message;
  if (failed) doc['error.message'] = message;
  doc['event.category'] = ['web'];
  doc['event.type'] = [failed ? 'error' : 'info'];
  if (failed) doc['event.outcome'] = 'failure';
  putEndpoint(doc, 'source', details.get('client'));
  putRequest(doc, details.get('request'));
  const host = details.get('host') ?? details.get('server');
  if (host !== undefined && host !== '' && host !== '_') {
    const split = splitHostPort(host);
    const port = split.port;
    // A server without a name is shown by the address it listens on.
    if (split.host === '0.0.0.0' || split.host === '::') {
      if (port !== undefined) doc['destination.port'] = port;
    } else {
      putEndpoint(doc, 'destination', split.host);
      doc['url.domain'] ??= split.host;
      if (port !== undefined) doc['url.port'] ??= port;
    }
  }
  put(doc, 'http.request.referrer', details.get('referrer'));
  put(doc, 'nginx.error.upstream', details.get('upstream'));
  put(doc, 'nginx.error.responder', details.get('responder'));
  put(doc, 'nginx.error.peer', details.get('peer'));
  put(doc, 'nginx.error.certificate', details.get('certificate'));
  doc['observer.vendor'] = 'F5';
  doc['observer.product'] = 'nginx';
  return known === null ? 'partial' : 'parsed';
}

export default defineSource({
  id: 'nginx.error',
  signatures: [
    {
      kind: 'app',
      names: ['nginx', 'nginx_error', 'nginx-error'],
      test: (input) => HEAD.test(input.text),
    },
    { kind: 'text', literals: [' [', '] '], test: ({ text }) => HEAD.test(text) || OTHER_HEAD.test(text) },
  ],
  parse,
});
