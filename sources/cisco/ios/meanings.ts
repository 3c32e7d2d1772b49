import type { Categorisation } from '../../kit/categorise.ts';

/* What the devices' messages mean, in ECS's words. */

export const LOGIN: Categorisation = { category: ['authentication'], type: ['start'], outcome: 'success' };
export const LOGIN_FAILED: Categorisation = {
  category: ['authentication'],
  type: ['start'],
  outcome: 'failure',
};
export const LOGOUT: Categorisation = { category: ['authentication'], type: ['end'], outcome: 'success' };
export const SESSION: Categorisation = { category: ['session'], type: ['start'] };
export const SESSION_END: Categorisation = { category: ['session'], type: ['end'] };
export const CONFIGURED: Categorisation = { category: ['configuration'], type: ['change'] };
export const CONFIGURATION_FAILED: Categorisation = {
  category: ['configuration'],
  type: ['info'],
  outcome: 'failure',
};
/** A command was typed: shown, not necessarily one that changes anything. */
export const COMMAND: Categorisation = { category: ['host'], type: ['info'] };
export const HOST: Categorisation = { category: ['host'], type: ['info'] };
export const HOST_ERROR: Categorisation = { category: ['host'], type: ['error'] };
export const RESTARTED: Categorisation = { category: ['host'], type: ['start'], action: 'restart' };
export const RELOAD: Categorisation = { category: ['host'], type: ['end'], action: 'reload' };
export const USER_CHANGED: Categorisation = { category: ['iam'], type: ['user', 'change'] };
export const USER_ADDED: Categorisation = { category: ['iam'], type: ['user', 'creation'] };
export const USER_DELETED: Categorisation = { category: ['iam'], type: ['user', 'deletion'] };
export const LOCKED: Categorisation = {
  category: ['iam'],
  type: ['user', 'change'],
  action: 'account-locked',
};
export const TRAFFIC: Categorisation = { category: ['network'], type: ['connection'] };
export const NETWORK: Categorisation = { category: ['network'], type: ['info'] };
export const DROPPED: Categorisation = { category: ['network'], type: ['denied'] };
export const ROUTING: Categorisation = { category: ['network'], type: ['protocol'] };
export const ROUTING_REFUSED: Categorisation = {
  category: ['network', 'authentication'],
  type: ['protocol', 'denied'],
  outcome: 'failure',
};
export const ATTACK: Categorisation = { category: ['network', 'intrusion_detection'], type: ['info'] };
