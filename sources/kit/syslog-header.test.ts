import { describe, expect, it } from 'vitest';
import { parseSyslog } from './syslog-header.ts';

const receivedAt = Date.UTC(2026, 2, 2, 12, 0, 0);
const read = (text: string, timeZone = 'UTC') => {
  const line = parseSyslog(text, { receivedAt, timeZone });
  return line === undefined ? undefined : { ...line.header, message: text.slice(line.at) };
};
const march1 = Date.UTC(2026, 2, 1, 10, 0, 0);

describe('RFC 5424', () => {
  it('reads every part', () => {
    expect(
      read(
        '<165>1 2026-03-01T10:00:00.003Z host.example.com app 4711 ID47 [a@32473 k="v\\"q" e=""][b x="1"] text',
      ),
    ).toEqual({
      facility: 20,
      severity: 5,
      time: march1 + 3,
      hostname: 'host.example.com',
      app: 'app',
      procid: '4711',
      msgid: 'ID47',
      structured: { 'a@32473': { k: 'v"q', e: '' }, b: { x: '1' } },
      message: 'text',
    });
  });
  it('takes nil values as absent and drops the byte order mark', () => {
    expect(read('<34>1 - - - - - - \ufefftext')).toEqual({ facility: 4, severity: 2, message: 'text' });
  });
  it.each([
    [
      'behind the host',
      '<134>1 2026-03-01T10:00:00Z fw1 CEF:0|Acme|Wall|1|5|x|3|',
      'CEF:0|Acme|Wall|1|5|x|3|',
    ],
    ['behind the application', '<134>1 2026-03-01T10:00:00Z fw1 wall LEEF:1.0|A|B|1|5|', 'LEEF:1.0|A|B|1|5|'],
  ])('takes CEF and LEEF for the message, %s', (_, line, message) => {
    expect(read(line)).toMatchObject({ time: march1, hostname: 'fw1', message });
  });
  it('reads an epoch in the place of the date', () => {
    expect(read('<134>1 1772359200.250000000 mx1 flows src=192.0.2.1')).toMatchObject({
      time: march1 + 250,
      hostname: 'mx1',
      message: 'flows src=192.0.2.1',
    });
  });
  it('never lets structured data touch a prototype', () => {
    read('<34>1 - h a - - [__proto__ polluted="yes"] x');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('RFC 3164 and its variants', () => {
  it.each(['CST', 'IST', 'BST', 'EST'])(
    'takes %s before a colon for a zone, not for a host or a tag',
    (zone) => {
      const header = read(`<189>Mar  1 10:00:00 ${zone}: sw1 %SYS-5-RESTART: up`);
      expect(header?.hostname).toBe('sw1');
      expect(header?.app).toBeUndefined();
    },
  );
  const expected = { time: march1, hostname: 'host', app: 'sshd', procid: '12', message: 'text: more' };
  it.each([
    ['with priority', '<38>Mar  1 10:00:00 host sshd[12]: text: more'],
    ['as rsyslog writes files', 'Mar  1 10:00:00 host sshd[12]: text: more'],
    ['one-digit day with one blank', 'Mar 1 10:00:00 host sshd[12]: text: more'],
    ['year after the day', 'Mar  1 2026 10:00:00 host sshd[12]: text: more'],
    ['year after the time', 'Mar  1 10:00:00 2026 host sshd[12]: text: more'],
    ['ISO date, file format', '2026-03-01T10:00:00+00:00 host sshd[12]: text: more'],
    ['ISO date with a blank', '2026-03-01 10:00:00.000000+0000  host sshd[12]: text: more'],
    ['ISO date after a priority', '<38>2026-03-01 10:00:00 host sshd[12]: text: more'],
    ['facility and level between host and tag', 'Mar  1 10:00:00 host auth.info sshd[12]: text: more'],
    ['Solaris message id', 'Mar  1 10:00:00 host sshd[12]: [ID 800047 auth.info] text: more'],
    ['octet count left by a relay', '52 <38>Mar  1 10:00:00 host sshd[12]: text: more'],
    ['one blank in front', ' Mar  1 10:00:00 host sshd[12]: text: more'],
    ['slashes in the date', '2026/03/01 10:00:00 host sshd[12]: text: more'],
    ['forwarded by AIX', 'Mar  1 10:00:00 Message forwarded from host: sshd[12]: text: more'],
  ])('%s', (_, line) => {
    expect(read(line)).toMatchObject(expected);
  });
  it('reads a device that numbers its lines and marks its clock', () => {
    expect(read('<189>4711: *Mar  1 10:00:00.123 UTC: %SYS-5-CONFIG_I: Configured')).toMatchObject({
      time: march1 + 123,
      message: '%SYS-5-CONFIG_I: Configured',
    });
  });
  it('takes a colon after the host for the host', () => {
    expect(read('<166>Mar  1 2026 10:00:00 fw01 : %FW-6-1: Built')).toMatchObject({
      hostname: 'fw01',
      message: '%FW-6-1: Built',
    });
    expect(read('<166>Mar  1 10:00:00 192.0.2.1: Built')).toMatchObject({
      hostname: '192.0.2.1',
      message: 'Built',
    });
    expect(read('<166>Mar  1 10:00:00 2001:db8::1 su: x')).toMatchObject({
      hostname: '2001:db8::1',
      app: 'su',
    });
  });
  it('reads a tag without a host', () => {
    expect(read('<38>Mar  1 10:00:00 sudo: text')).toMatchObject({ app: 'sudo', message: 'text' });
    expect(read('Mar  1 10:00:00 sshd[12]: text')).toEqual({
      time: march1,
      app: 'sshd',
      procid: '12',
      message: 'text',
    });
  });
  it('reads what stands after the priority at once', () => {
    expect(read('<189>date=2026-03-01 time=10:00:00 devname="fw"')).toEqual({
      facility: 23,
      severity: 5,
      message: 'date=2026-03-01 time=10:00:00 devname="fw"',
    });
    expect(read('<30>Mar  1 10:00:00 host CEF:0|v|p|1|2|n|3|a=b')).toMatchObject({
      hostname: 'host',
      message: 'CEF:0|v|p|1|2|n|3|a=b',
    });
    expect(read('<30>host app[12]: text')).toMatchObject({
      hostname: 'host',
      app: 'app',
      procid: '12',
      message: 'text',
    });
  });
  it('reads tags with paths, modules and brackets', () => {
    expect(read('Mar  1 10:00:00 h su(pam_unix)[7]: x')).toMatchObject({ app: 'su(pam_unix)', procid: '7' });
    expect(read('Mar  1 10:00:00 h polkitd(authority=local)[7]: x')).toMatchObject({
      app: 'polkitd(authority=local)',
    });
    expect(read('Mar  1 10:00:00 h postfix/smtpd[7]: x')).toMatchObject({ app: 'postfix/smtpd' });
    expect(read('Mar  1 10:00:00 h gdm-password]: x')).toMatchObject({ app: 'gdm-password]' });
  });
  it('puts a date without a year into the year before on new year, and applies the zone', () => {
    const newYear = Date.UTC(2026, 0, 1, 0, 5, 0);
    const line = parseSyslog('Dec 31 23:59:59 h a[1]: x', { receivedAt: newYear, timeZone: 'UTC' });
    expect(line?.header.time).toBe(Date.UTC(2025, 11, 31, 23, 59, 59));
    expect(read('Mar  1 11:00:00 h a[1]: x', 'Europe/Brussels')?.time).toBe(march1);
  });
});

describe('what is no header', () => {
  it.each([
    '2026/03/01 10:00:00 [error] 12#12: text',
    '2026-03-01 10:00:00 INFO Starting: now',
    '192.0.2.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1',
    '{"a":1}',
    'type=SYSCALL msg=audit(1.1:1): a=b',
    'Failed password for root from 192.0.2.1 port 1 ssh2',
    '',
    '<999>x',
    '<>',
  ])('%s', (line) => {
    expect(read(line)).toBeUndefined();
  });
  it('refuses dates that no clock shows', () => {
    expect(read('Mar 32 10:00:00 host a[1]: x')).toBeUndefined();
    expect(read('Feb 30 10:61:00 host a[1]: x')).toBeUndefined();
  });
});
