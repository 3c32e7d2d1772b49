import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { putFile } from '../../kit/file.ts';
import { at, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = jsonTable(
  'osquery.osquery.',
  `
unixTime               @timestamp             date
calendarTime           @timestamp             own
hostIdentifier         host.name              own
severity               log.level              own
message                message                text
filename               log.origin.file.name   text
line                   log.origin.file.line   long
decorations.hostname   host.name              text
decorations.host_uuid  host.id                text
name                   rule.name              text
action                 event.action           text
columns.path           process.executable     own
columns.name           process.name           own
columns.pid            process.pid            long
columns.parent         process.parent.pid     long
columns.cmdline        process.command_line   text
columns.cwd            process.working_directory  text
columns.md5            file.hash              hash
columns.sha1           file.hash              hash
columns.sha256         file.hash              hash
columns.username       user.name              text
columns.user           user.name              text
columns.uid            user.id                text
columns.local_address  source                 side
columns.local_port     source.port            port?
columns.remote_address destination            side
columns.remote_port    destination.port       port?
columns.target_path    file                   file
`,
);

/** Severities of a status log. */
const SEVERITIES = ['info', 'warning', 'error', 'fatal'];

/** What `file_events` says was done to a file. */
const CHANGES: Readonly<Record<string, Categorisation>> = {
  CREATED: WHAT.fileCreated,
  MOVED_TO: WHAT.fileCreated,
  DELETED: WHAT.fileDeleted,
  MOVED_FROM: WHAT.fileDeleted,
  UPDATED: WHAT.fileChanged,
  ATTRIBUTES_MODIFIED: WHAT.fileChanged,
  ACCESSED: WHAT.fileRead,
  OPENED: WHAT.fileRead,
};

export default defineSource({
  id: 'osquery.osquery',
  signatures: [
    { kind: 'json', keys: ['hostIdentifier', 'unixTime', 'name'] },
    { kind: 'json', keys: ['hostIdentifier', 'calendarTime', 'action'] },
    { kind: 'json', keys: ['hostIdentifier', 'columns', 'name'] },
    { kind: 'json', keys: ['hostIdentifier', 'snapshot'] },
    { kind: 'json', keys: ['hostIdentifier', 'severity', 'filename', 'line', 'message'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'osquery';
    doc['observer.product'] = 'osquery';
    const host = text(json['hostIdentifier']);
    if (host !== undefined) {
      doc['osquery.osquery.hostIdentifier'] = host;
      doc['host.name'] ??= host;
    }
    // A status log: the daemon speaks of itself.
    const severity = text(json['severity']);
    if (severity !== undefined && 'filename' in json && !('columns' in json)) {
      put(doc, 'log.level', SEVERITIES[Number(severity)]);
      categorise(doc, severity >= '2' ? WHAT.hostError : WHAT.hostInfo);
      return 'parsed';
    }
    const path = text(at(json, 'columns', 'path'));
    const name = text(at(json, 'columns', 'name'));
    const isProcess = doc['process.pid'] !== undefined;
    if (path !== undefined) {
      if (isProcess) doc['process.executable'] = path;
      else putFile(doc, path);
    }
    if (name !== undefined && isProcess) doc['process.name'] = name;
    else if (name !== undefined) doc['osquery.osquery.columns.name'] = name;
    doc['event.kind'] = 'state';
    const change = text(at(json, 'columns', 'action')) ?? '';
    if (doc['file.path'] !== undefined && Object.hasOwn(CHANGES, change)) {
      // The tables of events tell what happened, the others what there is.
      doc['event.kind'] = 'event';
      categorise(doc, CHANGES[change]!);
    } else if (isProcess) categorise(doc, { category: ['process'], type: ['info'] });
    else if (doc['destination.ip'] !== undefined) categorise(doc, { category: ['network'], type: ['info'] });
    else if (doc['file.path'] !== undefined) categorise(doc, { category: ['file'], type: ['info'] });
    else categorise(doc, WHAT.hostInfo);
    return 'parsed';
  },
});
