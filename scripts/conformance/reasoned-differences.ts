import type { ReasonedDifference } from './reasoned-case.ts';
import { CLOUD_DIFFERENCES } from './reasoned-clouds.ts';
import { COMMON_DIFFERENCES } from './reasoned-common.ts';
import { ENDPOINT_DIFFERENCES } from './reasoned-endpoints.ts';
import { NETWORK_DIFFERENCES } from './reasoned-networks.ts';
import { SERVER_DIFFERENCES } from './reasoned-servers.ts';

/**
 * The differences, the most general first; the first that covers a field takes it. Each says which value is right and
 * compares it: a wrong value of ours stays a difference.
 */
export const DIFFERENCES: readonly ReasonedDifference[] = [
  ...COMMON_DIFFERENCES,
  ...ENDPOINT_DIFFERENCES,
  ...NETWORK_DIFFERENCES,
  ...CLOUD_DIFFERENCES,
  ...SERVER_DIFFERENCES,
];
