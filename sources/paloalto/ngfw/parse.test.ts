import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { columnsOf } from './columns.ts';
import source from './parse.ts';

function read(text: string): { doc: EcsFields; outcome: string } {
  const doc: EcsFields = {};
  const outcome = source.parse({ text, receivedAt: Date.UTC(2026, 2, 2), timeZone: 'UTC' }, doc);
  return { doc, outcome };
}

/** A line of a type with `values` in the columns of those names. */
function line(type: string, subtype: string, values: Record<string, string>): string {
  const all: Record<string, string> = { time_generated: '2026/03/01 09:00:00', type, subtype, ...values };
  return columnsOf(type)!
    .map((name, i) => (i === 0 ? '1' : i === 1 ? '2026/03/01 09:00:01' : (all[name] ?? '')))
    .join(',');
}

describe('PAN-OS', () => {
  it('places the columns of the reference', () => {
    // Positions counted in the vendor's field descriptions, from zero.
    expect(columnsOf('TRAFFIC')!.indexOf('action')).toBe(30);
    expect(columnsOf('TRAFFIC')!.indexOf('session_end_reason')).toBe(46);
    expect(columnsOf('TRAFFIC')!.indexOf('device_name')).toBe(52);
    expect(columnsOf('THREAT')!.indexOf('threatid')).toBe(32);
    expect(columnsOf('THREAT')!.indexOf('filedigest')).toBe(43);
    expect(columnsOf('SYSTEM')!.indexOf('opaque')).toBe(14);
    expect(columnsOf('GLOBALPROTECT')!.indexOf('public_ip')).toBe(15);
  });

  it('reads a line cut at any column', () => {
    const whole = line('TRAFFIC', 'end', {
      src: '10.30.1.20',
      dst: '203.0.113.20',
      action: 'allow',
      device_name: 'pa-1',
    });
    const fields = whole.split(',');
    for (let count = 7; count <= fields.length; count++) {
      const { doc, outcome } = read(fields.slice(0, count).join(','));
      expect(outcome).toBe('parsed');
      expect(doc['@timestamp']).toBe('2026-03-01T09:00:00.000Z');
      expect(doc['source.ip']).toBe(count > 7 ? '10.30.1.20' : undefined);
    }
  });

  it('reads CONFIG with and without the change columns', () => {
    const common =
      '1,2026/03/01 09:00:00,0120,CONFIG,0,2561,2026/03/01 09:00:00,10.30.1.5,,set,admin,Web,Succeeded,shared x,';
    const tail = '77,0x8000000000000000,0,0,0,0,,pa-1';
    const short = read(common + tail).doc;
    const long = read(`${common}old,new,${tail}`).doc;
    for (const doc of [short, long]) {
      expect(doc['observer.name']).toBe('pa-1');
      expect(doc['panw.panos.seqno']).toBe('77');
      expect(doc['event.action']).toBe('set');
    }
    expect(long['panw.panos.after_change_detail']).toBe('new');
    expect(short['panw.panos.after_change_detail']).toBeUndefined();
  });

  it('keeps the subtype `end` of TRAFFIC apart from the tunnel type `END`', () => {
    const cef = read(
      'CEF:0|Palo Alto Networks|PAN-OS|11.0|end|TRAFFIC|3|src=10.30.1.20 dst=203.0.113.20 act=allow',
    ).doc;
    expect(cef['panw.panos.type']).toBe('TRAFFIC');
    expect(cef['event.type']).toEqual(['connection', 'allowed', 'end']);
    expect(columnsOf('END')).toBe(columnsOf('TUNNEL'));
  });

  it('reads user, address and reason from a system description of any length', () => {
    const text =
      "failed authentication for user 'karim'.  Reason: Invalid username/password. auth profile 'ldap', From: 192.0.2.91.";
    const { doc } = read(line('SYSTEM', 'auth', { eventid: 'auth-fail', opaque: `"${text}"` }));
    expect(doc['user.name']).toBe('karim');
    expect(doc['source.ip']).toBe('192.0.2.91');
    expect(doc['event.reason']).toBe('Invalid username/password.');
    expect(doc['event.outcome']).toBe('failure');
    // In quadratic time this length would outlast the test's own time.
    const hostile = read(line('SYSTEM', 'auth', { eventid: 'x', opaque: 'Reason: '.repeat(100_000) }));
    expect(hostile.doc['event.category']).toEqual(doc['event.category']);
  });

  it('leaves out translations to nothing', () => {
    const { doc } = read(line('TRAFFIC', 'end', { src: '10.30.1.20', natsrc: '0.0.0.0', natsport: '0' }));
    expect(doc['source.nat.ip']).toBeUndefined();
    expect(doc['source.nat.port']).toBeUndefined();
  });
});
