import type { EcsFields, JsonObject } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import source from './parse.ts';

function read(record: JsonObject): { doc: EcsFields; outcome: string } {
  const doc: EcsFields = {};
  const json = {
    CreationTime: '2026-03-01T09:00:00',
    Operation: 'Send',
    RecordType: 2,
    Workload: 'Exchange',
    ...record,
  };
  const outcome = source.parse(
    { text: JSON.stringify(json), json, receivedAt: 0, timeZone: 'Europe/Paris' },
    doc,
  );
  return { doc, outcome };
}

describe('Microsoft 365 audit', () => {
  it('reads client addresses in every form', () => {
    const source = (ClientIP: string) => {
      const { doc } = read({ ClientIP });
      return [doc['source.ip'], doc['source.port']];
    };
    expect(source('192.0.2.85')).toEqual(['192.0.2.85', undefined]);
    expect(source('192.0.2.85:49211')).toEqual(['192.0.2.85', 49211]);
    expect(source('[2001:DB8::9]:443')).toEqual(['2001:db8::9', 443]);
    expect(source('2001:db8::9')).toEqual(['2001:db8::9', undefined]);
    expect(source('::ffff:192.0.2.85')).toEqual(['192.0.2.85', undefined]);
    expect(source('<null>')).toEqual([undefined, undefined]);
  });

  it('takes the time for UTC, whatever the zone of the source', () => {
    expect(read({}).doc['@timestamp']).toBe('2026-03-01T09:00:00.000Z');
  });

  it('opens lists of names and values', () => {
    const { doc } = read({
      Parameters: [{ Name: 'ForwardTo', Value: 'drop@example.net' }],
      ModifiedProperties: [{ Name: 'Role.DisplayName', NewValue: 'Global Administrator', OldValue: '' }],
    });
    expect(doc['o365.audit.Parameters.ForwardTo']).toBe('drop@example.net');
    expect(doc['o365.audit.ModifiedProperties.Role.DisplayName.NewValue']).toBe('Global Administrator');
  });

  it('knows the many spellings of a result', () => {
    const outcome = (record: JsonObject) => read(record).doc['event.outcome'];
    for (const ResultStatus of ['Succeeded', 'Success', 'True', 'TRUE', 'PartiallySucceeded', '0'])
      expect(outcome({ ResultStatus })).toBe('success');
    for (const ResultStatus of ['Failed', 'False', 'Failure', '-2147467259'])
      expect(outcome({ ResultStatus })).toBe('failure');
    expect(outcome({})).toBe('success');
    expect(outcome({ IsSuccess: false })).toBe('failure');
    expect(outcome({ Operation: 'UserLoginFailed', ResultStatus: 'Success' })).toBe('failure');
  });

  it('does not take `Consent` for something sent', () => {
    const { doc } = read({
      Workload: 'AzureActiveDirectory',
      RecordType: 8,
      Operation: 'Consent to application.',
    });
    expect(doc['event.action']).toBe('Consent to application');
    expect(doc['event.type']).toEqual(['admin', 'change']);
  });

  it('reads records below a key of the forwarder, and records without an operation', () => {
    const inner = { CreationTime: '2026-03-01T09:00:00', RecordType: '15', Workload: 'AzureActiveDirectory' };
    const { doc, outcome } = read({ office365: inner });
    expect(outcome).toBe('partial');
    expect(doc['event.code']).toBe('15');
  });

  it('survives broken JSON and hostile keys inside', () => {
    const { doc } = read({
      RecordType: 40,
      Data: '{"f3u":',
      Parameters: [{ Name: '__proto__', Value: 'x' }],
    });
    expect(doc['o365.audit.Data']).toBe('{"f3u":');
    expect(Object.getPrototypeOf(doc)).toBe(Object.prototype);
  });
});
