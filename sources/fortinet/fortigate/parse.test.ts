import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import source from './parse.ts';

function read(text: string): { doc: EcsFields; outcome: string } {
  const doc: EcsFields = {};
  const outcome = source.parse({ text, receivedAt: Date.UTC(2026, 2, 2), timeZone: 'Europe/Paris' }, doc);
  return { doc, outcome };
}

const PAIRS = [
  ['logid', '0000000013'],
  ['type', 'traffic'],
  ['subtype', 'forward'],
  ['level', 'notice'],
  ['vd', 'root'],
  ['eventtime', '1772359201'],
  ['srcip', '10.20.4.17'],
  ['srcport', '51700'],
  ['dstip', '203.0.113.40'],
  ['dstport', '443'],
  ['proto', '6'],
  ['action', 'close'],
  ['policyid', '12'],
  ['service', 'HTTPS'],
  ['duration', '12'],
  ['sentbyte', '1200'],
  ['rcvdbyte', '48000'],
] as const;

describe('FortiGate', () => {
  it('gives the same document for the default, CSV and CEF formats', () => {
    const plain = read(PAIRS.map(([key, value]) => `${key}="${value}"`).join(' ')).doc;
    const csv = read(PAIRS.map(([key, value]) => `${key}="${value}"`).join(',')).doc;
    const cef = read(
      'CEF:0|Fortinet|Fortigate|v7.4.3|00013|traffic:forward close|3|FTNTFGTlogid=0000000013 cat=traffic:forward FTNTFGTsubtype=forward FTNTFGTlevel=notice FTNTFGTvd=root FTNTFGTeventtime=1772359201 src=10.20.4.17 spt=51700 dst=203.0.113.40 dpt=443 proto=6 act=close FTNTFGTpolicyid=12 app=HTTPS FTNTFGTduration=12 out=1200 in=48000',
    ).doc;
    expect(plain['network.bytes']).toBe(49200);
    expect(csv).toEqual(plain);
    expect({ ...cef, 'observer.version': undefined }).toEqual({ ...plain, 'observer.version': undefined });
  });

  it('applies the zone of the log where there is no epoch time', () => {
    const line =
      'date=2026-03-01 time=10:00:00 logid="0100032001" type="event" subtype="system" level="notice" vd="root"';
    expect(read(`${line} tz="-0500"`).doc['@timestamp']).toBe('2026-03-01T15:00:00.000Z');
    expect(read(line).doc['@timestamp']).toBe('2026-03-01T09:00:00.000Z');
  });

  it('keeps what is no address out of ECS address fields', () => {
    const { doc } = read(
      'logid="0" type="traffic" subtype="local" level="notice" vd="root" srcip=00192.0.2.100:00 srcport=70000',
    );
    expect(doc['source.ip']).toBeUndefined();
    expect(doc['fortinet.firewall.srcip']).toBe('00192.0.2.100:00');
    expect(doc['source.port']).toBeUndefined();
    expect(doc['fortinet.firewall.srcport']).toBe('70000');
  });

  it('takes keys of any name as data', () => {
    const { doc } = read(
      'logid="0" type="event" subtype="system" level="notice" vd="root" __proto__="x" constructor="y"',
    );
    expect(doc['fortinet.firewall.__proto__']).toBe('x');
    expect(Object.getPrototypeOf(doc)).toBe(Object.prototype);
  });

  it('tells a failed login from a successful one', () => {
    const line = (status: string) =>
      `logid="0100032002" type="event" subtype="system" level="alert" vd="root" logdesc="Admin login" user="oracle" ui="ssh(192.0.2.130)" action="login" status="${status}"`;
    expect(read(line('failed')).doc['event.outcome']).toBe('failure');
    expect(read(line('success')).doc['event.outcome']).toBe('success');
    expect(read(line('success')).doc['source.ip']).toBe('192.0.2.130');
  });

  it('leaves the document untouched where the line is not its own', () => {
    for (const text of ['', 'hello world', 'type=1 a=b', 'CEF:0|Other|Thing|1|2|3|4|a=b']) {
      const { doc, outcome } = read(text);
      expect(outcome).toBe('rejected');
      expect(doc).toEqual({});
    }
  });
});
