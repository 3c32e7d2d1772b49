import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { messageTable } from '../../kit/message-table.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const OWN = 'nextcloud.nextcloud.';
const TABLE = jsonTable(
  OWN,
  `
  reqId          http.request.id        text
  time           @timestamp             own
  level          event.severity         own
  remoteAddr     source                 endpoint
  user           user                   account
  app            service.type           text
  method         http.request.method    text
  url            url                    url
  message        message                text
  userAgent      user_agent.original    text
  version        service.version        text
  @source        observer.name          own
`,
);

const LEVELS = ['debug', 'info', 'warning', 'error', 'fatal'] as const;

const shares: Categorisation = { ...WHAT.accessChanged, category: ['iam', 'file'] };
const MESSAGES = messageTable(OWN, [
  [
    "Login failed: '{user@account}' (Remote IP: '{source@endpoint}')",
    { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
  ],
  [
    'Login failed: {user@account} (Remote IP: {source@endpoint})',
    { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
  ],
  ['Login failed: "{user@account}"{?}', { ...WHAT.login, action: 'login-failed', outcome: 'failure' }],
  [
    'Two-factor challenge failed: {user@account} (Remote IP: {source@endpoint})',
    { ...WHAT.authentication, action: 'mfa-failed', outcome: 'failure' },
  ],
  [
    'Trusted domain error. "{source@endpoint}" tried to access using "{url.domain}" as host.',
    {
      category: ['web', 'intrusion_detection'],
      type: ['denied'],
      action: 'trusted-domain-error',
      outcome: 'failure',
    },
  ],
  ['Login successful: "{user@account}"', { ...WHAT.login, action: 'login', outcome: 'success' }],
  ['Login attempt: "{user@account}"', { ...WHAT.authentication, action: 'login-attempt' }],
  ['Logout occurred', { ...WHAT.logout, action: 'logout', outcome: 'success' }],
  ['File accessed: "{file@file}"', { ...WHAT.fileRead, action: 'file-read', outcome: 'success' }],
  ['Preview accessed: "{file@file}" ({}', { ...WHAT.fileRead, action: 'file-previewed', outcome: 'success' }],
  ['File created: "{file@file}"', { ...WHAT.fileCreated, action: 'file-created', outcome: 'success' }],
  ['File written to: "{file@file}"', { ...WHAT.fileChanged, action: 'file-written', outcome: 'success' }],
  ['File deleted: "{file@file}"', { ...WHAT.fileDeleted, action: 'file-deleted', outcome: 'success' }],
  [
    `File renamed: "{${OWN}from}" to "{file@file}"`,
    { ...WHAT.fileChanged, action: 'file-renamed', outcome: 'success' },
  ],
  [
    `File copied: "{${OWN}from}" to "{file@file}"`,
    { ...WHAT.fileCreated, action: 'file-copied', outcome: 'success' },
  ],
  [
    'The file "{file@file}" with ID "{}" has been shared {}',
    { ...shares, action: 'file-shared', outcome: 'success' },
  ],
  [
    'The folder "{file@file}" with ID "{}" has been shared {}',
    { ...shares, action: 'file-shared', outcome: 'success' },
  ],
  [
    'The file "{file@file}" with ID "{}" has been unshared {}',
    { ...shares, action: 'file-unshared', outcome: 'success' },
  ],
  ['User created: "{user.target.name}"', { ...WHAT.userCreated, action: 'user-created', outcome: 'success' }],
  ['User deleted: "{user.target.name}"', { ...WHAT.userDeleted, action: 'user-deleted', outcome: 'success' }],
  [
    'Password of user "{user.target.name}" has been changed',
    { ...WHAT.userChanged, action: 'password-changed', outcome: 'success' },
  ],
  [
    'User "{user.target.name}" added to group "{group.name}"',
    { ...WHAT.groupChanged, action: 'group-member-added', outcome: 'success' },
  ],
  [
    'User "{user.target.name}" removed from group "{group.name}"',
    { ...WHAT.groupChanged, action: 'group-member-removed', outcome: 'success' },
  ],
  ['Group created: "{group.name}"', { ...WHAT.groupCreated, action: 'group-created', outcome: 'success' }],
  ['Group deleted: "{group.name}"', { ...WHAT.groupDeleted, action: 'group-deleted', outcome: 'success' }],
  [
    'App "{package.name}" enabled{?}',
    { ...WHAT.configurationChanged, action: 'app-enabled', outcome: 'success' },
  ],
  [
    'App "{package.name}" disabled',
    { ...WHAT.configurationChanged, action: 'app-disabled', outcome: 'success' },
  ],
]);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  if (json === undefined) return 'rejected';
  // `--` and false: nobody is signed in, no request.
  TABLE.put(
    doc,
    Object.fromEntries(Object.entries(json).filter(([, value]) => value !== '--' && value !== false)),
  );
  const stamp = text(json['time']);
  if (stamp !== undefined) putDate(doc, '@timestamp', parseDate(stamp, input));
  const level = toLong(json['level']);
  if (level !== undefined && LEVELS[level] !== undefined) {
    doc['log.level'] = LEVELS[level]!;
    doc['event.severity'] = level;
  }
  putObserver(doc, { vendor: 'Nextcloud', product: 'Nextcloud' });
  if (MESSAGES.read(doc, text(json['message']) ?? '')) return 'parsed';
  categorise(doc, doc['http.request.method'] === undefined ? WHAT.hostInfo : WHAT.webRequest);
  return 'partial';
}

export default defineSource({
  id: 'nextcloud.nextcloud',
  signatures: [{ kind: 'json', keys: ['reqId', 'level', 'app', 'message'] }],
  parse,
});
