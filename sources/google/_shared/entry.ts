import type { EcsFields, JsonObject } from '@vigie/contracts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { at, text } from '../../kit/json.ts';
import { put } from '../../kit/types.ts';

/**
 * Writes what every entry of Cloud Logging shares: time, id, severity, and the project that it belongs to.
 *
 * @see https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
 */
export function putEntry(doc: EcsFields, entry: JsonObject): void {
  const when = text(entry['timestamp']) ?? text(entry['receiveTimestamp']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  put(doc, 'event.id', text(entry['insertId']));
  put(doc, 'gcp.log_name', text(entry['logName']));
  const severity = text(entry['severity']);
  if (severity !== undefined && severity !== 'DEFAULT') doc['log.level'] = severity.toLowerCase();
  put(doc, 'trace.id', text(entry['trace']));
  doc['cloud.provider'] = 'gcp';
  put(doc, 'cloud.project.id', at(entry, 'resource', 'labels', 'project_id'));
  const location =
    text(at(entry, 'resource', 'labels', 'location')) ?? text(at(entry, 'resource', 'labels', 'region'));
  if (location !== undefined && location !== 'global') putPlace(doc, location);
  put(doc, 'cloud.availability_zone', at(entry, 'resource', 'labels', 'zone'));
}

/** A location is a region (`europe-west1`) or a zone in it (`europe-west1-b`). */
function putPlace(doc: EcsFields, location: string): void {
  const dash = location.lastIndexOf('-');
  if (dash > 0 && location.length - dash === 2) {
    doc['cloud.availability_zone'] = location;
    doc['cloud.region'] = location.slice(0, dash);
  } else doc['cloud.region'] = location;
}

/** The end of a log's name, decoded: `cloudaudit.googleapis.com/activity`. */
export function logOf(entry: JsonObject): string {
  const name = text(entry['logName']) ?? '';
  const at = name.indexOf('/logs/');
  return at < 0
    ? ''
    : name
        .slice(at + 6)
        .replaceAll('%2F', '/')
        .replaceAll('%2f', '/');
}
