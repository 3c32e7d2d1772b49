import { describe, expect, it } from 'vitest';
import { createReader } from '../../kit/reader.ts';
import { REGISTRY } from '../../registry.generated.ts';

const reader = createReader({ registry: REGISTRY });
const read = (text: string, hint = {}): ReturnType<typeof reader.read> =>
  reader.read({ text, receivedAt: Date.parse('2026-03-05T00:00:00Z') }, hint);
const MESSAGE = '%SYS-5-CONFIG_I: Configured from console by alice on vty0 (192.0.2.7)';

describe('cisco.ios', () => {
  it('does not take a zone for a device', () => {
    for (const priority of ['', '<189>']) {
      const { fields } = read(`${priority}4711: Mar  1 10:00:00.000 CST: ${MESSAGE}`);
      expect(fields['@timestamp'], priority).toBe('2026-03-01T16:00:00.000Z');
      expect(fields, priority).not.toHaveProperty('host.name');
      expect(fields['user.name'], priority).toBe('alice');
    }
  });
  it('finds the device wherever it stands', () => {
    for (const line of [
      `<189>sw1: Mar  1 10:00:00: ${MESSAGE}`,
      `<189>4711: sw1: Mar  1 10:00:00: ${MESSAGE}`,
      `Mar  1 10:00:00 sw1 ${MESSAGE}`,
      `<189>Mar  1 10:00:00 sw1 4711: Mar  1 10:00:00: ${MESSAGE}`,
      `<189>1 2026-03-01T10:00:00Z sw1 - - - - ${MESSAGE}`,
    ])
      expect(read(line).fields, line).toMatchObject({
        'host.name': 'sw1',
        '@timestamp': '2026-03-01T10:00:00.000Z',
      });
  });
  it('reads a message whose tag a shipper has taken for the application', () => {
    const json = {
      message: ' Configured from console by alice',
      programname: '%SYS-5-CONFIG_I',
      hostname: 'sw1',
    };
    const { fields, sourceType } = reader.read(
      { text: JSON.stringify(json), json, receivedAt: Date.parse('2026-03-05T00:00:00Z') },
      { sourceType: 'cisco.ios' },
    );
    expect(sourceType).toBe('cisco.ios');
    expect(fields).toMatchObject({ 'event.code': 'CONFIG_I', 'user.name': 'alice', 'event.severity': 5 });
  });
  it.each([
    'the share rose by 5%-5-fold: more',
    'https://www.example.com/a%2Fb-5-c: d',
    '%ASA-6-302013: Built inbound TCP connection',
    '%-5-: x',
    '%lower-5-case: x',
  ])('leaves %j alone', (line) => {
    expect(read(line).sourceType).not.toBe('cisco.ios');
  });
  it('tells the operating systems apart', () => {
    expect(read(`Mar  1 10:00:00: ${MESSAGE}`).fields['observer.product']).toBe('ios');
    expect(
      read('2026 Mar  1 10:00:00 UTC: %ETHPORT-5-IF_UP: Interface mgmt0 is up').fields['observer.product'],
    ).toBe('NX-OS');
    expect(read(`RP/0/RSP0/CPU0:Mar  1 10:00:00.8 : x[1]: ${MESSAGE}`).fields['observer.product']).toBe(
      'IOS XR',
    );
  });
});
