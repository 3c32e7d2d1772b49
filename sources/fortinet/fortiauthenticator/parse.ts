import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putEndpoint } from '../../kit/types.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const VENDOR = 'fortinet.fortiauthenticator.';
const OBSERVER: Observer = { vendor: 'Fortinet', product: 'FortiAuthenticator' };

const TABLE = fieldTable(
  VENDOR,
  `
  category     fortinet.fortiauthenticator.category  text
  subcategory  event.provider                        text
  typeid       event.code                            text
  level        log.level                             lower
  user         user                                  account
  nas          client                                endpoint
  userip       source                                endpoint
  srcip        source                                endpoint
  action       event.action                          lower
  status       fortinet.fortiauthenticator.status    text
  `,
);

const KEYS =
  'category|subcategory|typeid|level|user|nas|userip|srcip|action|status|timestamp|devname|devid|logid|name|realm|client';
/** A pair at the beginning of the line. */
const PAIR = new RegExp(`^\\s{0,4}(?:${KEYS})=(?:"(?:[^"\\\\]|\\\\.){0,1024}"|[^\\s"]{0,256})`);

/** Splits the pairs in front from the sentence behind them. */
function split(text: string): { pairs: string; sentence: string } {
  let at = 0;
  for (let n = 0; n < 40; n++) {
    const found = PAIR.exec(text.slice(at, at + 1_400));
    if (found === null) break;
    at += found[0].length;
  }
  return { pairs: text.slice(0, at), sentence: text.slice(at).trim() };
}

/** What a log says, by its part of the product and its action; sentences decide where the action is empty. */
function meaningOf(subcategory: string, action: string, sentence: string): Categorisation | undefined {
  const verb = action.toLowerCase();
  if (verb === 'logout' || / logged out\b/.test(sentence)) return { ...WHAT.logout, outcome: 'success' };
  if (verb === 'login' || / logged in\b/.test(sentence)) return WHAT.login;
  if (verb === 'authentication' || /^(?:authentication|user portal|radius|ldap|saml)$/i.test(subcategory))
    return verb === '' || verb === 'authentication' || verb.includes('auth')
      ? WHAT.login
      : WHAT.authentication;
  const isGroup = /\b[Gg]roup\b/.test(sentence);
  const isUser = isGroup || /\b(?:[Uu]ser|[Aa]dministrator|[Aa]ccount|[Tt]oken|FortiToken)\b/.test(sentence);
  if (/^(?:add|create|import|register|enable)/.test(verb) || /\b(?:added|created|imported)\b/i.test(sentence))
    return isGroup ? WHAT.groupCreated : isUser ? WHAT.userCreated : WHAT.configurationCreated;
  if (/^(?:delete|remove|revoke)/.test(verb) || /\b(?:deleted|removed|revoked)\b/i.test(sentence))
    return isGroup ? WHAT.groupDeleted : isUser ? WHAT.userDeleted : WHAT.configurationDeleted;
  if (
    /^(?:edit|change|modify|update|disable|reset|lock|unlock|set)/.test(verb) ||
    /\b(?:edited|changed|modified|updated|disabled|locked|unlocked)\b/i.test(sentence)
  )
    return isGroup ? WHAT.groupChanged : isUser ? WHAT.userChanged : WHAT.configurationChanged;
  if (/admin configuration/i.test(subcategory)) return WHAT.configurationChanged;
  if (/^(?:system|high availability|web service|monitor|fsso|certificate)/i.test(subcategory))
    return WHAT.hostInfo;
  return undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { pairs: head, sentence } = split(input.text);
  const pairs = parseKeyValue(head);
  const subcategory = pairs.get('subcategory');
  if (subcategory === undefined || !pairs.has('typeid')) return 'rejected';
  putObserver(doc, OBSERVER);
  for (const [key, value] of pairs) if (value !== '') TABLE.put(doc, key, value);
  if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
  if (sentence !== '') {
    doc['message'] = sentence;
    doc['event.reason'] = sentence;
  }
  const from = parseIp(/\bfrom \(?([0-9A-Fa-f.:]{3,45}?)\)?(?=[\s,;]|\.?$)/.exec(sentence)?.[1] ?? '');
  if (from !== undefined && doc['source.ip'] === undefined) putEndpoint(doc, 'source', from);
  const status = pairs.get('status') ?? '';
  const what = meaningOf(subcategory, pairs.get('action') ?? '', sentence);
  categorise(doc, what ?? WHAT.hostInfo);
  const outcome =
    outcomeOf(status) ??
    (what?.category.includes('authentication') === true && /\bfailed\b|\binvalid\b/i.test(sentence)
      ? 'failure'
      : undefined);
  if (outcome !== undefined) doc['event.outcome'] = outcome;
  else if (/^pending$/i.test(status)) {
    // The token is asked for: nobody is in yet.
    categorise(doc, WHAT.authentication);
    doc['event.outcome'] = 'unknown';
  }
  return what === undefined ? 'partial' : 'parsed';
}

/** FortiAuthenticator, 4 to 6.6. */
export default defineSource({
  id: 'fortinet.fortiauthenticator',
  signatures: [{ kind: 'text', literals: ['category="', 'subcategory="', 'typeid='] }],
  parse,
});
