import type { EcsFields } from '@vigie/contracts';

const VERSION = /^(TLS|SSL|DTLS)[\s_-]?v?[\s_-]?(\d)(?:[._](\d))?/i;

/**
 * Writes `tls.version` (the number alone) and `tls.version_protocol` from `TLSv1.3`, `TLS 1.2`, `tls1_2`,
 * `SSLv3`.
 *
 * @returns whether `text` names a version; if not, nothing is written
 */
export function putTlsVersion(doc: EcsFields, text: string | undefined): boolean {
  const match = text === undefined ? null : VERSION.exec(text);
  if (match === null) return false;
  doc['tls.version'] = match[3] === undefined ? match[2]! : `${match[2]}.${match[3]}`;
  doc['tls.version_protocol'] = match[1]!.toLowerCase();
  return true;
}

/** A certificate's serial number or fingerprint as ECS asks for it: without separators, in upper case. */
export function certificateHex(text: string): string {
  return text.replaceAll(':', '').toUpperCase();
}
