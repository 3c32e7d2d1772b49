import type { Categorisation } from '../../kit/categorise.ts';
import type { MessageRule } from '../_shared/messages.ts';

const MAIL: Categorisation = { category: ['email'], type: ['info'] };
const REFUSED: Categorisation = { category: ['email'], type: ['denied'], outcome: 'failure' };
const FAILED: Categorisation = { category: ['email'], type: ['error'], outcome: 'failure' };
const CONNECTED: Categorisation = { category: ['network', 'email'], type: ['connection', 'start'] };
const CLOSED: Categorisation = { category: ['network', 'email'], type: ['connection', 'end'] };
const CONNECTION: Categorisation = { category: ['network', 'email'], type: ['connection'] };
const BROKEN: Categorisation = {
  category: ['network', 'email'],
  type: ['connection', 'error'],
  outcome: 'failure',
};
const LOGIN: Categorisation = { category: ['authentication', 'email'], type: ['start'], outcome: 'success' };
const LOGIN_FAILED: Categorisation = {
  category: ['authentication', 'email'],
  type: ['start'],
  outcome: 'failure',
};
const ADMINISTRATOR: Categorisation = { category: ['authentication'], type: ['start'], outcome: 'success' };
const ADMINISTRATOR_FAILED: Categorisation = { ...ADMINISTRATOR, outcome: 'failure' };
const as = (action: string, what: Categorisation = MAIL): Categorisation => ({ ...what, action });

/** The lines of the mail log, by their first word. `ICID` is a connection in, `DCID` one out, `MID` a message. */
export const RULES: readonly MessageRule[] = [
  [
    'New',
    as('connection-opened', CONNECTED),
    'New {} ICID {icid} interface {interface} ({local_destination}) address {source} reverse dns host {rdns} verified {verified}',
    'New {} ICID {icid} interface {interface} address {source} reverse dns host {rdns} verified {verified}',
    'New {} DCID {dcid} interface {local_source} address {destination} port {destination_port}',
    'New {} DCID {dcid} interface {local_source} address {destination}',
  ],
  ['Start', as('message-started'), 'Start MID {mid} ICID {icid}'],
  [
    'MID',
    REFUSED,
    'MID {mid} ICID {icid} RID {rid} To: <{to}> Rejected by {reason}',
    'MID {mid} ICID {icid} To: <{to}> Rejected by {reason}',
  ],
  ['MID', as('sender'), 'MID {mid} ICID {icid} From: <{from?}>'],
  ['MID', as('recipient'), 'MID {mid} ICID {icid} RID {rid} To: <{to}>'],
  ['MID', MAIL, "MID {mid} Message-ID '{message_id?}'", 'MID {mid} Message-ID "{message_id?}"'],
  [
    'MID',
    MAIL,
    "MID {mid} Subject '{subject?}'",
    'MID {mid} Subject "{subject?}"',
    'MID {mid} Subject {subject?}',
  ],
  ['MID', as('message-received'), 'MID {mid} ready {bytes} bytes from <{from?}>'],
  [
    'MID',
    MAIL,
    'MID {mid} matched all recipients for per-recipient policy {policy} in the {table} table',
    'MID {mid} matched per-recipient policy {policy} for {table} mail policies',
  ],
  [
    'MID',
    as('spam-scanned'),
    'MID {mid} interim verdict using engine: {engine} {spam}',
    'MID {mid} using engine: {engine} {spam}',
  ],
  [
    'MID',
    as('virus-scanned'),
    'MID {mid} interim AV verdict using {engine} {virus}',
    'MID {mid} antivirus {virus}',
  ],
  [
    'MID',
    as('file-scanned'),
    'MID {mid} AMP file reputation verdict : {file_reputation}',
    'MID {mid} AMP file reputation verdict: {file_reputation}',
  ],
  ['MID', as('outbreak-scanned'), 'MID {mid} Outbreak Filters: verdict {outbreak}'],
  ['MID', MAIL, 'MID {mid} SPF: {spf}'],
  ['MID', MAIL, 'MID {mid} DKIM: {dkim}'],
  ['MID', MAIL, 'MID {mid} DMARC: {dmarc}'],
  [
    'MID',
    MAIL,
    'MID {mid} URL {url} has reputation {url_score} matched {}',
    'MID {mid} URL {url} has reputation {url_score}',
  ],
  ['MID', MAIL, "MID {mid} attachment '{attachment}'"],
  [
    'MID',
    as('message-quarantined', REFUSED),
    'MID {mid} quarantined to "{rule}" ({reason})',
    'MID {mid} quarantined to "{rule}"',
  ],
  ['MID', as('message-dropped', REFUSED), 'MID {mid} Dropped by {reason}', 'MID {mid} dropped by {reason}'],
  ['MID', MAIL, 'MID {mid} rewritten to MID {new_mid} by {reason}'],
  ['MID', MAIL, 'MID {mid} Custom Log Entry: {reason}'],
  ['MID', as('message-queued'), 'MID {mid} queued for delivery'],
  [
    'MID',
    as('message-delivered', { ...MAIL, outcome: 'success' }),
    "MID {mid} RID [{rid}] Response '{reason}'",
    'MID {mid} RID [{rid}] Response {reason}',
  ],
  ['MID', MAIL, 'MID {mid} {reason}'],
  [
    'ICID',
    CONNECTION,
    'ICID {icid} {verb} SG {group} match {match} SBRS {score} country {country}',
    'ICID {icid} {verb} SG {group} match {match} SBRS {score}',
    'ICID {icid} {verb} SG {group} match {match} country {country}',
    'ICID {icid} {verb} SG {group} match {match}',
  ],
  [
    'ICID DCID',
    as('tls-established', CONNECTION),
    'ICID {icid} TLS success protocol {tls} cipher {cipher} {?}',
    'ICID {icid} TLS success protocol {tls} cipher {cipher}',
    'DCID {dcid} TLS success protocol {tls} cipher {cipher} {?}',
    'DCID {dcid} TLS success protocol {tls} cipher {cipher}',
  ],
  [
    'ICID DCID',
    as('tls-failed', BROKEN),
    'ICID {icid} TLS failed: {reason}',
    'DCID {dcid} TLS failed: {reason}',
    'DCID {dcid} TLS deferring: {reason}',
  ],
  [
    'ICID',
    as('sender-refused', REFUSED),
    'ICID {icid} Address: <{from?}> sender rejected, {reason}',
    'ICID {icid} Address: {from} sender rejected, {reason}',
  ],
  ['ICID', as('receiving-failed', BROKEN), 'ICID {icid} Receiving Failed: {reason}'],
  [
    'ICID DCID',
    as('connection-closed', CLOSED),
    'ICID {icid} close',
    'ICID {icid} lost',
    'DCID {dcid} close',
    'DCID {dcid} lost',
  ],
  ['ICID', CONNECTION, 'ICID {icid} {reason}'],
  ['DCID', CONNECTION, 'DCID {dcid} {reason}'],
  [
    'Delivery',
    as('delivery-started'),
    'Delivery start DCID {dcid} MID {mid} to RID [{rid}] {?}',
    'Delivery start DCID {dcid} MID {mid} to RID [{rid}]',
  ],
  [
    'Message',
    as('message-delivered', { ...MAIL, outcome: 'success' }),
    'Message done DCID {dcid} MID {mid} to RID [{rid}] {?}',
    'Message done DCID {dcid} MID {mid} to RID [{rid}]',
  ],
  ['Message', as('message-finished'), 'Message finished MID {mid} done'],
  ['Message', as('message-aborted', REFUSED), 'Message aborted MID {mid} {reason}'],
  [
    'Bounced:',
    as('message-bounced', FAILED),
    'Bounced: DCID {dcid} MID {mid} to RID {rid} - {reason}',
    'Bounced: DCID {dcid} MID {mid} From: <{from?}> To: <{to}> RID {rid} - {reason}',
    'Bounced: MID {mid} to RID {rid} - {reason}',
  ],
  [
    'Delayed:',
    as('message-delayed', FAILED),
    'Delayed: DCID {dcid} MID {mid} to RID {rid} - {reason}',
    'Delayed: DCID {dcid} MID {mid} From: <{from?}> To: <{to}> RID {rid} - {reason}',
  ],
  [
    'SMTP',
    LOGIN,
    'SMTP Auth: (ICID {icid}) succeeded for user: {user} using AUTH mechanism: {method} with profile: {rule}',
    'SMTP Auth: (ICID {icid}) succeeded for user: {user} using AUTH mechanism: {method}',
  ],
  [
    'SMTP',
    LOGIN_FAILED,
    'SMTP Auth: (ICID {icid}) failed for user: {user} using AUTH mechanism: {method} with profile: {rule}',
    'SMTP Auth: (ICID {icid}) failed for user: {user} using AUTH mechanism: {method}',
  ],
  [
    'LDAP:',
    REFUSED,
    'LDAP: Drop query {rule} MID {mid} RID {rid} address {to}',
    'LDAP: Bounce query {rule} MID {mid} RID {rid} address {to}',
    'LDAP: Reject query {rule} MID {mid} RID {rid} address {to}',
  ],
  // Who administers the appliance
  [
    'The',
    ADMINISTRATOR,
    'The user {user} successfully logged on using {} from {source} with privilege of {}',
    'The user {user} successfully logged on from {source} with privilege {} using {}',
  ],
  [
    'User',
    ADMINISTRATOR,
    'User {user} from {source} was authenticated successfully by privilege {} using {}',
    'User {user} from {source} was authenticated successfully {?}',
  ],
  [
    'User',
    ADMINISTRATOR_FAILED,
    'User {user} from {source} failed authentication {?}',
    'User {user} from {source} failed authentication',
  ],
  [
    'File',
    as('file-scanned'),
    "File reputation query initiating. File Name = '{file?}', MID = {mid}, File Size = {} bytes, File Type = {}",
  ],
  [
    'Response',
    as('file-scanned'),
    "Response received for file reputation query from {}. File Name = '{file?}', MID = {mid}, Disposition = {disposition}, Malware = {malware}, Analysis Score = {}, sha256 = {sha256}, upload_action = {reason}",
    "Response received for file reputation query from {}. File Name = '{file?}', MID = {mid}, Disposition = {disposition}, Malware = {malware}, Reputation Score = {}, sha256 = {sha256}, upload_action = {reason}",
  ],
  ['login', ADMINISTRATOR, 'login:{source} user:{user} session:{}'],
];
