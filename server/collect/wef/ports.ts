/** One query of a subscription. */
export interface WefQuery {
  /** Name of an event log as Windows knows it, such as `Microsoft-Windows-Sysmon/Operational`. */
  readonly channel: string;
  /** XPath 1.0 in the extent that Windows understands; `*`: every event. */
  readonly xpath: string;
}

/** What the machines of a source are asked for. */
export interface WefSubscription {
  readonly enabled: boolean;
  readonly queries: readonly WefQuery[];
  /** `raw`: the event alone; `rendered`: with its texts in the machine's language, several times as large. */
  readonly format: 'raw' | 'rendered';
  /** Whether a machine that comes for the first time sends what its logs hold already. */
  readonly readExisting: boolean;
  /** Seconds for which a machine may gather events before it sends them. */
  readonly latencySeconds: number;
  /** Seconds after which a machine that has nothing to send says that it lives. */
  readonly heartbeatSeconds: number;
}

/** A machine of a source. */
export interface MachineKey {
  readonly tenant: string;
  readonly source: string;
  /** Name of its certificate, which an authority vouches for. */
  readonly certificate: string;
  /** What it calls itself. Several machines may have been given one certificate. */
  readonly machine: string;
}

/** That a machine was heard, and what it said. */
export interface MachineSighting {
  readonly kind: 'asked' | 'events' | 'heartbeat' | 'ended';
  /** Epoch milliseconds. */
  readonly at: number;
  readonly address: string;
  /** Version of the subscription that it works by. */
  readonly version?: string;
  /** Events with it that were stored. */
  readonly events?: number;
  /** How far it has come with them, as XML. */
  readonly bookmark?: string;
  /** Why it gave the subscription up. */
  readonly problem?: string;
}

/** What is kept of subscriptions and of the machines that follow them. */
export interface WefStore {
  /** @returns undefined: nobody has changed anything, the default is in force */
  subscription(tenant: string, source: string): Promise<WefSubscription | undefined>;
  /**
   * How far a machine has come.
   *
   * @throws `VIGIE_COLLECT_UNAVAILABLE`
   */
  bookmark(key: MachineKey): Promise<string | undefined>;
  /**
   * Resolves when it is kept durably.
   *
   * @returns false: too many machines have come with this one certificate, and this is one more
   * @throws `VIGIE_COLLECT_UNAVAILABLE`
   */
  note(key: MachineKey, sighting: MachineSighting): Promise<boolean>;
}
