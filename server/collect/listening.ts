/** Which of the listeners beside syslog and HTTP are open, for what people paste into their senders. */
export interface Listening {
  lumberjack?: { readonly port: number; readonly tls: boolean };
  gelf?: { readonly udp?: number | undefined; readonly tcp?: number | undefined };
  netflow?: { readonly port: number };
  kafka?: {
    readonly brokers: readonly string[];
    readonly topics: readonly { topic: string; source: string }[];
  };
}
