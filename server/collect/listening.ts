import type { SourceBinding } from './ports.ts';

/** Which of the listeners beside syslog and HTTP are open, for what people paste into their senders. */
export interface Listening {
  lumberjack?: { readonly port: number; readonly tls: boolean };
  gelf?: { readonly udp?: number | undefined; readonly tcp?: number | undefined };
  netflow?: { readonly port: number };
  kafka?: {
    readonly brokers: readonly string[];
    readonly topics: readonly (SourceBinding & { readonly topic: string })[];
  };
}

/** What of it concerns one source: another tenant's topics are nobody's business. */
export function listeningFor({ kafka, ...rest }: Listening, { tenant, source }: SourceBinding): Listening {
  const topics = kafka?.topics.filter((topic) => topic.tenant === tenant && topic.source === source) ?? [];
  return kafka === undefined || topics.length === 0 ? rest : { ...rest, kafka: { ...kafka, topics } };
}
