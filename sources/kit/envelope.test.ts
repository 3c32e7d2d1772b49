import { describe, expect, it } from 'vitest';
import { unwrap } from './envelope.ts';

describe('GELF', () => {
  it("opens Docker's", () => {
    expect(
      unwrap({
        version: '1.1',
        host: 'node-1',
        short_message: '203.0.113.7 - - [01/Mar/2026:10:15:02 +0000] "GET / HTTP/1.1" 200 5',
        timestamp: 1772360102.345,
        level: 6,
        _container_id: 'f00dcafe',
        _container_name: 'shop',
        _image_name: 'nginx:1.29',
        _container_name2: 'x',
      }),
    ).toMatchObject({
      text: '203.0.113.7 - - [01/Mar/2026:10:15:02 +0000] "GET / HTTP/1.1" 200 5',
      time: 1772360102345,
      syslog: { severity: 6 },
      fields: {
        'host.name': 'node-1',
        'container.id': 'f00dcafe',
        'container.name': 'shop',
        'container.image.name': 'nginx:1.29',
        'labels.container_name2': 'x',
      },
    });
  });

  it('takes the full message where the short one is its beginning, and a stack trace beside it', () => {
    const base = { version: '1.1', host: 'app-1' };
    expect(
      unwrap({ ...base, short_message: 'An account fail...', full_message: 'An account failed to log on.' }),
    ).toMatchObject({ text: 'An account failed to log on.' });
    expect(
      unwrap({ ...base, short_message: 'boom', full_message: 'java.lang.X: boom\n\tat a.b(C.java:1)' }),
    ).toMatchObject({
      text: 'boom',
      fields: { 'error.stack_trace': 'java.lang.X: boom\n\tat a.b(C.java:1)' },
    });
  });

  it("shows the parser an application's own fields, by their names", () => {
    const opened = unwrap({
      version: '1.1',
      host: 'dc-1',
      short_message: 'An account was logged off.',
      _EventID: 4634,
      '_source.ip': '192.0.2.4',
      '_user.x': 'ana',
    });
    expect(opened?.json).toMatchObject({ EventID: 4634, message: 'An account was logged off.' });
    expect(opened?.fields).toMatchObject({
      'source.ip': '192.0.2.4',
      'labels.user_x': 'ana',
      'labels.EventID': '4634',
    });
  });

  it('leaves a syslog line to be read as one', () => {
    const line = '<34>Mar  1 10:15:02 web01 sshd[1]: x';
    expect(unwrap({ version: '1.1', host: 'a', short_message: line, _zone: 'b' })).toMatchObject({
      text: line,
    });
    expect(unwrap({ version: '1.1', host: 'a', short_message: line, _zone: 'b' })?.json).toBeUndefined();
  });
});

describe('Splunk HEC', () => {
  const fieldsOf = (more: Record<string, unknown>): unknown =>
    unwrap({ event: 'x', time: 1, ...more })?.fields;
  it('keeps source: a file, an event log, or an input', () => {
    expect(fieldsOf({ source: '/var/log/auth.log' })).toEqual({ 'log.file.path': '/var/log/auth.log' });
    expect(fieldsOf({ source: 'C:\\Logs\\app.log' })).toEqual({ 'log.file.path': 'C:\\Logs\\app.log' });
    expect(fieldsOf({ source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational' })).toEqual({
      'winlog.channel': 'Microsoft-Windows-Sysmon/Operational',
    });
    expect(fieldsOf({ source: 'tcp:1514', sourcetype: 'cisco:asa', index: 'net' })).toEqual({
      'labels.splunk_source': 'tcp:1514',
      'labels.splunk_sourcetype': 'cisco:asa',
      'labels.splunk_index': 'net',
    });
  });

  it('keeps indexed fields', () => {
    expect(fieldsOf({ fields: { 'app.name': 'shop', list: [1], n: 3 } })).toEqual({
      'labels.app_name': 'shop',
      'labels.n': '3',
    });
  });
});

describe('logstash-forwarder', () => {
  it('opens its events', () => {
    expect(unwrap({ line: 'hello', file: '/var/log/x', host: 'web-1', offset: '12' })).toMatchObject({
      text: 'hello',
      fields: { 'log.file.path': '/var/log/x', 'host.name': 'web-1' },
    });
  });
});
