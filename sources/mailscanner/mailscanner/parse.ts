import { type Categorisation, WHAT } from '../../kit/categorise.ts';
import { programSource } from '../../kit/program-source.ts';

const OWN = 'mailscanner.mailscanner.';
const SPAM: Categorisation = { category: ['email'], type: ['info'], action: 'spam-found' };
const HAM: Categorisation = { category: ['email'], type: ['info'], action: 'mail-checked' };
const VIRUS: Categorisation = { category: ['email', 'malware'], type: ['info'], action: 'virus-found' };
const FORBIDDEN: Categorisation = {
  category: ['email', 'file'],
  type: ['info', 'denied'],
  action: 'attachment-refused',
};
const PHISHING: Categorisation = {
  category: ['email', 'threat'],
  type: ['indicator'],
  action: 'phishing-found',
};
const DELIVERED: Categorisation = { category: ['email'], type: ['info'], action: 'delivered' };
const UPDATED: Categorisation = {
  category: ['package'],
  type: ['change'],
  action: 'data-updated',
  outcome: 'success',
};
const NOT_UPDATED: Categorisation = { ...UPDATED, outcome: 'failure' };
const FROM = 'from {source@endpoint} ({email.from.address@list}) to';
const ALERT = { 'event.kind': 'alert' } as const;

/** Messages of MailScanner 4 and 5 and of its update scripts. */
export default programSource({
  id: 'mailscanner.mailscanner',
  programs: [
    'mailscanner',
    'update.bad.phishing.sites',
    'update.phishing.sites',
    'update.bad.phishing.emails',
    'update.virus.scanners',
    'update.spamassassin',
    'update_virus_scanners',
    'clean.quarantine',
    'ms-update-phishing',
    'ms-update-sa',
    'ms-update-vs',
    'clamav-autoupdate',
  ],
  otherwise: WHAT.mail,
  messages: [
    [`Message {email.local_id} ${FROM} {${OWN}to} is spam, {event.reason}`, SPAM, ALERT],
    [`Message {email.local_id} ${FROM} {${OWN}to} is spam{event.reason?}`, SPAM, ALERT],
    [`Message {email.local_id} ${FROM} {${OWN}to} is not spam, {event.reason}`, HAM],
    [`Message {email.local_id} ${FROM} {${OWN}to} is not spam{event.reason?}`, HAM],
    [`Message {email.local_id} ${FROM} {${OWN}to} is whitelisted{?}`, HAM],
    [`Message {email.local_id} ${FROM} {${OWN}to} is too big for spam checks ({}`, HAM],
    [`Infected message {email.local_id} came from {source@endpoint}`, VIRUS, ALERT],
    [`Virus Scanning: {${OWN}scanner} found {${OWN}infections} infections`, VIRUS, ALERT],
    [`Virus Scanning: Found {${OWN}infections} viruses`, VIRUS, ALERT],
    [`Clamd::INFECTED::{threat.software.name} :: {${OWN}path}`, VIRUS, ALERT],
    [
      `Filename Checks: {event.reason} ({email.local_id} {email.attachments.file.name@list})`,
      FORBIDDEN,
      ALERT,
    ],
    [
      `Filetype Checks: {event.reason} ({email.local_id} {email.attachments.file.name@list})`,
      FORBIDDEN,
      ALERT,
    ],
    [`Filename Checks: {event.reason}`, FORBIDDEN, ALERT],
    [
      `Content Checks: Detected and have disarmed {event.reason} in HTML message in {email.local_id} from {email.from.address@list}`,
      PHISHING,
      ALERT,
    ],
    [`Content Checks: {event.reason}`, { ...WHAT.mail, action: 'content-found' }, ALERT],
    [
      `Found phishing fraud from {url.domain} claiming to be {${OWN}claimed} in {email.local_id}`,
      PHISHING,
      ALERT,
    ],
    [`Found ip-based phishing fraud from {url.domain} in {email.local_id}`, PHISHING, ALERT],
    [`Found highly suspicious phishing fraud from {url.domain} in {email.local_id}`, PHISHING, ALERT],
    [`RBL checks: {email.local_id} found in {event.reason}`, SPAM, ALERT],
    [
      `Delivery of spam: message {email.local_id} from {email.from.address@list} to {${OWN}to} with subject {email.subject}`,
      DELIVERED,
    ],
    [
      `Delivery of nonspam: message {email.local_id} from {email.from.address@list} to {${OWN}to} with subject {email.subject}`,
      DELIVERED,
    ],
    [`Uninfected: Delivered {${OWN}count} messages`, DELIVERED],
    [`Unscanned: Delivered {${OWN}count} messages`, DELIVERED],
    [`Cleaned: Delivered {${OWN}count} cleaned messages`, DELIVERED],
    [`Requeue: {${OWN}old_id} to {email.local_id}`, DELIVERED],
    [
      `Spam Actions: message {email.local_id} actions are {${OWN}actions}`,
      { ...SPAM, action: 'spam-handled' },
    ],
    [`Non-spam Actions: message {email.local_id} actions are {${OWN}actions}`, HAM],
    [`New Batch: Scanning {${OWN}count} messages, {${OWN}bytes} bytes`, HAM],
    [`Spam Checks: {event.reason}`, HAM],
    [`Virus and Content Scanning: {event.reason}`, HAM],
    [`Other Checks: Found {${OWN}count} problems`, HAM],
    [
      `MailScanner E-Mail Virus Scanner version {service.version} starting...`,
      { ...WHAT.processStart, action: 'service-started' },
    ],
    [
      `MailScanner Email Processor version {service.version} starting...`,
      { ...WHAT.processStart, action: 'service-started' },
    ],
    [`MailScanner child dying of old age`, { ...WHAT.processEnd, action: 'worker-ended' }],
    [`MailScanner child caught a SIG{}`, { ...WHAT.processEnd, action: 'worker-ended' }],
    [`Phishing bad sites list updated`, UPDATED],
    [`Phishing safe sites list updated`, UPDATED],
    [`Phishing bad emails list updated`, UPDATED],
    [`Delaying cron job up to {} seconds`, WHAT.hostInfo],
    [`Could not retrieve {event.reason}`, NOT_UPDATED],
    [`Cannot {event.reason}`, WHAT.hostError],
    [`ClamAV updated`, UPDATED],
    [`{${OWN}scanner} updated`, UPDATED],
    [`Deleted {${OWN}count} messages from processing-database`, WHAT.hostInfo],
  ],
  after(doc) {
    const to = doc[`${OWN}to`];
    if (typeof to === 'string' && to.includes('@')) {
      doc['email.to.address'] = to.split(',', 50).map((address) => address.trim());
      delete doc[`${OWN}to`];
    }
    const score = /score=(-?[\d.]{1,10})/.exec(String(doc['event.reason'] ?? ''))?.[1];
    if (score !== undefined) doc[`${OWN}score`] = Number(score);
  },
});
