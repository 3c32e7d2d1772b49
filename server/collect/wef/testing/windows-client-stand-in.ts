import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { Identity } from './authority.ts';
import { packSldc } from './sldc-encoder.ts';

/** An event of a stand-in's log. */
export interface LoggedEvent {
  readonly channel: string;
  readonly record: number;
  readonly xml: string;
}

/** What a subscription tells a machine. */
export interface Offered {
  readonly version: string;
  readonly address: string;
  readonly identifier: string;
  readonly thumbprint: string;
  readonly bookmark: string | undefined;
  readonly query: string;
  readonly options: ReadonlyMap<string, string>;
  readonly whole: string;
}

/** How a delivery is made other than usual. */
export interface Manner {
  readonly sldc?: boolean;
  readonly utf8?: boolean;
  /** Events stand in the envelope as elements instead of as CDATA. */
  readonly bare?: boolean;
  readonly bookmark?: string | null;
  readonly to?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const WSMAN = 'http://schemas.dmtf.org/wbem/wsman/1/wsman';
const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';

/**
 * A stand-in for the forwarder of Windows (the WinRM client with its event forwarding plug-in): the exchange of
 * messages as MS-WSMV and DSP0226 describe it, over real TLS with a client certificate. It keeps an event log, and as
 * Windows does it believes the bookmark that it is given when it asks for its subscription.
 */
export class WindowsClientStandIn {
  readonly name: string;
  readonly log: LoggedEvent[] = [];
  readonly #agent: Agent;
  readonly #port: number;
  #records = 0;

  constructor(name: string, port: number, identity: Partial<Identity>, ca: string) {
    this.name = name;
    this.#port = port;
    this.#agent = new Agent({ ...identity, ca, keepAlive: true, maxSockets: 1 });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Something happens on the machine. */
  write(count: number, channel = 'Security', text = 'value'): LoggedEvent[] {
    const written = Array.from({ length: count }, () => {
      const record = ++this.#records;
      return { channel, record, xml: eventXml(this.name, channel, record, text) };
    });
    this.log.push(...written);
    return written;
  }

  /** Asks for the subscriptions of this machine. */
  async enumerate(): Promise<Offered | undefined> {
    const answer = await this.post(
      '/wsman/SubscriptionManager/WEC',
      this.envelope(
        'http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate',
        '<w:ResourceURI s:mustUnderstand="true">http://schemas.microsoft.com/wbem/wsman/1/SubscriptionManager/Subscription</w:ResourceURI>',
        '<n:Enumerate xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"><w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements></n:Enumerate>',
      ),
    );
    if (answer.status !== 200) throw new Error(`enumeration: ${answer.status} ${answer.text}`);
    return offered(answer.text);
  }

  /** Delivers events and the bookmark behind them. */
  deliver(offer: Offered, events: readonly LoggedEvent[], manner: Manner = {}): Promise<Answered> {
    const bookmark = manner.bookmark === undefined ? bookmarkOf(events) : manner.bookmark;
    const body = events.map(
      ({ xml }) =>
        `<w:Event Action="${WSMAN}/Event">${manner.bare === true ? xml : `<![CDATA[${xml}]]>`}</w:Event>`,
    );
    const text = this.envelope(
      `${WSMAN}/Events`,
      `${identifier(offer)}${bookmark === null ? '' : `<w:Bookmark>${bookmark}</w:Bookmark>`}<w:AckRequested/>`,
      `<w:Events>${body.join('')}</w:Events>`,
    );
    return this.post(manner.to ?? pathOf(offer), text, manner);
  }

  heartbeat(offer: Offered): Promise<Answered> {
    const text = this.envelope(
      `${WSMAN}/Heartbeat`,
      `${identifier(offer)}<w:AckRequested/>`,
      '<w:Events></w:Events>',
    );
    return this.post(pathOf(offer), text);
  }

  /** Gives the subscription up, as when a machine shuts down or may not read a log. */
  end(offer: Offered, reason: string): Promise<Answered> {
    const text = this.envelope(
      'http://schemas.xmlsoap.org/ws/2004/08/eventing/SubscriptionEnd',
      `${identifier(offer)}<w:AckRequested/>`,
      `<e:SubscriptionEnd xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing"><e:Status>http://schemas.xmlsoap.org/ws/2004/08/eventing/SourceCancelling</e:Status><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="5" Machine="${this.name}"><f:Message>${reason}</f:Message></f:WSManFault></e:SubscriptionEnd>`,
    );
    return this.post(pathOf(offer), text);
  }

  /** What Windows sends behind an operation: it says that it is compressed, and is not. */
  goodbye(offer: Offered): Promise<Answered> {
    const text = this.envelope('http://schemas.microsoft.com/wbem/wsman/1/wsman/End', '', '');
    return this.raw(pathOf(offer), encode(text), { 'content-encoding': 'SLDC' });
  }

  /** Asks, and delivers what stands behind the bookmark that it is given, a few events at a time. */
  async forward(batch = 10): Promise<Answered[]> {
    const offer = await this.enumerate();
    if (offer === undefined) return [];
    const from = (channel: string): number =>
      Number(new RegExp(`Channel="${channel}" RecordId="(\\d+)"`).exec(offer.bookmark ?? '')?.[1] ?? 0);
    const behind = this.log.filter(({ channel, record }) => record > from(channel));
    const answers: Answered[] = [];
    for (let at = 0; at < behind.length; at += batch)
      answers.push(await this.deliver(offer, behind.slice(at, at + batch), { sldc: true }));
    return answers;
  }

  envelope(action: string, header: string, body: string): string {
    return (
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
      `xmlns:a="${ADDRESSING}" xmlns:w="${WSMAN}.xsd" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">` +
      `<s:Header><a:To>https://localhost/</a:To><m:MachineID xmlns:m="http://schemas.microsoft.com/wbem/wsman/1/machineid" s:mustUnderstand="false">${this.name}</m:MachineID>` +
      `<a:ReplyTo><a:Address s:mustUnderstand="true">${ADDRESSING}/role/anonymous</a:Address></a:ReplyTo>` +
      `<a:Action s:mustUnderstand="true">${action}</a:Action><w:MaxEnvelopeSize s:mustUnderstand="true">512000</w:MaxEnvelopeSize>` +
      `<a:MessageID>uuid:${randomUUID().toUpperCase()}</a:MessageID><p:OperationID s:mustUnderstand="false">uuid:${randomUUID()}</p:OperationID>` +
      `<p:SequenceId s:mustUnderstand="false">1</p:SequenceId>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
    );
  }

  post(path: string, text: string, { sldc = false, utf8 = false }: Manner = {}): Promise<Answered> {
    const bytes = utf8 ? Buffer.from(text) : encode(text);
    return this.raw(path, sldc ? packSldc(bytes) : bytes, {
      'content-type': `application/soap+xml;charset=${utf8 ? 'UTF-8' : 'UTF-16'}`,
      ...(sldc ? { 'content-encoding': 'SLDC' } : {}),
    });
  }

  /** @param headers those of a POST of SOAP in UTF-16, unless they say otherwise */
  raw(
    path: string,
    body: Buffer,
    headers: Readonly<Record<string, string>> = {},
    method = 'POST',
  ): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: this.#port,
          servername: 'localhost',
          path,
          method,
          headers: {
            host: `localhost:${this.#port}`,
            'content-type': 'application/soap+xml;charset=UTF-16',
            'user-agent': 'stand-in for the WinRM client',
            'content-length': String(body.length),
            ...headers,
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.once('error', reject);
          response.once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(parts).toString('utf16le').replace('\ufeff', ''),
              headers: response.headers,
            }),
          );
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });
  }
}

/** An event as Windows writes it. */
export function eventXml(computer: string, channel: string, record: number, text: string): string {
  const time = new Date(Date.now() - 60_000 + record).toISOString().replace('Z', '0000Z');
  return (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>" +
    "<Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-A5BA-3E3B0328C30D}'/>" +
    '<EventID>4624</EventID><Version>2</Version><Level>0</Level><Task>12544</Task><Opcode>0</Opcode>' +
    `<Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='${time}'/><EventRecordID>${record}</EventRecordID>` +
    `<Correlation/><Execution ProcessID='640' ThreadID='700'/><Channel>${channel}</Channel><Computer>${computer}</Computer><Security/></System>` +
    `<EventData><Data Name='TargetUserName'>${text}</Data><Data Name='LogonType'>3</Data><Data Name='IpAddress'>192.0.2.7</Data></EventData></Event>`
  );
}

/** The bookmark behind events. */
export function bookmarkOf(events: readonly LoggedEvent[]): string {
  const last = new Map(events.map(({ channel, record }) => [channel, record]));
  const marks = [...last].map(
    ([channel, record]) => `<Bookmark Channel="${channel}" RecordId="${record}" IsCurrent="true"/>`,
  );
  return `<BookmarkList>${marks.join('')}</BookmarkList>`;
}

export function pathOf(offer: Offered): string {
  return new URL(offer.address).pathname;
}

function identifier(offer: Offered): string {
  return `<e:Identifier xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing">${offer.identifier}</e:Identifier>`;
}

function encode(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}

/** Reads what it needs with expressions of its own, and not with the collector's reader. */
function offered(whole: string): Offered | undefined {
  const subscription = /<m:Subscription [\s\S]*<\/m:Subscription>/.exec(whole)?.[0];
  if (subscription === undefined) return undefined;
  const find = (expression: RegExp): string => {
    const found = expression.exec(subscription)?.[1];
    if (found === undefined) throw new Error(`${expression} is not in ${subscription}`);
    return found;
  };
  const options = new Map(
    [...subscription.matchAll(/<w:Option Name="(\w+)"(?: xsi:nil="(\w+)"\/>|>([^<]*)<)/g)].map(
      ([, name, nil, value]) => [name!, nil ?? value ?? ''],
    ),
  );
  return {
    version: find(/<m:Version>uuid:([^<]+)</),
    address: find(/<e:NotifyTo><a:Address>([^<]+)</),
    identifier: find(/<e:NotifyTo>.*?<e:Identifier>([^<]+)</),
    thumbprint: find(/<auth:Thumbprint Role="issuer">([^<]+)</),
    query: find(
      /<w:Filter Dialect="http:\/\/schemas.microsoft.com\/win\/2004\/08\/events\/eventquery">(.*?)<\/w:Filter>/,
    ),
    bookmark: /<w:Bookmark>(.*?)<\/w:Bookmark>/.exec(subscription)?.[1],
    options,
    whole,
  };
}
