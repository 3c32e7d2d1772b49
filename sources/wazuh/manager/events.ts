import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { object, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';

export const VENDOR = 'wazuh.manager.';

const VULNERABILITY = jsonTable(
  `${VENDOR}vulnerability.`,
  `
  cve                     vulnerability.id           text
  severity                vulnerability.severity     text
  title                   vulnerability.description  text
  reference               wazuh.manager.vulnerability.reference  text
  package.name            package.name               text
  package.version         package.version            text
  package.architecture    package.architecture       text
  published               wazuh.manager.vulnerability.published  text
  `,
);

const FILE = jsonTable(
  `${VENDOR}syscheck.`,
  `
  timestamp               @timestamp    date
  path                    file          file
  type                    event.action  text
  event                   event.action  text
  attributes.hash_md5     file.hash     hash
  attributes.hash_sha1    file.hash     hash
  attributes.hash_sha256  file.hash     hash
  md5_after               file.hash     hash
  sha1_after              file.hash     hash
  sha256_after            file.hash     hash
  attributes.size         file.size     long
  size_after              file.size     long
  attributes.user_name    file.owner    text
  uname_after             file.owner    text
  attributes.group_name   file.group    text
  attributes.uid          file.uid      text
  attributes.gid          file.gid      text
  attributes.inode        file.inode    text
  attributes.mtime        file.mtime    date
  audit.user_name         user.name     text
  audit.user_id           user.id       text
  audit.process_name      process       exe
  audit.process_id        process.pid   long
  `,
);

export function isVulnerability(json: JsonObject): boolean {
  const found = object(json['vulnerability']);
  return found !== undefined && 'cve' in found && ('package' in found || 'status' in found);
}

/** An event of file integrity, as the module writes it and as an alert holds it. */
export function fileEventOf(json: JsonObject): JsonObject | undefined {
  const own = object(json['syscheck']);
  if (own !== undefined) return text(own['path']) === undefined ? undefined : own;
  const data = object(json['data']);
  return json['type'] === 'event' &&
    text(data?.['path']) !== undefined &&
    ('attributes' in data! || 'mode' in data!)
    ? data
    : undefined;
}

export function readVulnerability(json: JsonObject, doc: EcsFields): void {
  const found = object(json['vulnerability'])!;
  VULNERABILITY.put(doc, found);
  categorise(doc, {
    ...WHAT.vulnerability,
    action: `vulnerability-${(text(found['status']) ?? 'found').toLowerCase()}`,
  });
  doc['vulnerability.scanner.vendor'] = 'Wazuh';
}

export function readFileEvent(event: JsonObject, doc: EcsFields): void {
  FILE.put(doc, event);
  const action = text(event['type']) ?? text(event['event']) ?? '';
  categorise(
    doc,
    /add/.test(action) ? WHAT.fileCreated : /delet/.test(action) ? WHAT.fileDeleted : WHAT.fileChanged,
  );
}
