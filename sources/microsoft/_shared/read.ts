import type { JsonObject } from '@vigie/contracts';
import type { ParseInput, Signature } from '../../kit/source.ts';
import { fromEventJson, fromEventXml } from './from-event.ts';
import { EVENT_LINE_APP, eventLineHead, fromEventLine } from './from-event-line.ts';
import { fromEvtxEcmd } from './from-evtxecmd.ts';
import { fromNxlog } from './from-nxlog.ts';
import { eventOfTitle, fromText } from './from-text.ts';
import { fromWazuh } from './from-wazuh.ts';
import { fromWinlogbeat } from './from-winlogbeat.ts';
import { object, text, type WindowsEvent } from './windows-event.ts';

/**
 * Reads a Windows event from any of the forms that shippers give it: Winlogbeat JSON, NXLog JSON, the
 * nested JSON of event log readers, rows of EvtxECmd, event XML, what the Wazuh manager decodes and what its
 * agents send.
 *
 * @returns undefined where the log is no Windows event
 */
export function readWindowsEvent(input: ParseInput): WindowsEvent | undefined {
  const { json } = input;
  if (!json) return fromEventLine(input) ?? fromEventXml(input.text) ?? fromText(input);
  if (json['winlog'] !== undefined) return fromWinlogbeat(json);
  if (json['Event'] !== undefined) return fromEventJson(json);
  if (json['win'] !== undefined) return fromWazuh(json);
  if (json['EventId'] !== undefined && json['Payload'] !== undefined) return fromEvtxEcmd(json);
  return fromNxlog(json, input);
}

/** Whether an event of this channel and provider belongs to a source. */
export type Belongs = (channel: string | undefined, provider: string | undefined) => boolean;

const NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';

/** Texts of the Security log that came without their event: known by title and by the labels of an account. */
export const TEXT_SIGNATURES: readonly Signature[] = [
  ['ID:', 'Account Name:'],
  ['ID:', 'Logon ID:'],
  ['Nom du compte'],
  ['Kontoname'],
].map((literals) => ({
  kind: 'text' as const,
  literals,
  test: ({ text: line }: ParseInput) => eventOfTitle(line) !== undefined,
}));

/** The signatures of all forms, for the events that belong to a source. */
export function signaturesOf(belongs: Belongs): Signature[] {
  return [
    {
      kind: 'json',
      keys: ['winlog'],
      test: (json) => {
        const winlog = object(json['winlog']);
        return (
          winlog?.['event_id'] !== undefined &&
          belongs(text(winlog['channel']), text(winlog['provider_name']))
        );
      },
    },
    {
      kind: 'json',
      keys: ['Event'],
      test: (json) => {
        const system = object(object(json['Event'])?.['System']);
        return system !== undefined && belongs(text(system['Channel']), providerOf(system));
      },
    },
    {
      kind: 'json',
      keys: ['win'],
      test: (json) => {
        const system = object(object(json['win'])?.['system']);
        return (
          system?.['eventID'] !== undefined &&
          belongs(text(system['channel']), text(system['providerName']) ?? text(system['eventSourceName']))
        );
      },
    },
    {
      kind: 'json',
      keys: ['EventId', 'Channel', 'Payload'],
      test: (json) => belongs(text(json['Channel']), text(json['Provider'])),
    },
    {
      kind: 'app',
      names: [EVENT_LINE_APP],
      test: ({ text: line }) => {
        const head = eventLineHead(line);
        return head !== undefined && belongs(head.channel, head.provider);
      },
    },
    {
      kind: 'json',
      keys: ['EventID', 'Channel'],
      test: (json) => belongs(text(json['Channel']), text(json['SourceName'])),
    },
    {
      kind: 'json',
      keys: ['EventID', 'SourceName'],
      test: (json) => belongs(text(json['Channel']), text(json['SourceName'])),
    },
    {
      kind: 'text',
      literals: ['<Event', NAMESPACE],
      test: ({ text: xml }) => belongs(between(xml, '<Channel>', '</Channel>'), providerName(xml)),
    },
  ];
}

function providerOf(system: Readonly<JsonObject>): string | undefined {
  const provider = object(system['Provider']);
  const attributes =
    object(provider?.['#attributes'] ?? provider?.['@attributes']) ?? object(system['Provider_attributes']);
  return text(attributes?.['Name'] ?? provider?.['@Name']);
}

function between(source: string, start: string, end: string): string | undefined {
  const from = source.indexOf(start);
  if (from < 0) return undefined;
  const to = source.indexOf(end, from + start.length);
  return to < 0 ? undefined : source.slice(from + start.length, to);
}

function providerName(source: string): string | undefined {
  const at = source.indexOf('<Provider');
  if (at < 0) return undefined;
  const name = source.indexOf('Name=', at);
  const quote = source[name + 5];
  if (name < 0 || (quote !== '"' && quote !== "'")) return undefined;
  const end = source.indexOf(quote, name + 6);
  return end < 0 ? undefined : source.slice(name + 6, end);
}
