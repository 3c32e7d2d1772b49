import { afterAll, beforeAll, expect, test } from 'vitest';
import { KillTest, type RoundResult, table } from '../support/kill-round.ts';
import { MailServer } from '../support/mail-server.ts';
import { seededRandom } from '../support/random.ts';
import { PARTS, Vigie } from '../support/vigie.ts';

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 3);
const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

const mail = new MailServer();
const results: RoundResult[] = [];
let vigie: Vigie;

beforeAll(async () => {
  await mail.open();
  // Each incident is a mail of its own, which is counted: none waits for others.
  const settings = { ...mail.settings, digest: { after: 0 } };
  vigie = await Vigie.start({ config: { mail: settings, log: { level: 'warn' } } });
});
afterAll(async () => {
  process.stdout.write(`\nseed ${SEED}\n${table(results)}\n`);
  await vigie?.remove();
  await mail.close();
});

test(
  `whatever part is killed, what was acknowledged is there once and told once (${ROUNDS} rounds, seed ${SEED})`,
  async () => {
    const random = seededRandom(SEED);
    const killing = new KillTest(vigie, mail, random);
    await killing.prepare();
    // Every part in turn, beginning anywhere.
    const first = Math.floor(random() * PARTS.length);
    for (let round = 1; round <= ROUNDS; round++) {
      const result = await killing.round(round, PARTS[(first + round) % PARTS.length]!);
      results.push(result);
      const { acknowledged, alertsExpected, mailsExpected } = result;
      expect.soft(result, `round ${round}, ${result.killed} killed after ${result.at} ms`).toMatchObject({
        stored: acknowledged,
        missing: 0,
        doubled: 0,
        alertsFound: alertsExpected,
        alertsDoubled: 0,
        mailsFound: mailsExpected,
        redelivered: 0,
      });
    }
  },
  60_000 + ROUNDS * 60_000,
);
