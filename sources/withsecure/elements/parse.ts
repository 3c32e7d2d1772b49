import { categorise, WHAT } from '../../kit/categorise.ts';
import { baseName, extensionOf } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, embedded, objects, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = jsonTable(
  'withsecure.elements.',
  `
clientTimestamp        @timestamp             date
serverTimestamp        @timestamp             date
persistenceTimestamp   event.ingested         own
id                     event.id               text
txId                   event.id               text
action                 event.action           text
severity               log.level              severity
message                event.reason           text
details.reason         event.reason           text
details.description    event.reason           text
device.id              agent.id               text
device.name            host.name              text
target.id              agent.id               text
target.name            host.name              text
organization.id        organization.id        text
organization.name      organization.name      text
userName               user                   account
details.userName       user                   account
details.userPrincipalName  user               account
details.itemSender     email.from.address     text
details.itemRecipients email.to.address       text
details.user           user                   account
details.systemDataEventId      event.code     text
details.systemDataProviderName event.provider text
details.systemDataProcessId    process.pid    long
details.process        process                exe
details.creator        process                exe
details.targetPath     process                exe
details.creatorSha1    process.hash           hash
details.commandLine    process.command_line   text
details.targetCommandLine  process.command_line  text
details.parentPath     process.parent         exe
details.parentCommandLine  process.parent.command_line  text
details.targetSha1     file.hash              hash
details.targetSha256   file.hash              hash
details.itemDateTimeReceived  email.delivery_timestamp  date
details.ruleId         rule.id                text
details.path           file.path              text
details.filePath       file.path              text
details.sha1           file.hash              hash
details.sha256         file.hash              hash
details.size           file.size              long
details.created        file.created           date
details.modified       file.mtime             date
details.url            url                    url
details.ruleEvent      rule.name              text
details.ruleName       rule.name              text
details.ruleDirection  network.direction      direction
details.localAddress   source                 side
details.localPort      source.port            port
details.remoteAddress  destination            side
details.remotePort     destination.port       port
details.ipProtocol     network.transport      own
details.hostIpAddress  host.ip                own
details.infectionName  threat.software.name   text
details.itemSubject    email.subject          text
details.internetMessageId      email.message_id   own
details.senderAddress  email.from.address     list
details.recipients     email.to.address       list
details.sendingServerIP        source         side
details.serviceType    service.type           text
details.targetUserName         user.target.name    own
details.eventDataTargetUserName    user.target     account
`,
);

export default defineSource({
  id: 'withsecure.elements',
  signatures: [
    { kind: 'json', keys: ['persistenceTimestamp', 'engine'] },
    { kind: 'json', keys: ['persistenceTimestamp', 'serverTimestamp'] },
    { kind: 'json', keys: ['engine', 'action', 'details'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    // Mail protection names the mailbox as its target, which is no machine.
    const isMail = /^(?:collaborationProtection|email)/i.test(text(json['engine']) ?? '');
    const { target, ...rest } = json;
    TABLE.put(doc, isMail ? rest : json);
    const mailbox = text(at(json, 'details', 'userPrincipalName')) ?? text(at(target, 'name'));
    if (isMail && mailbox !== undefined) {
      if (doc['user.name'] === undefined) putAccount(doc, 'user', mailbox);
      doc['email.to.address'] ??= [mailbox];
    }
    doc['observer.vendor'] = 'WithSecure';
    doc['observer.product'] = 'Elements';
    const host = doc['host.name'];
    if (typeof host === 'string') {
      doc['host.hostname'] = host;
      doc['agent.name'] = host;
    }
    if (!isMail) doc['agent.type'] = 'WithSecure Agent';
    const path = text(at(json, 'details', 'path')) ?? text(at(json, 'details', 'filePath'));
    if (path !== undefined) put(doc, 'file.name', baseName(path));
    const addresses = (text(at(json, 'details', 'hostIpAddress')) ?? '').split(/[,;/]/, 20);
    put(
      doc,
      'host.ip',
      addresses.map((item) => parseIp(item.trim())),
    );
    const protocol = /^(\w{2,12})\(\d{1,3}\)$/.exec(text(at(json, 'details', 'ipProtocol')) ?? '');
    if (protocol !== null) doc['network.transport'] = protocol[1]!.toLowerCase();
    const id = text(at(json, 'details', 'internetMessageId'));
    if (id !== undefined) doc['email.message_id'] = id.replace(/^<([^<>]*)>$/, '$1');
    const files = objects(embedded(at(json, 'details', 'attachments')) ?? at(json, 'details', 'attachments'));
    put(
      doc,
      'email.attachments.file.name',
      files.map((file) => file['filename']),
    );
    put(
      doc,
      'email.attachments.file.size',
      files.map((file) => file['size']),
    );
    put(
      doc,
      'email.attachments.file.hash.sha1',
      files.map((file) => file['sha1']),
    );
    put(
      doc,
      'email.attachments.file.extension',
      files.map((file) => extensionOf(text(file['filename']) ?? '')),
    );
    const engine = (text(json['engine']) ?? '').toLowerCase();
    const code = text(at(json, 'details', 'systemDataEventId'));
    if (code === '4625') categorise(doc, { ...WHAT.login, outcome: 'failure' });
    else if (code === '4624') categorise(doc, { ...WHAT.login, outcome: 'success' });
    else if (engine === 'firewall') categorise(doc, { category: ['network'], type: ['denied'] });
    else if (/browsing|webtraffic|connectioncontrol|webcontent|reputation/.test(engine))
      categorise(doc, {
        category: ['web'],
        type: text(json['action']) === 'blocked' ? ['denied'] : ['info'],
      });
    else if (engine === 'applicationcontrol') categorise(doc, { category: ['process'], type: ['info'] });
    else if (engine === 'edr') {
      categorise(doc, WHAT.intrusion);
      doc['event.kind'] = 'alert';
    } else if (/email|exchange/.test(engine)) categorise(doc, WHAT.mail);
    else if (/systemevent|edr|integrity|setting/.test(engine)) categorise(doc, WHAT.hostInfo);
    else {
      categorise(doc, WHAT.malware);
      doc['event.kind'] = 'alert';
    }
    return 'parsed';
  },
});
