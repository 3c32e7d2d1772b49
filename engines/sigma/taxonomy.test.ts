import { expect, test } from 'vitest';
import { compile } from './matcher.ts';
import { parseRules } from './parse.ts';
import { referenceMatch } from './reference.ts';
import { resolveField } from './taxonomy.ts';
import { parseTaxonomy } from './taxonomy-read.ts';

const { taxonomy, errors } = parseTaxonomy(`
name: t
fields:
  - product: cloud
    map:
      request.*: vendor.req.*
      request.deep.*: [vendor.deep.*, 'other.*']
      request.name: vendor.name
      data_*: { any: [vendor.data.*, '*.raw'] }
    fallback: ['vendor.{field}']
  - product: cloud
    service: audit
    map: { request.*: audit.* }
`);

test.each([
  ['request.userName', ['vendor.req.userName']],
  ['request.a.b.c', ['vendor.req.a.b.c']],
  ['request.deep.x', ['vendor.deep.x', 'other.x']],
  ['request.name', ['vendor.name']],
  ['data_x', ['vendor.data.x', 'x.raw']],
  ['request', ['vendor.request']],
  ['request.', ['vendor.request.', 'request.']],
  ['requests.x', ['vendor.requests.x', 'requests.x']],
  ['__proto__.x', ['vendor.__proto__.x', '__proto__.x']],
])('prefix mapping of %s', (field, candidates) => {
  expect(errors).toEqual([]);
  expect(resolveField(taxonomy, { product: 'cloud' }, field).candidates).toEqual(candidates);
});

test('a more specific scope wins with a prefix too, and what was replaced is not read again', () => {
  const logsource = { product: 'cloud', service: 'audit' };
  expect(resolveField(taxonomy, logsource, 'request.name').candidates).toEqual(['audit.name']);
  expect(resolveField(taxonomy, logsource, 'request.$&*').candidates).toEqual(['audit.$&*']);
});

test('a rule’s value may stand for several of the event’s, by the matcher and in full', () => {
  const text = `
name: t
logsources: [{ product: p, when: [{ kind: net }] }]
fields:
  - product: p
    map:
      Initiated:
        any: [raw, direction]
        values: { 'true': ['true', egress, outbound], 'false': [ingress], maybe: unknown }
`;
  const read = parseTaxonomy(text);
  expect(read.errors).toEqual([]);
  const { rules } = parseRules(
    ['true', 'false', 'maybe', 'other']
      .map(
        (value) =>
          `title: ${value}\nid: ${value}\nlogsource: { product: p }\ndetection: { selection: { Initiated: '${value}' }, condition: selection }`,
      )
      .join('\n---\n'),
  );
  const matcher = compile(rules, { taxonomy: read.taxonomy });
  for (const [fields, found] of [
    [{ direction: 'egress' }, ['true']],
    [{ direction: 'Outbound' }, ['true']],
    [{ raw: 'true' }, ['true']],
    [{ direction: 'ingress' }, ['false']],
    [{ raw: 'false' }, []],
    [{ direction: 'unknown' }, ['maybe']],
    [{ raw: 'other' }, ['other']],
    [{ direction: 'inbound' }, []],
  ] as const) {
    const event = { kind: 'net', ...fields };
    expect(matcher.match(event).map(({ rule }) => rule.title)).toEqual(found);
    const full = referenceMatch(rules, event, { taxonomy: read.taxonomy });
    expect(full.map(({ title }) => title)).toEqual(found);
  }
});

test.each([['[]'], ['[[a]]'], ['{ a: b }']])('a value cannot stand for %s', (values) => {
  const { errors } = parseTaxonomy(
    `name: t\nfields: [{ product: p, map: { A: { first: [a], values: { x: ${values} } } } }]`,
  );
  expect(errors).toHaveLength(1);
});

test.each([[{ product: 'cloud' }], [{ product: 'cloud', service: 'audit' }], [{ category: 'anything' }]])(
  'the time of the event is found whatever the logsource: %j',
  (logsource) => {
    expect(resolveField(taxonomy, logsource, '@timestamp').candidates).toEqual(['@timestamp']);
    const own = { ...taxonomy, timestamp: 'event.created' };
    for (const name of ['@timestamp', 'event.created'])
      expect(resolveField(own, logsource, name).candidates).toEqual(['event.created']);
  },
);

test.each(['message', 'tags', 'process.name'])(
  'an event field’s own name is tried after the patterns: %s',
  (field) => {
    const { taxonomy } = parseTaxonomy("fields:\n  - { product: p, fallback: ['vendor.{field}'] }\n");
    expect(resolveField(taxonomy!, { product: 'p' }, field).candidates).toEqual([`vendor.${field}`, field]);
    expect(resolveField(taxonomy!, { product: 'p' }, 'other').candidates).toEqual(['vendor.other']);
  },
);
