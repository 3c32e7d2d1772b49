import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../registry.generated.ts';
import { checkDocument } from './check-document.ts';
import { createReader, type Readable } from './reader.ts';
import { defineSource } from './source.ts';

const receivedAt = Date.UTC(2026, 2, 2, 12);
const reader = createReader({ registry: REGISTRY });
const LOGIN = 'Accepted password for alice from 192.0.2.10 port 51022 ssh2';
const LINE = `Mar  1 10:15:01 web01 sshd[4242]: ${LOGIN}`;

function read(log: string | Record<string, unknown>, more: Partial<Readable> = {}) {
  const text = typeof log === 'string' ? log : JSON.stringify(log);
  const json = typeof log === 'string' ? {} : { json: log };
  const result = reader.read({ text, receivedAt, ...json, ...more });
  expect(result.fields['event.original']).toBe(text);
  expect(checkDocument(result.fields)).toEqual([]);
  return result;
}

describe('a line is read the same through any shipper', () => {
  const direct = read(LINE).fields;
  const same = [
    'user.name',
    'source.ip',
    'source.port',
    'event.action',
    'event.outcome',
    'host.name',
    'process.pid',
    '@timestamp',
  ];
  it.each<[string, Record<string, unknown>]>([
    [
      'Filebeat',
      {
        '@timestamp': '2026-03-01T10:15:02Z',
        message: LINE,
        agent: { type: 'filebeat', version: '8.17.0' },
        log: { file: { path: '/var/log/auth.log' } },
        host: { name: 'relay' },
      },
    ],
    ['Fluent Bit tail', { date: 1772360102.5, log: LINE }],
    ['Splunk HEC', { event: LINE, host: 'relay', sourcetype: 'linux_secure', time: 1772360102 }],
    [
      'OTLP',
      {
        timeUnixNano: '1772360102000000000',
        body: { stringValue: LINE },
        attributes: [{ key: 'log.file.path', value: { stringValue: '/var/log/auth.log' } }],
      },
    ],
    [
      'Vector file',
      {
        file: '/var/log/auth.log',
        host: 'relay',
        message: LINE,
        source_type: 'file',
        timestamp: '2026-03-01T10:15:02Z',
      },
    ],
    [
      'Vector syslog',
      {
        appname: 'sshd',
        facility: 'auth',
        hostname: 'web01',
        message: LOGIN,
        procid: 4242,
        severity: 'info',
        source_type: 'syslog',
        timestamp: '2026-03-01T10:15:01Z',
      },
    ],
    [
      'journald',
      {
        MESSAGE: LOGIN,
        _HOSTNAME: 'web01',
        SYSLOG_IDENTIFIER: 'sshd',
        _PID: '4242',
        PRIORITY: '6',
        SYSLOG_FACILITY: '4',
        __REALTIME_TIMESTAMP: '1772360101000000',
      },
    ],
    [
      'rsyslog JSON',
      {
        message: LOGIN,
        hostname: 'web01',
        syslogtag: 'sshd[4242]:',
        severity: 'info',
        facility: 'auth',
        timereported: '2026-03-01T10:15:01+00:00',
      },
    ],
    [
      'Fluent Bit behind OTLP',
      {
        timeUnixNano: '1772360102000000000',
        body: { kvlistValue: { values: [{ key: 'log', value: { stringValue: `${LINE}\n` } }] } },
      },
    ],
    ['a bare message', { message: LINE, '@timestamp': '2026-03-01T10:15:02Z' }],
  ])('%s', (_, document) => {
    const { fields, sourceType, outcome } = read(document);
    expect({ sourceType, outcome }).toEqual({ sourceType: 'linux.sshd', outcome: 'parsed' });
    for (const field of same) expect(fields[field], field).toEqual(direct[field]);
  });
  it('keeps the shipper metadata', () => {
    const { fields } = read({
      message: LOGIN,
      agent: { type: 'filebeat' },
      host: { name: 'web07' },
      log: { file: { path: '/var/log/auth.log' } },
    });
    expect(fields).toMatchObject({
      'host.name': 'web07',
      'agent.type': 'filebeat',
      'log.file.path': '/var/log/auth.log',
    });
  });
});

describe('bad input', () => {
  it('reads a line of a program that nobody knows as syslog', () => {
    const { fields, outcome } = read('<34>Mar  1 10:00:00 web01 mystery[9]: hello');
    expect(outcome).toBe('general');
    expect(fields['tags']).toBeUndefined();
    expect(fields).toMatchObject({
      message: 'hello',
      'host.name': 'web01',
      'process.name': 'mystery',
      'log.syslog.facility.name': 'auth',
      'log.syslog.severity.code': 2,
      '@timestamp': '2026-03-01T10:00:00.000Z',
      'event.kind': 'event',
      'event.dataset': 'generic.syslog',
    });
  });
  it.each([
    ['1970', 'Jan  1 1970 00:00:00 web01 sshd[1]: x', '1970-01-01T00:00:00.000Z'],
    ['2099', '2099-01-01T00:00:00Z web01 sshd[1]: x', '2099-01-01T00:00:00.000Z'],
  ])('does not believe a date in %s, and keeps both', (_, line, claimed) => {
    const { fields, time } = read(line);
    expect(time).toBe(receivedAt);
    expect(fields['@timestamp']).toBe('2026-03-02T12:00:00.000Z');
    expect(fields['vigie.claimed_timestamp']).toBe(claimed);
    expect(fields['tags']).toContain('_timestamp_out_of_range');
  });
  it('believes a clock that is an hour ahead', () => {
    expect(read('2026-03-02T13:00:00Z web01 sshd[1]: x').time).toBe(receivedAt + 3_600_000);
  });
  it('turns the collector flags into tags', () => {
    const { fields } = read(LINE, { flags: ['truncated', 'invalid-utf8', 'nul-bytes'] });
    expect(fields['tags']).toEqual(['_truncated', '_invalid_utf8', '_nul_bytes']);
  });
  it.each(['', ' ', '\0', '{', '{"a":', '[1,2]', 'null', '<34>', 'no form at all'])('keeps %j', (text) => {
    const { outcome, fields } = read(text);
    expect(outcome).toBe('unrecognised');
    expect(fields['tags']).toEqual(['_parsefailure']);
    expect(fields['event.original']).toBe(text);
  });
  it.each([
    '{"message":null}',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"event":{}}',
    '{"body":{"kvlistValue":{}},"timeUnixNano":"x"}',
  ])('keeps %j', (text) => {
    expect(['general', 'unrecognised']).toContain(read(text).outcome);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
  it('keeps the log of a parser that throws, and says why', () => {
    const broken = defineSource({
      id: 'acme.broken',
      signatures: [{ kind: 'text', literals: ['acme'] }],
      parse(_, doc) {
        doc['user.name'] = 'half';
        throw new TypeError('no such field');
      },
    });
    const manifest = REGISTRY[0]!.manifest;
    const { fields, outcome } = createReader({ registry: [{ definition: broken, manifest }] }).read({
      text: 'acme 1',
      receivedAt,
    });
    expect(outcome).toBe('failed');
    expect(fields).toMatchObject({
      'error.message': 'no such field',
      tags: ['_parsefailure'],
      'event.original': 'acme 1',
      'event.module': 'acme',
    });
    expect(fields['user.name']).toBeUndefined();
  });
  it('refuses a time zone that does not exist', () => {
    expect(() => reader.read({ text: LINE, receivedAt }, { timeZone: 'Mars/Olympus' })).toThrow(RangeError);
  });
});

describe('what follows from a document', () => {
  it('is added for every source: parts of names and agents, related values', () => {
    const line =
      'www.example.co.uk:443 192.0.2.1 - alice [01/Mar/2026:10:00:00 +0000] "GET /a.js HTTP/1.1" 200 5 "-" "curl/8.5.0"';
    expect(reader.read({ text: line, receivedAt }).fields).toMatchObject({
      'url.registered_domain': 'example.co.uk',
      'url.subdomain': 'www',
      'user_agent.name': 'curl',
      'user_agent.version': '8.5.0',
      'related.ip': ['192.0.2.1'],
      'related.hosts': ['www.example.co.uk'],
      'related.user': ['alice'],
    });
  });
  it('takes what a shipper says of its machine, in the types of ECS', () => {
    const host = {
      name: 'web01',
      hostname: 'web01',
      architecture: 'x86_64',
      ip: ['192.0.2.7', 'no address'],
      os: { name: 'Debian GNU/Linux', version: '12', made_up: true },
    };
    const cloud = { provider: 'example', instance: { id: 'i-1' } };
    const own = read({ message: LINE, agent: { type: 'filebeat' }, host, cloud });
    expect(own.fields).toMatchObject({
      'host.name': 'web01',
      'host.architecture': 'x86_64',
      'host.ip': ['192.0.2.7'],
      'host.os.version': '12',
      'cloud.instance.id': 'i-1',
    });
    expect(own.fields['host.os.made_up']).toBeUndefined();
    // A relay describes itself, not the host that the line names.
    const relay = { ...host, name: 'relay01', hostname: 'relay01' };
    const { fields } = read({ message: LINE, agent: { type: 'filebeat' }, host: relay, cloud });
    expect(fields['host.name']).toBe('web01');
    expect(fields['host.architecture']).toBeUndefined();
    expect(fields['cloud.instance.id']).toBeUndefined();
  });
});

describe('hints', () => {
  it('reads as told, and recognises where the told parser rejects', () => {
    const combined = '192.0.2.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"';
    expect(reader.read({ text: combined, receivedAt }).sourceType).toBe('apache.access');
    expect(reader.read({ text: combined, receivedAt }, { sourceType: 'nginx.access' }).sourceType).toBe(
      'nginx.access',
    );
    expect(reader.read({ text: LINE, receivedAt }, { sourceType: 'nginx.access' }).sourceType).toBe(
      'linux.sshd',
    );
  });
  it('recognises by the path of the file', () => {
    const message = '192.0.2.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"';
    expect(read({ message, log: { file: { path: '/var/log/nginx/access.log' } } }).sourceType).toBe(
      'nginx.access',
    );
    expect(read({ message, log: { file: { path: '/var/log/httpd/access_log' } } }).sourceType).toBe(
      'apache.access',
    );
  });
  it('applies the zone of the source', () => {
    expect(
      reader.read({ text: LINE, receivedAt }, { timeZone: 'Europe/Brussels' }).fields['@timestamp'],
    ).toBe('2026-03-01T09:15:01.000Z');
  });
});

describe('what transports, relays and exports put around a log', () => {
  const AUDIT = { action: 'repo.create', actor: 'mkoval', org: 'acme', created_at: 1772360102345 };

  it('takes a byte order mark, a line end and blanks off, and keeps the log as it came', () => {
    for (const text of [`\ufeff${LINE}`, `${LINE}\r\n`, `${LINE}  `]) {
      const { fields, sourceType } = reader.read({ text, receivedAt });
      expect(sourceType).toBe('linux.sshd');
      expect(fields['event.original']).toBe(text);
    }
    const json = `\ufeff  ${JSON.stringify(AUDIT)}\r\n`;
    expect(reader.read({ text: json, receivedAt }).sourceType).toBe('github.audit');
  });

  it('opens rows that were exported from Splunk and hits of Elasticsearch', () => {
    const row = {
      _raw: LINE,
      _time: '2026-03-01T10:15:02.000+00:00',
      host: 'fwd-1',
      sourcetype: 'linux_secure',
    };
    const hit = {
      _index: 'logs-1',
      _id: 'x1',
      _source: { '@timestamp': '2026-03-01T10:15:02Z', message: LINE },
    };
    for (const json of [row, { preview: false, offset: 0, result: row }, hit]) {
      const { fields, sourceType } = reader.read({ text: JSON.stringify(json), receivedAt });
      expect(sourceType).toBe('linux.sshd');
      expect(fields['host.name']).toBe('web01');
    }
  });

  it("opens a shipper's document behind a relay's header", () => {
    const shipped = JSON.stringify({ integration: 'github', github: AUDIT });
    const { fields, sourceType } = reader.read({
      text: `<134>Mar  1 10:15:02 relay-1 ${shipped}`,
      receivedAt,
    });
    expect(sourceType).toBe('github.audit');
    expect(fields['log.syslog.hostname']).toBe('relay-1');
    const line = JSON.stringify({ message: LINE, agent: { type: 'filebeat' } });
    expect(
      reader.read({ text: `<134>1 2026-03-01T10:15:02Z relay-1 - - - - ${line}`, receivedAt }).sourceType,
    ).toBe('linux.sshd');
  });

  it('goes into envelopes in envelopes only so deep', () => {
    let text = LINE;
    for (let i = 0; i < 12; i++) text = JSON.stringify({ message: text });
    const { outcome } = reader.read({ text, receivedAt });
    expect(outcome).not.toBe('failed');
    let json: Record<string, unknown> = { _raw: 'x' };
    for (let i = 0; i < 2_000; i++) json = { _id: 'a', _source: json };
    expect(reader.read({ text: JSON.stringify(json), receivedAt }).outcome).not.toBe('failed');
  });

  it("knows a program's line without its header, and a text whose first word a header made a tag", () => {
    const text = 'sudo:    ana : TTY=pts/0 ; PWD=/home/ana ; USER=root ; COMMAND=/usr/bin/id';
    const { fields, sourceType } = reader.read({ text, receivedAt });
    expect(sourceType).toBe('linux.sudo');
    expect(fields['user.name']).toBe('ana');
    const anvil = 'statistics: max connection rate 1/60s for (smtp:192.0.2.9) at Mar  1 10:11:42';
    expect(reader.read({ text: `<134>Mar  1 10:15:02 relay-1 ${anvil}`, receivedAt }).sourceType).toBe(
      'postfix.postfix',
    );
    // A tag that no source names stays one.
    expect(reader.read({ text: 'myjob: started', receivedAt }).outcome).toBe('unrecognised');
  });
});
