import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { readPam } from '../_shared/pam.ts';
import { baseName, putLogger } from '../_shared/process.ts';
import { ACCOUNT_TOOLS, readAccountTool } from './accounts.ts';
import { type Reader, readCron, readLogin, readLogind, readPolkit, readSu } from './programs.ts';

const READERS = new Map<string, Reader>([
  ['su', readSu],
  ['login', readLogin],
  ['cron', readCron],
  ['crond', readCron],
  ['crontab', readCron],
  ['anacron', readCron],
  ['systemd-logind', readLogind],
  ['polkitd', readPolkit],
  ['polkit-agent-helper-1', readPolkit],
  ['pkexec', readPolkit],
  ...ACCOUNT_TOOLS.map((name): [string, Reader] => [name, readAccountTool]),
]);

/** Programs that log through PAM only. */
const PAM_ONLY = [
  'gdm',
  'gdm-password]',
  'gdm-password',
  'lightdm',
  'sddm',
  'systemd-user',
  'runuser',
  'atd',
  'remote',
  'unix_chkpwd',
];

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const message = input.text.trim();
  const app = input.syslog?.app;
  const program = app === undefined ? '' : baseName(app).replace(/\(.*$/, '').toLowerCase();
  const reader = READERS.get(program);
  const known = readPam(message, doc) || (reader?.(message, doc) ?? false);
  if (!known && reader === undefined && !PAM_ONLY.includes(program)) return 'rejected';
  if (doc['process.name'] === undefined) {
    if (app !== undefined) putLogger(doc, input.syslog);
    else if (typeof doc['system.auth.pam.service'] === 'string')
      doc['process.name'] = doc['system.auth.pam.service'];
  }
  doc['message'] = message;
  if (known) return 'parsed';
  categorise(doc, { category: ['host'], type: ['info'] });
  return 'partial';
}

export default defineSource({
  id: 'linux.auth',
  signatures: [
    { kind: 'app', names: [...READERS.keys(), ...PAM_ONLY] },
    // PAM writes under the tag of whatever service calls it.
    ...[
      'pam_unix(',
      'pam_sss(',
      'pam_faillock(',
      'pam_systemd(',
      'pam_tally2(',
      'pam_ldap(',
      'pam_winbind(',
    ].map((literal) => ({
      kind: 'text' as const,
      prefix: literal,
      // sshd's own messages are sshd's, also without its tag.
      test: (input: ParseInput) => !input.text.includes('(sshd:'),
    })),
    ...[
      'authentication failure',
      'check pass; user unknown',
      'session opened for user ',
      'session closed for user ',
    ].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: (input: ParseInput) => input.syslog?.app?.includes('(pam_') === true,
    })),
  ],
  parse,
});
