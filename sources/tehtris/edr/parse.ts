import { categorise } from '../../kit/categorise.ts';
import { baseName, putFile } from '../../kit/file.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';

const TABLE = jsonTable(
  'tehtris.edr.',
  `
time              @timestamp            date
egKBId            event.code            text
description       event.reason          text
lvl               event.severity        long
eventName         rule.name             text
id                event.id              text
uuid__            agent.id              text
domain__          host.domain           text
hostname__        host.name             text
os__              host.os.platform      lower
os_version__      host.os.version       text
os_architecture__ host.architecture     text
os_release__      host.os.kernel        text
ipSrc             source                side
ipDst             destination           side
portSrc           source.port           port
portDst           destination.port      port
sha256            file.hash             hash
path              file.path             own
cmdline           process.command_line  text
pid               process.pid           long
ppid              process.parent.pid    long
pCreateDatetime   process.start         date
pCreateDateTime   process.start         date
mtime             file.mtime            date
ctime             file.ctime            date
username          user                  account
`,
);

export default defineSource({
  id: 'tehtris.edr',
  signatures: [
    { kind: 'json', keys: ['rflId', 'eventName'] },
    { kind: 'json', keys: ['egKBId', 'module'] },
    { kind: 'json', keys: ['os__', 'hostname__'] },
    { kind: 'json', keys: ['uuid__', 'domain__'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Tehtris';
    doc['observer.product'] = 'Tehtris EDR';
    doc['observer.type'] = 'sensor';
    const name = text(json['hostname__']);
    if (name !== undefined) doc['host.hostname'] = name;
    const system = osTypeOf(text(json['os__']) ?? '');
    if (system !== undefined) doc['host.os.type'] = system;
    const path = text(json['path']);
    const command = text(json['cmdline']);
    if (path !== undefined && (command !== undefined || doc['process.pid'] !== undefined)) {
      doc['process.executable'] = path;
      doc['process.name'] = baseName(path);
    } else putFile(doc, path);
    const found = /https?:\/\/[^\s"'<>]{1,2000}/.exec(text(json['description'])?.slice(0, 10_000) ?? '');
    if (found !== null) putUrl(doc, found[0]);
    if (/alert/i.test(text(json['eventName']) ?? '')) doc['event.kind'] = 'alert';
    categorise(doc, { category: ['process'], type: ['info'] });
    return 'parsed';
  },
});
