import type { EcsFields, JsonObject } from '@vigie/contracts';
import { putStatus } from '../../kit/access-log.ts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { at, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = jsonTable(
  'gitlab.gitlab.',
  `
  time                     @timestamp                  own
  created_at               event.created               date
  severity                 log.level                   lower
  correlation_id           http.request.id             text
  id                       event.id                    text
  event_type               event.action                own
  event_name               event.action                own
  author_id                user.id                     text
  author_name              user.full_name              text
  details.author_name      user.full_name              text
  details.author_email     user                        account
  meta.user                user.name                   text
  username                 user.name                   text
  user_id                  user.id                     text
  meta.user_id             user.id                     text
  meta.remote_ip           source                      side
  remote_ip                source                      side
  ip_address               source                      side
  details.ip_address       source                      side
  ua                       user_agent.original         text
  method                   http.request.method         text
  request_method           http.request.method         text
  path                     url                         url
  host                     url.domain                  domain
  status                   http.response.status_code   own
  duration_s               event.duration              own
  message                  message                     text
  exception.class          error.type                  text
  exception.message        error.message               text
`,
);

type Kind = 'audit' | 'request' | 'auth' | 'graphql' | 'sidekiq' | 'application';

function kindOf(json: JsonObject): Kind | undefined {
  if ('author_id' in json && 'entity_type' in json) return 'audit';
  if ('status' in json && 'method' in json && 'path' in json) return 'request';
  if ('env' in json && 'request_method' in json) return 'auth';
  if ('query_string' in json && 'complexity' in json) return 'graphql';
  if ('severity' in json && ('queue' in json || 'jid' in json)) return 'sidekiq';
  if ('severity' in json && ('message' in json || 'exception' in json)) return 'application';
  return undefined;
}

const STEPS: readonly (readonly [RegExp, EventType])[] = [
  [/(?:^|[_ ])(?:created?|add(?:ed)?|granted|invited|enabled)(?:$|[_ ])/i, 'creation'],
  [/(?:^|[_ ])(?:deleted?|destroy(?:ed)?|removed?|revoked?|disabled|expired)(?:$|[_ ])/i, 'deletion'],
  [/(?:^|[_ ])(?:download(?:ed)?|cloned?|viewed|accessed|fetched|exported)(?:$|[_ ])/i, 'access'],
];

/** The action of an audit event: newer ones name it, older ones say what was changed. */
function auditAction(json: JsonObject): string {
  const name = text(json['event_type']) ?? text(json['event_name']);
  if (name !== undefined && name !== 'audit_operation') return name;
  const message = text(json['custom_message']) ?? text(at(json, 'details', 'custom_message'));
  if (message !== undefined) return message;
  for (const word of ['add', 'remove', 'change', 'with', 'failed_login'] as const) {
    const what = text(json[word]) ?? text(at(json, 'details', word));
    if (what !== undefined) return word === 'with' ? 'signed in' : `${word} ${what}`;
  }
  return name ?? 'audit event';
}

function auditMeaning(json: JsonObject, action: string): Categorisation {
  const isFailed = 'failed_login' in json || /fail|denied|blocked/i.test(action);
  if (
    'failed_login' in json ||
    at(json, 'details', 'failed_login') !== undefined ||
    /signed?[ _]in|login|authenticated/i.test(action)
  )
    return { ...WHAT.login, outcome: isFailed ? 'failure' : 'success' };
  if (action === 'repository_git_operation') return { category: ['file'], type: ['access'] };
  const step = STEPS.find(([pattern]) => pattern.test(action))?.[1] ?? 'change';
  const target = (text(json['target_type']) ?? text(at(json, 'details', 'target_type')) ?? '').toLowerCase();
  if (target === 'user' || /user|member|access_level|ssh_key|token|email|password/i.test(action))
    return { category: ['iam'], type: ['user', step] };
  if (target === 'group' || text(json['entity_type']) === 'Group')
    return { category: ['configuration', 'iam'], type: ['group', step] };
  return { category: ['configuration'], type: [step] };
}

/** `October 06, 2025 11:56: User "ines" (ines@example.org) was created`: the application's log before it was JSON. */
const APPLICATION =
  /^([A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{1,2}:\d\d): (?=(?:User|Project|Group) "|\S.{0,200} created a new project )/;
/** `I, [2026-03-01T10:15:02.671315 #9291]  INFO -- : text`: Ruby's own form, of GitLab's shell and its web server. */
const RUBY =
  /^[DIWEFU], \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}) #(\d{1,10})\] {1,2}([A-Z]{4,7}) -- (?:[\w:]{0,60})?: /;
/** `2026-03-01T10:15:02Z 14299 TID-55uqo INFO: text`: its background jobs before they wrote JSON. */
const JOBS =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z) (\d{1,10}) TID-([a-z0-9]{4,16}) (?:[\w:-]{1,64} ){0,3}([A-Z]{4,6}): /;

function readText(input: ParseInput, doc: EcsFields): ParseOutcome {
  const line = input.text;
  const application = APPLICATION.exec(line);
  const ruby = application === null ? RUBY.exec(line) : null;
  const jobs = application === null && ruby === null ? JOBS.exec(line) : null;
  const found = application ?? ruby ?? jobs;
  if (found === null) return 'rejected';
  const message = line.slice(found[0].length);
  putDate(doc, '@timestamp', parseDate(found[1]!, input));
  doc['message'] = message;
  if (application !== null) {
    doc['event.dataset'] = 'gitlab.gitlab.application';
    const user = /^User "([^"]{1,255})" \(([^()\s]{3,255})\) was (created|removed)/.exec(message);
    if (user !== null) {
      doc['user.target.name'] = user[1]!;
      doc['user.target.email'] = user[2]!;
      categorise(
        doc,
        user[3] === 'created'
          ? { ...WHAT.userCreated, action: 'user-created' }
          : { ...WHAT.userDeleted, action: 'user-removed' },
      );
      return 'parsed';
    }
    const isNew = / created a new project /.test(message);
    categorise(doc, {
      ...(isNew ? WHAT.configurationCreated : WHAT.configurationDeleted),
      action: isNew ? 'project-created' : 'project-removed',
    });
    return 'parsed';
  }
  doc['event.dataset'] = ruby === null ? 'gitlab.gitlab.sidekiq' : 'gitlab.gitlab.shell';
  put(doc, 'process.pid', found[2]);
  doc['log.level'] = (ruby === null ? found[4]! : found[3]!).toLowerCase();
  categorise(doc, /^(?:error|fatal)$/.test(String(doc['log.level'])) ? WHAT.hostError : WHAT.hostInfo);
  return 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json, receivedAt } = input;
  if (json === undefined) return readText(input, doc);
  const kind = kindOf(json);
  if (kind === undefined) return 'rejected';
  TABLE.put(doc, json);
  doc['event.dataset'] = `gitlab.gitlab.${kind}`;
  const when = text(json['time']) ?? text(json['created_at']);
  if (when !== undefined) putDate(doc, '@timestamp', parseDate(when, { timeZone: 'UTC', receivedAt }));
  switch (kind) {
    case 'audit': {
      const action = auditAction(json);
      categorise(doc, { ...auditMeaning(json, action), action });
      const target = text(json['target_type']) ?? text(at(json, 'details', 'target_type'));
      const details = text(json['target_details']) ?? text(at(json, 'details', 'target_details'));
      // Nobody is signed in yet: the account that was tried is the one concerned.
      if ('failed_login' in json) put(doc, 'user.name', details);
      else if (target === 'User' && details !== undefined) put(doc, 'user.target.name', details);
      return 'parsed';
    }
    case 'request': {
      const duration = json['duration_s'];
      if (duration !== undefined) putDuration(doc, duration);
      putStatus(doc, json['status']);
      // The sign-in form: its answer is a redirection where the password was right.
      if (text(json['controller']) === 'SessionsController' && text(json['action']) === 'create')
        categorise(doc, {
          category: ['authentication', 'web'],
          type: ['start'],
          action: 'sign-in',
          outcome: json['status'] === 302 ? 'success' : 'failure',
        });
      return 'parsed';
    }
    case 'auth': {
      const matched = text(json['matched']);
      put(doc, 'rule.name', matched);
      const env = text(json['env']) ?? '';
      if (env !== 'track') doc['event.kind'] = 'alert';
      categorise(doc, {
        category: ['web', 'intrusion_detection'],
        type: env === 'track' ? ['info'] : ['denied'],
        action: env,
      });
      return 'parsed';
    }
    case 'graphql':
      categorise(doc, { ...WHAT.apiCall, action: 'graphql' });
      return 'parsed';
    case 'sidekiq':
      put(doc, 'process.name', json['class']);
      categorise(doc, { category: ['process'], type: ['info'], action: text(json['job_status']) ?? 'job' });
      return 'parsed';
    case 'application': {
      const message = text(json['message']) ?? '';
      if (/^User .{1,300} was created/.test(message))
        categorise(doc, { ...WHAT.userCreated, action: 'user-created' });
      else if (/^User .{1,300} was removed/.test(message))
        categorise(doc, { ...WHAT.userDeleted, action: 'user-removed' });
      else if (/^(?:Failed Login|Invalid Login)/i.test(message))
        categorise(doc, { ...WHAT.login, action: 'sign-in', outcome: 'failure' });
      else if (/^Successful Login/i.test(message))
        categorise(doc, { ...WHAT.login, action: 'sign-in', outcome: 'success' });
      else if ('service_class' in json)
        categorise(doc, {
          ...WHAT.apiCall,
          action: 'integration',
          outcome: json['severity'] === 'ERROR' ? 'failure' : 'success',
        });
      else if (json['severity'] === 'ERROR') categorise(doc, WHAT.hostError);
      else {
        categorise(doc, WHAT.hostInfo);
        return 'partial';
      }
      return 'parsed';
    }
  }
}

/** GitLab's JSON logs and its streamed audit events. */
export default defineSource({
  id: 'gitlab.gitlab',
  signatures: [
    { kind: 'json', keys: ['method', 'path', 'controller', 'action', 'status', 'duration'] },
    { kind: 'json', keys: ['severity', 'time', 'method', 'path', 'status', 'params'] },
    { kind: 'json', keys: ['severity', 'time', 'service_class', 'project_path'] },
    {
      kind: 'json',
      keys: ['severity', 'time', 'exception'],
      test: (json) => text(json['service'])?.startsWith('Clusters::') === true || 'project_ids' in json,
    },
    { kind: 'json', keys: ['severity', 'time', 'queue', 'class', 'retry'] },
    { kind: 'json', keys: ['query_string', 'variables', 'complexity', 'depth'] },
    {
      kind: 'json',
      keys: ['severity', 'time', 'correlation_id', 'message'],
      test: (json) => /^Command failed \[\d|gitlab/i.test(text(json['message']) ?? ''),
    },
    ...['was created', 'was removed', ' created a new project '].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: ({ text: line }: ParseInput) => APPLICATION.test(line),
    })),
    {
      kind: 'text',
      literals: ['] ', ' -- : '],
      test: ({ text: line }) => RUBY.test(line) && /git|unicorn|puma/i.test(line),
    },
    { kind: 'text', literals: ['Z ', ' TID-'], test: ({ text: line }) => JOBS.test(line) },
    { kind: 'json', keys: ['author_id', 'entity_id', 'entity_type'] },
    { kind: 'json', keys: ['controller', 'action', 'format', 'path', 'correlation_id'] },
    { kind: 'json', keys: ['route', 'method', 'path', 'correlation_id', 'remote_ip'] },
    { kind: 'json', keys: ['env', 'request_method', 'matched', 'correlation_id'] },
    { kind: 'json', keys: ['env', 'request_method', 'message', 'remote_ip'] },
    {
      kind: 'json',
      keys: ['severity', 'time', 'correlation_id', 'message'],
      test: (json) =>
        /^(?:User .{1,300} was (?:created|removed)|(?:Failed|Invalid|Successful) Login)/i.test(
          text(json['message']) ?? '',
        ),
    },
  ],
  parse,
});
