import type { EcsFields } from '@vigie/contracts';
import { WHAT } from '../../kit/categorise.ts';
import { messageTable } from '../../kit/message-table.ts';

const LOGIN = { ...WHAT.login, action: 'login', outcome: 'success' } as const;
const FAILED = { ...WHAT.login, action: 'login', outcome: 'failure' } as const;
const CHANGED = { ...WHAT.configurationChanged, action: 'configuration-changed' } as const;

/** `/index.php: `: the page that wrote the line. */
const PAGE = /^(\/[\w./-]{1,120}\.php): /;
/** Words that only the web interfaces of pfSense and OPNsense write. */
const WORDS =
  /(?:uccessful login for user|ogged out for user|timed out for user|authentication error for|authenticated successfully for|could not authenticate for|Configuration Change: )/;

const MESSAGES = messageTable('netgate.pfsense.', [
  ["Successful login for user '{user@account}' from: {source@endpoint} ({netgate.pfsense.database})", LOGIN],
  ["Successful login for user '{user@account}' from: {source@endpoint}", LOGIN],
  [
    "Session timed out for user '{user@account}' from: {source@endpoint} ({})",
    { ...WHAT.logout, action: 'session-timeout' },
  ],
  [
    "Session timed out for user '{user@account}' from: {source@endpoint}",
    { ...WHAT.logout, action: 'session-timeout' },
  ],
  [
    "User logged out for user '{user@account}' from: {source@endpoint} ({})",
    { ...WHAT.logout, action: 'logout' },
  ],
  ["User logged out for user '{user@account}' from: {source@endpoint}", { ...WHAT.logout, action: 'logout' }],
  ["webConfigurator authentication error for user '{user@account}' from: {source@endpoint}", FAILED],
  ["webConfigurator authentication error for '{user@account}' from {source@endpoint}", FAILED],
  ["Web GUI authentication error for user '{user@account}' from: {source@endpoint}", FAILED],
  ["Web GUI authentication error for '{user@account}' from {source@endpoint}", FAILED],
  [
    'user {user@account} authenticated successfully for {service.name} [using {netgate.pfsense.database}]',
    LOGIN,
  ],
  [
    'user {user@account} could not authenticate for {service.name}. [using {netgate.pfsense.database}]',
    FAILED,
  ],
  [
    'Configuration Change: {user@account}@{source@endpoint} ({netgate.pfsense.database}): {event.reason}',
    CHANGED,
  ],
  ['Configuration Change: {user@account}@{source@endpoint}: {event.reason}', CHANGED],
]);

/** Whether a line is about who used the web interface or what was changed there. */
export function isInterface(text: string): boolean {
  const start = text.slice(0, 300);
  return WORDS.test(start) && (PAGE.test(start) || /^user \S/.test(start));
}

/** Reads such a line; false where its words are others. */
export function readInterface(text: string, doc: EcsFields): boolean {
  const page = PAGE.exec(text);
  const known = MESSAGES.read(doc, page === null ? text : text.slice(page[0].length));
  if (!known) return false;
  if (page !== null) doc['url.path'] = page[1]!;
  doc['message'] = text;
  return true;
}
