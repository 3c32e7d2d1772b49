import type { EcsFields, JsonObject } from '@vigie/contracts';
import { compile, parseRules } from '@vigie/sigma';
import { createReader, REGISTRY } from '@vigie/sources';
import { describe, expect, test } from 'vitest';
import { shippedTaxonomy } from './harness.ts';
import { WINDOWS_LOGS, type WindowsLog } from './windows-logsources.ts';

const taxonomy = shippedTaxonomy();
const reader = createReader({ registry: REGISTRY });
const value = (field: string) => (VALUES.has(field) ? VALUES.get(field)! : `value of ${field}`);
/** Fields that hold something else than text. */
const VALUES = new Map([
  ['Initiated', 'true'],
  ['DestinationIp', '192.0.2.7'],
  ['SourceIp', '192.0.2.8'],
  ['IpAddress', '192.0.2.9'],
  ['DestinationPort', '443'],
  ['SourcePort', '50123'],
  ['DestPort', '445'],
  ['DestAddress', '192.0.2.10'],
  ['ClientAddress', '192.0.2.11'],
  ['Address', '192.0.2.12'],
  ['SourceIsIpv6', 'false'],
  ['DestinationIsIpv6', 'false'],
  ['Hashes', 'SHA256=00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF'],
]);

/** The event as an event log has it. */
function eventOf({ channel, provider, fields, data, values = {} }: WindowsLog, id: number): EcsFields {
  const named = { ...Object.fromEntries(fields.map((field) => [field, value(field)])), ...values };
  const inside =
    data === 'Data'
      ? { EventData: { Data: { '#text': ['first', value('Data'), 'third'] } } }
      : data === 'UserData'
        ? { UserData: { EventXML: named } }
        : { EventData: named };
  const json: JsonObject = {
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: { '#attributes': { Name: provider } },
        EventID: id,
        Version: 0,
        Level: 4,
        TimeCreated: { '#attributes': { SystemTime: '2026-03-01T10:15:02.123456Z' } },
        EventRecordID: 4711,
        Channel: channel,
        Computer: 'wks-12.corp.example.com',
      },
      ...inside,
    },
  };
  return reader.read({ text: JSON.stringify(json), json, receivedAt: Date.UTC(2026, 2, 2) }).fields;
}

const nameOf = ({ service, category, channel, provider }: WindowsLog) =>
  `${service ?? category} in ${channel} by ${provider}`;
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Rules of the log's logsource that each ask for one thing of an event. */
function rulesFor({ service, category, fields, provider, channel }: WindowsLog, id: number) {
  const asked: [string, string][] = [
    ['EventID', String(id)],
    ['Provider_Name', quoted(provider)],
    ...fields.map((field): [string, string] => [field.replaceAll(' ', ''), quoted(value(field))]),
  ];
  if (!fields.includes('Channel')) asked.push(['Channel', quoted(channel)]);
  const source = service === undefined ? `category: ${category}` : `service: ${service}`;
  return asked.map(
    ([field, wanted]) =>
      `title: ${field}\nlogsource:\n  product: windows\n  ${source}\ndetection:\n  selection:\n    ${field}: ${wanted}\n  condition: selection`,
  );
}

describe('Windows logs', () => {
  test.each(WINDOWS_LOGS.map((log) => [nameOf(log), log] as const))(
    '%s: rules find its events, provider and fields',
    (_, log) => {
      for (const id of log.ids) {
        const texts = rulesFor(log, id);
        const { rules, errors } = parseRules(texts.join('\n---\n'));
        expect(errors).toEqual([]);
        const matcher = compile(
          rules.map((rule, number) => ({ ...rule, id: `rule-${number}` })),
          { taxonomy },
        );
        expect(matcher.report.unmapped).toEqual([]);
        const found = matcher.match(eventOf(log, id)).map(({ rule }) => rule.title);
        expect(found, `event ${id}`).toEqual(rules.map(({ title }) => title));
      }
    },
  );

  test('an event of another log is none of theirs', () => {
    const other = eventOf(
      { channel: 'Elsewhere/Operational', provider: 'Elsewhere', ids: [1], fields: [] },
      1,
    );
    const texts = WINDOWS_LOGS.map((log) => rulesFor(log, 1)[0]!);
    const { rules } = parseRules(texts.join('\n---\n'));
    const matcher = compile(
      rules.map((rule, number) => ({ ...rule, id: `rule-${number}` })),
      { taxonomy },
    );
    expect(matcher.match(other).map(({ rule }) => rule.logsource)).toEqual([]);
  });
});
