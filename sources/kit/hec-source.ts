import type { EcsFields, JsonObject } from '@vigie/contracts';
import { put, toKeyword } from './types.ts';

/** A path on any system: `/var/log/x`, `C:\\Logs\\x`, `\\\\server\\share`. */
const PATH = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;
/** Event logs as Splunk's own forwarders name them: `WinEventLog:Security`, `XmlWinEventLog:…/Operational`. */
const EVENT_LOG = /^(?:Xml)?WinEventLog:(.+)$/;

/** Splunk's `source` is where a log was read: a file, an event log, or an input by its name. */
export function hecSource(fields: EcsFields, json: JsonObject): void {
  const source = toKeyword(json['source']);
  const channel = source === undefined ? undefined : EVENT_LOG.exec(source)?.[1];
  if (source !== undefined && PATH.test(source)) put(fields, 'log.file.path', source);
  else if (channel !== undefined) fields['winlog.channel'] = channel;
  else if (source !== undefined && source !== '') put(fields, 'labels.splunk_source', source);
  put(fields, 'labels.splunk_sourcetype', json['sourcetype']);
  put(fields, 'labels.splunk_index', json['index']);
  // Indexed fields, which a sender adds to the event.
  const extra = json['fields'];
  if (typeof extra === 'object' && extra !== null && !Array.isArray(extra))
    addLabels(fields, Object.entries(extra));
}

/** Fields of a person's own, as ECS has them: texts below `labels`, whose names hold no dots. */
function addLabels(fields: EcsFields, entries: readonly (readonly [string, unknown])[]): void {
  for (const [name, value] of entries.slice(0, 100)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
    if (name.length > 0 && name.length <= 100)
      put(fields, `labels.${name.replaceAll('.', '_')}`, String(value));
  }
}
