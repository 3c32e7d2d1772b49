import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseIp } from '../../kit/ip.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'delinea.secret-server.';

const TABLE = cefTable(
  VENDOR,
  `
  suser                 user                                  account
  suid                  user.id                               text
  duser                 user.target                           account
  duid                  user.target.id                        text
  fname                 delinea.secret-server.item            text
  fileType              delinea.secret-server.item_type       text
  fileId                delinea.secret-server.item_id         text
  suser_Display_Name    user.full_name                        text
  Folder                delinea.secret-server.folder          text
  Group_or_User         user.target.name                      text
`,
);

/** What an action does, by its words, to a secret or to a person; the first that fits. */
const ACTIONS: readonly (readonly [RegExp, Categorisation])[] = [
  [/LOGIN ?FAIL|FAILED LOGIN|LOGIN FAILURE|BAD PASSWORD/, { ...WHAT.login, outcome: 'failure' }],
  [/LOGOUT|LOGOFF/, { ...WHAT.logout, outcome: 'success' }],
  [/^USER - (?:LOGIN|LOGON)/, { ...WHAT.login, outcome: 'success' }],
  [/^USER - (?:CREATE|ADD)/, WHAT.userCreated],
  [/^USER - (?:DELETE|DISABLE|REMOVE)/, WHAT.userDeleted],
  [/^USER - /, WHAT.userChanged],
  [/^(?:GROUP|TEAM) - /, WHAT.groupChanged],
  [/^(?:ROLE|ROLE PERMISSION|UNLIMITED ?ADMIN\w*) - /, WHAT.accessChanged],
  [/ - (?:SESSION|LAUNCH)/, WHAT.sessionStart],
  [/ - (?:VIEW|READ|COPY|EXPORT|PASSWORD_?DISPLAYED|CHECK ?OUT|DOWNLOAD|LIST)/, WHAT.configurationRead],
  [/ - (?:CREATE|ADD|IMPORT)/, WHAT.configurationCreated],
  [/ - (?:DELETE|REMOVE|ERASE)/, WHAT.configurationDeleted],
  [/^[A-Z ]{3,60} - /, WHAT.configurationChanged],
];

const FAILED = /^Login Failed - (\S.{0,126}?) - IP ([0-9A-Fa-f:.]{2,45})/i;

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text.trim());
  if (cef === undefined || cef.product !== 'Secret Server') return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  const words = pairs.get('msg') ?? '';
  const upper = `${cef.name} ${/^login failed/i.test(words) ? 'LOGIN FAILED' : ''}`.toUpperCase().trim();
  const known = ACTIONS.find(([pattern]) => pattern.test(upper))?.[1];
  categorise(doc, known ?? WHAT.hostInfo);
  doc['event.action'] = cef.name;
  delete doc['rule.id'];
  delete doc['rule.name'];
  if (words !== '') doc['message'] = words;
  const failed = FAILED.exec(words.slice(0, 300));
  if (failed !== null) {
    putAccount(doc, 'user', failed[1]!.trim());
    const ip = parseIp(failed[2]!);
    if (ip !== undefined) {
      doc['source.address'] = ip;
      doc['source.ip'] = ip;
    }
  }
  putObserver(doc, { vendor: 'Delinea', product: 'Secret Server' });
  return 'parsed';
}

/** Delinea Secret Server, under its own and its maker's former name. */
export default defineSource({
  id: 'delinea.secret-server',
  signatures: [
    { kind: 'text', literals: ['CEF:', '|Thycotic Software|Secret Server|'] },
    { kind: 'text', literals: ['CEF:', '|Delinea Software|Secret Server|'] },
    { kind: 'text', literals: ['CEF:', '|Delinea|Secret Server|'] },
    { kind: 'text', literals: ['CEF:', '|Thycotic|Secret Server|'] },
  ],
  parse,
});
