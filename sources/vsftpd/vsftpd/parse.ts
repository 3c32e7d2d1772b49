import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

/** `Sun Mar  1 10:15:02 2026 [pid 2] [ines] OK LOGIN: Client "192.0.2.14"…`; syslog has the date in its header. */
const LINE =
  /^(?:([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) )?\[pid (\d{1,10})\] (?:\[([^\]]{1,128})\] )?(?:(OK|FAIL) )?([A-Z]{3,10}|FTP (?:command|response)): Client "([^"]{1,64})"(.*)$/s;
const DETAIL = /^, "([^"]{0,4096})"(?:, (\d{1,20}) bytes)?(?:, ([\d.]{1,16})Kbyte\/sec)?/;

const FILES: Readonly<Record<string, Categorisation>> = {
  UPLOAD: { ...WHAT.fileCreated, action: 'upload' },
  DOWNLOAD: { ...WHAT.fileRead, action: 'download' },
  DELETE: { ...WHAT.fileDeleted, action: 'delete' },
  MKDIR: { ...WHAT.fileCreated, action: 'mkdir' },
  RMDIR: { ...WHAT.fileDeleted, action: 'rmdir' },
  RENAME: { ...WHAT.fileChanged, action: 'rename' },
  CHMOD: { ...WHAT.fileChanged, action: 'chmod' },
};

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const found = LINE.exec(input.text);
  if (found === null) return 'rejected';
  const [, date, pid, user, result, verb, client, rest] = found as unknown as [
    string,
    string | undefined,
    string,
    string | undefined,
    string | undefined,
    string,
    string,
    string,
  ];
  if (date !== undefined) putDate(doc, '@timestamp', parseDate(date, input));
  doc['process.name'] = 'vsftpd';
  doc['process.pid'] = Number(pid);
  doc['network.protocol'] = 'ftp';
  doc['message'] = input.text.slice(input.text.indexOf('[pid '));
  const ip = parseIp(client);
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
  if (user !== undefined) putAccount(doc, 'user', user);
  const outcome = result === 'OK' ? 'success' : result === 'FAIL' ? 'failure' : undefined;
  if (verb === 'LOGIN') {
    categorise(doc, {
      ...WHAT.login,
      action: outcome === 'failure' ? 'login-failed' : 'login',
      ...(outcome === undefined ? {} : { outcome }),
    });
    const email = /anon password "([^"]{1,128})"/.exec(rest)?.[1];
    if (email !== undefined) doc['vsftpd.vsftpd.anonymous_password'] = email;
    return 'parsed';
  }
  if (verb === 'CONNECT') {
    categorise(doc, {
      ...WHAT.connectionStart,
      action: 'connect',
      ...(outcome === undefined ? {} : { outcome }),
    });
    return 'parsed';
  }
  const detail = DETAIL.exec(rest);
  const file = Object.hasOwn(FILES, verb) ? FILES[verb] : undefined;
  if (file !== undefined) {
    if (detail !== null) {
      putFile(
        doc,
        detail[1]!.split(' ', 2).length > 1 && verb === 'RENAME' ? detail[1]!.split(' ')[0]! : detail[1]!,
      );
      const size = toLong(detail[2]);
      if (size !== undefined) doc['file.size'] = size;
    }
    categorise(doc, { ...file, ...(outcome === undefined ? {} : { outcome }) });
    return 'parsed';
  }
  // With log_ftp_protocol every command and every answer is a line.
  if (verb.startsWith('FTP ')) {
    if (detail !== null)
      doc[verb === 'FTP command' ? 'vsftpd.vsftpd.command' : 'vsftpd.vsftpd.response'] = detail[1]!;
    categorise(doc, {
      category: ['network'],
      type: ['protocol'],
      action: verb.toLowerCase().replace(' ', '-'),
    });
    return 'parsed';
  }
  categorise(doc, WHAT.connection);
  return 'partial';
}

export default defineSource({
  id: 'vsftpd.vsftpd',
  signatures: [{ kind: 'text', literals: ['[pid ', ': Client "'] }],
  parse,
});
