import type { EcsFields, JsonObject } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import source from './parse.ts';

function read(record: JsonObject): { doc: EcsFields; outcome: string } {
  const doc: EcsFields = {};
  const json = {
    timestamp: '2026-03-01T09:00:00.000001+0100',
    src_ip: '10.60.1.20',
    dest_ip: '203.0.113.60',
    ...record,
  };
  const outcome = source.parse(
    { text: JSON.stringify(json), json, receivedAt: Date.UTC(2026, 2, 2), timeZone: 'UTC' },
    doc,
  );
  return { doc, outcome };
}

describe('Suricata EVE', () => {
  it('reads the same answer from DNS logs of versions 1, 2 and 3', () => {
    const answers = [{ rrname: 'www.example.org', rrtype: 'A', ttl: 60, rdata: '203.0.113.81' }];
    const bodies = [
      {
        type: 'answer',
        id: 1,
        rcode: 'NOERROR',
        rrname: 'www.example.org',
        rrtype: 'A',
        ttl: 60,
        rdata: '203.0.113.81',
      },
      {
        version: 2,
        type: 'answer',
        id: 1,
        rcode: 'NOERROR',
        rrname: 'www.example.org',
        rrtype: 'A',
        answers,
      },
      {
        version: 3,
        type: 'response',
        id: 1,
        rcode: 'NOERROR',
        queries: [{ rrname: 'www.example.org', rrtype: 'A' }],
        answers,
      },
    ];
    for (const dns of bodies) {
      const { doc } = read({ event_type: 'dns', dns });
      expect(doc['dns.type']).toBe('answer');
      expect(doc['dns.question.name']).toBe('www.example.org');
      expect(doc['dns.resolved_ip']).toEqual(['203.0.113.81']);
      expect(doc['dns.answers.ttl']).toEqual([60]);
      expect(doc['event.action']).toBe('dns-answer');
    }
  });

  it('applies the offset of the timestamp, to the microsecond', () => {
    expect(read({ event_type: 'flow' }).doc['@timestamp']).toBe('2026-03-01T08:00:00.000001Z');
  });

  it('takes an alert that lost its event type for an alert', () => {
    const { doc, outcome } = read({
      flow_id: 1,
      alert: { action: 'blocked', signature_id: 7, signature: 'x', severity: 1 },
    });
    expect(outcome).toBe('parsed');
    expect(doc['event.kind']).toBe('alert');
    expect(doc['event.type']).toEqual(['connection', 'denied']);
    expect(doc['rule.id']).toBe('7');
  });

  it('keeps protocols it does not know, and says so', () => {
    const { doc, outcome } = read({ event_type: 'invented', invented: { a: { b: 1 } } });
    expect(outcome).toBe('partial');
    expect(doc['suricata.eve.invented.a.b']).toBe(1);
  });

  it('does not let keys reach the prototype', () => {
    const { doc } = read({
      event_type: 'http',
      ...JSON.parse('{"http":{"__proto__":{"polluted":"x"}},"__proto__":{"y":1}}'),
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(doc)).toBe(Object.prototype);
  });

  it('rejects JSON of others', () => {
    expect(read({ event_type: 7 as unknown as string }).outcome).toBe('rejected');
  });
});
