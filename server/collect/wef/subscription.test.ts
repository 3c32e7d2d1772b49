import { describe, expect, test } from 'vitest';
import { enumeration } from './answers.ts';
import {
  DEFAULT_SUBSCRIPTION,
  queryList,
  queryProblem,
  subscriptionId,
  subscriptionVersion,
} from './subscription.ts';
import { readXml } from './xml.ts';

const SOURCE = { tenant: 'harbour', source: 'windows' };
const UUID = /^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/;

describe('queries', () => {
  test('the standard set is one that we would take from a person, each log once', () => {
    for (const query of DEFAULT_SUBSCRIPTION.queries)
      expect([query, queryProblem(query)]).toEqual([query, undefined]);
    const channels = DEFAULT_SUBSCRIPTION.queries.map(({ channel }) => channel);
    expect(new Set(channels).size).toBe(channels.length);
    expect(readXml(queryList(DEFAULT_SUBSCRIPTION)).children).toHaveLength(channels.length);
  });

  test.each([
    ['*', undefined],
    ['Event/System[EventID=1]', undefined],
    ['*[System[TimeCreated[timediff(@SystemTime) <= 86400000]]]', undefined],
    ['*[EventData[Data[@Name="a]("]="x"]]', undefined],
    [`*[System[${'EventID=1 or '.repeat(21)}EventID=2]]`, undefined],
    [`*[System[${'EventID=1 or '.repeat(22)}EventID=2]]`, /23 comparisons, and Windows takes 22/],
    ['EventID=1', /must begin/],
    ['', /must begin/],
    ['*[System[EventID=1]', /does not close \]/],
    ['*[System(EventID=1]]', /closes \] where it is not open/],
    ['*]', /closes \]/],
    ['*[System[Provider[@Name="x]]]', /quotation mark/],
    ['*[System[EventID=1]]\n*', /line break/],
  ])('%s', (xpath, problem) => {
    const said = queryProblem({ channel: 'Security', xpath });
    if (problem === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(problem);
  });

  test.each(['', ' Security', 'a"b', 'a<b', `x${'y'.repeat(300)}`])('no log is called %j', (channel) => {
    expect(queryProblem({ channel, xpath: '*' })).toMatch(/no name of an event log/);
  });
});

describe('names', () => {
  test('of one source stay, of two differ', () => {
    expect(subscriptionId(SOURCE)).toMatch(UUID);
    expect(subscriptionId(SOURCE)).toBe(subscriptionId({ ...SOURCE }));
    expect(subscriptionId({ ...SOURCE, tenant: 'abbey' })).not.toBe(subscriptionId(SOURCE));
    // Nothing that can be written in the one name moves into the other.
    expect(subscriptionId({ tenant: 'a-b', source: 'c' })).not.toBe(
      subscriptionId({ tenant: 'a', source: 'b-c' }),
    );
  });

  test('a version is a new one with everything that a machine must know, and with nothing else', () => {
    const of = (more: object, issuer = 'AA') =>
      subscriptionVersion(SOURCE, { ...DEFAULT_SUBSCRIPTION, ...more }, issuer);
    const versions = [
      of({}),
      of({ queries: DEFAULT_SUBSCRIPTION.queries.slice(1) }),
      of({ format: 'rendered' }),
      of({ readExisting: true }),
      of({ latencySeconds: 31 }),
      of({ heartbeatSeconds: 901 }),
      of({}, 'BB'),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    for (const version of versions) expect(version).toMatch(UUID);
    expect(of({ enabled: false })).toBe(of({}));
  });
});

test('an answer is well-formed XML, whatever names and ids are in it', () => {
  const answer = enumeration('uuid:<&">', {
    name: 'Vigie <&">',
    version: 'V',
    subscription: { ...DEFAULT_SUBSCRIPTION, queries: [{ channel: 'a<&">', xpath: '*[System[Level<3]]' }] },
    address: 'https://localhost:5986/wsman/subscriptions/X',
    issuerThumbprint: 'AA',
    bookmark: '<BookmarkList/>',
  });
  const [header, body] = readXml(answer).children;
  expect(header!.children.find(({ name }) => name === 'RelatesTo')!.text).toBe('uuid:<&">');
  expect(body!.children[0]!.name).toBe('EnumerateResponse');
  // Machines take half a megabyte in UTF-16.
  const standard = enumeration('uuid:x', {
    name: 'Vigie',
    version: 'V',
    subscription: DEFAULT_SUBSCRIPTION,
    address: 'https://localhost',
    issuerThumbprint: 'AA',
    bookmark: undefined,
  });
  expect(standard.length * 2).toBeLessThan(100_000);
});
