import { expect, test } from 'vitest';
import { z } from 'zod';
import * as contracts from './index.ts';

/** Schemas of changes: what is left out of one stays as it is. */
const changes = Object.entries(contracts).filter(
  (entry): entry is [string, z.ZodType] =>
    /(?:Patch|Change|Edit|Move)$/.test(entry[0]) && (entry[1] as unknown) instanceof z.ZodType,
);

test('the list holds what it is about', () => {
  expect(changes.map(([name]) => name)).toEqual(
    expect.arrayContaining(['TenantPatch', 'SourcePatch', 'AssetPatch', 'WebhookPatch', 'UserPatch']),
  );
});

test.each(changes)('%s: nothing is put into a change that its caller did not write', (_name, schema) => {
  const read = schema.safeParse({});
  if (read.success) expect(read.data).toEqual({});
});
