import type { EcsFields, JsonObject } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../kit/check-document.ts';
import { createReader } from '../../kit/reader.ts';
import type { SourceDefinition } from '../../kit/source.ts';
import windows from '../windows/parse.ts';
import security from '../windows-security/parse.ts';
import sysmon from '../windows-sysmon/parse.ts';
import { SECURITY } from './examples/security.ts';
import { SYSMON } from './examples/sysmon.ts';
import { OTHER } from './examples/windows.ts';
import {
  asConvertedXml,
  asEventLine,
  asEvtxEcmd,
  asNxlog,
  asRecord,
  asWazuh,
  asWinlogbeat,
  asXml,
  type EventFacts,
} from './forms.ts';

const RECEIVED = Date.UTC(2026, 2, 2, 12);
const MANIFEST = {
  name: 'Example',
  vendor: 'Example',
  product: 'Example',
  category: 'system',
  description: 'A manifest for tests, which read nothing of it.',
  transports: ['import'],
  setup: 'A manifest for tests, which read nothing of it at all.',
  data_components: ['Process Creation'],
  kinds: [{ name: 'all', description: 'all', samples: ['all'] }],
} as const;

const reader = createReader({
  registry: [security, sysmon, windows].map((definition) => ({
    definition,
    manifest: structuredClone({ ...MANIFEST, id: definition.id }) as never,
  })),
});

function read(text: string, json?: JsonObject): { fields: EcsFields; sourceType?: string; outcome: string } {
  return reader.read({ text, receivedAt: RECEIVED, ...(json ? { json } : {}) });
}

function readJson(json: JsonObject) {
  return read(JSON.stringify(json), json);
}

/** What a shipper adds, or cannot give: named here, so that nothing else may differ. */
const SHIPPER =
  /^(?:event\.(?:original|ingested|created)|message|related\.|log\.syslog\.|winlog\.(?:user\.type|time_created)$)/;

function core(fields: EcsFields, without: RegExp = SHIPPER): EcsFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !without.test(name)));
}

const SAMPLES: readonly (readonly [SourceDefinition, Readonly<Record<string, readonly EventFacts[]>>])[] = [
  [security, SECURITY],
  [sysmon, SYSMON],
  [windows, OTHER],
];

const CASES = SAMPLES.flatMap(([definition, groups]) =>
  Object.entries(groups).flatMap(([group, events]) =>
    events.map(
      (facts, index) => [`${definition.id} ${group} ${facts.eventId} (${index})`, definition, facts] as const,
    ),
  ),
);

describe('one event, eight forms, one document', () => {
  it.each(CASES)('%s', (_name, definition, facts) => {
    const record = readJson(asRecord(facts));
    expect(record.sourceType).toBe(definition.id);
    expect(record.fields['event.code']).toBe(String(facts.eventId));
    expect(checkDocument(record.fields)).toEqual([]);
    const expected = core(record.fields);
    expect(core(read(asXml(facts)).fields)).toEqual(expected);
    const syslog = `<13>1 ${facts.time} ${facts.computer} agent 1 - - `;
    expect(core(read(syslog + asXml(facts)).fields)).toEqual(expected);
    // A shipper that renders the event names its task; who only has the number keeps it where it is no audit.
    const rendered = /^winlog\.task$/;
    const plain = core(expected, rendered);
    expect(core(core(read(asXml(facts, true)).fields), rendered)).toEqual(plain);
    expect(core(core(readJson(asWinlogbeat(facts)).fields), rendered)).toEqual(plain);
    expect(core(readJson(asConvertedXml(facts)).fields)).toEqual(expected);
    // EvtxECmd leaves out what its columns have no place for.
    const header = /^(?:winlog\.(?:task|opcode|keywords|version|provider_guid)|event\.action)$/;
    const evtxEcmd = readJson(asEvtxEcmd(facts));
    expect(evtxEcmd.sourceType).toBe(definition.id);
    expect(core(core(evtxEcmd.fields), header)).toEqual(core(expected, header));
    // The Wazuh manager leaves out who logged the event.
    const account = /^(?:winlog\.(?:task|user\..*)|user\..*)$/;
    expect(core(core(readJson(asWazuh(facts)).fields), account)).toEqual(core(plain, account));
    if (facts.userData !== undefined) return;
    const nxlog = core(core(readJson(asNxlog(facts)).fields), rendered);
    expect(nxlog).toEqual(plain);
    expect(core(core(read(syslog + JSON.stringify(asNxlog(facts))).fields), rendered)).toEqual(plain);
  });
});

describe('one line an event, as OSSEC writes it', () => {
  it('has the data of Sysmon', () => {
    const facts = SYSMON['process']![0]!;
    const { fields, sourceType } = read(asEventLine(facts));
    expect(sourceType).toBe(sysmon.id);
    expect(fields['process.executable']).toBe(facts.data['Image']);
    expect(fields['process.parent.executable']).toBe(facts.data['ParentImage']);
    expect(fields['host.name']).toBe(facts.computer);
    expect(fields['@timestamp']).toBe(`${facts.data['UtcTime']!.replace(' ', 'T')}Z`);
    expect(checkDocument(fields)).toEqual([]);
  });

  it('tells the log by its channel', () => {
    const facts = SECURITY['logon']![1]!;
    const { fields, sourceType } = read(asEventLine(facts));
    expect(sourceType).toBe(security.id);
    expect(fields['event.code']).toBe(String(facts.eventId));
    expect(fields['event.outcome']).toBe('failure');
  });

  it.each(['', 'a: b', 'Security: INFORMATION(x): p: u: d: c: t', 'Security: : : : : : '])(
    'is not believed where its head is cut: %s',
    (rest) => {
      const { fields } = read(`2026 Mar 02 09:59:58 WinEvtLog: ${rest}`);
      expect(fields['event.code']).toBeUndefined();
      expect(fields['event.original']).toContain('WinEvtLog');
    },
  );
});

describe('what shippers do to events', () => {
  const logon = SECURITY['logon']![1]!;

  it('keeps ECS fields that a pipeline took out of the data', () => {
    const facts = SYSMON['process']![0]!;
    const json = asWinlogbeat(facts);
    const winlog = json['winlog'] as Record<string, unknown>;
    const { CommandLine, Image, ...rest } = winlog['event_data'] as Record<string, string>;
    const { fields } = readJson({
      ...json,
      winlog: { ...winlog, event_data: rest },
      process: {
        command_line: CommandLine,
        executable: Image,
        name: 'setup.exe',
        args: ['setup.exe', '/quiet'],
      },
      agent: { id: 'a1', type: 'winlogbeat', version: '8.17.0' },
      related: { user: ['someone'] },
    });
    expect(fields['process.command_line']).toBe(facts.data['CommandLine']);
    expect(fields['process.args']).toEqual(['setup.exe', '/quiet']);
    expect(fields['process.parent.pid']).toBe(4120);
    expect(fields['agent.version']).toBe('8.17.0');
    expect(fields['related.user']).not.toContain('someone');
  });

  it('does not take the host of a collector for the host of the event', () => {
    const json = { ...asWinlogbeat(logon), host: { name: 'collector-1', hostname: 'collector-1', id: 'c1' } };
    const { fields } = readJson(json);
    expect(fields['host.name']).toBe(logon.computer);
    expect(fields['host.id']).toBeUndefined();
    const own = readJson({ ...asWinlogbeat(logon), host: { name: 'dc01', id: 'd1' } }).fields;
    expect(own['host.id']).toBe('d1');
  });

  it('reads audit outcome and task whatever the language of the machine', () => {
    const json = asWinlogbeat(logon);
    const winlog = {
      ...(json['winlog'] as object),
      keywords: ['Échec de l’audit'],
      task: 'Ouvrir la session',
    };
    const { fields } = readJson({ ...json, winlog });
    expect(fields['winlog.keywords']).toEqual(['Audit Failure']);
    expect(fields['winlog.task']).toBe('Logon');
    expect(fields['event.outcome']).toBe('failure');
    expect(fields['event.action']).toBe('logon-failed');
  });

  it('finds the process that older NXLog hides behind its own', () => {
    const facts = SYSMON['process']![0]!;
    const { ExecutionProcessID, ExecutionThreadID, ProcessId: _hidden, ...rest } = asNxlog(facts);
    const { fields } = readJson({ ...rest, ProcessID: ExecutionProcessID, ThreadID: ExecutionThreadID });
    expect(fields['process.pid']).toBe(6972);
    expect(fields['winlog.process.pid']).toBe(3320);
  });

  it('applies the zone of the source to NXLog’s local time', () => {
    const json = asNxlog(logon);
    const text = JSON.stringify(json);
    const { time } = reader.read({ text, json, receivedAt: RECEIVED }, { timeZone: 'Europe/Paris' });
    expect(time).toBe(Date.parse(logon.time) - 3_600_000);
  });

  it('keeps unnamed data in its order', () => {
    const xml = asXml(OTHER['system']![1]!).replaceAll(/ Name="param\d"/g, '');
    const { fields } = read(xml);
    expect(fields['winlog.event_data.param1']).toBe('Windows Update');
    expect(fields['winlog.event_data.param2']).toBe('stopped');
    expect(fields['service.name']).toBe('Windows Update');
  });

  it('reads Sysmon for Linux as Sysmon', () => {
    const facts = {
      ...SYSMON['process']![0]!,
      channel: 'Linux-Sysmon/Operational',
      provider: 'Linux-Sysmon',
    };
    const { sourceType, fields } = read(`<14>Feb 27 10:15:01 web-1 sysmon: ${asXml(facts)}`);
    expect(sourceType).toBe('microsoft.windows-sysmon');
    expect(fields['event.action']).toBe('process-created');
  });
});

describe('what is not understood', () => {
  it('counts an unknown event of a known provider as partial and keeps its data', () => {
    const { outcome, fields } = readJson(asRecord(SECURITY['unknown']![0]!));
    expect(outcome).toBe('partial');
    expect(fields['event.action']).toBeUndefined();
    expect(fields['winlog.event_data.Parameter']).toBe('x');
  });

  it('reads an event of any other provider', () => {
    const { outcome, fields } = readJson(asRecord(OTHER['application']![1]!));
    expect(outcome).toBe('parsed');
    expect(fields['event.dataset']).toBe('microsoft.windows.application');
    const odd = { ...OTHER['application']![1]!, channel: 'Example-Vendor: Agent/Ops (beta)' };
    expect(readJson(asRecord(odd)).fields['event.dataset']).toBe(
      'microsoft.windows.example_vendor_agent_ops_beta',
    );
  });

  it.each<[string, JsonObject]>([
    ['no System', { Event: { EventData: {} } }],
    ['no event id', { Event: { System: { Channel: 'Security' } } }],
    ['winlog without event id', { winlog: { channel: 'Security' } }],
    ['an event id that is none', { EventID: 'abc', Channel: 'Security' }],
    ['lists where objects should be', { Event: [1], winlog: [2] }],
    [
      'numbers everywhere',
      { winlog: { event_id: 1, channel: 7, event_data: 3, user: 4, process: 'x', keywords: 5 } },
    ],
  ])('is left alone: %s', (_name, json) => {
    for (const definition of [security, sysmon, windows]) {
      const doc: EcsFields = {};
      const input = { text: JSON.stringify(json), json, receivedAt: RECEIVED, timeZone: 'UTC' };
      const outcome = definition.parse(input, doc);
      if (outcome === 'rejected') expect(doc).toEqual({});
      else expect(checkDocument(doc)).toEqual([]);
    }
  });

  it('takes hostile names as data', () => {
    const json = JSON.parse(
      '{"EventID":4624,"Channel":"Security","SourceName":"Microsoft-Windows-Security-Auditing","__proto__":"x","constructor":"y"}',
    ) as JsonObject;
    const { fields } = readJson(json);
    expect(fields['winlog.event_data.constructor']).toBe('y');
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  });

  it('is quick on text made to be slow', () => {
    const long = 'a'.repeat(400_000);
    const inputs = [
      `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>${'<System>'.repeat(20_000)}`,
      asXml({
        ...SYSMON['network']![1]!,
        data: { QueryName: long, QueryResults: 'type:  5 '.repeat(40_000) },
      }),
      asXml({
        ...SECURITY['process']![0]!,
        data: { CommandLine: '" '.repeat(200_000), NewProcessName: long },
      }),
      asXml({ ...OTHER['powershell']![1]!, data: { ContextInfo: '= \n'.repeat(130_000) } }),
      asXml({ ...OTHER['system']![0]!, data: { ImagePath: 'a.exe'.repeat(80_000) } }),
      JSON.stringify({
        ...asNxlog(SYSMON['process']![0]!),
        ExecutionProcessID: undefined,
        ProcessId: undefined,
        Message: 'ProcessId:'.repeat(40_000),
      }),
    ];
    // In quadratic time these lengths would outlast the test's own time.
    for (const text of inputs) expect(() => read(text)).not.toThrow();
  });
});

it('keeps the header of a row of EvtxECmd whose data was cut short', () => {
  const facts = SYSMON['process']![0]!;
  const { fields, sourceType } = readJson({ ...asEvtxEcmd(facts), Payload: '{"EventData":{"Da' });
  expect(sourceType).toBe(sysmon.id);
  expect(fields['event.code']).toBe(String(facts.eventId));
  expect(fields['host.name']).toBe(facts.computer);
});
