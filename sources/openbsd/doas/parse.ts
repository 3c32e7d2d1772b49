import { WHAT } from '../../kit/categorise.ts';
import { programSource } from '../../kit/program-source.ts';

const RAN = { ...WHAT.processStart, action: 'command', outcome: 'success' } as const;
const REFUSED = { ...WHAT.processStart, action: 'command-refused', outcome: 'failure' } as const;

/** Messages of `doas.c`. */
export default programSource({
  id: 'openbsd.doas',
  programs: ['doas'],
  messages: [
    [
      '{user@account} ran command {process.command_line} as {user.effective.name} from {process.working_directory}',
      RAN,
    ],
    ['{user@account} ran command as {user.effective.name}: {process.command_line}', RAN],
    ['command not permitted for {user@account}: {process.command_line}', REFUSED],
    ['failed command for {user@account}: {process.command_line}', REFUSED],
    [
      'failed auth for {user@account}',
      { ...WHAT.authentication, action: 'authentication-failed', outcome: 'failure' },
    ],
    [
      'failed password for {user@account}',
      { ...WHAT.authentication, action: 'authentication-failed', outcome: 'failure' },
    ],
  ],
  after(doc) {
    const command = doc['process.command_line'];
    if (typeof command !== 'string') return;
    const path = command.split(' ', 1)[0]!;
    doc['process.name'] = path.slice(path.lastIndexOf('/') + 1);
    if (path.startsWith('/')) doc['process.executable'] = path;
    delete doc['process.pid'];
  },
});
