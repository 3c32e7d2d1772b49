import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';
import { type EvtxProblem, isEvtx, readEvtx } from './index.ts';
import { event, eventData, PROCESS, processEvent, TIME } from './test/events.ts';
import { int, type RecordSpec, type TemplateSpec, utf16, value, writeEvtx } from './test/writer.ts';
import { ARRAY_FLAG, TYPE } from './values.ts';

function read(bytes: Uint8Array) {
  const problems: EvtxProblem[] = [];
  const records = [...readEvtx(bytes, { onProblem: (problem) => problems.push(problem) })];
  return { records, problems };
}

/** `EventData` of the only record of a file, and the same through the flat accessor. */
function dataOf(spec: RecordSpec): unknown {
  const { records, problems } = read(writeEvtx([[spec]]));
  expect(problems).toEqual([]);
  const json = records[0]!.toJson() as { Event: { EventData: Record<string, unknown> } };
  for (const name of records[0]!.dataNames())
    if (name !== 'Data') expect(records[0]!.data(name)).toEqual(json.Event.EventData[name]);
  return json.Event.EventData;
}

describe('readEvtx', () => {
  it('gives the nested form of an event', () => {
    const { records, problems } = read(writeEvtx([[processEvent(41, 'whoami /all ')]]));
    expect(problems).toEqual([]);
    expect(records).toHaveLength(1);
    expect(records[0]!.toJson()).toEqual({
      Event: {
        '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
        System: {
          Provider: {
            '#attributes': { Name: 'Example-Provider', Guid: '{aabbccdd-1122-3344-0102-030405060708}' },
          },
          EventID: 1,
          Version: 2,
          Level: 4,
          Task: 7,
          Opcode: 0,
          Keywords: '0x8020000000000000',
          TimeCreated: { '#attributes': { SystemTime: '2024-05-17T08:30:15.2911234Z' } },
          EventRecordID: 41,
          Correlation: null,
          Execution: { '#attributes': { ProcessID: 660, ThreadID: 4321 } },
          Channel: 'Example/Operational',
          Computer: 'ws01.example.com',
          Security: { '#attributes': { UserID: 'S-1-5-21-1004336348-1177238915-682003330-512' } },
        },
        EventData: {
          Image: 'C:\\Windows\\System32\\whoami.exe',
          ProcessId: 1041,
          CommandLine: 'whoami /all ',
        },
      },
    });
  });

  it('answers single fields without building the event', () => {
    const [record] = read(writeEvtx([[processEvent(7, 'whoami')]])).records;
    expect(record).toMatchObject({
      recordId: 7,
      timestamp: TIME + 7,
      eventId: 1,
      channel: 'Example/Operational',
      computer: 'ws01.example.com',
      provider: 'Example-Provider',
    });
    expect(record!.system('Security_UserID')).toBe('S-1-5-21-1004336348-1177238915-682003330-512');
    expect(record!.system('ActivityID')).toBeUndefined();
    expect(record!.data('CommandLine')).toBe('whoami');
    expect(record!.data('Absent')).toBeUndefined();
    expect(record!.dataNames()).toEqual(['Image', 'ProcessId', 'CommandLine']);
  });

  it('reads templates and names by offset, in every chunk anew', () => {
    const chunks = [1, 2, 3].map((chunk) =>
      Array.from({ length: 50 }, (_, index) => processEvent(chunk * 50 + index, `run ${chunk}-${index}`)),
    );
    const { records, problems } = read(writeEvtx(chunks));
    expect(problems).toEqual([]);
    expect(records.map((record) => record.recordId)).toEqual(Array.from({ length: 150 }, (_, i) => 50 + i));
    expect(records[149]!.data('CommandLine')).toBe('run 3-49');
  });

  it.each<[string, number, number[], unknown]>([
    ['string', TYPE.string, utf16('naïve 漢字 😀'), 'naïve 漢字 😀'],
    ['string with trailing NULs', TYPE.string, utf16('tail\0\0'), 'tail'],
    ['string with an unpaired surrogate', TYPE.string, utf16('a\ud800b'), 'a\ufffdb'],
    ['empty string', TYPE.string, [], ''],
    ['ANSI string', TYPE.ansi, [0x63, 0x61, 0x66, 0xe9, 0], 'café'],
    ['int8', TYPE.int8, int(-5, 1), -5],
    ['uint8', TYPE.uint8, int(250, 1), 250],
    ['int16', TYPE.int16, int(-500, 2), -500],
    ['uint16', TYPE.uint16, int(65000, 2), 65000],
    ['int32', TYPE.int32, int(-70000, 4), -70000],
    ['uint32', TYPE.uint32, int(4000000000, 4), 4000000000],
    ['int64', TYPE.int64, int(-9, 8), -9],
    ['int64 beyond 2^53', TYPE.int64, int(-9007199254740993n, 8), '-9007199254740993'],
    ['uint64', TYPE.uint64, int(9007199254740991n, 8), 9007199254740991],
    ['uint64 beyond 2^53', TYPE.uint64, int(18446744073709551615n, 8), '18446744073709551615'],
    ['float', TYPE.real32, [0, 0, 0xc0, 0x3f], 1.5],
    ['double NaN', TYPE.real64, [0, 0, 0, 0, 0, 0, 0xf8, 0x7f], 'NaN'],
    ['boolean', TYPE.bool, int(1, 4), true],
    ['binary', TYPE.binary, [0xde, 0xad, 0x01], 'DEAD01'],
    ['32-bit pointer', TYPE.size, int(0x7ffe, 4), '0x7ffe'],
    ['64-bit pointer', TYPE.size, int(0x7ff612340000n, 8), '0x7ff612340000'],
    ['hexadecimal 32', TYPE.hex32, int(0xc000006d, 4), '0xc000006d'],
    ['hexadecimal 64', TYPE.hex64, int(0x1000000ffn, 8), '0x1000000ff'],
    ['FILETIME', TYPE.fileTime, int(133604082152500007n, 8), '2024-05-17T08:30:15.2500007Z'],
    ['FILETIME zero', TYPE.fileTime, int(0, 8), '1601-01-01T00:00:00.0000000Z'],
    ['FILETIME beyond year 9999', TYPE.fileTime, int(0x7fffffffffffffffn, 8), 'FFFFFFFFFFFFFF7F'],
    [
      'SYSTEMTIME',
      TYPE.systemTime,
      [2024, 5, 5, 17, 8, 30, 15, 250].flatMap((word) => int(word, 2)),
      '2024-05-17T08:30:15.250Z',
    ],
    ['SID', TYPE.sid, [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], 'S-1-5-18'],
    ['SID with too many parts', TYPE.sid, [1, 200, 0, 0, 0, 0, 0, 5], '01C8000000000005'],
    ['uint32 of the wrong size', TYPE.uint32, [1, 2, 3], '010203'],
    ['string array', TYPE.string | ARRAY_FLAG, utf16('one\0\0three\0'), ['one', '', 'three']],
    ['uint16 array', TYPE.uint16 | ARRAY_FLAG, [1, 0, 2, 0], [1, 2]],
    ['hexadecimal array', TYPE.hex32 | ARRAY_FLAG, [1, 0, 0, 0, 0xff, 0, 0, 0], ['0x1', '0xff']],
    [
      'SID array',
      TYPE.sid | ARRAY_FLAG,
      [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
      ['S-1-5-18', 'S-1-1-0'],
    ],
    ['null', TYPE.null, [], null],
    ['a type nobody knows', 0x3f, [0xab], 'AB'],
  ])('decodes %s', (_name, type, bytes, expected) => {
    const template = eventData(9, ['V'], [type]);
    const data = dataOf(event(1, 5, { template, values: [value.raw(type, bytes)] }));
    expect(data).toEqual({ V: expected });
  });

  it('joins text, CDATA, entities and characters, and reads over instructions', () => {
    const template: TemplateSpec = {
      id: 9,
      root: {
        name: 'EventData',
        content: [
          {
            name: 'Data',
            attributes: [['Name', 'Mixed']],
            content: [
              'a',
              { entity: 'lt' },
              { slot: 0, type: TYPE.uint32 },
              { cdata: ' & ' },
              { char: 233 },
              { entity: 'custom' },
              { instruction: ['target', 'data'] },
            ],
          },
        ],
      },
    };
    expect(dataOf(event(1, 5, { template, values: [value.u32(12)] }))).toEqual({ Mixed: 'a<12 & é&custom;' });
  });

  it('keeps unnamed Data as one list and repeated names as lists', () => {
    const template: TemplateSpec = {
      id: 9,
      root: {
        name: 'EventData',
        content: [
          { name: 'Data', content: [{ slot: 0, type: TYPE.string }] },
          { name: 'Data', content: ['second'] },
          { name: 'Data', attributes: [['Name', 'Twice']], content: ['x'] },
          { name: 'Data', attributes: [['Name', 'Twice']], content: ['y'] },
          { name: 'Binary', content: [{ slot: 1, type: TYPE.binary }] },
        ],
      },
    };
    const values = [value.texts(['first', 'also first']), value.raw(TYPE.binary, [1, 2])];
    expect(dataOf(event(1, 5, { template, values }))).toEqual({
      Data: ['first', 'also first', 'second'],
      Twice: ['x', 'y'],
      Binary: '0102',
    });
  });

  it('reads UserData, whose elements are named by themselves', () => {
    const template: TemplateSpec = {
      id: 9,
      root: {
        name: 'UserData',
        content: [
          {
            name: 'LogFileCleared',
            attributes: [['xmlns', 'http://manifests.example.com/']],
            content: [{ name: 'SubjectUserName', content: [{ slot: 0, type: TYPE.string }] }],
          },
        ],
      },
    };
    const [record] = read(writeEvtx([[event(1, 1102, { template, values: [value.text('alice')] })]])).records;
    expect((record!.toJson()['Event'] as Record<string, unknown>)['UserData']).toEqual({
      LogFileCleared: {
        '#attributes': { xmlns: 'http://manifests.example.com/' },
        SubjectUserName: 'alice',
      },
    });
    expect(record!.data('SubjectUserName')).toBe('alice');
  });

  it('reads records without templates, their numbers given as text', () => {
    const element = {
      name: 'Event',
      content: [
        {
          name: 'System',
          content: [
            { name: 'EventID', attributes: [['Qualifiers', '16384']] as const, content: ['7036'] },
            { name: 'Execution', attributes: [['ProcessID', '660']] as const },
          ],
        },
        {
          name: 'EventData',
          content: [{ name: 'Data', attributes: [['Name', 'param1']] as const, content: ['x'] }],
        },
      ],
    };
    const [record] = read(writeEvtx([[{ id: 1, time: TIME, body: { element } }]])).records;
    expect(record!.eventId).toBe(7036);
    expect(record!.data('param1')).toBe('x');
    expect(record!.toJson()).toEqual({
      Event: {
        System: {
          EventID: { '#attributes': { Qualifiers: '16384' }, '#text': 7036 },
          Execution: { '#attributes': { ProcessID: 660 } },
        },
        EventData: { param1: 'x' },
      },
    });
  });

  it('takes a field named __proto__ as data', () => {
    const template = eventData(9, ['__proto__'], [TYPE.string]);
    const data = dataOf(event(1, 5, { template, values: [value.text('x')] })) as object;
    expect(Object.keys(data)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });
});

describe('damage', () => {
  const good = (): Uint8Array =>
    writeEvtx([1, 2].map((chunk) => [0, 1, 2].map((index) => processEvent(chunk * 3 + index, `c${index}`))));
  const ids = (bytes: Uint8Array): number[] => read(bytes).records.map((record) => record.recordId);
  const codes = (bytes: Uint8Array): string[] => read(bytes).problems.map((problem) => problem.code);
  const CHUNK = 4096;

  it('reads good files without problems', () => {
    expect(codes(good())).toEqual([]);
    expect(ids(good())).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('loses only the record whose frame is destroyed', () => {
    const bytes = good();
    const second = [...readEvtx(bytes)][1]!.offset;
    bytes[second] = 0;
    expect(ids(bytes)).toEqual([3, 5, 6, 7, 8]);
    expect(codes(bytes)).toEqual(['chunk-checksum', 'record-frame']);
    expect(read(bytes).problems[1]!.offset).toBe(second);
  });

  it('reports a damaged body with its record id and goes on', () => {
    const bytes = good();
    const second = [...readEvtx(bytes)][1]!.offset;
    bytes[second + 28] = 0x3d;
    const { records, problems } = read(bytes);
    expect(records.map((record) => record.recordId)).toEqual([3, 5, 6, 7, 8]);
    expect(problems[1]).toMatchObject({ code: 'record-body', recordId: 4, reason: 'unknown token 0x3d' });
  });

  it('keeps System where only the event data is damaged', () => {
    const bytes = writeEvtx([[processEvent(1, 'a'), processEvent(2, 'b')]]);
    const [first, second] = [...readEvtx(bytes)];
    // The second record's data starts with a fragment header and a template token: find it from its end.
    const size = bytes.length;
    let at = second!.offset + 40;
    while (at < size && !(bytes[at] === 0x0f && bytes[at + 4] === 0x0c)) at++;
    bytes[at + 4] = 0x3d;
    const { records, problems } = read(bytes);
    expect(records.map((record) => record.eventId)).toEqual([1, 1]);
    expect(records[1]!.data('CommandLine')).toBeUndefined();
    expect(problems.some((problem) => problem.code === 'record-part' && problem.recordId === 2)).toBe(true);
    expect(first!.recordId).toBe(1);
  });

  it('finds the next chunk when one is overwritten or bytes are lost', () => {
    const overwritten = good();
    overwritten.fill(0xee, CHUNK, CHUNK + 65536);
    expect(ids(overwritten)).toEqual([6, 7, 8]);
    expect(codes(overwritten)).toEqual(['chunk-signature']);

    const whole = good();
    const cut = new Uint8Array(whole.length - 1024);
    cut.set(whole.subarray(0, CHUNK + 8192));
    cut.set(whole.subarray(CHUNK + 8192 + 1024), CHUNK + 8192);
    expect(ids(cut)).toContain(3);
  });

  it('reads what a truncated file still holds', () => {
    const whole = good();
    const third = [...readEvtx(whole)][5]!.offset;
    const { records, problems } = read(whole.subarray(0, third + 10));
    expect(records.map((record) => record.recordId)).toEqual([3, 4, 5, 6, 7]);
    expect(problems.map((problem) => problem.code)).toContain('file-truncated');
  });

  it('reads records an unclosed log has not counted yet, and no older ones', () => {
    const bytes = good();
    const records = [...readEvtx(bytes)];
    const view = new DataView(bytes.buffer);
    // The header of the first chunk still ends before its second record.
    view.setUint32(CHUNK + 48, records[1]!.offset - CHUNK, true);
    expect(ids(bytes)).toEqual([3, 4, 5, 6, 7, 8]);
    // What follows is an older use of the chunk: its number does not go on.
    view.setUint32(records[1]!.offset + 8, 1, true);
    expect(ids(bytes)).toEqual([3, 6, 7, 8]);
  });

  it('says so when the file is none, and reads chunks all the same', () => {
    expect(codes(new Uint8Array(10))).toEqual(['file-header']);
    expect(codes(new Uint8Array())).toEqual(['file-header']);
    const bytes = good();
    expect(isEvtx(bytes)).toBe(true);
    bytes[0] = 0;
    expect(isEvtx(bytes)).toBe(false);
    expect(ids(bytes)).toHaveLength(6);
    expect(codes(bytes)).toEqual(['file-header']);
    expect(ids(good().subarray(CHUNK))).toHaveLength(6);
  });

  it('takes unwritten space for what it is', () => {
    const bytes = new Uint8Array(CHUNK + 65536 * 5);
    bytes.set(good());
    expect(codes(bytes)).toEqual([]);
    expect(ids(bytes)).toHaveLength(6);
  });

  it('cuts a record that is made to expand without end', () => {
    const bomb: TemplateSpec = {
      id: 9,
      root: {
        name: 'EventData',
        content: Array.from({ length: 300 }, (_, index) => ({
          name: `E${index}`,
          content: [{ slot: 0, type: TYPE.binXml }],
        })),
      },
    };
    let body = { template: PROCESS, values: [value.text('x'), value.u32(1), value.text('y')] };
    for (let depth = 0; depth < 3; depth++) body = { template: bomb, values: [value.xml(body)] };
    const [record] = read(writeEvtx([[event(1, 5, body)]])).records;
    expect(record!.toJson()['#truncated']).toBe(true);
  });

  it('spends no more on overlapping definitions than on real ones', () => {
    const bytes = writeEvtx([Array.from({ length: 120 }, (_, index) => processEvent(index + 1, 'x'))]);
    const view = new DataView(bytes.buffer);
    // Every record claims a definition of its own that reaches to the end of the chunk.
    for (const { offset } of [...readEvtx(bytes)].slice(1)) {
      const definition = offset - CHUNK + 40;
      view.setUint32(offset + 24 + 4 + 6, definition, true);
      view.setUint32(CHUNK + definition + 20, 65536 - definition - 24, true);
    }
    const { problems } = read(bytes);
    expect(problems.map((problem) => problem.reason)).toContain('too many template definitions');
  });

  it('refuses a template that contains itself', () => {
    const bytes = writeEvtx([[processEvent(1, 'a')]]);
    // The definition stands inline: turn its root element into an instance of itself.
    const view = new DataView(bytes.buffer);
    const instance = [...readEvtx(bytes)][0]!.offset + 24 + 4;
    const definition = view.getUint32(instance + 6, true);
    const root = CHUNK + definition + 24 + 4;
    bytes.set([0x0c, 1, 1, 0, 0, 0, ...int(definition, 4)], root);
    expect(read(bytes).problems.map((problem) => problem.reason)).toContain('a template contains itself');
  });
});

describe('crc32', () => {
  it('gives the published check value, in one go and in parts', () => {
    const bytes = new TextEncoder().encode('123456789');
    expect(crc32(bytes, 0, 9)).toBe(0xcbf43926);
    expect(crc32(bytes, 4, 9, crc32(bytes, 0, 4))).toBe(0xcbf43926);
  });
});
