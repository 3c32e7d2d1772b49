import type { EcsFields } from '@vigie/contracts';
import { parseCsv } from '../../kit/csv.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { toFloat, toLong } from '../../kit/types.ts';

/** Prefix of what has no ECS field. */
export const VENDOR = 'cisco.wsa.';

/** Columns before the bandwidth, by AsyncOS's own names; the same in all releases. */
const NAMES: readonly (string | undefined)[] = [
  'url_category',
  'reputation_score',
  'webroot.verdict',
  'webroot.threat',
  'webroot.threat_risk_rating',
  'webroot.threat_id',
  'webroot.trace_id',
  'mcafee.verdict',
  'mcafee.file',
  'mcafee.scan_error',
  'mcafee.detection_type',
  'mcafee.virus_type',
  'mcafee.threat',
  'sophos.verdict',
  'sophos.return_code',
  'sophos.file',
  'sophos.threat',
  'data_security.verdict',
  'external_dlp.verdict',
  'request_category',
  'response_category',
  'malware_category',
  'reputation_threat',
];
/** Columns with the name of a threat. */
const THREATS = [3, 12, 16];
/** The bandwidth stands in column 28; a release with one column more of the application has it in 29. */
const BANDWIDTH_FROM = 26;
const BANDWIDTH_TO = 31;
const BANDWIDTH = /^\d{1,12}\.\d{2}$/;
const MAX_COLUMNS = 80;

function isNothing(value: string | undefined): value is undefined {
  return value === undefined || value === '' || value === '-' || value === 'Unknown';
}

/**
 * Reads the scanning verdict: what stands between the angle brackets, one column a service.
 *
 * @returns whether a scanner found malware
 */
export function putVerdict(doc: EcsFields, text: string): boolean {
  const columns = parseCsv(text, { limit: MAX_COLUMNS });
  for (let i = 0; i < NAMES.length; i++) {
    const value = columns[i];
    const name = NAMES[i];
    if (isNothing(value) || name === undefined) continue;
    doc[VENDOR + name] = i === 1 ? (toFloat(value) ?? value) : value;
  }
  let threat: string | undefined;
  for (const column of THREATS) if (!isNothing(columns[column])) threat ??= columns[column];

  let bandwidth = BANDWIDTH_FROM;
  while (bandwidth <= BANDWIDTH_TO && !BANDWIDTH.test(columns[bandwidth] ?? '')) bandwidth++;
  if (bandwidth <= BANDWIDTH_TO) {
    const application = columns[bandwidth - 4];
    if (!isNothing(application)) doc['network.application'] = application.toLowerCase();
    const advanced = toLong(columns[bandwidth + 5]);
    if (advanced !== undefined) doc[`${VENDOR}amp.verdict`] = advanced;
    const name = columns[bandwidth + 6];
    if (!isNothing(name)) {
      doc[`${VENDOR}amp.threat`] = name;
      threat ??= name;
    }
    const score = toLong(columns[bandwidth + 7]);
    if (score !== undefined && advanced !== undefined) doc[`${VENDOR}amp.reputation_score`] = score;
    const file = columns[bandwidth + 9];
    if (!isNothing(file)) putFile(doc, file);
    putHash(doc, 'file.hash', columns[bandwidth + 10]);
    // Up to 3 the file was clean, or not scanned.
    if (advanced !== undefined && advanced > 3) threat ??= `AMP verdict ${advanced}`;
  }
  if (threat === undefined) return false;
  doc['threat.software.name'] = threat;
  return true;
}
