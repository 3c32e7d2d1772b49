import type { EcsFields, JsonObject } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { baseName } from '../../kit/file.ts';
import { objects, text } from '../../kit/json.ts';
import type { ParseInput } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const DIGESTS = ['Md5', 'Sha1', 'Sha256'] as const;

/** Digests of a record: `HashMd5`, `HashSha1`, `HashSha256`. */
export function putDigests(doc: EcsFields, prefix: string, record: JsonObject): void {
  for (const name of DIGESTS) {
    const digest = text(record[`Hash${name}`]);
    if (digest !== undefined && !/^0+$/.test(digest))
      doc[`${prefix}.hash.${name.toLowerCase()}`] = digest.toLowerCase();
  }
}

/**
 * A process as SES Evolution describes it.
 *
 * @param prefix `process`, `process.parent`, or one of the vendor's own for a target
 */
export function putProcess(doc: EcsFields, prefix: string, record: JsonObject, input: ParseInput): void {
  const path = text(record['ProcessImageName']);
  if (path !== undefined) {
    doc[`${prefix}.executable`] = path;
    doc[`${prefix}.name`] = baseName(path);
  }
  put(doc, `${prefix}.pid`, record['PID']);
  put(doc, `${prefix}.entity_id`, text(record['ProcessGuid']));
  put(doc, `${prefix}.command_line`, text(record['ProcessCommandLine']));
  const started = text(record['ProcessStartTime']);
  if (started !== undefined) putDate(doc, `${prefix}.start`, parseDate(started, input));
  put(doc, `${prefix}.user.id`, text(record['User']));
  put(doc, `${prefix}.user.name`, text(record['UserNameLookup']));
  putDigests(doc, prefix, record);
  const state = text(record['CertificateSignatureStateComputedMap']);
  if (state?.endsWith('Trusted') === true) {
    doc[`${prefix}.code_signature.trusted`] = true;
    put(
      doc,
      `${prefix}.code_signature.subject_name`,
      text(objects(record['Certificates'])[0]?.['SubjectCN']),
    );
  }
}
