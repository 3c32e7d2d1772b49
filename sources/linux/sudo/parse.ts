import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { readPam } from '../_shared/pam.ts';
import { putCommand, putLogger } from '../_shared/process.ts';

/** Names that sudo writes in capitals before `=`; the last one, COMMAND, runs to the end of the line. */
const FIELD = /^(?:HOST|TTY|CWD|PWD|CHROOT|USER|GROUP|TSID|ENV|COMMAND)=/;

/**
 * `alice : [reason ; ]TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id`
 *
 * @returns whether the message has this form; `doc` is untouched otherwise
 */
function readCommand(message: string, doc: EcsFields): boolean {
  const colon = message.indexOf(' : ');
  const command = message.indexOf('COMMAND=');
  if (colon <= 0 || colon > 256) return false;
  const user = message.slice(0, colon).trim();
  if (user === '' || user.includes(' ')) return false;
  const head = command < 0 ? message.slice(colon + 3) : message.slice(colon + 3, command);
  const fields = new Map<string, string>();
  let reason: string | undefined;
  for (const part of head.split(' ; ')) {
    const text = part.trim();
    if (FIELD.test(text)) fields.set(text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1));
    else if (text !== '' && text !== ';') reason ??= text.replace(/ ;$/, '');
  }
  if (fields.size === 0 && command < 0) return false;
  put(doc, 'user.name', user);
  put(doc, 'user.effective.name', fields.get('USER'));
  put(doc, 'user.effective.group.name', fields.get('GROUP'));
  put(doc, 'process.working_directory', fields.get('PWD') ?? fields.get('CWD'));
  put(doc, 'system.auth.sudo.tty', fields.get('TTY'));
  put(doc, 'system.auth.sudo.session', fields.get('TSID'));
  put(doc, 'system.auth.sudo.chroot', fields.get('CHROOT'));
  put(doc, 'system.auth.sudo.environment', fields.get('ENV'));
  put(doc, 'event.reason', reason);
  if (command >= 0) putCommand(doc, message.slice(command + 8).trim());
  if (reason === undefined)
    categorise(doc, { category: ['process'], type: ['start'], action: 'sudo_command', outcome: 'success' });
  else if (reason.includes('incorrect password') || reason.includes('password is required'))
    categorise(doc, {
      category: ['authentication'],
      type: ['end'],
      action: 'sudo_authentication',
      outcome: 'failure',
    });
  else categorise(doc, { category: ['process'], type: ['info'], action: 'sudo_denied', outcome: 'failure' });
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const message = input.text.trim();
  const isSudo = input.syslog?.app?.toLowerCase().endsWith('sudo') === true;
  if (readCommand(message, doc)) {
    // The command is the process; sudo, which logged it, is its parent.
    if (doc['process.command_line'] === undefined) putLogger(doc, input.syslog, 'sudo');
    else {
      doc['process.parent.name'] = 'sudo';
      const pid = input.syslog?.procid;
      put(doc, 'process.parent.pid', pid);
    }
  } else if (isSudo && readPam(message, doc)) putLogger(doc, input.syslog, 'sudo');
  else if (!isSudo) return 'rejected';
  else {
    putLogger(doc, input.syslog, 'sudo');
    categorise(doc, { category: ['process'], type: ['info'] });
    doc['message'] = message;
    return 'partial';
  }
  doc['message'] = message;
  return 'parsed';
}

export default defineSource({
  id: 'linux.sudo',
  signatures: [
    { kind: 'app', names: ['sudo'] },
    {
      kind: 'text',
      literals: [' : ', 'PWD=', 'USER=', 'COMMAND='],
      test: (input) => input.syslog?.app === undefined,
    },
  ],
  parse,
});
