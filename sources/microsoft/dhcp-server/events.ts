import { type Categorisation, WHAT } from '../../kit/categorise.ts';

type Known = readonly [what: Categorisation, client: boolean];

const START = { ...WHAT.dhcp, type: ['protocol', 'start'] } as const satisfies Categorisation;
const END = { ...WHAT.dhcp, type: ['protocol', 'end'] } as const satisfies Categorisation;
const ROGUE = 'rogue-server-detection';

const client = (what: Categorisation): Known => [what, true];
const server = (what: Categorisation): Known => [what, false];

/**
 * What each event ID of the audit log means, and whether it is about a client.
 *
 * Source: the list at the head of every DhcpSrvLog and DhcpV6SrvLog file.
 */
export const EVENTS: ReadonlyMap<number, Known> = new Map<number, Known>([
  [0, server({ ...WHAT.hostInfo, action: 'log-started' })],
  [1, server({ ...WHAT.hostInfo, action: 'log-stopped' })],
  [2, server({ ...WHAT.hostError, action: 'log-paused' })],
  [10, client({ ...START, action: 'lease-granted', outcome: 'success' })],
  [11, client({ ...WHAT.dhcp, action: 'lease-renewed', outcome: 'success' })],
  [12, client({ ...END, action: 'lease-released', outcome: 'success' })],
  [13, client({ ...WHAT.dhcp, action: 'address-in-use', outcome: 'failure' })],
  [14, client({ ...WHAT.dhcp, action: 'scope-exhausted', outcome: 'failure' })],
  [15, client({ ...WHAT.dhcp, type: ['protocol', 'denied'], action: 'lease-denied', outcome: 'failure' })],
  [16, client({ ...END, action: 'lease-deleted' })],
  [17, client({ ...END, action: 'lease-expired' })],
  [18, client({ ...END, action: 'lease-expired' })],
  [20, client({ ...START, action: 'bootp-lease-granted', outcome: 'success' })],
  [21, client({ ...START, action: 'bootp-lease-granted', outcome: 'success' })],
  [22, client({ ...WHAT.dhcp, action: 'scope-exhausted', outcome: 'failure' })],
  [23, client({ ...END, action: 'bootp-address-deleted' })],
  [24, server({ ...WHAT.hostInfo, action: 'cleanup-started' })],
  [25, server({ ...WHAT.hostInfo, action: 'cleanup-finished' })],
  [30, client({ ...WHAT.dns, action: 'dns-update-requested' })],
  [31, client({ ...WHAT.dns, action: 'dns-update', outcome: 'failure' })],
  [32, client({ ...WHAT.dns, action: 'dns-update', outcome: 'success' })],
  [33, client({ ...WHAT.dhcp, type: ['protocol', 'denied'], action: 'packet-dropped' })],
  [34, client({ ...WHAT.dns, action: 'dns-update', outcome: 'failure' })],
  [35, client({ ...WHAT.dns, action: 'dns-update', outcome: 'failure' })],
  [36, client({ ...WHAT.dhcp, type: ['protocol', 'denied'], action: 'packet-dropped' })],
  ...[50, 54, 56, 58, 59, 60, 61, 62].map(
    (id) => [id, server({ ...WHAT.hostError, action: ROGUE, outcome: 'failure' })] as const,
  ),
  ...[51, 52, 53, 55, 57].map(
    (id) => [id, server({ ...WHAT.hostInfo, action: ROGUE, outcome: 'success' })] as const,
  ),
  [63, server({ ...WHAT.hostInfo, action: ROGUE })],
  [64, server({ ...WHAT.hostError, action: ROGUE })],
  [11000, client({ ...WHAT.dhcp, action: 'solicit' })],
  [11001, client({ ...WHAT.dhcp, action: 'advertise' })],
  [11002, client({ ...WHAT.dhcp, action: 'request' })],
  [11003, client({ ...WHAT.dhcp, action: 'confirm' })],
  [11004, client({ ...WHAT.dhcp, action: 'lease-renewed', outcome: 'success' })],
  [11005, client({ ...WHAT.dhcp, action: 'rebind' })],
  [11006, client({ ...WHAT.dhcp, action: 'address-declined', outcome: 'failure' })],
  [11007, client({ ...END, action: 'lease-released', outcome: 'success' })],
  [11008, client({ ...WHAT.dhcp, action: 'information-request' })],
  [11009, client({ ...WHAT.dhcp, action: 'scope-exhausted', outcome: 'failure' })],
  [11010, client({ ...END, action: 'lease-expired' })],
  [11011, client({ ...END, action: 'lease-deleted' })],
  [11015, server({ ...WHAT.hostInfo, action: 'log-started' })],
  [11016, server({ ...WHAT.hostInfo, action: 'log-stopped' })],
  [11018, server({ ...WHAT.hostInfo, action: 'cleanup-finished' })],
  [11021, server({ ...WHAT.hostInfo, action: 'cleanup-started' })],
  [11023, client({ ...WHAT.dns, action: 'dns-update-requested' })],
  [11024, client({ ...WHAT.dns, action: 'dns-update', outcome: 'failure' })],
  [11025, client({ ...WHAT.dns, action: 'dns-update', outcome: 'success' })],
]);
