import { afterAll, beforeAll, expect, it } from 'vitest';
import { Directory } from './directory.ts';
import { PostgresQuarantine } from './quarantine-store.ts';
import { openTestState, type TestState } from './testing/test-state.ts';

let state: TestState;

beforeAll(async () => {
  state = await openTestState();
});
afterAll(async () => {
  await state?.close();
});

it('forged senders fill the disk up to a bound and no further, over restarts too; removed ones make room', async () => {
  const errors: unknown[] = [];
  const open = () =>
    new PostgresQuarantine(
      state.db,
      new Directory(state.db),
      async () => undefined,
      (error) => errors.push(error),
      50_000,
    );
  const flood = (quarantine: PostgresQuarantine, from: number) => {
    for (let n = 0; n < 100; n++)
      quarantine.hold({ transport: 'syslog-udp', address: `192.0.2.${from + n}` }, 'x'.repeat(1_000), n);
  };
  const held = async (quarantine: PostgresQuarantine) =>
    (await quarantine.list()).reduce((sum, one) => sum + one.held, 0);

  const first = open();
  flood(first, 0);
  expect(await held(first)).toBe(50);
  // All of them are seen and counted, the others by number only.
  expect(await first.list()).toHaveLength(100);
  await first.close();

  const second = open();
  await second.flush();
  flood(second, 0);
  expect(await held(second)).toBe(50);
  const [one] = (await second.list()).filter(({ held: lines }) => lines > 0);
  expect(await second.remove(one!.id)).toBe(true);
  second.hold({ transport: 'syslog-udp', address: '198.51.100.7' }, 'y'.repeat(1_000), 1);
  expect(await held(second)).toBe(50);
  expect((await second.list()).find(({ sender }) => sender === '198.51.100.7')).toMatchObject({ held: 1 });
  await second.close();
  expect(errors).toEqual([]);
});
