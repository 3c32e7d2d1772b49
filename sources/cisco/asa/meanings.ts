import type { Categorisation } from '../../kit/categorise.ts';

/*
 * What the device's messages mean, in ECS's words. `event.action` is given only where category, type and outcome
 * don't say already what was done.
 */

export const DENIED: Categorisation = { category: ['network'], type: ['connection', 'denied'] };
export const ALLOWED: Categorisation = { category: ['network'], type: ['connection', 'allowed'] };
export const BUILT: Categorisation = { category: ['network'], type: ['connection', 'start'] };
export const ENDED: Categorisation = { category: ['network'], type: ['connection', 'end'] };
export const NETWORK: Categorisation = { category: ['network'], type: ['info'] };
export const NETWORK_ERROR: Categorisation = { category: ['network'], type: ['connection', 'error'] };
/** By the verdict that the message itself carries; see `parse.ts`. */
export const VERDICT: Categorisation = { category: ['network'], type: ['connection'] };
/** Traffic that an attack is known by. */
export const ATTACK: Categorisation = {
  category: ['network', 'intrusion_detection'],
  type: ['denied'],
};
export const DETECTED: Categorisation = { category: ['network', 'intrusion_detection'], type: ['info'] };
export const ACCESSED: Categorisation = { category: ['network', 'web'], type: ['access', 'allowed'] };
export const FETCHED: Categorisation = { category: ['network', 'file'], type: ['access', 'allowed'] };
export const ACCESS_DENIED: Categorisation = { category: ['network', 'web'], type: ['access', 'denied'] };

export const LOGIN: Categorisation = { category: ['authentication'], type: ['start'], outcome: 'success' };
export const LOGIN_FAILED: Categorisation = {
  category: ['authentication'],
  type: ['start'],
  outcome: 'failure',
};
export const LOGOUT: Categorisation = { category: ['authentication'], type: ['end'], outcome: 'success' };
export const AUTHENTICATION: Categorisation = { category: ['authentication'], type: ['info'] };
export const LOCKED: Categorisation = {
  category: ['authentication', 'iam'],
  type: ['user', 'change'],
  action: 'account-locked',
};
export const UNLOCKED: Categorisation = {
  category: ['authentication', 'iam'],
  type: ['user', 'change'],
  action: 'account-unlocked',
};
export const SESSION: Categorisation = { category: ['session'], type: ['start'] };
export const SESSION_END: Categorisation = { category: ['session'], type: ['end'] };
/** A step in a tunnel's life. */
export const TUNNEL: Categorisation = { category: ['network'], type: ['connection'] };

export const COMMAND: Categorisation = { category: ['configuration'], type: ['info'], action: 'command' };
export const CONFIGURATION: Categorisation = { category: ['configuration'], type: ['change'] };
export const CONFIGURATION_READ: Categorisation = { category: ['configuration'], type: ['access'] };
export const CONFIGURATION_ERASED: Categorisation = { category: ['configuration'], type: ['deletion'] };
export const USER_ADDED: Categorisation = { category: ['iam'], type: ['user', 'creation'] };
export const USER_DELETED: Categorisation = { category: ['iam'], type: ['user', 'deletion'] };
export const USER_CHANGED: Categorisation = { category: ['iam'], type: ['user', 'change'] };
export const HOST: Categorisation = { category: ['host'], type: ['info'] };
export const HOST_ERROR: Categorisation = { category: ['host'], type: ['error'] };

/**
 * What a message is about by its class, the first three digits of its id (Cisco's "Syslog Message Classes and
 * Associated Message ID Numbers"), for ids that stand in no table.
 */
const CLASSES: ReadonlyMap<string, Categorisation> = new Map<string, Categorisation>([
  ...'109 113 120'.split(' ').map((code) => [code, AUTHENTICATION] as const),
  ...'111 112 208 308'.split(' ').map((code) => [code, CONFIGURATION_READ] as const),
  ...'101 102 103 104 105 199 210 211 212 213 214 216 217 311 315 321 323 414 444 505 604 701 709 711 717 718 720 747 769 770 771 775'
    .split(' ')
    .map((code) => [code, HOST] as const),
  ...'316 320 402 404 501 602 702 713 714 715 716 722 723 724 725 751 752 750'
    .split(' ')
    .map((code) => [code, TUNNEL] as const),
  ...'338 400 401 420 733'.split(' ').map((code) => [code, DETECTED] as const),
]);

/** What a message means of which only the id is known. */
export function meaningOfClass(code: string): Categorisation {
  return CLASSES.get(code.slice(0, 3)) ?? NETWORK;
}
