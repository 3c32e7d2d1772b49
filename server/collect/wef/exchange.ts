import { createHash } from 'node:crypto';
import type { RawLog } from '@vigie/contracts';
import { isUnavailable } from '../errors.ts';
import type { CollectorPorts, SourceBinding } from '../ports.ts';
import { decodeLimited, rawFlags } from '../raw-text.ts';
import { acknowledgement, enumeration, type Fault, faultMessage } from './answers.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { Machine } from './identity.ts';
import { ACTION } from './names.ts';
import type { WefLimits } from './options.ts';
import type { MachineKey, MachineSighting, WefStore } from './ports.ts';
import { DEFAULT_SUBSCRIPTION, subscriptionId, subscriptionVersion } from './subscription.ts';
import type { Text } from './text.ts';
import { XmlError } from './xml.ts';

/** Where machines ask for their subscriptions. */
export const MANAGER_PATH = '/wsman/subscriptionmanager/wec';
/** Where they deliver: below this, the name of the subscription. */
export const DELIVERY_PATH = '/wsman/subscriptions/';

/** Figures of what machines sent. */
export interface WefCounters {
  events: number;
  bytes: number;
  quarantined: number;
  invalid: number;
  retries: number;
}

/** One request, its body decoded. */
export interface WefRequest {
  readonly machine: Machine;
  /** In small letters. */
  readonly path: string;
  /** Name and port under which the machine reached us. */
  readonly host: string;
  readonly text: Text;
  /** Aborted when the machine goes away before it was answered. */
  readonly gone: AbortSignal;
}

/** What is answered; without a body: nothing but the status. */
export interface WefAnswer {
  readonly status: number;
  readonly body?: string;
  /** It came of a source that is known. */
  readonly known: boolean;
}

const MACHINE_NAME = /^[a-z0-9_][a-z0-9_.-]{0,254}$/;
const UUID = /^(?:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

const FAULTS = {
  stranger: {
    status: 403,
    side: 'Sender',
    code: 'w:AccessDenied',
    reason: 'The authority of this certificate is not assigned to any source.',
  },
  crowded: {
    status: 403,
    side: 'Sender',
    code: 'w:AccessDenied',
    reason: 'Too many machines use this one certificate: give each machine its own.',
  },
  elsewhere: {
    status: 404,
    side: 'Sender',
    code: 'a:DestinationUnreachable',
    reason: 'This subscription is not the one of this machine; ask for subscriptions again.',
  },
  unknown: {
    status: 400,
    side: 'Sender',
    code: 'a:ActionNotSupported',
    reason: 'This action is not supported here.',
  },
  large: {
    status: 413,
    side: 'Sender',
    code: 'w:EncodingLimit',
    reason: 'There are too many events in one envelope.',
  },
  later: {
    status: 503,
    side: 'Receiver',
    code: 'w:InternalError',
    reason: 'The events could not be stored now; send them again.',
  },
} as const satisfies Readonly<Record<string, Fault>>;

/** The conversation of machines with their subscription manager and with their event collector. */
export class WefExchange {
  readonly counters: WefCounters = { events: 0, bytes: 0, quarantined: 0, invalid: 0, retries: 0 };
  readonly #ports: CollectorPorts;
  readonly #store: WefStore;
  readonly #limits: WefLimits;

  constructor(ports: CollectorPorts, store: WefStore, limits: WefLimits) {
    this.#ports = ports;
    this.#store = store;
    this.#limits = limits;
  }

  /** Answers a message. A failure of the stores is told as one that passes. */
  async answer(request: WefRequest): Promise<WefAnswer> {
    const binding = this.#ports.directory.byCertificate(request.machine);
    let envelope: Envelope;
    try {
      envelope = readEnvelope(request.text.text);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.invalid(binding);
      const reason = `The message can't be read: ${error.message}.`;
      return fault(
        { status: 400, side: 'Sender', code: 'w:SchemaValidationError', reason },
        undefined,
        false,
      );
    }
    const known = binding !== undefined;
    try {
      if (request.path === MANAGER_PATH) return await this.#manage(request, binding, envelope);
      if (binding === undefined) {
        this.#hold(request, envelope);
        return fault(FAULTS.stranger, envelope, known);
      }
      // Said by machines whose version of ours is behind, or that belonged to another source.
      if (request.path.slice(DELIVERY_PATH.length) !== subscriptionId(binding).toLowerCase())
        return fault(FAULTS.elsewhere, envelope, known);
      return await this.#deliver(request, binding, envelope);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.counters.retries++;
      return fault(FAULTS.later, envelope, known);
    }
  }

  /** Counts a message that could not be read. */
  invalid(binding: SourceBinding | undefined): void {
    this.counters.invalid++;
    this.#ports.drops.count('frame-invalid', binding, 1);
  }

  async #manage(
    request: WefRequest,
    binding: SourceBinding | undefined,
    envelope: Envelope,
  ): Promise<WefAnswer> {
    const known = binding !== undefined;
    if (envelope.action === ACTION.end) return { status: 204, known };
    if (envelope.action !== ACTION.enumerate) return fault(FAULTS.unknown, envelope, known);
    if (binding === undefined) {
      this.#hold(request, envelope);
      // No subscription, rather than an error: the machine asks again by itself, and is known by then perhaps.
      return { status: 200, body: enumeration(envelope.messageId, undefined), known };
    }
    const key = keyOf(binding, request, envelope);
    if (!(await this.#note(request, key, { kind: 'asked' }))) return fault(FAULTS.crowded, envelope, known);
    const subscription =
      (await this.#store.subscription(binding.tenant, binding.source)) ?? DEFAULT_SUBSCRIPTION;
    if (!subscription.enabled || subscription.queries.length === 0)
      return { status: 200, body: enumeration(envelope.messageId, undefined), known };
    const { issuerThumbprint } = request.machine;
    const offer = {
      name: `Vigie ${binding.source}`,
      version: subscriptionVersion(binding, subscription, issuerThumbprint),
      subscription,
      address: `https://${request.host}${DELIVERY_PATH}${subscriptionId(binding)}`,
      issuerThumbprint,
      bookmark: await this.#store.bookmark(key),
    };
    return { status: 200, body: enumeration(envelope.messageId, offer), known };
  }

  async #deliver(request: WefRequest, binding: SourceBinding, envelope: Envelope): Promise<WefAnswer> {
    const key = keyOf(binding, request, envelope);
    const { action, events, bookmark, problem } = envelope;
    let kept: boolean;
    if (action === ACTION.events) {
      if (events.length > this.#limits.events) {
        this.#ports.drops.count('too-large', binding, 1);
        return fault(FAULTS.large, envelope, true);
      }
      if (events.length > 0)
        await this.#ports.sink.accept(this.#logs(request, binding, events), request.gone);
      // Only now: a machine goes on behind its bookmark, so the bookmark must never be ahead of what is stored.
      kept = await this.#note(request, key, {
        kind: 'events',
        events: events.length,
        ...versionOf(envelope),
        ...(bookmark === undefined ? {} : { bookmark }),
      });
    } else if (action === ACTION.heartbeat)
      kept = await this.#note(request, key, { kind: 'heartbeat', ...versionOf(envelope) });
    else if (action === ACTION.subscriptionEnd)
      kept = await this.#note(request, key, { kind: 'ended', problem: problem ?? '' });
    else if (action === ACTION.end) return { status: 204, known: true };
    else return fault(FAULTS.unknown, envelope, true);
    if (!kept) return fault(FAULTS.crowded, envelope, true);
    return envelope.acknowledge
      ? { status: 200, body: acknowledgement(envelope.messageId), known: true }
      : { status: 202, known: true };
  }

  #note(
    { machine }: WefRequest,
    key: MachineKey,
    sighting: Omit<MachineSighting, 'at' | 'address'>,
  ): Promise<boolean> {
    return this.#store.note(key, { ...sighting, at: this.#ports.now(), address: machine.address });
  }

  /**
   * Events as logs. An event is the same event when all of it is the same: its channel, number, time and machine are
   * in it. So a delivery that comes twice, days apart even, is stored once.
   */
  #logs({ machine, text }: WefRequest, binding: SourceBinding, events: readonly string[]): RawLog[] {
    const { tenant, source } = binding;
    const receivedAt = this.#ports.now();
    return events.map((event) => {
      const bytes = Buffer.from(event);
      const cut = decodeLimited(bytes, this.#limits.line);
      const truncated = bytes.length > this.#limits.line;
      if (truncated) this.#ports.drops.count('truncated', binding, 1);
      const flags = rawFlags(truncated, text.damaged && event.includes('\ufffd'), cut.text.includes('\0'));
      this.counters.events++;
      this.counters.bytes += bytes.length;
      return {
        tenant,
        source,
        transport: 'wef',
        receivedAt,
        peer: machine.address,
        text: cut.text,
        length: bytes.length,
        key: `wef ${createHash('sha256').update(bytes).digest('hex')}`,
        ...(flags === undefined ? {} : { flags }),
      };
    });
  }

  /**
   * Shows a machine whose authority is nobody's. One entry an authority: it is what a source is given, and then all of
   * its machines are known. They keep their events meanwhile.
   */
  #hold({ machine }: WefRequest, { machineId, action }: Envelope): void {
    this.counters.quarantined++;
    this.#ports.drops.count('unauthorized', undefined, 1);
    const does = action === ACTION.enumerate ? 'asks for subscriptions' : 'delivers events';
    this.#ports.quarantine.hold(
      { transport: 'wef', address: machine.issuerName, name: machine.issuerFingerprint },
      `${machineId ?? machine.name} (${machine.address}) ${does}; its certificate is ${machine.name}, issued by ${machine.issuerName}`,
      this.#ports.now(),
    );
  }
}

function keyOf({ tenant, source }: SourceBinding, { machine }: WefRequest, envelope: Envelope): MachineKey {
  const said = envelope.machineId?.toLowerCase();
  return {
    tenant,
    source,
    certificate: machine.name,
    machine: said !== undefined && MACHINE_NAME.test(said) ? said : machine.name,
  };
}

function versionOf({ identifier }: Envelope): { version?: string } {
  const version = UUID.exec(identifier ?? '')?.[1];
  return version === undefined ? {} : { version: version.toUpperCase() };
}

/** A refusal as an answer. */
export function fault(what: Fault, envelope: Envelope | undefined, known: boolean): WefAnswer {
  return { status: what.status, body: faultMessage(what, envelope?.messageId), known };
}
