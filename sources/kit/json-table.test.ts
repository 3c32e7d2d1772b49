import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { jsonTable } from './json-table.ts';
import { osTypeOf } from './os-type.ts';
import { putRegistryKey } from './registry-key.ts';

const TABLE = jsonTable(
  'acme.edr.',
  `
  computer        host.name           text
  device.name     host.name           text
  device.macs     host.mac            mac
  device.ips      host.ip             ip
  os              host.os.type        os-type
  proc.path       process             exe
  proc.pid        process.pid         long
  when            @timestamp          date
  result          event.outcome       outcome
  risk            event.severity      severity
  secret          acme.edr.secret     own
`,
);

function read(json: object): EcsFields {
  const doc: EcsFields = {};
  TABLE.put(doc, json as never);
  return doc;
}

describe('jsonTable', () => {
  it('lets the first line of the table win, whatever the order in the log', () => {
    const doc = read({ device: { name: 'second' }, computer: 'first' });
    expect(doc['host.name']).toBe('first');
    expect(doc['acme.edr.device.name']).toBe('second');
  });

  it('keeps lists as lists and reads each item', () => {
    const doc = read({
      device: { ips: ['192.0.2.1', 'nonsense', '2001:DB8::1'], macs: '00:0c:29:1a:2b:3c' },
    });
    expect(doc['host.ip']).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(doc['host.mac']).toEqual(['00-0C-29-1A-2B-3C']);
  });

  it('reads programs, systems, outcomes, severities and instants', () => {
    expect(
      read({
        proc: { path: 'C:\\Tools\\a.exe', pid: 4 },
        os: 'Windows Server 2022',
        result: 'Failed',
        risk: 7,
        when: 1767225600,
      }),
    ).toEqual({
      'process.executable': 'C:\\Tools\\a.exe',
      'process.name': 'a.exe',
      'process.pid': 4,
      'host.os.type': 'windows',
      'event.outcome': 'failure',
      'event.severity': 7,
      '@timestamp': '2026-01-01T00:00:00.000Z',
    });
  });

  it('keeps what it does not know and what does not fit below the prefix, and leaves marks for nothing out', () => {
    const doc = read({ other: { a: 1 }, proc: { pid: 'many' }, computer: '-', secret: 'x', __proto__x: 2 });
    expect(doc).toEqual({ 'acme.edr.other.a': 1, 'acme.edr.proc.pid': 'many', 'acme.edr.__proto__x': 2 });
  });

  it('refuses a key that stands twice', () => {
    expect(() => jsonTable('x.', 'a event.action text\na event.code text')).toThrow('twice');
  });
});

describe('osTypeOf', () => {
  it.each([
    ['Windows 10 Pro', 'windows'],
    ['Microsoft Windows 11', 'windows'],
    ['MacOSX', 'macos'],
    ['iOS', 'ios'],
    ['Ubuntu 22.04', 'linux'],
    ['Plan 9', undefined],
  ])('%s', (name, type) => expect(osTypeOf(name)).toBe(type));
});

describe('putRegistryKey', () => {
  it('knows the spellings of a hive', () => {
    for (const path of [
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\A',
      '\\REGISTRY\\MACHINE\\SOFTWARE\\A',
      'MACHINE\\SOFTWARE\\A',
    ]) {
      const doc: EcsFields = {};
      putRegistryKey(doc, path, 'Run');
      expect(doc).toEqual({
        'registry.hive': 'HKLM',
        'registry.key': 'SOFTWARE\\A',
        'registry.value': 'Run',
        'registry.path': 'HKLM\\SOFTWARE\\A\\Run',
      });
    }
  });

  it('keeps a path without a hive', () => {
    const doc: EcsFields = {};
    putRegistryKey(doc, 'SYSTEM\\B');
    expect(doc).toEqual({ 'registry.key': 'SYSTEM\\B', 'registry.path': 'SYSTEM\\B' });
  });
});
