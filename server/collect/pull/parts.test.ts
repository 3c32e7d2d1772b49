import { inspect } from 'node:util';
import { REGISTRY } from '@vigie/sources';
import { describe, expect, test } from 'vitest';
import { logsOf, objectsOf } from './connectors/aws-s3-sqs/content.ts';
import { fillBody, fillUrl } from './connectors/http-poller/template.ts';
import { CONNECTORS } from './connectors.generated.ts';
import { formFields, secretNames } from './fields.ts';
import { instantOf, listItems } from './items.ts';
import { parsePath, valueAt } from './json-path.ts';
import { linkTarget } from './link-header.ts';
import { backOff, pauseUntil } from './rate-limit.ts';
import { Schedule } from './schedule.ts';
import { Redactor, Secret } from './secret.ts';
import { checkSettings } from './settings.ts';
import { nextWindow, windowState } from './window.ts';

const MIN = 60_000;

describe('paths', () => {
  test('name members and places, and nothing else', () => {
    const value = { a: { b: [{ 'x.y': 1 }] } };
    expect(valueAt(value, parsePath('a.b[0]["x.y"]')!)).toBe(1);
    expect(parsePath('')).toEqual([]);
    for (const text of ['a..b', 'a[', 'a[b]', '$..x', 'a b', '.a', 'a[?(@.x)]', 'a'.repeat(400)])
      expect(parsePath(text)).toBeUndefined();
  });

  test('what objects inherit is not there', () => {
    for (const path of ['__proto__', 'constructor.name', 'a.toString', 'length'])
      expect(valueAt({ a: {} }, parsePath(path)!)).toBeUndefined();
  });
});

test('templates fill texts, drop what has no value, and never read a value again', () => {
  expect(
    fillUrl('https://a.example.org/x?from={since}&c={cursor}', { since: '{until}', until: 'no' }).href,
  ).toBe('https://a.example.org/x?from=%7Buntil%7D');
  expect(fillUrl('https://a.example.org/{page}/x', { page: 2 }).href).toBe('https://a.example.org/2/x');
  // A value can't leave its place in the address.
  expect(fillUrl('https://a.example.org/p/{cursor}', { cursor: '../../admin?x=1#' }).pathname).toBe(
    '/p/..%2F..%2Fadmin%3Fx%3D1%23',
  );
  expect(
    JSON.parse(fillBody('{"a":"{since}","b":["{cursor}"],"c":"x-{page}"}', { since: 5, page: 1 })),
  ).toEqual({
    a: 5,
    b: [null],
    c: 'x-1',
  });
  expect(JSON.parse(fillBody('{"a":"q {cursor}"}', { cursor: '","admin":true,"x":"' }))).toEqual({
    a: 'q ","admin":true,"x":"',
  });
});

test('Link headers of any shape, in linear time', () => {
  expect(
    linkTarget('<https://a/?p=1>; rel="prev", <https://a/?p=3,x>; title="a, b"; rel="next"', 'next'),
  ).toBe('https://a/?p=3,x');
  expect(linkTarget('<https://a>; rel=NEXT', 'next')).toBe('https://a');
  expect(linkTarget('<https://a>; rel="last"', 'next')).toBeUndefined();
  expect(linkTarget('<'.repeat(16_000), 'next')).toBeUndefined();
});

describe('pauses', () => {
  const now = Date.parse('2026-03-01T10:00:00Z');
  test.each([
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 10:01:00 GMT' }, 60_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 9) }, 9_000],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '7' }, 7_000],
    [{ 'retry-after': '99999999' }, 6 * 3_600_000],
  ])('%j', (headers, wait) => {
    expect(pauseUntil(headers, now)).toBe(now + wait);
  });
  test('none where none is asked for', () => {
    expect(pauseUntil({ 'retry-after': 'soon' }, now)).toBeUndefined();
    expect(pauseUntil({ 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': '9' }, now)).toBeUndefined();
  });
  test('failures wait longer and longer, with jitter, up to a quarter of an hour', () => {
    expect(backOff(1, true, 0)).toBe(2_500);
    expect(backOff(3, true, 0.5)).toBe(15_000);
    expect(backOff(400, true, 0.999)).toBeLessThanOrEqual(15 * MIN);
    expect(backOff(1, false, 0)).toBe(30 * MIN);
  });
});

describe('windows', () => {
  const options = { lookBack: 60 * MIN, overlap: 10 * MIN, lag: MIN, span: 120 * MIN };
  const now = 1_000_000 * MIN;
  test('begin with the look-back, overlap after that, and are no longer than the span', () => {
    expect(nextWindow(undefined, options, now)).toEqual({ from: now - 61 * MIN, to: now - MIN });
    expect(nextWindow({ at: now - 5 * MIN }, options, now)).toEqual({ from: now - 15 * MIN, to: now - MIN });
    expect(nextWindow({ at: now - 1000 * MIN }, options, now)).toEqual({
      from: now - 1010 * MIN,
      to: now - 890 * MIN,
    });
  });
  test('a clock that was set back leaves no gap and no endless wait', () => {
    expect(nextWindow({ at: now + 500 * MIN }, options, now)).toEqual({
      from: now - 11 * MIN,
      to: now - MIN,
    });
  });
  test('what the service does not keep is not asked for', () => {
    expect(nextWindow({ at: 0 }, { ...options, retention: 100 * MIN }, now)?.from).toBe(now - 100 * MIN);
  });
  test('a checkpoint that is none is none', () => {
    for (const odd of [null, 1, 'x', {}, { at: 'x' }, { at: Number.NaN }])
      expect(windowState(odd)).toBeUndefined();
    expect(windowState({ at: 1, open: { from: 1 } })).toEqual({ at: 1 });
  });
});

test('items keep their text, and a cut list is no list', () => {
  const body = Buffer.from('{"a":{"list":[ {"n":1.0} , "x",{"m":[1]}]}}');
  expect(listItems(body, ['a', 'list'], 'it').map(({ text }) => text)).toEqual([
    '{"n":1.0}',
    '"x"',
    '{"m":[1]}',
  ]);
  for (const bad of ['', '[', '{"a":{"list":{}}}', '{}', `${'['.repeat(5000)}`, 'null'])
    expect(() => listItems(Buffer.from(bad), ['a', 'list'], 'it')).toThrow(
      expect.objectContaining({ code: 'VIGIE_PULL_BAD_ANSWER' }),
    );
});

test('instants in every form', () => {
  const at = Date.parse('2026-03-01T10:00:00Z');
  for (const form of [
    '2026-03-01T10:00:00Z',
    '2026-03-01T10:00:00',
    '2026-03-01T11:00:00+01:00',
    at,
    at / 1000,
    String(at),
    at * 1000,
  ])
    expect(instantOf(form)).toBe(at);
  expect(instantOf('yesterday')).toBeUndefined();
});

describe('messages of S3', () => {
  const record = (key: string, eventName = 'ObjectCreated:Put') => ({
    eventName,
    awsRegion: 'eu-west-3',
    s3: { bucket: { name: 'logs' }, object: { key } },
  });
  const ref = { bucket: 'logs', key: 'a b/c.gz', region: 'eu-west-3' };
  test('direct, by SNS, by EventBridge, and the test event', () => {
    const direct = JSON.stringify({ Records: [record('a+b/c.gz'), record('gone', 'ObjectRemoved:Delete')] });
    expect(objectsOf(direct)).toEqual([ref]);
    expect(objectsOf(JSON.stringify({ TopicArn: 'arn:…', Message: direct }))).toEqual([ref]);
    expect(
      objectsOf(
        JSON.stringify({
          source: 'aws.s3',
          region: 'eu-west-3',
          detail: { bucket: { name: 'logs' }, object: { key: 'a b/c.gz' } },
        }),
      ),
    ).toEqual([ref]);
    expect(objectsOf('{"Event":"s3:TestEvent"}')).toEqual([]);
  });
  test('anything else is nothing, and a bucket can’t be a host', () => {
    for (const odd of [
      '',
      'x',
      '[]',
      '{}',
      '{"Records":[1]}',
      '{"Records":[{"s3":{"bucket":{"name":"a.b/../evil.example.org#"},"object":{"key":"k"}}}]}',
    ])
      expect(objectsOf(odd)).toBeUndefined();
  });
  test.each([
    ['{"Records":[{"a":1},{"b":2}]}', 'auto', ['{"a":1}', '{"b":2}']],
    ['{"a":1}\n{"b":2}\n', 'auto', ['{"a":1}', '{"b":2}']],
    ['[{"a":1},{"b":2}]', 'auto', ['{"a":1}', '{"b":2}']],
    ['{"a":1}{"b":2}', 'json', ['{"a":1}', '{"b":2}']],
    ['version account-id x\n2 1 eni\r\n\n2 2 eni', 'auto', ['2 1 eni', '2 2 eni']],
    ['', 'auto', []],
  ] as const)('content %#', (text, format, logs) => {
    expect([...logsOf(Buffer.from(text), format)]).toEqual(logs);
  });
});

test('a tenant with many connectors does not come before one with a single one', () => {
  const schedule = new Schedule();
  for (let i = 0; i < 5; i++) schedule.put({ name: `acme/${i}`, tenant: 'acme', dueAt: i });
  schedule.put({ name: 'globex/0', tenant: 'globex', dueAt: 100 });
  const running: string[] = [];
  for (let i = 0; i < 3; i++) running.push(schedule.take(1000, running)!.name);
  expect(running).toEqual(['acme/0', 'globex/0', 'acme/1']);
  expect(schedule.take(50, ['acme/0', 'acme/1', 'acme/2', 'acme/3', 'acme/4'])).toBeUndefined();
});

describe('secrets', () => {
  const value = 'hush-"quoted"-secret/+';
  test('are not shown by printing, logging, or JSON', () => {
    const secret = new Secret(value);
    for (const shown of [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
    ])
      expect(shown).not.toContain('hush');
    expect(secret.reveal()).toBe(value);
  });
  test('are taken out of texts in every form in which they travel', () => {
    const redactor = new Redactor();
    redactor.add(value);
    for (const form of [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
      JSON.stringify(value),
    ])
      expect(redactor.clean(`before ${form} after`)).toMatch(/^before "?\[secret\]=*"? after$/);
  });
  test('a wrong one is not repeated by what says so', () => {
    const aws = CONNECTORS.find(({ id }) => id === 'aws-s3-sqs')!;
    const outcome = checkSettings(aws, { region: 'x', secretAccessKey: value }, {});
    expect(JSON.stringify(outcome)).not.toContain('hush');
    expect(JSON.stringify(checkSettings(aws, {}, { secretAccessKey: value, other: value }))).not.toContain(
      'hush',
    );
  });
});

describe.each(CONNECTORS)('$id', (connector) => {
  test('its form asks for everything, and names its secrets', () => {
    const fields = formFields(connector.schema);
    expect(secretNames(connector.schema)).toEqual((connector as unknown as { secrets: string[] }).secrets);
    for (const field of fields) {
      expect(field.title, field.name).not.toBe(field.name);
      if (field.when !== undefined) expect(fields.map(({ name }) => name)).toContain(field.when.field);
    }
    expect(connector.permissions.length).toBeGreaterThan(0);
    const known = REGISTRY.map(({ definition }) => definition.id);
    for (const technology of connector.technologies) expect(known).toContain(technology);
  });
});
