import type { SourceBinding } from './ports.ts';

/** The listener of Windows Event Forwarding, and whose certificates it trusts. */
export interface WefListening {
  readonly port: number;
  /** Thumbprint: SHA-1, capitals. Fingerprint: SHA-256, small letters. */
  readonly authorities: readonly {
    readonly name: string;
    readonly thumbprint: string;
    readonly fingerprint: string;
  }[];
}

/** Which of the listeners beside syslog and HTTP are open, for what people paste into their senders. */
export interface Listening {
  lumberjack?: { readonly port: number; readonly tls: boolean };
  gelf?: { readonly udp?: number | undefined; readonly tcp?: number | undefined };
  netflow?: { readonly port: number };
  wef?: WefListening;
  kafka?: {
    readonly brokers: readonly string[];
    readonly topics: readonly (SourceBinding & { readonly topic: string })[];
  };
}

/**
 * What of it concerns one source: another tenant's topics and authorities are nobody's business.
 *
 * @param senders what the source names as its senders
 */
export function listeningFor(
  { kafka, wef, ...rest }: Listening,
  { tenant, source }: SourceBinding,
  senders: readonly string[],
): Listening {
  const topics = kafka?.topics.filter((topic) => topic.tenant === tenant && topic.source === source) ?? [];
  const named = new Set(senders.map((sender) => sender.toLowerCase()));
  return {
    ...rest,
    ...(kafka === undefined || topics.length === 0 ? {} : { kafka: { ...kafka, topics } }),
    ...(wef === undefined
      ? {}
      : {
          wef: { ...wef, authorities: wef.authorities.filter(({ fingerprint }) => named.has(fingerprint)) },
        }),
  };
}
