import type { JsonObject } from '@vigie/contracts';

/** One event with everything the forms below need; what a test states once. */
export interface EventFacts {
  readonly channel: string;
  readonly provider: string;
  readonly guid: string;
  readonly eventId: number;
  readonly version?: number;
  readonly level?: number;
  readonly task: number;
  /** Rendered in the machine's language. */
  readonly taskName: string;
  readonly opcode?: number;
  /** Hexadecimal mask. */
  readonly keywords: string;
  /** ISO 8601 UTC, whole seconds: NXLog writes no fraction. */
  readonly time: string;
  readonly recordId: number;
  readonly pid: number;
  readonly tid: number;
  readonly computer: string;
  readonly userId?: string;
  readonly userName?: string;
  readonly userDomain?: string;
  readonly data: Readonly<Record<string, string>>;
  /** Name of the element in `UserData` that holds the data, instead of `EventData`. */
  readonly userData?: string;
  readonly message?: string;
}

const LEVELS = ['information', 'critical', 'error', 'warning', 'information', 'verbose'] as const;
const NXLOG_LEVELS = ['INFO', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'VERBOSE'] as const;
const AUDIT_SUCCESS = 0x20000000000000n;
const AUDIT_FAILURE = 0x10000000000000n;
const CLASSIC = 0x80000000000000n;

function auditOf(facts: EventFacts): 'success' | 'failure' | undefined {
  const mask = BigInt(facts.keywords);
  return mask & AUDIT_SUCCESS ? 'success' : mask & AUDIT_FAILURE ? 'failure' : undefined;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

/** The event as XML, as `wevtutil` and forwarding collectors render it. */
export function asXml(facts: EventFacts, rendered = false): string {
  const user = facts.userId === undefined ? '' : ` UserID="${facts.userId}"`;
  const system = [
    `<Provider Name="${escapeXml(facts.provider)}" Guid="${facts.guid}"/>`,
    `<EventID>${facts.eventId}</EventID><Version>${facts.version ?? 0}</Version><Level>${facts.level ?? 0}</Level>`,
    `<Task>${facts.task}</Task><Opcode>${facts.opcode ?? 0}</Opcode><Keywords>${facts.keywords}</Keywords>`,
    `<TimeCreated SystemTime="${facts.time.replace('Z', '.0000000Z')}"/><EventRecordID>${facts.recordId}</EventRecordID>`,
    `<Correlation/><Execution ProcessID="${facts.pid}" ThreadID="${facts.tid}"/>`,
    `<Channel>${escapeXml(facts.channel)}</Channel><Computer>${facts.computer}</Computer><Security${user}/>`,
  ].join('');
  const pairs = Object.entries(facts.data);
  const data =
    facts.userData === undefined
      ? `<EventData>${pairs.map(([name, value]) => `<Data Name="${escapeXml(name)}">${escapeXml(value)}</Data>`).join('')}</EventData>`
      : `<UserData><${facts.userData} xmlns="http://manifests.example.com/">${pairs.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('')}</${facts.userData}></UserData>`;
  const rendering = rendered
    ? `<RenderingInfo Culture="en-US"><Message>${escapeXml(facts.message ?? '')}</Message><Task>${escapeXml(facts.taskName)}</Task></RenderingInfo>`
    : '';
  return `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>${system}</System>${data}${rendering}</Event>`;
}

/** The event as an event log reader gives it. */
export function asRecord(facts: EventFacts): JsonObject {
  const data =
    facts.userData === undefined ? { EventData: facts.data } : { UserData: { [facts.userData]: facts.data } };
  return {
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: { '#attributes': { Name: facts.provider, Guid: facts.guid } },
        EventID: facts.eventId,
        Version: facts.version ?? 0,
        Level: facts.level ?? 0,
        Task: facts.task,
        Opcode: facts.opcode ?? 0,
        Keywords: facts.keywords,
        TimeCreated: { '#attributes': { SystemTime: facts.time.replace('Z', '.0000000Z') } },
        EventRecordID: facts.recordId,
        Correlation: null,
        Execution: { '#attributes': { ProcessID: facts.pid, ThreadID: facts.tid } },
        Channel: facts.channel,
        Computer: facts.computer,
        Security: facts.userId === undefined ? null : { '#attributes': { UserID: facts.userId } },
      },
      ...data,
    },
  };
}

/** The event as Winlogbeat 8 ships it, without any of its pipelines. */
export function asWinlogbeat(facts: EventFacts): JsonObject {
  const audit = auditOf(facts);
  const keywords = audit ? [audit === 'success' ? 'Audit Success' : 'Audit Failure'] : [];
  if (BigInt(facts.keywords) & CLASSIC) keywords.push('Classic');
  const user =
    facts.userId === undefined
      ? {}
      : { user: { identifier: facts.userId, name: facts.userName, domain: facts.userDomain, type: 'User' } };
  const data =
    facts.userData === undefined
      ? { event_data: facts.data }
      : { user_data: { xml_name: facts.userData, ...facts.data } };
  return {
    '@timestamp': facts.time.replace('Z', '.000Z'),
    event: {
      code: String(facts.eventId),
      kind: 'event',
      provider: facts.provider,
      action: facts.taskName,
      created: '2026-03-02T10:00:00.000Z',
      ...(audit ? { outcome: audit } : {}),
    },
    log: { level: LEVELS[facts.level ?? 0] },
    host: { name: facts.computer },
    ecs: { version: '8.0.0' },
    ...(facts.message === undefined ? {} : { message: facts.message }),
    winlog: {
      api: 'wineventlog',
      channel: facts.channel,
      computer_name: facts.computer,
      ...data,
      event_id: String(facts.eventId),
      ...(keywords.length > 0 ? { keywords } : {}),
      opcode: ['Info', 'Start', 'Stop'][facts.opcode ?? 0],
      process: { pid: facts.pid, thread: { id: facts.tid } },
      provider_guid: facts.guid,
      provider_name: facts.provider,
      record_id: facts.recordId,
      task: facts.taskName,
      ...user,
      ...(facts.version ? { version: facts.version } : {}),
    },
  };
}

/** The event as NXLog's `im_msvistalog` ships it on a machine whose zone is UTC. */
export function asNxlog(facts: EventFacts): JsonObject {
  const audit = auditOf(facts);
  const level = audit ? `AUDIT_${audit.toUpperCase()}` : NXLOG_LEVELS[facts.level ?? 0];
  const lines = Object.entries(facts.data).map(([name, value]) => `${name}: ${value}`);
  const sysmon = facts.provider === 'Microsoft-Windows-Sysmon';
  const message = sysmon ? [`${facts.taskName}:`, ...lines].join('\r\n') : facts.message;
  return {
    // Its own fields hide data of the same name.
    ...facts.data,
    EventTime: facts.time.replace('T', ' ').replace('Z', ''),
    Hostname: facts.computer,
    Keywords: Number(BigInt.asIntN(64, BigInt(facts.keywords))),
    EventType: level,
    SeverityValue: audit === 'failure' ? 4 : 2,
    Severity: audit === 'failure' ? 'ERROR' : 'INFO',
    EventID: facts.eventId,
    SourceName: facts.provider,
    ProviderGuid: facts.guid.toUpperCase(),
    Version: facts.version ?? 0,
    Task: facts.task,
    OpcodeValue: facts.opcode ?? 0,
    RecordNumber: facts.recordId,
    ExecutionProcessID: facts.pid,
    ExecutionThreadID: facts.tid,
    Channel: facts.channel,
    ...(facts.userId === undefined
      ? {}
      : { Domain: facts.userDomain, AccountName: facts.userName, UserID: facts.userId, AccountType: 'User' }),
    ...(message === undefined ? {} : { Message: message }),
    Category: facts.taskName,
    EventReceivedTime: '2026-03-02 10:00:01',
    SourceModuleName: 'eventlog',
    SourceModuleType: 'im_msvistalog',
  };
}

/** The event as the Wazuh manager decodes what its agent read: small first letters, values escaped once more. */
export function asWazuh(facts: EventFacts): JsonObject {
  const small = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
  const escaped = (value: string) =>
    value
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('\r', '\\r')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t');
  const audit = auditOf(facts);
  const data = Object.fromEntries(
    Object.entries(facts.data).map(([name, value]) => [small(name), escaped(value)]),
  );
  return {
    win: {
      system: {
        providerName: facts.provider,
        providerGuid: facts.guid,
        eventID: String(facts.eventId),
        version: String(facts.version ?? 0),
        level: String(facts.level ?? 0),
        task: String(facts.task),
        opcode: String(facts.opcode ?? 0),
        keywords: facts.keywords,
        systemTime: facts.time.replace('Z', '.0000000Z'),
        eventRecordID: String(facts.recordId),
        processID: String(facts.pid),
        threadID: String(facts.tid),
        channel: facts.channel,
        computer: facts.computer,
        severityValue: audit ? `AUDIT_${audit.toUpperCase()}` : 'INFORMATION',
        ...(facts.message === undefined ? {} : { message: `"${facts.message}"` }),
      },
      [facts.userData === undefined ? 'eventdata' : small(facts.userData)]: data,
    },
  };
}

/** The event as OSSEC's agent writes it into one line; only Sysmon's text holds its data. */
export function asEventLine(facts: EventFacts): string {
  const level = auditOf(facts) === undefined ? 'INFORMATION' : `AUDIT_${auditOf(facts)!.toUpperCase()}`;
  const text = Object.entries(facts.data)
    .map(([name, value]) => `${name}: ${value}`)
    .join('  ');
  const user = facts.userName ?? '(no user)';
  const domain = facts.userDomain ?? 'no domain';
  return `2026 Mar 02 09:59:58 WinEvtLog: ${facts.channel}: ${level}(${facts.eventId}): ${facts.provider}: ${user}: ${domain}: ${facts.computer}: ${facts.taskName}:  ${text}`;
}

/** The event as EvtxECmd writes it, as JSON or as the columns of its CSV. */
export function asEvtxEcmd(facts: EventFacts): JsonObject {
  const audit = auditOf(facts);
  const pairs = Object.entries(facts.data);
  const payload =
    facts.userData === undefined
      ? { EventData: { Data: pairs.map(([name, value]) => ({ '@Name': name, '#text': value })) } }
      : { UserData: { [facts.userData]: { '@xmlns': 'http://manifests.example.com/', ...facts.data } } };
  return {
    RecordNumber: '1',
    EventRecordId: String(facts.recordId),
    TimeCreated: facts.time.replace('T', ' ').replace('Z', '.0000000'),
    EventId: String(facts.eventId),
    Level: ['LogAlways', 'Critical', 'Error', 'Warning', 'Info', 'Verbose'][facts.level ?? 0]!,
    Provider: facts.provider,
    Channel: facts.channel,
    ProcessId: String(facts.pid),
    ThreadId: String(facts.tid),
    Computer: facts.computer,
    ...(facts.userId === undefined ? {} : { UserId: facts.userId }),
    MapDescription: facts.taskName,
    PayloadData1: pairs[0]?.join(': ') ?? '',
    ...(audit === undefined ? {} : { Keywords: `Audit ${audit}` }),
    Payload: JSON.stringify(payload),
  };
}

/** The event's XML as a general converter makes JSON of it: attributes with an @, repeated elements as a list. */
export function asConvertedXml(facts: EventFacts): JsonObject {
  const pairs = Object.entries(facts.data);
  return {
    Event: {
      '@xmlns': 'http://schemas.microsoft.com/win/2004/08/events/event',
      System: {
        Provider: { '@Name': facts.provider, '@Guid': facts.guid },
        EventID: String(facts.eventId),
        Version: String(facts.version ?? 0),
        Level: String(facts.level ?? 0),
        Task: String(facts.task),
        Opcode: String(facts.opcode ?? 0),
        Keywords: facts.keywords,
        TimeCreated: { '@SystemTime': facts.time.replace('Z', '.0000000Z') },
        EventRecordID: String(facts.recordId),
        Correlation: null,
        Execution: { '@ProcessID': String(facts.pid), '@ThreadID': String(facts.tid) },
        Channel: facts.channel,
        Computer: facts.computer,
        Security: facts.userId === undefined ? null : { '@UserID': facts.userId },
      },
      ...(facts.userData === undefined
        ? { EventData: { Data: pairs.map(([name, value]) => ({ '@Name': name, '#text': value })) } }
        : { UserData: { [facts.userData]: { '@xmlns': 'http://manifests.example.com/', ...facts.data } } }),
    },
  };
}
