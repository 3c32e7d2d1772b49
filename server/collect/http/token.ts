/**
 * The source token in an `Authorization` header, in any form that a shipper can be made to send:
 *
 * - `Bearer TOKEN` (OTLP, NDJSON), `Splunk TOKEN` (HEC);
 * - `Basic base64(anything:TOKEN)`: the token is the password;
 * - `ApiKey base64(anything:TOKEN)` (Elasticsearch), or `ApiKey TOKEN` where the tool does not encode.
 *
 * Tokens are never read from the URL, because URLs end up in logs.
 */
export function tokenFrom(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > 4096) return undefined;
  const text = authorization.trim();
  const space = text.indexOf(' ');
  if (space < 0) return undefined;
  const scheme = text.slice(0, space).toLowerCase();
  const credentials = text.slice(space + 1).trim();
  if (credentials === '') return undefined;
  switch (scheme) {
    case 'bearer':
    case 'splunk':
      return credentials;
    case 'basic':
      return secretOf(credentials) ?? undefined;
    case 'apikey':
      return secretOf(credentials) ?? credentials;
    default:
      return undefined;
  }
}

function secretOf(encoded: string): string | undefined {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const secret = colon < 0 ? '' : decoded.slice(colon + 1);
  return secret === '' ? undefined : secret;
}
