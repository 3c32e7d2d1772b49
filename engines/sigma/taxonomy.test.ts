import { expect, test } from 'vitest';
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
