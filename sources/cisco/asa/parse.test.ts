import { describe, expect, it } from 'vitest';
import { createReader } from '../../kit/reader.ts';
import { REGISTRY } from '../../registry.generated.ts';

const reader = createReader({ registry: REGISTRY });
const read = (text: string): ReturnType<typeof reader.read> =>
  reader.read({ text, receivedAt: Date.parse('2026-03-05T00:00:00Z') });

describe('cisco.asa', () => {
  const built =
    'TCP connection 1 for outside:203.0.113.9/443 (203.0.113.9/443) to inside:10.0.0.21/51515 (198.51.100.1/51515)';

  it('has the client as source, whichever end the device names first', () => {
    const out = read(`%ASA-6-302013: Built outbound ${built}`).fields;
    expect([out['source.ip'], out['destination.ip']]).toEqual(['10.0.0.21', '203.0.113.9']);
    expect([out['source.nat.ip'], out['source.nat.port']]).toEqual(['198.51.100.1', 51515]);
    expect(out['observer.ingress.interface.name']).toBe('inside');
    const inward = read(`%ASA-6-302013: Built inbound ${built}`).fields;
    expect([inward['source.ip'], inward['destination.ip']]).toEqual(['203.0.113.9', '10.0.0.21']);
  });
  it('agrees on the sides at the end of a connection', () => {
    const end = 'duration 0:00:30 bytes 526 TCP FINs';
    const out = read(
      `%ASA-6-302014: Teardown TCP connection 1 for outside:203.0.113.9/443 to inside:10.0.0.21/51515 ${end}`,
    ).fields;
    expect([out['source.ip'], out['source.port']]).toEqual(['10.0.0.21', 51515]);
    expect(out['observer.egress.interface.name']).toBe('outside');
    const inward = read(
      `%ASA-6-302014: Teardown TCP connection 1 for outside:192.0.2.7/51515 to dmz:10.0.1.5/443 ${end}`,
    ).fields;
    expect(inward['source.ip']).toBe('192.0.2.7');
    const both = read(
      `%ASA-6-302014: Teardown TCP connection 1 for outside:192.0.2.7/8443 to dmz:10.0.1.5/9443 ${end}`,
    ).fields;
    expect(both['source.ip']).toBe('192.0.2.7');
  });
  it('keeps what a message of an unknown id says about its ends', () => {
    const { fields, outcome } = read(
      "%ASA-4-999999: Something odd from outside:192.0.2.7/80 to inside:10.0.0.5/90 for user 'alice'",
    );
    expect(outcome).toBe('parsed');
    expect(fields).toMatchObject({
      'source.ip': '192.0.2.7',
      'destination.ip': '10.0.0.5',
      'user.name': 'alice',
      'event.code': '999999',
    });
    expect(read('%ASA-4-999999: Something odd').outcome).toBe('partial');
  });
  it('reads the sides of a new wording of a known message by their words', () => {
    const { fields } = read(
      '%ASA-4-106023: Deny tcp src outside:192.0.2.7/2143 dst dmz:10.0.1.5/139 by a rule nobody has seen',
    );
    expect(fields).toMatchObject({ 'source.ip': '192.0.2.7', 'destination.port': 139 });
    expect(fields['event.type']).toContain('denied');
  });
  it('masks nothing as a user', () => {
    expect(read('%ASA-6-611102: User authentication failed: Uname: *****').fields).not.toHaveProperty(
      'user.name',
    );
  });
  it('leaves messages of routers alone', () => {
    expect(read('Mar  1 10:00:00: %SYS-5-CONFIG_I: Configured from console by console').sourceType).toBe(
      'cisco.ios',
    );
    expect(read('Mar  1 10:00:00: %ASA-5-111008: User x executed the y command').sourceType).toBe(
      'cisco.asa',
    );
  });
});
