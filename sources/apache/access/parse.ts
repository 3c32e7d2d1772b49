import type { EcsFields } from '@vigie/contracts';
import { putAccess, readAccessLine } from '../../kit/access-log.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const line = readAccessLine(input.text, input.timeZone);
  if (line === undefined) return 'rejected';
  putAccess(line, doc);
  // `%{SSL_PROTOCOL}x %{SSL_CIPHER}x`, which administrators like to append.
  const protocol = line.extra.findIndex((word) => /^(?:TLS|SSL)v\d/.test(word));
  if (protocol >= 0) {
    putTlsVersion(doc, line.extra[protocol]);
    const cipher = line.extra[protocol + 1];
    if (cipher !== undefined && cipher !== '-') doc['tls.cipher'] = cipher;
  }
  return 'parsed';
}

export default defineSource({
  id: 'apache.access',
  signatures: [
    {
      kind: 'app',
      names: ['apache', 'apache2', 'httpd', 'apache-access', 'apache_access', 'httpd_access'],
      test: (input) => input.text.includes('] "'),
    },
    // Any line in Common or Combined Log Format that no other web server claims.
    {
      kind: 'text',
      literals: ['] "'],
      test: (input) => input.text.charCodeAt(0) !== 91,
    },
  ],
  parse,
});
