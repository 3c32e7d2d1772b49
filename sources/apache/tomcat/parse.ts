import type { EcsFields } from '@vigie/contracts';
import { putAccess, readAccessLine } from '../../kit/access-log.ts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

/** `01-Mar-2026 10:00:00.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in …` */
const LINE =
  /^(\d{2}-[A-Z][a-z]{2}-\d{4} \d{2}:\d{2}:\d{2}(?:\.\d{1,3})?) (SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST) \[([^\]]{1,200})\] ([\w.$<>]{1,300}) ?/;
/** Java's levels as syslog's. */
const LEVELS: Readonly<Record<string, number>> = {
  SEVERE: 3,
  WARNING: 4,
  INFO: 6,
  CONFIG: 6,
  FINE: 7,
  FINER: 7,
  FINEST: 7,
};
const EXCEPTION =
  /(?:^|\n|: )((?:[a-z_][\w$]{0,60}\.){1,12}[A-Z][\w$]{0,80}(?:Exception|Error))(?:: ([^\n]{1,1000}))?/;
const ARCHIVE =
  /^(Deploying|Deployment of|Undeploying|Reloading)\b.{0,80}\[([^\]]{1,512})\](?: has finished in \[([\d,]{1,12})\] ms)?/;
const LOCKED = /An attempt was made to authenticate the locked user \[([^\]]{0,256})\]/;

function meaningOf(message: string, level: string, doc: EcsFields): Categorisation {
  const locked = LOCKED.exec(message);
  if (locked !== null) {
    put(doc, 'user.name', locked[1]);
    return { ...WHAT.login, action: 'login-of-locked-user', outcome: 'failure' };
  }
  const archive = ARCHIVE.exec(message);
  if (archive !== null) {
    put(doc, 'file.path', archive[2]);
    const removed = archive[1] === 'Undeploying';
    return {
      category: ['configuration', 'package'],
      type: [removed ? 'deletion' : 'installation'],
      action: removed ? 'undeploy' : archive[1] === 'Reloading' ? 'reload' : 'deploy',
    };
  }
  if (/^Server startup in/.test(message)) return { ...WHAT.processStart, action: 'startup' };
  if (/^(?:Stopping service|Destroying ProtocolHandler|A valid shutdown command was received)/.test(message))
    return { ...WHAT.processEnd, action: 'shutdown' };
  return level === 'SEVERE' ? WHAT.hostError : WHAT.hostInfo;
}

function readContainer(
  input: ParseInput,
  doc: EcsFields,
  [time, level, thread, logger, message, thrown]: readonly [string, string, string, string, string, string],
): void {
  doc['event.dataset'] = 'apache.tomcat.catalina';
  putDate(doc, '@timestamp', parseDate(time, input));
  doc['log.level'] = level.toLowerCase();
  const severity = LEVELS[level];
  if (severity !== undefined) doc['event.severity'] = severity;
  put(doc, 'process.thread.name', thread);
  put(doc, 'log.logger', logger);
  put(doc, 'message', message);
  const exception = EXCEPTION.exec(thrown);
  if (exception !== null) {
    put(doc, 'error.type', exception[1]);
    put(doc, 'error.message', exception[2]);
    if (thrown.includes('\n')) put(doc, 'error.stack_trace', thrown);
  }
  categorise(doc, meaningOf(message, level, doc));
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  if (json !== undefined) {
    // `org.apache.juli.JsonFormatter`
    const [time, level, thread, logger] = ['time', 'level', 'thread', 'class'].map((name) =>
      text(json[name]),
    );
    if (time === undefined || level === undefined || logger === undefined || LEVELS[level] === undefined)
      return 'rejected';
    const method = text(json['method']);
    const thrown = Array.isArray(json['throwable']) ? json['throwable'].map(String).join('\n') : '';
    readContainer(input, doc, [
      time,
      level,
      thread ?? '',
      method === undefined ? logger : `${logger}.${method}`,
      text(json['message']) ?? '',
      thrown,
    ]);
    return 'parsed';
  }
  const line = LINE.exec(input.text);
  if (line !== null) {
    const [head, time = '', level = '', thread = '', logger = ''] = line;
    const rest = input.text.slice(head.length);
    const end = rest.indexOf('\n');
    readContainer(input, doc, [time, level, thread, logger, end < 0 ? rest : rest.slice(0, end), rest]);
    return 'parsed';
  }
  const access = readAccessLine(input.text, input.timeZone);
  if (access === undefined) return 'rejected';
  doc['event.dataset'] = 'apache.tomcat.access';
  putAccess(access, doc);
  return 'parsed';
}

const FILE = /(?:^|[\\/])[\w.-]{0,80}access[_-]log\.[\w.-]{0,40}txt$|[\\/](?:tomcat\d{0,2}|catalina)[\\/]/i;

/**
 * The container's own log, recognised from the line; and its access log, which is in the form of every web server and
 * therefore Tomcat's only where its file or its syslog tag says so.
 */
export default defineSource({
  id: 'apache.tomcat',
  signatures: [
    { kind: 'app', names: ['tomcat', 'tomcat8', 'tomcat9', 'tomcat10', 'tomcat11', 'catalina'] },
    { kind: 'text', literals: ['] org.apache.'], test: ({ text: line }) => LINE.test(line) },
    ...['SEVERE', 'WARNING', 'INFO'].map((level) => ({
      kind: 'text' as const,
      literals: [` ${level} [`],
      test: ({ text: line }: ParseInput) => LINE.test(line),
    })),
    {
      kind: 'text',
      literals: ['] "', ' HTTP/'],
      test: ({ path }) => path !== undefined && FILE.test(path),
    },
    {
      kind: 'json',
      keys: ['time', 'level', 'thread', 'class', 'method'],
      test: (json) => LEVELS[String(json['level'])] !== undefined,
    },
  ],
  parse,
});
