import { expect, test } from 'vitest';
import { z } from 'zod';
import * as contracts from './index.ts';

/** Schemas of changes: what is left out of one stays as it is. */
const changes = Object.entries<unknown>(contracts).flatMap(([name, schema]) =>
  /(?:Patch|Change|Edit|Move)$/.test(name) &&
  schema instanceof z.ZodType &&
  // Its lists say what comes and goes: an empty one changes nothing.
  name !== 'CampaignChange'
    ? [{ name, schema }]
    : [],
);

test('the list holds what it is about', () => {
  expect(changes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['TenantPatch', 'SourcePatch', 'AssetPatch', 'WebhookPatch', 'UserPatch']),
  );
});

test.each(changes)('$name: nothing is put into a change that its caller did not write', ({ schema }) => {
  const read = schema.safeParse({});
  if (read.success) expect(read.data).toEqual({});
});
