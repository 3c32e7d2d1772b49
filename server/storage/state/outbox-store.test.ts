import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresOutbox } from './outbox-store.ts';
import { addTenants, openTestState, type TestState } from './testing/test-state.ts';

let state: TestState;

beforeAll(async () => {
  state = await openTestState();
  await addTenants(state.db, ['flooded', 'quiet']);
});
afterAll(async () => {
  await state?.close();
});

it('a client with hundreds of mails does not hold up those of others (flooding)', async () => {
  const outbox = new PostgresOutbox(state.db);
  const queue = (tenant: string | null, n: number, at: number) =>
    outbox.queue({
      tenant,
      incidentId: null,
      kind: 'incident',
      uniqueKey: `${tenant} ${n}`,
      recipient: 'it@example.org',
      subject: `${tenant ?? 'provider'} ${n}`,
      html: '',
      text: '',
      now: at,
    });
  for (let n = 0; n < 300; n++) await queue('flooded', n, 1_000 + n);
  await queue('quiet', 0, 5_000);
  await queue(null, 0, 6_000);
  const subjects = async () => (await outbox.claim(3, 10_000, 20_000)).map(({ subject }) => subject);
  expect(await subjects()).toEqual(['flooded 0', 'quiet 0', 'provider 0']);
  // After that it is the flooded one's turn alone, in the order of its mails; claimed ones are not claimed twice.
  expect(await subjects()).toEqual(['flooded 1', 'flooded 2', 'flooded 3']);
  const two = await Promise.all([subjects(), subjects()]);
  expect(new Set(two.flat()).size).toBe(two.flat().length);
});
