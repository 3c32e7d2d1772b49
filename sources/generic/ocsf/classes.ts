import type { EventCategory, EventType } from '../../kit/categorise.ts';

/** OCSF's classes and the categories they are about; classes that are not listed go by their category. */
const CLASSES: Readonly<Record<number, readonly EventCategory[]>> = {
  1001: ['file'],
  1002: ['driver'],
  1003: ['driver'],
  1004: ['process'],
  1005: ['library'],
  1006: ['process'],
  1007: ['process'],
  1008: ['process'],
  2001: ['intrusion_detection'],
  2002: ['vulnerability'],
  2003: ['configuration'],
  2004: ['vulnerability'],
  2005: ['intrusion_detection'],
  2006: ['file'],
  3001: ['iam'],
  3002: ['authentication'],
  3003: ['session'],
  3004: ['iam'],
  3005: ['iam'],
  3006: ['iam'],
  4002: ['web', 'network'],
  4009: ['email'],
  4011: ['email', 'file'],
  4012: ['email'],
  5001: ['host'],
  5002: ['configuration'],
  6001: ['web'],
  6002: ['package'],
  6003: ['api'],
  6004: ['web'],
  6005: ['database'],
  6006: ['file'],
};
const CATEGORIES: Readonly<Record<number, readonly EventCategory[]>> = {
  1: ['host'],
  2: ['intrusion_detection'],
  3: ['iam'],
  4: ['network'],
  5: ['host'],
  6: ['process'],
  7: ['host'],
};

/** The categories of a class of OCSF 1.x. */
export function categoriesOf(klass: number, category: number): readonly EventCategory[] {
  return CLASSES[klass] ?? CATEGORIES[category] ?? ['host'];
}

const TYPES: readonly (readonly [RegExp, EventType])[] = [
  [/^(?:create|assign|register|upload|install)/, 'creation'],
  [/^(?:read|access|query|list|get|search|download)/, 'access'],
  [/^(?:update|rename|set|modify|change|enable|disable|attach|detach|lock|unlock|password|mfa)/, 'change'],
  [/^(?:delete|remove|revoke|uninstall|unassign)/, 'deletion'],
  [/^(?:launch|open|start|logon|log on|login)/, 'start'],
  [/^(?:terminate|close|stop|logoff|log off|logout)/, 'end'],
];

/** ECS's types of an activity, beside `info` which fits every event of the category. */
export function typesOf(activity: string, isNetwork: boolean): EventType[] {
  if (isNetwork) return ['connection'];
  const found = TYPES.find(([words]) => words.test(activity));
  return found === undefined ? ['info'] : [found[1]];
}
