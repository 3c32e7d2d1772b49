import type { RawLog } from '@vigie/contracts';
import { CollectError } from '../errors.ts';
import type { CollectorPorts, DropReason, SourceBinding } from '../ports.ts';

/** What a test sees of a collector's surroundings; logs are kept in memory instead of a store. */
export interface TestPorts extends CollectorPorts {
  readonly logs: RawLog[];
  readonly unacknowledged: RawLog[];
  readonly quarantined: { readonly address: string; readonly name?: string; readonly text: string }[];
  readonly dropped: Map<DropReason, number>;
  /** While true, the sink refuses as a full store does. */
  refuse: boolean;
  /** What `sink.backlog()` answers. */
  backlogBytes: number;
  /** When set, `accept` waits for it. */
  gate: Promise<void> | undefined;
  /** Sources by token, address, common name or fingerprint. */
  readonly sources: Map<string, SourceBinding>;
}

/** Token of the source that every test directory knows. */
export const TEST_TOKEN = 'vgs_test-token-0123456789';
/** Binding of {@link TEST_TOKEN} and of the loopback addresses. */
export const TEST_SOURCE: SourceBinding = { tenant: 'acme', source: 'src-1' };

/** Builds the ports of a collector under test. */
export function testPorts(): TestPorts {
  const logs: RawLog[] = [];
  const unacknowledged: RawLog[] = [];
  const quarantined: { address: string; name?: string; text: string }[] = [];
  const dropped = new Map<DropReason, number>();
  const sources = new Map<string, SourceBinding>([
    [TEST_TOKEN, TEST_SOURCE],
    ['127.0.0.1', TEST_SOURCE],
    ['::1', TEST_SOURCE],
  ]);
  const ports: TestPorts = {
    logs,
    unacknowledged,
    quarantined,
    dropped,
    sources,
    refuse: false,
    backlogBytes: 0,
    gate: undefined,
    sink: {
      async accept(batch) {
        await ports.gate;
        if (ports.refuse) throw new CollectError('VIGIE_COLLECT_UNAVAILABLE', 'the store is full');
        for (const log of batch) logs.push(log);
      },
      unacknowledged(batch) {
        for (const log of batch) unacknowledged.push(log);
      },
      backlog: () => ports.backlogBytes,
    },
    directory: {
      byToken: (token) => sources.get(token),
      bySender: ({ address, commonName, fingerprint }) =>
        sources.get(commonName ?? '') ?? sources.get(fingerprint ?? '') ?? sources.get(address),
      byCertificate: ({ fingerprint, issuers }) =>
        sources.get(fingerprint) ??
        issuers.map((issuer) => sources.get(issuer)).find((binding) => binding !== undefined),
    },
    quarantine: {
      hold: (sender, text) => void quarantined.push({ address: sender.address, name: sender.name, text }),
    },
    drops: {
      count: (reason, _binding, lines) => void dropped.set(reason, (dropped.get(reason) ?? 0) + lines),
    },
    now: () => Date.now(),
  };
  return ports;
}

/** Waits until a condition holds; fails with `what` after the time-out (milliseconds). */
export async function until(condition: () => boolean, what: string, timeout = 30_000): Promise<void> {
  const end = Date.now() + timeout;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}
