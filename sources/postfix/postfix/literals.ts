/** Parts of lines behind a queue id, for signatures. */
export const REST = [
  [': to=', ', relay=', ', status='],
  [': from=<', ', size=', ', nrcpt='],
  [': message-id=<'],
  [': removed'],
  [': host ', ' said: '],
  [': client=', '['],
  [': Used TLS for ', ']:'],
  [': reject: ', ' from ', '; from=<'],
  [': header ', '; from=<', '> to=<'],
  [': replace: header '],
  [': prepend: header '],
  ['NOQUEUE: '],
];
/** Starts of lines without a queue id, each with parts that follow. */
export const STARTS = [
  ['connect from ', '['],
  ['disconnect from ', '['],
  ['lost connection after ', ' from ', '['],
  ['timeout after ', ' from ', '['],
  ['too many errors after ', ' from ', '['],
  ['SSL_accept error from ', '['],
  ['connect to ', ']:', ': '],
  ['proxy-accept: ', '; from=<'],
  ['statistics: max connection '],
  ['statistics: max message '],
  ['statistics: max cache size '],
  ['warning: ', 'SASL ', ' authentication failed'],
  ['warning: hostname ', ' does not resolve to address '],
  ['warning: read TCP map reply from '],
  ['whitelisted: ', '['],
  ['Trusted TLS connection established ', ' with cipher '],
  ['Untrusted TLS connection established ', ' with cipher '],
  ['Anonymous TLS connection established ', ' with cipher '],
  ['Verified TLS connection established ', ' with cipher '],
];
/** What Postgrey and other policy servers write. */
export const POLICY = ['action=', 'client_address=', 'recipient='];
/** What policyd-spf writes. */
export const SPF = ['identity=', 'client-ip=', 'helo='];
