declare module 'splunk-logging' {
  interface Message {
    readonly message: unknown;
    readonly metadata?: Readonly<Record<string, unknown>>;
  }
  class Logger {
    constructor(config: Readonly<Record<string, unknown>>);
    error: (error: unknown, context?: unknown) => void;
    send(message: Message): void;
  }
  const splunk: { readonly Logger: typeof Logger };
  export default splunk;
}
