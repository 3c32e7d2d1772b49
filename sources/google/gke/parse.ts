import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { baseName } from '../../kit/file.ts';
import { at, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putEntry } from '../_shared/entry.ts';

const TABLE = fieldTable(
  'google.gke.',
  `
  textPayload                             event.reason                text
  resource.type                           orchestrator.resource.type  text
  resource.labels.cluster_name            orchestrator.cluster.name   text
  resource.labels.namespace_name          orchestrator.namespace      text
  resource.labels.pod_name                orchestrator.resource.name  text
  resource.labels.container_name          container.name              text
  resource.labels.node_name               host.name                   text
  resource.labels.location                server.geo.name             text
  jsonPayload.MESSAGE                     event.reason                text
  jsonPayload.message                     event.reason                text
  jsonPayload.reason                      event.action                text
  jsonPayload.apiVersion                  orchestrator.api_version    text
  jsonPayload.involvedObject.kind         orchestrator.resource.type  text
  jsonPayload.involvedObject.name         orchestrator.resource.name  text
  jsonPayload.involvedObject.namespace    orchestrator.namespace      text
  jsonPayload._HOSTNAME                   host.name                   text
  jsonPayload._MACHINE_ID                 host.id                     text
  jsonPayload._EXE                        process.executable          text
  jsonPayload._CMDLINE                    process.command_line        text
  jsonPayload._PID                        process.pid                 long
  jsonPayload._UID                        user.id                     text
  jsonPayload._COMM                       process.name                text
  jsonPayload.SYSLOG_FACILITY             log.syslog.facility.code    long
  jsonPayload.PRIORITY                    log.syslog.priority         own
  insertId   event.id    own
  logName    log.logger  own
  timestamp  @timestamp  own
  receiveTimestamp @timestamp own
  severity   log.level   own
`,
);

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || !/^(?:k8s|gke)_/.test(text(at(json, 'resource', 'type')) ?? ''))
    return 'rejected';
  TABLE.putObject(doc, json);
  putEntry(doc, json);
  doc['orchestrator.type'] = 'kubernetes';
  // The journal's PRIORITY is a severity; with the facility it makes the priority of the protocol.
  const severity = Number(text(at(json, 'jsonPayload', 'PRIORITY')) ?? Number.NaN);
  if (severity >= 0 && severity <= 7) put(doc, 'log.syslog.severity.code', severity);
  const isCluster = at(json, 'jsonPayload', 'kind') === 'Event';
  if (doc['process.executable'] !== undefined)
    doc['process.name'] ??= baseName(String(doc['process.executable']));
  categorise(
    doc,
    isCluster ? { category: ['configuration'], type: ['change'] } : { category: ['process'], type: ['info'] },
  );
  if (isCluster && doc['host.name'] === undefined) {
    const node = text(at(json, 'jsonPayload', 'source', 'host'));
    if (node !== undefined) doc['host.name'] = node;
  }
  return 'parsed';
}

/** Entries of Cloud Logging about clusters, nodes, pods and containers of Google Kubernetes Engine. */
export default defineSource({
  id: 'google.gke',
  signatures: [
    {
      kind: 'json',
      keys: ['resource', 'logName'],
      test: (json) =>
        /^(?:k8s|gke)_/.test(text(at(json, 'resource', 'type')) ?? '') && json['protoPayload'] === undefined,
    },
  ],
  parse,
});
