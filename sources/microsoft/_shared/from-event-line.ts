import type { ParseInput } from '../../kit/source.ts';
import { type DataFields, emptyData, text, type WindowsEvent, whole } from './windows-event.ts';

/** The name under which OSSEC's and older Wazuh agents send lines of the Windows event log. */
export const EVENT_LINE_APP = 'WinEvtLog';

const LEVELS: Readonly<Record<string, number>> = {
  CRITICAL: 1,
  ERROR: 2,
  WARNING: 3,
  INFORMATION: 4,
  VERBOSE: 5,
  DEBUG: 5,
  AUDIT_SUCCESS: 0,
  AUDIT_FAILURE: 0,
};

/** The parts of an event line that decide whose it is. */
export interface EventLineHead {
  readonly channel: string;
  readonly provider: string;
  readonly level: string;
  readonly eventId: number;
  readonly user: string;
  readonly domain: string;
  readonly computer: string;
  /** Where the rendered text begins. */
  readonly at: number;
}

/**
 * The head of a line `CHANNEL: LEVEL(ID): PROVIDER: USER: DOMAIN: COMPUTER: text`, as OSSEC's agent writes it
 * behind `WinEvtLog:`.
 */
export function eventLineHead(line: string): EventLineHead | undefined {
  const parts: string[] = [];
  let from = 0;
  while (parts.length < 6) {
    const to = line.indexOf(': ', from);
    if (to < 0 || to - from > 512) return undefined;
    parts.push(line.slice(from, to).trim());
    from = to + 2;
  }
  const [channel, kind, provider, user, domain, computer] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const open = kind.indexOf('(');
  const eventId = open > 0 && kind.endsWith(')') ? whole(kind.slice(open + 1, -1)) : undefined;
  if (eventId === undefined) return undefined;
  return { channel, provider, level: kind.slice(0, open), eventId, user, domain, computer, at: from };
}

/** One line of the Windows event log as OSSEC's and older Wazuh agents render it. */
export function fromEventLine(input: ParseInput): WindowsEvent | undefined {
  if (input.syslog?.app !== EVENT_LINE_APP) return undefined;
  const head = eventLineHead(input.text);
  if (head === undefined) return undefined;
  const { channel, provider, level, eventId, user, domain, computer } = head;
  const message = input.text.slice(head.at).trim();
  return {
    channel,
    provider,
    eventId,
    level: LEVELS[level],
    audit: level === 'AUDIT_SUCCESS' ? 'success' : level === 'AUDIT_FAILURE' ? 'failure' : undefined,
    time: input.syslog.time,
    computer,
    user: user.startsWith('(') ? undefined : { name: user, domain: text(domain) },
    // Only Sysmon's text is its data, each with its name, whatever the language of the machine.
    data: provider.endsWith('-Sysmon') ? sysmonData(message) : emptyData(),
    message,
  };
}

/** `Process Create:  UtcTime: …  Image: …`: names are words, two blanks or a line break stand between. */
function sysmonData(message: string): DataFields {
  const data = emptyData();
  for (const part of message.split(/ {2,}|[\r\n\t]+/)) {
    const colon = part.indexOf(':');
    if (colon <= 0 || !/^[A-Za-z]+$/.test(part.slice(0, colon))) continue;
    const value = part.slice(colon + 1).trim();
    if (value !== '') data[part.slice(0, colon)] ??= value;
  }
  // Before version 5 there was one digest, its algorithm beside it.
  const { HashType, Hash } = data;
  if (HashType !== undefined && Hash !== undefined) data['Hashes'] ??= `${HashType}=${Hash}`;
  return data;
}
