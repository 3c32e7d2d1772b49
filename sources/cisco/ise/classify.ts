import type { Categorisation, EventOutcome, EventType } from '../../kit/categorise.ts';
import { type Attributes, first } from './pairs.ts';

interface Facts {
  readonly category?: string;
  readonly code?: string;
  readonly group?: string;
  readonly text?: string;
  readonly attributes: Attributes;
}

/** Words of the log's category or of the message's class, without case and separators. */
function words(facts: Facts): string {
  return `${facts.category ?? ''} ${facts.group ?? ''}`.toLowerCase().replace(/[_-]+/g, ' ');
}

const ACCESS =
  /failed attempt|passed authentication|authentication flow|guest|mydevices|device administration|identity stores|authen/;

function outcomeOf(facts: Facts, about: string): EventOutcome | undefined {
  const text = (facts.text ?? '').toLowerCase();
  if (
    about.includes('failed attempt') ||
    /fail|reject|denied|not permitted|invalid|error|abandoned/.test(text)
  )
    return 'failure';
  if (first(facts.attributes, 'FailureReason') !== undefined) return 'failure';
  if (first(facts.attributes, 'Response')?.includes('AccessReject') === true) return 'failure';
  if (about.includes('passed') || /succe|passed|permitted|logged in|granted/.test(text)) return 'success';
  return undefined;
}

/**
 * What a message of ISE means, by its category (`CISE_Failed_Attempts`) and its class (`Failed-Attempt`). ISE decides
 * about access and reports on it; the session itself begins and ends with accounting.
 */
export function classify(facts: Facts): Categorisation {
  const about = words(facts);
  const text = (facts.text ?? '').toLowerCase();
  if (/accounting/.test(about)) return accounting(facts);
  if (
    about.includes('administrator login') ||
    /^(?:51000|51001|51002|51003|51020|51021)$/.test(facts.code ?? '')
  )
    return {
      category: ['authentication'],
      type: [/log(?:ged)?[ -]?out/.test(text) ? 'end' : 'start'],
      outcome: outcomeOf(facts, about) ?? 'success',
    };
  if (
    ACCESS.test(about) ||
    first(facts.attributes, 'AuthenticationMethod', 'AuthenticationIdentityStore') !== undefined
  ) {
    const outcome = outcomeOf(facts, about);
    return { category: ['authentication'], type: ['info'], ...(outcome === undefined ? {} : { outcome }) };
  }
  if (first(facts.attributes, 'ConfigChangeData', 'ObjectType', 'ObjectName') !== undefined)
    return change(text);
  if (/posture|client provisioning|mdm/.test(about)) return { category: ['host'], type: ['info'] };
  if (
    /system|diagnostics|monitoring|process|database/.test(about) &&
    first(facts.attributes, 'UserName') === undefined
  )
    return { category: ['host'], type: ['info'] };
  return { category: ['network'], type: ['info'] };
}

function accounting(facts: Facts): Categorisation {
  const status = (first(facts.attributes, 'Acct-Status-Type') ?? facts.text ?? '').toLowerCase();
  const type: EventType = /\bstart/.test(status) ? 'start' : /\bstop/.test(status) ? 'end' : 'info';
  const isCommand = first(facts.attributes, 'CmdSet', 'CmdAV') !== undefined;
  if (isCommand) return { category: ['host'], type: ['info'], action: 'command' };
  return { category: ['network', 'session'], type: [type] };
}

/** Changes of ISE's own configuration; accounts of administrators and users are identities. */
function change(text: string): Categorisation {
  const type: EventType = /\b(?:add|creat)/.test(text)
    ? 'creation'
    : /\b(?:delet|remov)/.test(text)
      ? 'deletion'
      : 'change';
  return /\b(?:user|administrator|account|group)\b/.test(text)
    ? { category: ['iam', 'configuration'], type: ['user', type] }
    : { category: ['configuration'], type: [type] };
}
