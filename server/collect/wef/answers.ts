import { randomUUID } from 'node:crypto';
import { ACTION, ANONYMOUS, EARLIEST, EVENT_LOG, EVENT_QUERY, MUTUAL_TLS, NS } from './names.ts';
import type { WefSubscription } from './ports.ts';
import { queryList } from './subscription.ts';
import { escapeXml } from './xml.ts';

/** Of the envelopes that machines send, bytes: what Windows' own collector asks for. */
const MAX_ENVELOPE = 512_000;
/** A machine that can't deliver tries this often, so many seconds apart, before it waits for its next enumeration. */
const RETRIES = { count: 5, seconds: 60 } as const;

const message = (): string => `uuid:${randomUUID().toUpperCase()}`;

const PREFIXES = [
  ['s', NS.soap],
  ['a', NS.addressing],
  ['n', NS.enumeration],
  ['e', NS.eventing],
  ['w', NS.wsman],
  ['p', NS.microsoft],
]
  .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  .join('');

/** An answer to a message. */
function answer(action: string, relatesTo: string | undefined, body: string): string {
  // OperationID is not repeated: that would promise to keep each answer and give it again (MS-WSMV 3.1.4.1.39). The
  // number stays, as machines are used to it.
  return (
    `<s:Envelope xml:lang="en-US"${PREFIXES}><s:Header>` +
    `<a:Action>${action}</a:Action><a:MessageID>${message()}</a:MessageID><a:To>${ANONYMOUS}</a:To>` +
    '<p:SequenceId>1</p:SequenceId>' +
    (relatesTo === undefined ? '' : `<a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo>`) +
    `</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

/** That events are stored, or that a sign of life was heard. */
export function acknowledgement(relatesTo: string): string {
  return answer(ACTION.acknowledge, relatesTo, '');
}

/** What goes wrong, in the codes of WS-Management. The sentence appears in the machine's own log. */
export interface Fault {
  readonly status: 400 | 403 | 404 | 413 | 415 | 503;
  /** Whose fault it is, in SOAP's words. */
  readonly side: 'Sender' | 'Receiver';
  readonly code: `${'a' | 'w'}:${string}`;
  readonly reason: string;
}

/** A refusal. */
export function faultMessage({ side, code, reason }: Fault, relatesTo: string | undefined): string {
  const body =
    `<s:Fault><s:Code><s:Value>s:${side}</s:Value><s:Subcode><s:Value>${code}</s:Value></s:Subcode></s:Code>` +
    `<s:Reason><s:Text xml:lang="en-US">${escapeXml(reason)}</s:Text></s:Reason></s:Fault>`;
  return answer(ACTION.fault, relatesTo, body);
}

/** A subscription for one machine. */
export interface Offer {
  readonly name: string;
  readonly version: string;
  readonly subscription: WefSubscription;
  /** Where events are to be delivered. */
  readonly address: string;
  /** SHA-1 of the authority whose certificate the machine shows there. */
  readonly issuerThumbprint: string;
  /** How far the machine has come; undefined: it was never here. */
  readonly bookmark: string | undefined;
}

/** The subscriptions of a machine: one, or none (MS-WSMV 3.1.4.8; DSP0226 8.2.3, optimised enumeration). */
export function enumeration(relatesTo: string, offer: Offer | undefined): string {
  return answer(
    ACTION.enumerated,
    relatesTo,
    `<n:EnumerateResponse><n:EnumerationContext></n:EnumerationContext><w:Items>${
      offer === undefined ? '' : subscriptionItem(offer)
    }</w:Items><w:EndOfSequence/></n:EnumerateResponse>`,
  );
}

function subscriptionItem(offer: Offer): string {
  return (
    `<m:Subscription xmlns:m="${NS.subscription}"><m:Version>uuid:${offer.version}</m:Version>` +
    `<s:Envelope${PREFIXES}>${subscribeHeader(offer)}<s:Body>${subscribe(offer)}</s:Body></s:Envelope></m:Subscription>`
  );
}

function subscribeHeader({ name, subscription: { format, readExisting } }: Offer): string {
  const options = [
    ['SubscriptionName', name],
    ['Compression', 'SLDC'],
    // Events are passed as they are, not parsed and put together anew by the machine.
    ['CDATA', null],
    ['ContentFormat', format === 'raw' ? 'Raw' : 'RenderedText'],
    // A channel that a machine does not have must not end the subscription to the others.
    ['IgnoreChannelError', null],
    ...(readExisting ? [['ReadExistingEvents', null] as const] : []),
  ] as const;
  return (
    `<s:Header><a:To>${ANONYMOUS}</a:To><w:ResourceURI s:mustUnderstand="true">${EVENT_LOG}</w:ResourceURI>` +
    `<a:ReplyTo><a:Address s:mustUnderstand="true">${ANONYMOUS}</a:Address></a:ReplyTo>` +
    `<a:Action s:mustUnderstand="true">${ACTION.subscribe}</a:Action>` +
    `<w:MaxEnvelopeSize s:mustUnderstand="true">${MAX_ENVELOPE}</w:MaxEnvelopeSize>` +
    `<a:MessageID>${message()}</a:MessageID>${LOCALE}` +
    `<p:OperationID s:mustUnderstand="false">${message()}</p:OperationID>` +
    `<p:SequenceId s:mustUnderstand="false">1</p:SequenceId><w:OptionSet xmlns:xsi="${NS.instance}">${options
      .map(([option, value]) =>
        value === null
          ? `<w:Option Name="${option}" xsi:nil="true"/>`
          : `<w:Option Name="${option}">${escapeXml(value)}</w:Option>`,
      )
      .join('')}</w:OptionSet></s:Header>`
  );
}

const LOCALE =
  '<w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>';

function subscribe({ version, subscription, address, issuerThumbprint, bookmark }: Offer): string {
  const { latencySeconds, heartbeatSeconds, readExisting } = subscription;
  const endpoint =
    `<a:Address>${escapeXml(address)}</a:Address>` +
    `<a:ReferenceProperties><e:Identifier>${version}</e:Identifier></a:ReferenceProperties>`;
  const policy =
    `<c:Policy xmlns:c="${NS.policy}" xmlns:auth="${NS.authentication}"><c:ExactlyOne><c:All>` +
    `<auth:Authentication Profile="${MUTUAL_TLS}"><auth:ClientCertificate>` +
    `<auth:Thumbprint Role="issuer">${issuerThumbprint}</auth:Thumbprint>` +
    '</auth:ClientCertificate></auth:Authentication></c:All></c:ExactlyOne></c:Policy>';
  const from = bookmark ?? (readExisting ? EARLIEST : undefined);
  return (
    `<e:Subscribe><e:EndTo>${endpoint}</e:EndTo><e:Delivery Mode="${ACTION.events}">` +
    `<w:Heartbeats>PT${heartbeatSeconds}.000S</w:Heartbeats><e:NotifyTo>${endpoint}${policy}</e:NotifyTo>` +
    `<w:ConnectionRetry Total="${RETRIES.count}">PT${RETRIES.seconds}.0S</w:ConnectionRetry>` +
    `<w:MaxTime>PT${latencySeconds}.000S</w:MaxTime>` +
    `<w:MaxEnvelopeSize Policy="Notify">${MAX_ENVELOPE}</w:MaxEnvelopeSize>${LOCALE}` +
    `<w:ContentEncoding>UTF-16</w:ContentEncoding></e:Delivery>` +
    `<w:Filter Dialect="${EVENT_QUERY}">${queryList(subscription)}</w:Filter>` +
    // Written by us from what the machine sent before.
    (from === undefined ? '' : `<w:Bookmark>${from}</w:Bookmark>`) +
    '<w:SendBookmarks/></e:Subscribe>'
  );
}
