import type { EcsFields } from '@vigie/contracts';
import {
  type Categorisation,
  categorise,
  type EventCategory,
  type EventType,
  WHAT,
} from '../../kit/categorise.ts';

/** What an application's activities are about, where the event's name does not say more. */
const APPLICATIONS: Readonly<Record<string, EventCategory>> = {
  drive: 'file',
  calendar: 'configuration',
  groups: 'iam',
  groups_enterprise: 'iam',
  meet: 'session',
  login: 'authentication',
  saml: 'authentication',
  token: 'authentication',
  user_accounts: 'iam',
  admin: 'configuration',
  chrome: 'host',
  mobile: 'host',
  gmail: 'email',
};

/** Words in the names of events, the most telling first. */
const STEPS: readonly (readonly [RegExp, EventType])[] = [
  [/deny|denied|block/i, 'denied'],
  [/(?:^|_)(?:create|add|upload)/i, 'creation'],
  [/(?:^|_)(?:delete|remove|trash|untrash|purge)/i, 'deletion'],
  [/(?:^|_)(?:view|download|print|copy|preview|access|import|export)/i, 'access'],
  [
    /(?:^|_)(?:edit|change|update|rename|move|set|toggle|assign|suspend|grant|powerwash|authorize|revoke)/i,
    'change',
  ],
];

function stepOf(name: string): EventType {
  for (const [word, type] of STEPS) if (word.test(name)) return type;
  return 'info';
}

function chrome(name: string): Categorisation {
  if (/LOGIN_FAILURE/.test(name)) return { ...WHAT.login, outcome: 'failure' };
  if (/LOGIN|UNLOCK_SUCCESS/.test(name)) return { ...WHAT.login, outcome: 'success' };
  if (/LOGOUT|LOCK_SUCCESS/.test(name))
    return { category: ['authentication'], type: ['end'], outcome: 'success' };
  if (/UNLOCK_FAILURE/.test(name)) return { ...WHAT.login, outcome: 'failure' };
  if (/ADD_USER/.test(name)) return { category: ['iam'], type: ['creation'] };
  if (/REMOVE_USER/.test(name)) return { category: ['iam'], type: ['deletion'] };
  if (/CLIENT_CONNECTED|HOST_STARTED/.test(name)) return WHAT.sessionStart;
  if (/CLIENT_DISCONNECTED/.test(name)) return WHAT.sessionEnd;
  if (/HOST_ENDED/.test(name)) return { category: ['host'], type: ['end'] };
  if (/MALWARE|UNSAFE|PHISHING|PASSWORD_BREACH/i.test(name)) return WHAT.malware;
  if (/PERIPHERAL_ADDED/.test(name)) return { category: ['host'], type: ['creation'] };
  if (/PERIPHERAL_REMOVED/.test(name)) return { category: ['host'], type: ['deletion'] };
  return { category: ['host'], type: [/UPDATE|POWERWASH|CHANGE/.test(name) ? 'change' : 'info'] };
}

function login(type: string, name: string): Categorisation | undefined {
  if (name === 'login_success') return { ...WHAT.login, outcome: 'success' };
  if (name === 'login_failure') return { ...WHAT.login, outcome: 'failure' };
  if (name === 'logout') return WHAT.logout;
  if (/^(?:login_|suspicious_login|risky_)/.test(name) || type === 'login') return WHAT.authentication;
  if (type === 'account_warning') return WHAT.userChanged;
  if (/(?:2sv|password|recovery|titanium)/.test(`${type}${name}`)) return WHAT.userChanged;
  return undefined;
}

function admin(type: string, name: string): Categorisation {
  const category: EventCategory = /USER|GROUP|DELEGATED|ROLE/.test(type) ? 'iam' : 'configuration';
  return { category: [category], type: [stepOf(name)] };
}

/** Writes category, type and outcome of an activity by its application and the names of its events. */
export function classify(doc: EcsFields, application: string, type: string, names: readonly string[]): void {
  const name = names[0] ?? '';
  const known =
    application === 'chrome'
      ? chrome(name)
      : application === 'login'
        ? login(type, name)
        : application === 'admin'
          ? admin(type, name)
          : undefined;
  if (known !== undefined) categorise(doc, known);
  else if (application === 'meet') categorise(doc, { category: ['session'], type: ['connection'] });
  else if (application === 'token')
    categorise(doc, { category: ['authentication'], type: ['access', 'connection'] });
  else if (/^groups/.test(application)) categorise(doc, { category: ['iam'], type: ['admin'] });
  else {
    const steps = new Set(names.map(stepOf));
    if (application === 'drive') steps.add('access');
    if (steps.size > 1) steps.delete('info');
    // A guest that is added changes the entry.
    if (application === 'calendar') steps.add('change');
    categorise(doc, { category: [APPLICATIONS[application] ?? 'configuration'], type: [...steps] });
  }
  if (/suspicious|account_warning|gov_attack|ALERT|malware/i.test(`${type} ${name}`))
    doc['event.kind'] = 'alert';
}
